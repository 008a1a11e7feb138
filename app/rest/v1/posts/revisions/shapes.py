"""What REST v1 shows of the history of a post."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typing_extensions import TypedDict

from app.domain.schedule import format_instant
from app.rest.described import described
from app.rest.v1.posts.revisions.examples import CHANGE, PAGINATION, REVISION

if TYPE_CHECKING:
    from app.domain.history import Revision


class V1FieldChange(TypedDict):
    """What a change did to one field."""

    field: Annotated[str, described("The field's name.", CHANGE["field"])]
    before: Annotated[object, described("Its value before; null where there was none.", CHANGE["before"])]
    after: Annotated[object, described("Its value since; null where there is none.", CHANGE["after"])]


class V1Revision(TypedDict):
    """One stored change of a post."""

    version: Annotated[int, described("The version of the post that it made.", 2)]
    changed_at: Annotated[str, described("When it was made, in UTC.", REVISION["changed_at"])]
    changed_by: Annotated[str, described("The API key's name, or publisher.", REVISION["changed_by"])]
    changes: Annotated[list[V1FieldChange], described("The fields that it changed.", [CHANGE])]


class V1RevisionPagination(TypedDict):
    """Where a page stands in the history."""

    limit: Annotated[int, described("The most revisions that the page can hold.", PAGINATION["limit"])]
    before: Annotated[
        int | None, described("The version below which it begins; null for the newest.", PAGINATION["before"])
    ]
    total: Annotated[int, described("How many revisions there are in all.", PAGINATION["total"])]
    has_more: Annotated[
        bool,
        described("Whether older ones come after it: ask for those before its last version.", PAGINATION["has_more"]),
    ]


class V1RevisionPage(TypedDict):
    """A page of the history of a post."""

    revisions: Annotated[list[V1Revision], described("The stored changes, the newest first.", [REVISION])]
    pagination: Annotated[V1RevisionPagination, described("Where the page stands in the history.", PAGINATION)]


def revision_shape(revision: Revision) -> V1Revision:
    return {
        "version": revision.version,
        "changed_at": format_instant(revision.changed_at),
        "changed_by": revision.changed_by,
        "changes": [
            {"field": change.field, "before": change.before, "after": change.after} for change in revision.changes
        ],
    }
