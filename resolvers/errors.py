"""Refusals in the schema: one type for each, and the one place where a raised refusal becomes a member of a union."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import strawberry

from app.domain import errors
from app.domain.names import respelled
from app.domain.platforms import Platform
from resolvers.enums import ErrorCode
from resolvers.names import spelled, spelled_path
from resolvers.posts import Post

if TYPE_CHECKING:
    from collections.abc import Mapping

    from strawberry.types.field import StrawberryField

_CODE = "The same code on every API of Redraft."
_MESSAGE = "A sentence for a person."


@strawberry.interface(
    description="Every refusal. A client that spreads `... on MutationError` also understands members that come later."
)
class MutationError:
    code: ErrorCode = strawberry.field(description=_CODE)
    message: str = strawberry.field(description=_MESSAGE)


@strawberry.type(description="It does not exist for the caller. Nothing was written.")
class NotFound(MutationError):
    id: strawberry.ID = strawberry.field(description="The id that was asked for.")

    @classmethod
    def of(cls, refusal: errors.NotFound) -> NotFound:
        return cls(code=ErrorCode.NOT_FOUND, message=refusal.message, id=strawberry.ID(refusal.id))


@strawberry.type(description="The post is out, and can no longer be changed or deleted here. Nothing was written.")
class AlreadyPublished(MutationError):
    post: Post = strawberry.field(description="The post as it is stored.")

    @classmethod
    def of(cls, refusal: errors.AlreadyPublished) -> AlreadyPublished:
        return cls(code=ErrorCode.ALREADY_PUBLISHED, message=refusal.message, post=Post.of(refusal.post))


@strawberry.type(description="The post is on the wire right now. Nothing was written.")
class PublishingInProgress(MutationError):
    post: Post = strawberry.field(description="The post as it is stored.")

    @classmethod
    def of(cls, refusal: errors.PublishingInProgress) -> PublishingInProgress:
        return cls(code=ErrorCode.PUBLISHING_IN_PROGRESS, message=refusal.message, post=Post.of(refusal.post))


@strawberry.type(description="The update leaves out accounts on which the post is already out. Nothing was written.")
class AccountAlreadyPublished(MutationError):
    account_ids: list[int] = strawberry.field(description="The accounts that cannot be left out.")

    @classmethod
    def of(cls, refusal: errors.AccountAlreadyPublished) -> AccountAlreadyPublished:
        return cls(code=ErrorCode.ACCOUNT_ALREADY_PUBLISHED, message=refusal.message, account_ids=refusal.account_ids)


@strawberry.type(description="A name that an update does not know. Nothing was written.")
class InvalidFieldName(MutationError):
    field: str = strawberry.field(description="The name as it was sent; a dot stands before a nested name.")
    suggestion: str | None = strawberry.field(description="The nearest known name, where one is near.")

    @classmethod
    def of(cls, refusal: errors.InvalidFieldName) -> InvalidFieldName:
        # The names inside platformContent are values of a JSON scalar: they are what they are, on every edge.
        spell = str if "." in refusal.field else spelled
        shown = errors.InvalidFieldName(
            spelled(refusal.field),
            suggestion=None if refusal.suggestion is None else spell(refusal.suggestion),
            known=[spell(name) for name in refusal.known],
        )
        return cls(
            code=ErrorCode.INVALID_FIELD_NAME,
            message=shown.message,
            field=shown.field,
            suggestion=shown.suggestion,
        )


@strawberry.type(description="One thing wrong with an input.")
class InputIssue:
    path: list[str] = strawberry.field(
        description='Where, e.g. ["scheduledFor"] or ["platformContent", "x", "content"].'
    )
    code: str = strawberry.field(
        description="Machine-readable: "
        + ", ".join(code.value for code in errors.IssueCode)
        + ". Others may come later."
    )
    message: str = strawberry.field(description=_MESSAGE)
    platform: Platform | None = strawberry.field(description="The platform whose rule is broken, where it is one's.")
    limit: int | None = strawberry.field(description="The most that is allowed, in the unit that the message names.")
    actual: int | None = strawberry.field(description="What was sent, in the same unit.")

    @classmethod
    def of(cls, issue: errors.InputIssue) -> InputIssue:
        return cls(
            path=spelled_path(issue.path),
            code=issue.code.value,
            message=respelled(issue.message, spelled),
            platform=issue.platform,
            limit=issue.limit,
            actual=issue.actual,
        )


@strawberry.type(description="Values that cannot be: every problem found, not only the first. Nothing was written.")
class InvalidInput(MutationError):
    issues: list[InputIssue] = strawberry.field(description="Every problem found.")

    @classmethod
    def of(cls, refusal: errors.InvalidInput) -> InvalidInput:
        return cls(
            code=ErrorCode.INVALID_INPUT,
            message=respelled(refusal.message, spelled),
            issues=[InputIssue.of(issue) for issue in refusal.issues],
        )


@strawberry.type(description="The post has another version than the caller expects. Nothing was written.")
class VersionConflict(MutationError):
    current_version: int = strawberry.field(description="The version that is stored.")
    post: Post = strawberry.field(description="The post as it is stored.")

    @classmethod
    def of(cls, refusal: errors.VersionConflict) -> VersionConflict:
        return cls(
            code=ErrorCode.VERSION_CONFLICT,
            message=refusal.message,
            current_version=refusal.current_version,
            post=Post.of(refusal.post),
        )


class _Shows:
    """A Strawberry ExceptionHandler: answers a refusal with the type that shows it, where a union holds that type."""

    def __init__(self, refusal: type[errors.Refusal], shown_as: Any) -> None:
        self.exception_type = refusal
        self.error_type = shown_as

    def handle(self, exception: Any, *, field: StrawberryField, info: strawberry.Info) -> Any:
        return self.error_type.of(exception)


_SHOWN_AS: Mapping[type[errors.Refusal], Any] = {
    errors.PostNotFound: NotFound,
    errors.AccountNotFound: NotFound,
    errors.WebhookNotFound: NotFound,
    errors.AlreadyPublished: AlreadyPublished,
    errors.PublishingInProgress: PublishingInProgress,
    errors.AccountAlreadyPublished: AccountAlreadyPublished,
    errors.InvalidFieldName: InvalidFieldName,
    errors.InvalidInput: InvalidInput,
    errors.VersionConflict: VersionConflict,
}

HANDLERS = [_Shows(refusal, shown_as) for refusal, shown_as in _SHOWN_AS.items()]


def shown(refusal: errors.Refusal) -> Any:
    """The member of a union that shows a refusal, where a command answers with it among others."""
    return _SHOWN_AS[type(refusal)].of(refusal)
