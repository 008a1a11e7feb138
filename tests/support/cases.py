"""The table of updates that every edge must treat alike, and the rules that say what each of them leaves behind.

A row is one field in one state: omitted, null, a value, a wrong value, a value of the wrong type. `changes` says what
it would store, `refused` which posts refuse it. What depends on the post's status, or on the edge, is not in the rows
but in `expected`, as rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as defaulting
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from app.commands.fill_demo import (
    BANNER,
    CLIP,
    DRAFT,
    FAILED,
    PARTIALLY_FAILED,
    PUBLISHED,
    PUBLISHING,
    SCHEDULED,
    SLIDESHOW,
)
from app.domain.account import Account
from app.domain.destination import Destination, DestinationStatus
from app.domain.errors import ErrorCode
from app.domain.media import Media
from app.domain.post import Post, PostStatus
from tests.support.clock import NOW

SUBJECTS: Final[Mapping[str, UUID]] = {
    "draft": DRAFT,
    "scheduled": SCHEDULED,
    "publishing": PUBLISHING,
    "published": PUBLISHED,
    "failed": FAILED,
    "partially_failed": PARTIALLY_FAILED,
    "slideshow": SLIDESHOW,
}
"""One post of every status, and a scheduled one with a single account, which /post/update can change."""

OMITTED: Final = object()
REQUEST_ERROR: Final = "request error"
"""GraphQL's own answer to a value that its type does not allow: nothing is executed."""

_INVALID: Final = ErrorCode.INVALID_INPUT
_EVERY: Final = frozenset({"draft", "scheduled", "failed", "partially_failed", "slideshow"})
_WITH_A_TIME: Final = _EVERY - {"draft"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """field: in the domain's name. sent: as REST v1 spells the value.

    ugc: as /post/update spells it, where that is different. changes: attributes of the post, the targets as account
    ids and the media as media ids. refused: subjects that refuse it, and how. is_mistyped: GraphQL's types rule it out.
    """

    field: str
    state: str
    sent: Any
    ugc: Any = None
    changes: Mapping[str, Any] = defaulting(default_factory=dict)
    refused: Mapping[str, ErrorCode] = defaulting(default_factory=dict)
    is_mistyped: bool = False

    def __str__(self) -> str:
        return f"{self.field}-{self.state}"


def _refused_by(subjects: frozenset[str], code: ErrorCode = _INVALID) -> dict[str, ErrorCode]:
    return dict.fromkeys(subjects, code)


def _mistyped(name: str, sent: Any, *, state: str = "wrong type", ugc: Any = None) -> Case:
    return Case(field=name, state=state, sent=sent, ugc=ugc, refused=_refused_by(_EVERY), is_mistyped=True)


_TEXT: Final = " Grüße 👋🏽 e\u0301\n"
_TIME: Final = datetime(2026, 5, 1, 10, 0, tzinfo=UTC)
_OVERRIDES: Final = {"x": {"content": "Shorter."}}
_PARTLY_OUT: Final = {"partially_failed": ErrorCode.ACCOUNT_ALREADY_PUBLISHED}

CASES: Final = (
    Case(field="nothing", state="omitted", sent=OMITTED),
    # A failed post without media would have nothing left to say.
    Case(field="content", state="null", sent=None, changes={"content": ""}, refused={"failed": _INVALID}),
    Case(field="content", state="value", sent=_TEXT, changes={"content": _TEXT}),
    Case(field="content", state="wrong value", sent="a\0b", refused=_refused_by(_EVERY)),
    Case(field="content", state="too long", sent="x" * 100_001, refused=_refused_by(_EVERY)),
    _mistyped("content", 5),
    Case(field="account_ids", state="null", sent=None, refused=_refused_by(_EVERY)),
    Case(
        field="account_ids",
        state="value",
        sent=[2282],
        ugc="acc_2282",
        changes={"destinations": [2282]},
        refused=_PARTLY_OUT,
    ),
    Case(field="account_ids", state="unknown", sent=[9999], ugc=9999, refused=_refused_by(_EVERY) | _PARTLY_OUT),
    Case(field="account_ids", state="foreign", sent=[3100], ugc="3100", refused=_refused_by(_EVERY) | _PARTLY_OUT),
    Case(field="account_ids", state="inactive", sent=[2299], ugc="acc_2299", refused=_refused_by(_EVERY) | _PARTLY_OUT),
    _mistyped("account_ids", {"a": 1}),
    # A draft has no time to lose; nothing else can be without one.
    Case(
        field="scheduled_for",
        state="null",
        sent=None,
        changes={"scheduled_for": None},
        refused=_refused_by(_WITH_A_TIME),
    ),
    Case(
        field="scheduled_for",
        state="value",
        sent="2026-05-01T12:00:00.0009+02:00",
        changes={"scheduled_for": _TIME},
    ),
    Case(field="scheduled_for", state="past", sent="2026-04-12T08:30:00Z", refused=_refused_by(_EVERY)),
    Case(field="scheduled_for", state="too far ahead", sent="2031-04-12T08:30:00.001Z", refused=_refused_by(_EVERY)),
    _mistyped("scheduled_for", "2026-05-01", state="bare date"),
    _mistyped("scheduled_for", "2026-05-01T10:00:00", state="naive time"),
    _mistyped("scheduled_for", 1_777_629_600),
    Case(field="timezone", state="null", sent=None, refused=_refused_by(_EVERY)),
    Case(field="timezone", state="value", sent="Europe/Berlin", changes={"timezone": "Europe/Berlin"}),
    Case(field="timezone", state="wrong value", sent="Mars/Olympus", refused=_refused_by(_EVERY)),
    _mistyped("timezone", ["UTC"]),
    # The scheduled post goes to Instagram, which takes nothing without media.
    Case(
        field="media_ids",
        state="null",
        sent=None,
        changes={"media": []},
        refused=_refused_by(frozenset({"scheduled", "slideshow"})),
    ),
    Case(
        field="media_ids",
        state="value",
        sent=[str(BANNER)],
        ugc=["https://media.example/launch-banner.jpg"],
        changes={"media": [BANNER]},
    ),
    Case(
        field="media_ids",
        state="duplicates",
        sent=[str(BANNER), str(BANNER)],
        ugc=["https://media.example/launch-banner.jpg"] * 2,
        refused=_refused_by(_EVERY),
    ),
    Case(
        field="media_ids",
        state="unknown",
        sent=[str(UUID(int=9))],
        ugc=["ftp://media.example/banner.jpg"],
        refused=_refused_by(_EVERY),
    ),
    # Only a slideshow asks what kind of media it gets.
    Case(
        field="media_ids",
        state="video",
        sent=[str(CLIP)],
        ugc=["https://media.example/teaser.mp4"],
        changes={"media": [CLIP]},
        refused={"slideshow": _INVALID},
    ),
    _mistyped("media_ids", [5]),
    Case(field="platform_content", state="null", sent=None, changes={"platform_content": {}}),
    Case(field="platform_content", state="value", sent=_OVERRIDES, changes={"platform_content": _OVERRIDES}),
    Case(
        field="platform_content",
        state="unknown platform",
        sent={"instagran": {}},
        refused=_refused_by(_EVERY, ErrorCode.INVALID_FIELD_NAME),
    ),
    Case(
        field="platform_content",
        state="unknown override",
        sent={"x": {"contents": "a"}},
        refused=_refused_by(_EVERY, ErrorCode.INVALID_FIELD_NAME),
    ),
    Case(field="platform_content", state="wrong value", sent={"x": {"content": 5}}, refused=_refused_by(_EVERY)),
    Case(
        field="platform_content",
        state="too long",
        sent={"x": {"title": "x" * 50_000}, "facebook": {"title": "x" * 50_001}},
        refused=_refused_by(_EVERY),
    ),
    Case(field="platform_content", state="wrong type", sent=[1], refused=_refused_by(_EVERY)),
    Case(field="status", state="null", sent=None, refused=_refused_by(_EVERY)),
    Case(field="status", state="draft", sent="draft", changes={"status": PostStatus.DRAFT}),
    # The draft has no time yet.
    Case(
        field="status",
        state="scheduled",
        sent="scheduled",
        changes={"status": PostStatus.SCHEDULED},
        refused={"draft": _INVALID},
    ),
    _mistyped("status", "published", state="wrong value"),
    _mistyped("status", 5),
    Case(field="title", state="null", sent=None, changes={"title": None}),
    Case(
        field="title",
        state="value",
        sent="👋" * 90,
        changes={"title": "👋" * 90},
        refused=_refused_by(_EVERY - {"slideshow"}),
    ),
    Case(field="title", state="too long", sent="x" * 91, refused=_refused_by(_EVERY)),
    _mistyped("title", False),
    Case(field="social_audio_id", state="null", sent=None, changes={"social_audio_id": None}),
    Case(field="social_audio_id", state="value", sent="audio-7", changes={"social_audio_id": "audio-7"}),
    Case(field="social_audio_id", state="too long", sent="x" * 1_001, refused=_refused_by(_EVERY)),
    Case(field="social_audio_id", state="wrong value", sent="\0", refused=_refused_by(_EVERY)),
    _mistyped("social_audio_id", {}),
)

_CAMEL: Final = {
    "content": "content",
    "account_ids": "accountIds",
    "scheduled_for": "scheduledFor",
    "timezone": "timezone",
    "media_ids": "mediaIds",
    "platform_content": "platformContent",
    "status": "status",
    "title": "title",
    "social_audio_id": "socialAudioId",
}
_UGC: Final = {
    "content": "caption",
    "account_ids": "accountId",
    "scheduled_for": "postTime",
    "media_ids": "mediaUrls",
    "title": "title",
    "social_audio_id": "socialAudioId",
}


def body_for(edge: str, case: Case) -> dict[str, Any] | None:
    """The fields of the request, in the edge's spelling; None where the edge does not have the field."""
    if case.sent is OMITTED:
        return {}
    if edge == "graphql":
        is_enum_value = case.field == "status" and isinstance(case.sent, str)
        return {_CAMEL[case.field]: case.sent.upper() if is_enum_value else case.sent}
    if edge == "v1":
        return {case.field: case.sent}
    if case.field not in _UGC:
        return None
    return {_UGC[case.field]: case.sent if case.ugc is None else case.ugc}


def expected(
    edge: str, case: Case, subject: str, post: Post, accounts: Mapping[int, Account], media: Mapping[UUID, Media]
) -> Post | ErrorCode | str:
    """The post as it must be stored afterwards, or the refusal."""
    if edge == "graphql" and case.is_mistyped:
        return REQUEST_ERROR
    if post.status is PostStatus.PUBLISHED:
        return ErrorCode.ALREADY_PUBLISHED
    if post.status is PostStatus.PUBLISHING:
        return ErrorCode.PUBLISHING_IN_PROGRESS
    if subject in case.refused and case.refused[subject] is not ErrorCode.INVALID_INPUT:
        return case.refused[subject]
    names_an_account = case.field == "account_ids"
    if edge == "ugc" and post.status is PostStatus.DRAFT:
        return ErrorCode.INVALID_INPUT  # it would need an account and a time at once
    if edge == "ugc" and len(post.destinations) > 1 and not names_an_account:
        return ErrorCode.INVALID_INPUT  # it must say which one account the post is to have
    if subject in case.refused:
        return case.refused[subject]
    return _revised(post, case, accounts, media, asks_for_scheduled=edge == "ugc")


def _revised(
    post: Post,
    case: Case,
    accounts: Mapping[int, Account],
    media: Mapping[UUID, Media],
    *,
    asks_for_scheduled: bool,
) -> Post:
    changes = dict(case.changes)
    if "destinations" in changes:
        kept = {destination.account.id: destination for destination in post.destinations}
        changes["destinations"] = tuple(
            kept.get(id) or Destination(account=accounts[id]) for id in changes["destinations"]
        )
    if "media" in changes:
        changes["media"] = tuple(media[id] for id in changes["media"])
    if asks_for_scheduled:
        changes["status"] = PostStatus.SCHEDULED
    revised = post._replace(**changes)
    if revised == post:
        return post

    if post.status in (PostStatus.FAILED, PostStatus.PARTIALLY_FAILED):
        requeued = tuple(
            replace(destination, status=DestinationStatus.QUEUED, error=None)
            if destination.status is DestinationStatus.FAILED
            else destination
            for destination in revised.destinations
        )
        status = changes.get("status", PostStatus.SCHEDULED)
        revised = revised._replace(status=status, destinations=requeued, failure_reason=None)
    return revised._replace(version=post.version + 1, updated_at=NOW)
