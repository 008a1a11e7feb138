"""What a body says of a post, as changes to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from app.domain.changes import LEAVE, PostChanges
from app.rest.fields import sent
from app.rest.ugc.fields import caption_issues, invalid_name, length_issues, unknown_account
from app.rest.ugc.ids import read_account_id
from app.rest.ugc.names import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.domain.changes import Change
    from app.domain.errors import InputIssue
    from app.rest.ugc.fields import UgcFields


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """media_urls: the whole media set by its addresses, which only a command can turn into media."""

    changes: PostChanges
    media_urls: Change[list[str]]


def content_of(
    fields: UgcFields, found: Iterable[InputIssue], body: Mapping[str, Any], *, most_media: int | None = None
) -> Content:
    """What the well-formed fields of a body say of a post. Every problem of the body is in the changes.

    found: what was wrong with the other fields. most_media: how many addresses the body may hold.
    """
    issues = list(found)
    issues += fields.missing(issues)
    # A required field that is null has been found missing, and asks for nothing more.
    values = {
        name: value
        for name, value in sent(fields).items()
        if name in FIELDS and not (value is None and name in fields.needed)
    }
    if values.get("accountId") is not None:
        values["accountId"], unknown = _targets(values["accountId"])
        issues += unknown
    issues += caption_issues(values.get("caption"))
    for name in ("mediaUrls", "imageUrls"):
        if most_media is not None and (too_many := length_issues(name, values.get(name), most_media, of="addresses")):
            issues += too_many
            del values[name]
    if "videoUrl" in values:
        values["videoUrl"] = [values["videoUrl"]]

    ours = {FIELDS[name]: value for name, value in values.items()}
    media_urls = ours.pop("media_ids", LEAVE)
    noted = tuple(replace(issue, path=(FIELDS.get(issue.path[0], issue.path[0]), *issue.path[1:])) for issue in issues)
    changes = PostChanges(**ours, invalid_field=invalid_name(body, type(fields)), issues=noted)
    return Content(changes=changes, media_urls=media_urls)


def _targets(written: str | int) -> tuple[Change[frozenset[int]], list[InputIssue]]:
    account_id = read_account_id(written)
    if account_id is None:
        return LEAVE, [unknown_account(written, "accountId")]
    return frozenset([account_id]), []
