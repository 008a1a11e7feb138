"""Every way in which Redraft says no.

    Refusal
    ├── NotFound                   NOT_FOUND
    │   ├── PostNotFound
    │   ├── AccountNotFound
    │   ├── MediaNotFound
    │   └── WebhookNotFound
    ├── AlreadyPublished           ALREADY_PUBLISHED
    ├── PublishingInProgress       PUBLISHING_IN_PROGRESS
    ├── AccountAlreadyPublished    ACCOUNT_ALREADY_PUBLISHED
    ├── InvalidFieldName           INVALID_FIELD_NAME
    ├── InvalidInput               INVALID_INPUT
    ├── VersionConflict            VERSION_CONFLICT
    ├── MediaInUse                 MEDIA_IN_USE
    ├── IdempotencyKeyReused       IDEMPOTENCY_KEY_REUSED
    ├── RequestInProgress          REQUEST_IN_PROGRESS
    ├── Unauthenticated            UNAUTHENTICATED
    ├── Forbidden                  FORBIDDEN
    ├── RateLimited                RATE_LIMITED
    └── Unavailable                UNAVAILABLE

A refusal is an ordinary outcome: it carries a code and the data that a caller needs to act on it, and it means that
nothing was written, but for an Unavailable that says otherwise. Status numbers and the wording that a documented API
promises belong to that API's edge.
INTERNAL has no class here: it is what an edge answers when something that is not a refusal was raised.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from app.domain.platforms import Platform
    from app.domain.post import Post


class ErrorCode(StrEnum):
    """The one list of error codes, shared by all edges."""

    NOT_FOUND = "NOT_FOUND"
    ALREADY_PUBLISHED = "ALREADY_PUBLISHED"
    PUBLISHING_IN_PROGRESS = "PUBLISHING_IN_PROGRESS"
    ACCOUNT_ALREADY_PUBLISHED = "ACCOUNT_ALREADY_PUBLISHED"
    INVALID_FIELD_NAME = "INVALID_FIELD_NAME"
    INVALID_INPUT = "INVALID_INPUT"
    VERSION_CONFLICT = "VERSION_CONFLICT"
    MEDIA_IN_USE = "MEDIA_IN_USE"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    REQUEST_IN_PROGRESS = "REQUEST_IN_PROGRESS"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    RATE_LIMITED = "RATE_LIMITED"
    UNAVAILABLE = "UNAVAILABLE"
    INTERNAL = "INTERNAL"


class IssueCode(StrEnum):
    """What is wrong with one value of an input."""

    NOT_NULLABLE = "NOT_NULLABLE"
    INVALID_VALUE = "INVALID_VALUE"
    REQUIRED = "REQUIRED"
    UNKNOWN_ID = "UNKNOWN_ID"
    DUPLICATE = "DUPLICATE"
    TOO_LONG = "TOO_LONG"
    PAST_SCHEDULE_TIME = "PAST_SCHEDULE_TIME"
    TOO_FAR_AHEAD = "TOO_FAR_AHEAD"
    CONFLICTING_VALUES = "CONFLICTING_VALUES"
    INACTIVE_ACCOUNT = "INACTIVE_ACCOUNT"
    NOTHING_TO_PUBLISH = "NOTHING_TO_PUBLISH"
    DRAFT_NEEDS_ACCOUNT_AND_TIME = "DRAFT_NEEDS_ACCOUNT_AND_TIME"
    SEVERAL_ACCOUNTS = "SEVERAL_ACCOUNTS"
    TOO_MANY_MEDIA = "TOO_MANY_MEDIA"
    UNSUPPORTED_MEDIA = "UNSUPPORTED_MEDIA"
    NOTHING_TO_RETRY = "NOTHING_TO_RETRY"
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
    NOT_A_DRAFT = "NOT_A_DRAFT"
    UNKNOWN_VERSION = "UNKNOWN_VERSION"
    NOT_APPLIED = "NOT_APPLIED"


@dataclass(frozen=True, slots=True, kw_only=True)
class InputIssue:
    """One thing wrong with an input.

    path: where, in the domain's snake_case names, e.g. ("platform_content", "x", "content"). The message names fields
    between backticks. An edge translates both into its own spelling (see app.domain.names.respelled). limit and
    actual are in the unit that the message names. is_spelled: the message is in the edge's spelling already, because
    it quotes the caller.
    """

    path: tuple[str, ...]
    code: IssueCode
    message: str
    platform: Platform | None = None
    limit: int | None = None
    actual: int | None = None
    is_spelled: bool = False


class Refusal(Exception):
    """The base of every refusal. `message` is a sentence that may be shown to the caller."""

    code: ClassVar[ErrorCode]

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(Refusal):
    """It does not exist, or belongs to another organisation: a caller cannot tell which. id: what was asked for."""

    code = ErrorCode.NOT_FOUND
    id: str


class PostNotFound(NotFound):
    def __init__(self, post_id: UUID | str) -> None:
        super().__init__("Post not found.")
        self.id = self.post_id = str(post_id)


class AccountNotFound(NotFound):
    def __init__(self, account_id: int | str) -> None:
        super().__init__("Account not found.")
        self.account_id = account_id
        self.id = str(account_id)


class MediaNotFound(NotFound):
    def __init__(self, media_id: UUID | str) -> None:
        super().__init__("Media not found.")
        self.id = self.media_id = str(media_id)


class WebhookNotFound(NotFound):
    def __init__(self, webhook_id: UUID | str) -> None:
        super().__init__("Webhook not found.")
        self.id = self.webhook_id = str(webhook_id)


class AlreadyPublished(Refusal):
    """The post is out: it can be neither changed nor deleted here."""

    code = ErrorCode.ALREADY_PUBLISHED

    def __init__(self, post: Post) -> None:
        super().__init__("The post has already been published.")
        self.post = post


class PublishingInProgress(Refusal):
    """The post is on the wire right now."""

    code = ErrorCode.PUBLISHING_IN_PROGRESS

    def __init__(self, post: Post) -> None:
        super().__init__("The post is being published right now. Try again when its status has settled.")
        self.post = post


class AccountAlreadyPublished(Refusal):
    """The update leaves out accounts on which the post is already out."""

    code = ErrorCode.ACCOUNT_ALREADY_PUBLISHED

    def __init__(self, account_ids: Sequence[int]) -> None:
        names = ", ".join(str(account_id) for account_id in account_ids)
        super().__init__(f"The post has already been published to account {names}, which cannot be left out.")
        self.account_ids = list(account_ids)


class InvalidFieldName(Refusal):
    """A name that an update does not know.

    field: as the caller wrote it, with a dot before a nested name. suggestion: the nearest known name, in the domain's
    snake_case, or None where none is near. known: every name that would have been right there.
    """

    code = ErrorCode.INVALID_FIELD_NAME

    def __init__(self, field: str, *, suggestion: str | None, known: Sequence[str] = ()) -> None:
        self.field = field
        self.suggestion = suggestion
        self.known = tuple(known)
        super().__init__(self.described(str))

    def described(self, spell: Callable[[str], str]) -> str:
        """The message, with the names that would have been right spelled the way an edge spells them."""
        if self.suggestion is not None:
            return f"Unknown field {self.field}: did you mean {spell(self.suggestion)}?"
        return f"Unknown field {self.field}: known names are {', '.join(spell(name) for name in self.known)}."


class InvalidInput(Refusal):
    """Values that cannot be: every problem found, not only the first."""

    code = ErrorCode.INVALID_INPUT

    def __init__(self, issues: Sequence[InputIssue]) -> None:
        super().__init__(" ".join(issue.message for issue in issues))
        self.issues = tuple(issues)


class VersionConflict(Refusal):
    """The caller expected another version of the post than the one that is stored."""

    code = ErrorCode.VERSION_CONFLICT

    def __init__(self, post: Post) -> None:
        super().__init__(f"The post has changed: its current version is {post.version}.")
        self.post = post
        self.current_version = post.version


class MediaInUse(Refusal):
    """Posts that are not out yet carry the media. post_ids: some of them."""

    code = ErrorCode.MEDIA_IN_USE

    def __init__(self, post_ids: Sequence[UUID]) -> None:
        names = ", ".join(str(post_id) for post_id in post_ids)
        super().__init__(f"Posts that are not published use this media: {names}. Take it out of them first.")
        self.post_ids = list(post_ids)


class IdempotencyKeyReused(Refusal):
    """The key of the request was sent with another request before."""

    code = ErrorCode.IDEMPOTENCY_KEY_REUSED

    def __init__(self, key: str) -> None:
        super().__init__(f"The idempotency key {key} was used for another request: use a new key for a new request.")
        self.key = key


class RequestInProgress(Refusal):
    """A request under the same key has not been answered yet."""

    code = ErrorCode.REQUEST_IN_PROGRESS

    def __init__(self, key: str) -> None:
        super().__init__(f"The request with the idempotency key {key} is still running: repeat it in a moment.")
        self.key = key


class Unauthenticated(Refusal):
    """No key, or one that is malformed, unknown, expired or revoked: the answer does not tell which."""

    code = ErrorCode.UNAUTHENTICATED

    def __init__(self) -> None:
        super().__init__("A valid API key is required: Authorization: Bearer YOUR_API_KEY.")


class Forbidden(Refusal):
    """The key is valid, and its scopes do not cover the call."""

    code = ErrorCode.FORBIDDEN

    def __init__(self, scope: str) -> None:
        super().__init__(f"This API key lacks the scope {scope}.")
        self.scope = scope


class RateLimited(Refusal):
    """Too many requests with one key. retry_after: whole seconds, at least 1."""

    code = ErrorCode.RATE_LIMITED

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many requests. Try again in {retry_after} s.")
        self.retry_after = retry_after


class Unavailable(Refusal):
    """The database could not do it, and may be able to in a moment.

    may_be_stored: False where it is certain that the change was not stored. retry_after: whole seconds.
    """

    code = ErrorCode.UNAVAILABLE

    def __init__(self, message: str, *, may_be_stored: bool = False, retry_after: int = 5) -> None:
        super().__init__(message)
        self.may_be_stored = may_be_stored
        self.retry_after = retry_after
