"""Publishing: what is handed to a network for one destination, and what can come of it.

A call may be made more than once for one destination (a worker dies, an answer is lost), and must still leave one post
behind. What makes that true is the destination's key, which is the same for every attempt: a network that knows it
finds the first post instead of making a second. Where a network knows no key, an answer that never came is the end:
the outcome is unknown, and only a person may say that it is to be tried again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from app.domain.account import Account
    from app.domain.credentials import Credentials
    from app.domain.kind import PostKind
    from app.domain.media import Media
    from app.domain.platforms import Platform
    from app.domain.post import Post

LEASE: Final = timedelta(seconds=60)
"""How long a claim lasts that nobody renews. A worker that lives renews its claims; a dead one loses them then."""

LONGEST_LEASE: Final = timedelta(minutes=10)
LONGEST_PAUSE: Final = timedelta(minutes=45)
"""No lease and no pause is ever longer. One that seems to be was written before the clock was set back, such as by an
hour: a pause is shorter than that."""

MOST_ATTEMPTS: Final = 8
"""Attempts after which a network that keeps failing is given up. Who asks for a retry then asks for as many again."""

MOST_CLAIMS: Final = 30
"""Claims after which a destination is given up whose workers keep dying. It is more than MOST_ATTEMPTS because a
worker that is stopped says nothing about the post."""

ALWAYS: Final = timedelta.max
NEVER: Final = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One claim of one destination. number: from 1; whoever holds an older one has lost the destination.

    open_since: since when an earlier call is open that nobody ever answered (see Destination.called_at); None where
    each was answered.
    """

    organization_id: int
    post_id: UUID
    account_id: int
    number: int
    open_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One post as one account is to publish it.

    key: of 1 to 64 characters of [a-z0-9_], the same for every attempt at this destination and different for every
    other. attempt: from 1. text: the post's content, or what platform_content says for the account's platform; the
    other overrides likewise. media: in the post's order.
    """

    key: str
    post_id: UUID
    account: Account
    attempt: int
    kind: PostKind
    text: str
    title: str | None
    description: str | None
    first_comment: str | None
    social_audio_id: str | None
    media: tuple[Media, ...]

    @classmethod
    def of(cls, post: Post, account: Account, *, attempt: int) -> Outgoing:
        override = post.platform_content.get(account.platform)
        said = override if isinstance(override, dict) else {}
        return cls(
            key=f"post_{post.id.hex}_{account.id}",
            post_id=post.id,
            account=account,
            attempt=attempt,
            kind=post.kind,
            text=said.get("content", post.content),
            title=said.get("title", post.title),
            description=said.get("description"),
            first_comment=said.get("first_comment"),
            social_audio_id=post.social_audio_id,
            media=post.media,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """It is out. The network's own id and address of it, where it told them."""

    platform_post_id: str | None = None
    platform_post_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """It is not out, and the same call would be refused again. reason: a sentence for the post's owner."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TryLater:
    """It is not out, and may be later: the network could not be reached, was busy, or asked to wait.

    reason: a sentence for the post's owner. wait: what the network asked for, if it did.
    """

    reason: str
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """The call was made, and nobody knows what came of it. reason: a sentence for the post's owner."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCalled:
    """The call was never begun: the worker that had claimed it was stopped first."""


Outcome: TypeAlias = Published | Refused | TryLater | Unanswered | NotCalled


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of one attempt at one destination.

    repeatable_for: see Network. pause: how long to wait before the next attempt, if there is to be one.
    open_since: see Attempt.
    """

    account_id: int
    attempt: int
    outcome: Outcome
    repeatable_for: timedelta
    pause: timedelta
    open_since: datetime | None = None


class Network(Protocol):
    """Where posts are published to.

    name: one word in lower case, for limits and figures. repeatable_for: for how long after the first call the same
    call (the same key) leaves no second post behind: ALWAYS, NEVER, or as long as the network remembers keys.
    """

    @property
    def name(self) -> str: ...

    @property
    def repeatable_for(self) -> timedelta: ...

    async def publish(self, outgoing: Outgoing, credentials: Credentials) -> Outcome:
        """Make the call, within a time limit of its own. Answers TryLater only where it is certain that nothing is
        out. Raises nothing that could have been told as an outcome; an exception counts as Unanswered."""
        ...


class Networks(Protocol):
    """Every network there is."""

    def find(self, platform: Platform, credentials: Credentials) -> Network:
        """The network that these credentials of an account on a platform are for. Raises LookupError where they are for
        none."""
        ...


class MediaSource(Protocol):
    """Where networks that want files get them from."""

    async def read(self, media: Media, *, limit: int) -> bytes:
        """The file's bytes. Raises MediaUnreadable where they cannot be had, or are more than limit bytes."""
        ...


class MediaUnreadable(Exception):
    """A file that was to be published cannot be read.

    reason: a sentence for the post's owner. is_lasting: whether reading it again would be of no use.
    """

    def __init__(self, reason: str, *, is_lasting: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_lasting = is_lasting
