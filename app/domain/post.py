"""A post: what goes out, when, and to which accounts.

    draft → scheduled → publishing → published | partially_failed | failed

Post.apply is the one way to change what a post says, and holds the one guard over who may. Posts are values: a method
that changes something answers with another Post, so that a refused change cannot leave half of itself behind.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from app.domain.attachments import revised_media
from app.domain.changes import LEAVE, NAMES
from app.domain.destination import Destination, revised_destinations
from app.domain.errors import AlreadyPublished, IssueCode, PublishingInProgress, VersionConflict
from app.domain.issues import Issues
from app.domain.kind import PostKind
from app.domain.platforms import check_overrides, refuse_unknown_override_names
from app.domain.publishing import ALWAYS, LEASE
from app.domain.requirements import note_what_is_missing
from app.domain.schedule import YEARS_AHEAD, is_timezone, latest_time, revised_time
from app.domain.slots import Slots, all_free
from app.domain.text import revised_text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import datetime, timedelta
    from uuid import UUID

    from app.domain.account import Account
    from app.domain.changes import PostChanges
    from app.domain.errors import InputIssue, InvalidFieldName
    from app.domain.media import Media
    from app.domain.publishing import Report


class PostStatus(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    PARTIALLY_FAILED = "partially_failed"
    FAILED = "failed"


class PostAction(StrEnum):
    """What can be done with a post in its present state."""

    UPDATE = "update"
    DELETE = "delete"
    RETRY = "retry"
    UNSCHEDULE = "unschedule"
    SCHEDULE = "schedule"


_FAILED = (PostStatus.FAILED, PostStatus.PARTIALLY_FAILED)

_UNKNOWN = (
    "On {} the post may be out already: the network never answered. "
    "Look there first; `confirm` set to true sends it again."
)


def _always(_: Account) -> timedelta:
    return ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the caller's organisation holds under the ids that some changes name. What is not here does not exist.

    slots: where on its accounts a post finds a free instant.
    """

    accounts: Mapping[int, Account] = field(default_factory=dict)
    media: Mapping[UUID, Media] = field(default_factory=dict)
    slots: Slots = field(default_factory=all_free)


class Post(NamedTuple):
    """A whole post, its destinations (ascending by account id) and its media (in their order) included.

    Instants are aware, in UTC, in whole milliseconds. version grows by one with every stored change of the post or
    of its destinations. It is the value that is made most often, once for every row that is read, and a frozen
    dataclass of as many fields takes three to six times as long to make. The repository fills it by place.
    """

    id: UUID
    kind: PostKind
    status: PostStatus
    content: str
    title: str | None
    scheduled_for: datetime | None
    timezone: str
    media: tuple[Media, ...]
    platform_content: Mapping[str, object]
    social_audio_id: str | None
    music_post_id: str | None
    destinations: tuple[Destination, ...]
    failure_reason: str | None
    version: int
    created_at: datetime
    updated_at: datetime

    @property
    def account_ids(self) -> list[int]:
        return [destination.account.id for destination in self.destinations]

    @property
    def unknown_account_ids(self) -> list[int]:
        """The accounts on which the post may be out already, because no answer ever came."""
        return [destination.account.id for destination in self.destinations if destination.is_unknown]

    @property
    def media_ids(self) -> list[UUID]:
        return [item.id for item in self.media]

    @classmethod
    def create(
        cls,
        id: UUID,
        kind: PostKind,
        changes: PostChanges,
        known: Known,
        *,
        now: datetime,
        publish_now: bool = False,
    ) -> Post:
        """A new post: an empty draft to which the changes are applied, so that creating obeys the rules of updating.

        publish_now: due at once unless the changes name a time. Raises InvalidFieldName and InvalidInput as apply does.
        """
        names_a_time = changes.names("scheduled_for") or changes.names("scheduled_at")
        empty = cls(
            id=id,
            kind=kind,
            status=PostStatus.DRAFT,
            content="",
            title=None,
            scheduled_for=now if publish_now and not names_a_time else None,
            timezone="UTC",
            media=(),
            platform_content={},
            social_audio_id=None,
            music_post_id=None,
            destinations=(),
            failure_reason=None,
            version=1,
            created_at=now,
            updated_at=now,
        )
        return empty.apply(changes, known, now=now)._replace(version=1)

    def apply(self, changes: PostChanges, known: Known, *, now: datetime) -> Post:
        """The post with the changes made, one version on; this very post when they change nothing.

        Refuses in this order, on every edge: AlreadyPublished and PublishingInProgress (whatever the changes are),
        VersionConflict, InvalidFieldName, AccountAlreadyPublished, InvalidInput with every problem at once.
        Where the time asked for is taken on an account that keeps a gap, the post gets the first free one after it.
        """
        self._refuse_unless_updatable()
        self.expect_version(changes.expected_versions)
        changes.refuse_invalid_names(self)

        issues = Issues(changes.issues)
        revised = self._replace(
            content=revised_text("content", self.content, changes.content, issues) or "",
            title=self._revised_title(changes, issues),
            scheduled_for=revised_time(self.scheduled_for, changes, issues, now=now),
            timezone=self._revised_timezone(changes, issues),
            media=revised_media(self.media, changes.media_ids, known.media, self.kind, issues),
            platform_content=self._revised_overrides(changes, issues),
            social_audio_id=revised_text("social_audio_id", self.social_audio_id, changes.social_audio_id, issues),
            destinations=revised_destinations(self.destinations, changes.account_ids, known.accounts, issues),
        )
        revised = self._settle_status(revised, changes, issues)
        revised = self._in_free_slot(revised, known.slots, issues, now=now)
        is_changed = revised != self
        if is_changed and revised.status is not PostStatus.DRAFT:
            note_what_is_missing(revised, issues)
        issues.refuse_if_any()
        return revised._replace(version=self.version + 1, updated_at=now) if is_changed else self

    def retried(
        self,
        account_ids: frozenset[int] | None,
        *,
        now: datetime,
        confirm: bool = False,
        slots: Slots | None = None,
        expected_versions: frozenset[int] | None = None,
        invalid_field: InvalidFieldName | None = None,
        found: Collection[InputIssue] = (),
    ) -> tuple[Post, int]:
        """The post with what failed queued again, on these accounts or on all, and how many destinations that are.

        What is published is left alone, and so is what may be, unless the caller confirms that it is to be tried again.
        invalid_field and found: what an edge found while it was reading the request. Refuses in the order of apply.
        """
        self._refuse_unless_updatable()
        self.expect_version(expected_versions)
        if invalid_field is not None:
            raise invalid_field
        issues = Issues(found)
        unknown = set(self.unknown_account_ids)
        failed = {item.account.id for item in self.destinations if item.has_failed}
        # Whether a `confirm` that could not be read confirms cannot be told: that it could not is problem enough.
        can_be_retried = failed | unknown if confirm or issues.touch("confirm") else failed
        for id in sorted(account_ids or ()):
            if id not in self.account_ids:
                issues.add("account_ids", code=IssueCode.UNKNOWN_ID, message=f"The post does not go to account {id}.")
            elif id in unknown - can_be_retried:
                issues.add("account_ids", code=IssueCode.OUTCOME_UNKNOWN, message=_UNKNOWN.format(f"account {id}"))
            elif id not in can_be_retried:
                message = f"On account {id} the post has not failed."
                issues.add("account_ids", code=IssueCode.NOTHING_TO_RETRY, message=message)
        chosen = can_be_retried if account_ids is None else can_be_retried & account_ids
        if not chosen and not issues.touch("account_ids"):
            if unknown and account_ids is None:
                names = ", ".join(f"account {id}" for id in sorted(unknown))
                issues.add("confirm", code=IssueCode.OUTCOME_UNKNOWN, message=_UNKNOWN.format(names))
            else:
                message = "No destination that was chosen has failed: there is nothing to retry."
                issues.add("account_ids", code=IssueCode.NOTHING_TO_RETRY, message=message)
        revised = self._replace(
            status=PostStatus.SCHEDULED,
            destinations=tuple(
                item.requeued(confirmed=confirm) if item.account.id in chosen else item for item in self.destinations
            ),
            failure_reason=self.failure_reason if failed - chosen else None,
            version=self.version + 1,
            updated_at=now,
        )
        revised = self._in_free_slot(revised, slots or all_free(), issues, now=now)
        if chosen:  # with nothing to queue, a draft would also be told what it lacks
            note_what_is_missing(revised, issues)
        issues.refuse_if_any()
        return revised, len(chosen)

    def changed_fields(self, revised: Post) -> list[str]:
        """Names of the updatable fields in which two versions of a post differ."""
        return [name for name in NAMES if getattr(self, name) != getattr(revised, name)]

    def expect_version(self, expected: Collection[int] | None) -> None:
        """Raise VersionConflict unless the post has one of the versions a caller expects; None expects nothing."""
        if expected is not None and self.version not in expected:
            raise VersionConflict(self)

    def refuse_unless_deletable(self) -> None:
        """Raise AlreadyPublished when any of it is out, PublishingInProgress while it is on the wire."""
        if self.status is PostStatus.PUBLISHING:
            raise PublishingInProgress(self)
        if self.status in (PostStatus.PUBLISHED, PostStatus.PARTIALLY_FAILED) or self._is_partly_out:
            raise AlreadyPublished(self)

    def is_due(self, now: datetime) -> bool:
        """Whether a worker has something to do about it: its time has come, a pause is over, or a claim has lapsed."""
        if self.status is PostStatus.PUBLISHING:
            return any(item.is_due(now) or item.has_lapsed(now) for item in self.destinations)
        return self.status is PostStatus.SCHEDULED and self.scheduled_for is not None and self.scheduled_for <= now

    def claim(
        self, *, now: datetime, lease: timedelta = LEASE, repeatable_for: Callable[[Account], timedelta] = _always
    ) -> Post:
        """The post taken for publishing: every destination that is due is on the wire, one attempt further.

        repeatable_for: see Network; it decides what becomes of a claim that has lapsed. Raises AlreadyPublished,
        PublishingInProgress for a post that is on the wire whole, and ValueError for one that is not due.
        """
        if not self.is_due(now):
            self._refuse_unless_updatable()
            raise ValueError("only a post that is due can be claimed")
        live = [item.before_claim(repeatable_for(item.account), now=now) for item in self.destinations]
        claimed = tuple(item.claimed(until=now + lease) if item.is_due(now) else item for item in live)
        return self._replace(status=PostStatus.PUBLISHING)._with_records(claimed, now=now)

    def after(self, reports: Iterable[Report], *, now: datetime) -> Post:
        """The post with what its attempts came to; this very post when none of them counts any more.

        See Destination.after for which do.
        """
        records = {item.account.id: item for item in self.destinations}
        for report in reports:
            if report.account_id in records:
                records[report.account_id] = records[report.account_id].after(report, now=now)
        revised = tuple(records.values())
        return self if revised == self.destinations else self._with_records(revised, now=now)

    def _with_records(self, destinations: tuple[Destination, ...], *, now: datetime) -> Post:
        """The next version, with these records. Once nothing is on the wire or waits for it, they settle the status.

        An answer may also come late, to a post that has been settled, queued or taken back to a draft since.
        """
        status = self.status
        if status is PostStatus.DRAFT:
            destinations = tuple(item.requeued() for item in destinations)  # a draft starts over, as in _settle_status
        is_settled = (
            status in (PostStatus.PUBLISHED, *_FAILED)
            or all(item.is_published for item in destinations)
            or (
                status is not PostStatus.DRAFT
                and not any(item.is_on_the_wire or item.is_queued for item in destinations)
            )
        )
        # What is unknown is no reason to tell while there is more to come: the destination itself says what to do.
        told = [item.error for item in destinations if item.has_failed or (is_settled and item.is_unknown)]
        return self._replace(
            status=settled_status(destinations) if is_settled else status,
            destinations=destinations,
            failure_reason=" ".join(dict.fromkeys(filter(None, told))) or None,
            version=self.version + 1,
            updated_at=now,
        )

    @property
    def allowed_actions(self) -> list[PostAction]:
        """What can be done with the post now."""
        if self.status in (PostStatus.PUBLISHED, PostStatus.PUBLISHING):
            return []
        actions = [PostAction.UPDATE]
        if self.status is not PostStatus.PARTIALLY_FAILED and not self._is_partly_out:
            actions.append(PostAction.DELETE)
        if any(item.is_unknown or item.has_failed for item in self.destinations):
            actions.append(PostAction.RETRY)
        actions.append(PostAction.SCHEDULE if self.status is PostStatus.DRAFT else PostAction.UNSCHEDULE)
        return actions

    def _refuse_unless_updatable(self) -> None:
        # The repository has locked the row this post was read from, and saves only over that same version: a claim
        # that came first is seen here, and one that comes later finds the update already stored. Never half of each.
        if self.status is PostStatus.PUBLISHED:
            raise AlreadyPublished(self)
        if self.status is PostStatus.PUBLISHING:
            raise PublishingInProgress(self)

    @property
    def slot_account_ids(self) -> list[int]:
        """The accounts on which the post's time is taken. A draft takes none, and where it failed it takes none."""
        if self.status is PostStatus.DRAFT:
            return []
        return [item.account.id for item in self.destinations if not item.has_failed]

    @property
    def _is_partly_out(self) -> bool:
        return any(destination.is_published for destination in self.destinations)

    def _revised_title(self, changes: PostChanges, issues: Issues) -> str | None:
        title = changes.title
        if isinstance(title, str) and title != self.title and self.kind is not PostKind.SLIDESHOW:
            issues.add("title", code=IssueCode.INVALID_VALUE, message="Only a slideshow post has a title.")
            return title
        return revised_text("title", self.title, title, issues)

    def _revised_timezone(self, changes: PostChanges, issues: Issues) -> str:
        timezone = changes.timezone
        if timezone is LEAVE or timezone == self.timezone:
            return self.timezone
        if timezone is None:
            issues.refuse_null("timezone")
            return self.timezone
        if not is_timezone(timezone):
            issues.add(
                "timezone",
                code=IssueCode.INVALID_VALUE,
                message="`timezone` must be an IANA time zone name such as America/New_York.",
            )
        return timezone

    def _revised_overrides(self, changes: PostChanges, issues: Issues) -> Mapping[str, object]:
        overrides = changes.platform_content
        if overrides is LEAVE:
            return self.platform_content
        if overrides is None:
            return {}
        if not isinstance(overrides, dict):
            issues.add(
                "platform_content", code=IssueCode.INVALID_VALUE, message="`platform_content` must be an object."
            )
            return self.platform_content
        refuse_unknown_override_names(overrides)
        check_overrides(overrides, issues)
        return overrides

    def _settle_status(self, revised: Post, changes: PostChanges, issues: Issues) -> Post:
        asked = self._asked_status(changes, issues)
        if asked is None and revised == self:
            return self
        target = asked or (PostStatus.SCHEDULED if self.status in _FAILED else self.status)

        if self.status in _FAILED or target is PostStatus.DRAFT:
            # A draft starts over: what failed of it, or was left out of a retry, is as if it had never been tried.
            revised = revised._starting_over()

        if target is PostStatus.SCHEDULED and revised.destinations and not revised._waits_for_publishing:
            # Nothing is left to send: every account that failed was taken out, or what is left may be out already.
            if asked is None:
                outcome = settled_status(revised.destinations)
                reason = None if outcome is PostStatus.PUBLISHED else self.failure_reason
                return revised._replace(status=outcome, failure_reason=reason)
            if not issues.touch("account_ids"):
                issues.add(
                    "status",
                    code=IssueCode.NOTHING_TO_PUBLISH,
                    message="No destination of the post is waiting to be published: each is published, or may be.",
                )
        return revised if target is revised.status else revised._replace(status=target)

    def _in_free_slot(self, revised: Post, slots: Slots, issues: Issues, *, now: datetime) -> Post:
        """Moved to a free instant where the schedule changes. What is due already goes out as soon as it can."""
        asked = revised.scheduled_for
        if issues or revised.status is not PostStatus.SCHEDULED or asked is None or asked < now:
            return revised
        is_moved = (self.status, self.scheduled_for) != (revised.status, asked) or (
            self.destinations is not revised.destinations and self.slot_account_ids != revised.slot_account_ids
        )
        if not is_moved:
            return revised
        accounts = [destination.account for destination in revised.destinations if destination.is_queued]
        free = slots.first_free(asked, accounts, post_id=self.id)
        if free != asked and free > latest_time(now):
            message = f"`scheduled_for` is taken, and so is every later time within {YEARS_AHEAD} years."
            issues.add("scheduled_for", code=IssueCode.TOO_FAR_AHEAD, message=message)
        return revised if free == asked else revised._replace(scheduled_for=free)

    def _asked_status(self, changes: PostChanges, issues: Issues) -> PostStatus | None:
        asked = changes.status
        if asked is LEAVE or asked is self.status:
            return None
        if asked is None:
            issues.refuse_null("status")
            return None
        if asked not in (PostStatus.DRAFT, PostStatus.SCHEDULED):
            issues.add(
                "status", code=IssueCode.INVALID_VALUE, message="`status` can be set to draft or scheduled only."
            )
            return None
        return asked

    def _starting_over(self) -> Post:
        if self.failure_reason is None and not any(destination.has_failed for destination in self.destinations):
            return self
        requeued = tuple(destination.requeued() for destination in self.destinations)
        return self._replace(destinations=requeued, failure_reason=None)

    @property
    def _waits_for_publishing(self) -> bool:
        return any(destination.is_queued for destination in self.destinations)


def settled_status(destinations: Collection[Destination]) -> PostStatus:
    """The status of a post that has been published, read off its destinations."""
    published = sum(destination.is_published for destination in destinations)
    if published == len(destinations):
        return PostStatus.PUBLISHED
    return PostStatus.PARTIALLY_FAILED if published else PostStatus.FAILED
