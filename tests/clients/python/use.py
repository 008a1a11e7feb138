"""A program that uses the generated client, and prints as JSON what it was told, under the types that told it.

Its arguments: the server's address, a key, and an instant in RFC 3339 for the post that it writes.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any, assert_never
from uuid import UUID

from redraft_client import (
    Client,
    CreatePostInput,
    CreatePostResultCreatePostSuccess,
    CreatePostResultInvalidInput,
    Platform,
    PostDetails,
    PostFilter,
    PostOrder,
    PostStatus,
    RequestedStatus,
    UpdatePost,
    UpdatePostInput,
    UpdatePostResultAccountAlreadyPublished,
    UpdatePostResultAlreadyPublished,
    UpdatePostResultInvalidFieldName,
    UpdatePostResultInvalidInput,
    UpdatePostResultLaterMutationError,
    UpdatePostResultNotFound,
    UpdatePostResultPublishingInProgress,
    UpdatePostResultUpdatePostSuccess,
    UpdatePostResultVersionConflict,
)

BANNER = UUID("a1b2c3d4-e5f6-7890-abcd-ef1234567890")


def post_of(post: PostDetails) -> Mapping[str, Any]:
    """On the wire these are texts; here they are datetime, UUID and enums."""
    return {
        "content": post.content,
        "is_scheduled": post.status is PostStatus.SCHEDULED,
        "account_ids": post.account_ids,
        "scheduled_for": post.scheduled_for and post.scheduled_for.isoformat(),
        "timezone": post.timezone,
        "has_the_banner": post.media_ids == [BANNER],
        "platform_content": post.platform_content,
        "version": post.version,
        "on_x": [destination.account_id for destination in post.destinations if destination.platform is Platform.X],
    }


def told(answer: UpdatePost) -> Mapping[str, Any]:
    """A type checker holds that no member of the union is forgotten here."""
    match answer.result:
        case UpdatePostResultUpdatePostSuccess() as success:
            return {"changed_fields": success.changed_fields, "post": post_of(success.post)}
        case UpdatePostResultNotFound() as refusal:
            return {"code": refusal.code.name, "message": refusal.message, "id": refusal.id}
        case UpdatePostResultAlreadyPublished() | UpdatePostResultPublishingInProgress() as refusal:
            return {"code": refusal.code.name, "message": refusal.message, "status": refusal.post.status.name}
        case UpdatePostResultAccountAlreadyPublished() as refusal:
            return {"code": refusal.code.name, "message": refusal.message, "account_ids": refusal.account_ids}
        case UpdatePostResultInvalidFieldName() as refusal:
            return {"code": refusal.code.name, "field": refusal.field, "suggestion": refusal.suggestion}
        case UpdatePostResultInvalidInput() as refusal:
            return {"code": refusal.code.name, "issues": [[*issue.path, issue.code] for issue in refusal.issues]}
        case UpdatePostResultVersionConflict() as refusal:
            return {"code": refusal.code.name, "current": refusal.current_version, "content": refusal.post.content}
        case UpdatePostResultLaterMutationError() as refusal:
            return {"type": refusal.typename__, "code": refusal.code.name, "message": refusal.message}
        case never:
            assert_never(never)


async def talk(client: Client, instant: datetime) -> Mapping[str, Any]:
    accounts = (await client.accounts()).accounts
    created = await client.create_post(
        CreatePostInput(
            content="Written by a typed client",
            account_ids=[2282],
            scheduled_for=instant,
            media_ids=[BANNER],
            status=RequestedStatus.SCHEDULED,
        )
    )
    assert isinstance(created.result, CreatePostResultCreatePostSuccess)
    post = created.result.post
    incomplete = await client.create_post(CreatePostInput(status=RequestedStatus.SCHEDULED))
    assert isinstance(incomplete.result, CreatePostResultInvalidInput)

    async def updated(id: str, input: UpdatePostInput) -> Mapping[str, Any]:
        return told(await client.update_post(id, input))

    answers = {
        "accounts": [[account.account_id, account.platform.name, account.is_active] for account in accounts],
        "created": post_of(post),
        "incomplete": [[*issue.path, issue.code] for issue in incomplete.result.issues],
        "updated": await updated(
            post.id,
            UpdatePostInput(timezone="Europe/Paris", platform_content={"x": {"content": "Short"}}, expected_version=1),
        ),
        "cleared": await updated(post.id, UpdatePostInput(content=None)),
        "stale": await updated(post.id, UpdatePostInput(content="Lost", expected_version=1)),
        "unknown": await updated(str(UUID(int=9)), UpdatePostInput()),
        "published": await updated("9b115ed0-0000-4000-8000-000000000002", UpdatePostInput(content="Late")),
        "publishing": await updated("9b115419-0000-4000-8000-000000000005", UpdatePostInput(content="Late")),
        "partly_out": await updated("9a47fa11-0000-4000-8000-000000000004", UpdatePostInput(account_ids=[2282])),
        "misnamed": await updated(post.id, UpdatePostInput(media=[str(BANNER)])),
        "wrong": await updated(post.id, UpdatePostInput(timezone="Mars/Olympus", account_ids=[9999])),
    }
    page = (await client.posts(PostFilter(search="launch"), PostOrder.SCHEDULED_FOR, 1)).posts
    conflict, deleted, gone = [
        (await client.delete_post(post.id, expected_version)).result for expected_version in (1, None, None)
    ]
    return answers | {
        "found": [page.total_count, page.page_info.has_next_page, [found.content for found in page.nodes]],
        "deletions": [result.typename__ for result in (conflict, deleted, gone)],
    }


async def main(address: str, key: str, instant: str) -> None:
    async with Client(f"{address}/graphql", headers={"Authorization": f"Bearer {key}"}) as client:
        json.dump(await talk(client, datetime.fromisoformat(instant)), sys.stdout)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
