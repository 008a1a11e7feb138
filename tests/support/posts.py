"""Posts, accounts and media as values, for tests that need no database. What a test does not name has a default."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.domain.account import Account
from app.domain.changes import PostChanges
from app.domain.destination import Destination, DestinationStatus
from app.domain.errors import InputIssue, InvalidInput, IssueCode, Refusal
from app.domain.kind import PostKind
from app.domain.media import Media, MediaType
from app.domain.platforms import Platform
from app.domain.post import Known, Post, PostStatus
from tests.support.clock import NOW

POST_ID = UUID("f47ac10b-58cc-4372-a567-0e02b2c3d479")
IN_A_WEEK = NOW + timedelta(days=7)
YESTERDAY = NOW - timedelta(days=1)
NOTHING_KNOWN = Known()


def an_account(id: int = 1, **different: Any) -> Account:
    account = Account(id=id, platform=Platform.WEBHOOK, name=f"@account{id}", is_active=True, created_at=YESTERDAY)
    return replace(account, **different)


def an_image(number: int = 1) -> Media:
    return Media(id=UUID(int=number), type=MediaType.IMAGE, url=f"https://media.test/{number}.jpg")


def a_video(number: int = 101) -> Media:
    return Media(id=UUID(int=number), type=MediaType.VIDEO, url=f"https://media.test/{number}.mp4")


def known(*things: Account | Media) -> Known:
    """What the organisation of the caller holds."""
    return Known(
        accounts={thing.id: thing for thing in things if isinstance(thing, Account)},
        media={thing.id: thing for thing in things if isinstance(thing, Media)},
    )


def queued(account_id: int = 1) -> Destination:
    return Destination(account=an_account(account_id))


def on_the_wire(account_id: int = 1) -> Destination:
    return Destination(account=an_account(account_id), status=DestinationStatus.PUBLISHING, attempts=1)


def published(account_id: int = 1) -> Destination:
    return Destination(
        account=an_account(account_id),
        status=DestinationStatus.PUBLISHED,
        platform_post_id=f"platform-{account_id}",
        platform_post_url=f"https://platform.test/{account_id}",
        published_at=YESTERDAY,
        attempts=1,
    )


def failed(account_id: int = 1) -> Destination:
    return Destination(
        account=an_account(account_id),
        status=DestinationStatus.FAILED,
        error="The token has expired.",
        attempts=3,
        next_attempt_at=IN_A_WEEK,
    )


def unknown(account_id: int = 1) -> Destination:
    return Destination(
        account=an_account(account_id), status=DestinationStatus.UNKNOWN, error="No answer came.", attempts=1
    )


def a_post(status: PostStatus, *destinations: Destination, **different: Any) -> Post:
    """A standard post with a text, due in a week."""
    post = Post(
        id=POST_ID,
        kind=PostKind.STANDARD,
        status=status,
        content="Launch day",
        title=None,
        scheduled_for=IN_A_WEEK,
        timezone="UTC",
        media=(),
        platform_content={},
        social_audio_id=None,
        music_post_id=None,
        destinations=destinations,
        failure_reason=None,
        version=7,
        created_at=NOW - timedelta(days=2),
        updated_at=YESTERDAY,
    )
    return post._replace(**different)


def a_draft(*destinations: Destination, **different: Any) -> Post:
    return a_post(PostStatus.DRAFT, *destinations, **different)


def a_scheduled_post(*destinations: Destination, **different: Any) -> Post:
    return a_post(PostStatus.SCHEDULED, *(destinations or (queued(1),)), **different)


def a_publishing_post(*destinations: Destination, **different: Any) -> Post:
    different = {"scheduled_for": YESTERDAY, **different}
    return a_post(PostStatus.PUBLISHING, *(destinations or (on_the_wire(1),)), **different)


def a_published_post(*destinations: Destination, **different: Any) -> Post:
    different = {"scheduled_for": YESTERDAY, **different}
    return a_post(PostStatus.PUBLISHED, *(destinations or (published(1),)), **different)


def a_partially_failed_post(*destinations: Destination, **different: Any) -> Post:
    different = {"scheduled_for": YESTERDAY, "failure_reason": "One account failed.", **different}
    return a_post(PostStatus.PARTIALLY_FAILED, *(destinations or (published(1), failed(2))), **different)


def a_failed_post(*destinations: Destination, **different: Any) -> Post:
    different = {"scheduled_for": YESTERDAY, "failure_reason": "The token has expired.", **different}
    return a_post(PostStatus.FAILED, *(destinations or (failed(1),)), **different)


POST_OF_EACH_STATUS = {
    PostStatus.DRAFT: a_draft(queued(1)),
    PostStatus.SCHEDULED: a_scheduled_post(),
    PostStatus.PUBLISHING: a_publishing_post(),
    PostStatus.PUBLISHED: a_published_post(),
    PostStatus.PARTIALLY_FAILED: a_partially_failed_post(),
    PostStatus.FAILED: a_failed_post(),
}


def updated(post: Post, known: Known = NOTHING_KNOWN, /, **changes: Any) -> Post:
    """The post after an update that is accepted; the post that was updated is seen to be untouched."""
    before = deepcopy(post)
    revised = post.apply(PostChanges(**changes), known, now=NOW)
    assert post == before
    return revised


def stored_once_more(post: Post, **different: Any) -> Post:
    """What an update that changes these things stores: one version on, at this instant."""
    return post._replace(version=post.version + 1, updated_at=NOW, **different)


def refusal_of(post: Post, known: Known = NOTHING_KNOWN, /, **changes: Any) -> Refusal:
    """The refusal of an update; the post is seen to be untouched by it."""
    before = deepcopy(post)
    with pytest.raises(Refusal) as refused:
        post.apply(PostChanges(**changes), known, now=NOW)
    assert post == before
    return refused.value


def issues_of(post: Post, known: Known = NOTHING_KNOWN, /, **changes: Any) -> list[InputIssue]:
    """Every problem that an update is refused for, in order; the post is seen to be untouched."""
    refusal = refusal_of(post, known, **changes)
    assert isinstance(refusal, InvalidInput)
    return list(refusal.issues)


def issue(*path: str, code: IssueCode, message: str, limit: int | None = None, actual: int | None = None) -> InputIssue:
    return InputIssue(path=path, code=code, message=message, limit=limit, actual=actual)
