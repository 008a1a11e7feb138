"""The mutations of posts. A refusal raised below is answered by resolvers.errors: there is no try here."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry
from graphql import GraphQLError
from strawberry import UNSET

from app.commands import update_post as update_post_command
from app.commands.create_post import create_post
from app.commands.delete_post import delete_post
from app.commands.restore_post import restore_post
from app.commands.retry_post import retry_post
from app.commands.update_post import update_post
from app.commands.update_posts import LIMIT, update_posts
from app.domain.errors import Refusal
from resolvers.context import Info
from resolvers.errors import (
    AccountAlreadyPublished,
    AlreadyPublished,
    InvalidFieldName,
    InvalidInput,
    NotFound,
    PublishingInProgress,
    VersionConflict,
    shown,
)
from resolvers.inputs import CreatePostInput, PostChange, UpdatePostInput, expected_versions
from resolvers.names import read_post_id, spelled
from resolvers.posts import Post

_REQUESTED_FOR = "Set when the requested time was taken and the post moved to the next free slot."


@strawberry.type(description="The update was accepted, and is on disk.")
class UpdatePostSuccess:
    post: Post = strawberry.field(description="The whole post after the update.")
    changed_fields: list[str] = strawberry.field(
        description="Names of the fields whose stored value changed; empty when the update changed nothing."
    )
    requested_for: datetime | None = strawberry.field(description=_REQUESTED_FOR)
    dry_run: bool = strawberry.field(description="Whether this only says what an update would do.")

    @classmethod
    def of(cls, updated: update_post_command.UpdatedPost) -> UpdatePostSuccess:
        return cls(
            post=Post.of(updated.post, stored_version=updated.stored_version),
            changed_fields=[spelled(name) for name in updated.changed_fields],
            requested_for=updated.requested_for,
            dry_run=updated.dry_run,
        )


@strawberry.type(description="The post was created, and is on disk.")
class CreatePostSuccess:
    post: Post = strawberry.field(description="The new post.")
    requested_for: datetime | None = strawberry.field(description=_REQUESTED_FOR)


@strawberry.type(description="What failed is queued again, and that is on disk.")
class RetryPostSuccess:
    post: Post = strawberry.field(description="The whole post after it.")
    retried_count: int = strawberry.field(description="How many destinations were queued again.")
    requested_for: datetime | None = strawberry.field(description=_REQUESTED_FOR)


@strawberry.type(description="The post was deleted.")
class DeletePostSuccess:
    id: strawberry.ID = strawberry.field(description="The post that is no more.")


UpdatePostResult = Annotated[
    UpdatePostSuccess
    | NotFound
    | AlreadyPublished
    | PublishingInProgress
    | AccountAlreadyPublished
    | InvalidFieldName
    | InvalidInput
    | VersionConflict,
    strawberry.union("UpdatePostResult", description="What came of an update."),
]
CreatePostResult = Annotated[
    CreatePostSuccess | InvalidFieldName | InvalidInput,
    strawberry.union("CreatePostResult", description="What came of creating a post."),
]
RetryPostResult = Annotated[
    RetryPostSuccess | NotFound | AlreadyPublished | PublishingInProgress | InvalidInput,
    strawberry.union("RetryPostResult", description="What came of a retry."),
]
DeletePostResult = Annotated[
    DeletePostSuccess | NotFound | AlreadyPublished | PublishingInProgress | VersionConflict,
    strawberry.union("DeletePostResult", description="What came of deleting a post."),
]

PostId = Annotated[strawberry.ID, strawberry.argument(description="The post's UUID.")]
DryRun = Annotated[bool, strawberry.argument(description="Answer the same, and store nothing.")]
ExpectedVersion = Annotated[
    int | None,
    strawberry.argument(description="Refuse with VersionConflict unless the post still has this version."),
]


@strawberry.type
class PostMutations:
    @strawberry.mutation(description="Change a post before it goes out.")
    async def update_post(
        self,
        info: Info,
        id: PostId,
        input: Annotated[UpdatePostInput, strawberry.argument(description="What to change.")],
        dry_run: DryRun = False,
    ) -> UpdatePostResult:
        updated = await info.context.run(
            update_post, post_id=read_post_id(id), changes=input.to_changes(), dry_run=dry_run
        )
        return UpdatePostSuccess.of(updated)

    @strawberry.mutation(description=f"Change up to {LIMIT} posts in one transaction.")
    async def update_posts(
        self,
        info: Info,
        changes: Annotated[
            list[PostChange], strawberry.argument(description=f"Up to {LIMIT} changes, each of another post.")
        ],
        atomic: Annotated[
            bool,
            strawberry.argument(
                description="All or none: one that is refused keeps the others from being stored. Otherwise each "
                "change stands alone."
            ),
        ] = True,
        dry_run: DryRun = False,
    ) -> list[UpdatePostResult]:
        if len(changes) > LIMIT:
            message = f"`changes` may hold {LIMIT} changes at most."
            raise GraphQLError(message, extensions={"code": "BAD_USER_INPUT"})
        outcomes = await info.context.run(
            update_posts, updates=[change.to_update() for change in changes], atomic=atomic, dry_run=dry_run
        )
        return [
            shown(outcome) if isinstance(outcome, Refusal) else UpdatePostSuccess.of(outcome) for outcome in outcomes
        ]

    @strawberry.mutation(
        description="Make a post say again what an earlier version of it said. This is an update, and makes a new "
        "version: whatever an update may not do, it may not do either."
    )
    async def restore_post(
        self,
        info: Info,
        id: PostId,
        version: Annotated[int, strawberry.argument(description="The version to go back to.")],
        expected_version: ExpectedVersion = UNSET,
    ) -> UpdatePostResult:
        updated = await info.context.run(
            restore_post,
            post_id=read_post_id(id),
            version=version,
            expected_versions=expected_versions(expected_version),
        )
        return UpdatePostSuccess.of(updated)

    @strawberry.mutation(description="Queue again what failed. What is published is left alone.")
    async def retry_post(
        self,
        info: Info,
        id: PostId,
        account_ids: Annotated[
            list[int] | None, strawberry.argument(description="Only on these accounts; on all where it is left out.")
        ] = UNSET,
        confirm: Annotated[
            bool,
            strawberry.argument(
                description="Send it also where the outcome is UNKNOWN. The post may be out there already: look first."
            ),
        ] = False,
    ) -> RetryPostResult:
        chosen = frozenset(account_ids) if isinstance(account_ids, list) else None
        retried = await info.context.run(retry_post, post_id=read_post_id(id), account_ids=chosen, confirm=confirm)
        return RetryPostSuccess(
            post=Post.of(retried.post), retried_count=retried.retried_count, requested_for=retried.requested_for
        )

    @strawberry.mutation(description="Write a new post.")
    async def create_post(
        self,
        info: Info,
        input: Annotated[CreatePostInput, strawberry.argument(description="The new post.")],
    ) -> CreatePostResult:
        created = await info.context.run(create_post, kind=input.kind, changes=input.to_changes())
        return CreatePostSuccess(post=Post.of(created.post), requested_for=created.requested_for)

    @strawberry.mutation(description="Delete a post of which nothing is published.")
    async def delete_post(
        self,
        info: Info,
        id: PostId,
        expected_version: ExpectedVersion = UNSET,
    ) -> DeletePostResult:
        post_id = read_post_id(id)
        await info.context.run(delete_post, post_id=post_id, expected_versions=expected_versions(expected_version))
        return DeletePostSuccess(id=strawberry.ID(str(post_id)))
