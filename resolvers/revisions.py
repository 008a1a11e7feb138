"""The history of posts in the schema."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry

from app.commands.list_revisions import RevisionPage
from app.domain import history
from resolvers.cursors import revision_cursor
from resolvers.names import spelled
from resolvers.pages import PageInfo
from resolvers.scalars import JSON


@strawberry.type(description="What one stored change did to one field.")
class FieldChange:
    field: str = strawberry.field(description="The field's name.")
    before: JSON | None = strawberry.field(description="What it held before; null in the first version.")
    after: JSON | None = strawberry.field(description="What it held afterwards.")

    @classmethod
    def of(cls, change: history.FieldChange) -> FieldChange:
        return cls(field=spelled(change.field), before=_json(change.before), after=_json(change.after))


@strawberry.type(description="One stored change of a post.")
class Revision:
    version: int = strawberry.field(description="The version that the change made.")
    changed_at: datetime = strawberry.field(description="When it was stored.")
    changed_by: str = strawberry.field(description='The API key\'s name, or "publisher".')
    changes: list[FieldChange] = strawberry.field(description="What it did to each field that it changed.")

    @classmethod
    def of(cls, revision: history.Revision) -> Revision:
        return cls(
            version=revision.version,
            changed_at=revision.changed_at,
            changed_by=revision.changed_by,
            changes=[FieldChange.of(change) for change in revision.changes],
        )


@strawberry.type(description="A revision in a history.")
class RevisionEdge:
    cursor: str = strawberry.field(description="The revision's place in the history.")
    node: Revision = strawberry.field(description="The revision.")


@strawberry.type(description="A page of a post's history, the newest revision first.")
class RevisionConnection:
    edges: list[RevisionEdge] = strawberry.field(description="The revisions of this page, with their cursors.")
    nodes: list[Revision] = strawberry.field(description="The revisions of this page.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the history.")
    total_count: int = strawberry.field(
        description="How many revisions there are altogether. Counted only when asked for."
    )

    @classmethod
    def of(cls, page: RevisionPage, *, is_continued: bool) -> RevisionConnection:
        edges = [
            RevisionEdge(cursor=revision_cursor(revision), node=Revision.of(revision)) for revision in page.revisions
        ]
        return cls(
            edges=edges,
            nodes=[edge.node for edge in edges],
            page_info=PageInfo.of([edge.cursor for edge in edges], has_more=page.has_more, is_continued=is_continued),
            total_count=page.total if page.total is not None else 0,
        )


def _json(value: object) -> Any:
    return None if value is None else JSON(value)
