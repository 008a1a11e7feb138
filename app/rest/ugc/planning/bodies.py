"""What `POST /post/preview-schedule` accepts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from pydantic import Field, WithJsonSchema

from app.commands.preview_schedule import PlannedPost
from app.domain.names import respelled
from app.rest.fields import InstantText, read_fields
from app.rest.kinds import list_of
from app.rest.ugc.examples import ACCOUNT_ID, ENTRIES, POST_IDS
from app.rest.ugc.fields import (
    AccountIdText,
    UgcFields,
    invalid_name,
    length_issues,
    refuse_if_any,
    unknown_account,
)
from app.rest.ugc.ids import read_account_id, read_post_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from app.domain.errors import InputIssue, InvalidFieldName

ENTRY_LIMIT: Final = 100
"""Posts of one preview."""


class PlannedEntry(UgcFields):
    """A post that might be made."""

    needed: ClassVar = {"accountId": "the account it would go to", "postTime": "when it would go out"}

    accountId: AccountIdText | None = Field(None, description="The account it would go to.", examples=[ACCOUNT_ID])
    postTime: InstantText | None = Field(
        None, description="When it would go out: RFC 3339 with an offset.", examples=[ENTRIES[0]["postTime"]]
    )


_Entry = Annotated[dict[str, Any], WithJsonSchema(PlannedEntry.model_json_schema())]


class PreviewBody(UgcFields):
    """Posts that might be made."""

    needed: ClassVar = {"entries": "1 to 100 posts that might be made"}

    entries: list[_Entry] | None = Field(
        None,
        description="1 to 100 posts. An earlier one takes its time from a later one.",
        examples=[ENTRIES],
        json_schema_extra=list_of(minItems=1, maxItems=ENTRY_LIMIT),
    )
    excludePostIds: list[str] | None = Field(
        None, description="Posts that are looked at as if they were not there.", examples=[POST_IDS]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    plan: Sequence[PlannedPost]
    without: frozenset[UUID]


def read_preview(body: Mapping[str, Any]) -> Preview:
    """Raises InvalidFieldName and InvalidInput. A post id that no post has excludes nothing."""
    fields, found = read_fields(PreviewBody, body)
    invalid = invalid_name(body, PreviewBody)
    issues = [*found, *fields.missing(found), *length_issues("entries", fields.entries, ENTRY_LIMIT, of="entries")]
    plan: list[PlannedPost] = []
    written = body.get("entries") if fields.entries and len(fields.entries) <= ENTRY_LIMIT else None
    for number, entry in enumerate(written or ()):
        if isinstance(entry, dict):
            planned, wrong, unknown = _read_entry(entry, where=f"entries.{number}")
            plan += planned
            issues += wrong
            invalid = invalid or unknown
    refuse_if_any(invalid, issues)
    excluded = (read_post_id(written) for written in fields.excludePostIds or ())
    return Preview(plan=plan, without=frozenset(id for id in excluded if id is not None))


def _read_entry(
    entry: Mapping[str, Any], *, where: str
) -> tuple[list[PlannedPost], list[InputIssue], InvalidFieldName | None]:
    """The post, if the entry is sound, what is wrong with it, and a name in it that does not exist."""
    fields, found = read_fields(PlannedEntry, entry)
    issues = [*found, *fields.missing(found)]
    account_id = None if fields.accountId is None else read_account_id(fields.accountId)
    if fields.accountId is not None and account_id is None:
        issues.append(unknown_account(fields.accountId, "accountId"))
    placed = [
        replace(
            issue,
            path=(*where.split("."), *issue.path),
            message=issue.message if issue.is_spelled else respelled(issue.message, lambda name: f"{where}.{name}"),
        )
        for issue in issues
    ]
    plan = []
    if account_id is not None and fields.postTime is not None:
        plan.append(PlannedPost(account_id=account_id, time=fields.postTime))
    return plan, placed, invalid_name(entry, PlannedEntry, inside=f"{where}.")
