"""Whatever a command refuses, every row of every table stays as it was."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from app.commands.create_post import create_post
from app.commands.delete_post import delete_post
from app.commands.fill_demo import (
    BANNER,
    CLIP,
    DRAFT,
    PARTIALLY_FAILED,
    PUBLISHED,
    PUBLISHING,
    SCHEDULED,
    SLIDES,
    SLIDESHOW,
    VIDEO,
)
from app.commands.service import Service
from app.commands.update_post import update_post
from app.commands.update_single_account_post import update_single_account_post
from app.domain.changes import PostChanges
from app.domain.errors import (
    AccountAlreadyPublished,
    AlreadyPublished,
    InvalidFieldName,
    InvalidInput,
    PostNotFound,
    PublishingInProgress,
    Refusal,
    VersionConflict,
)
from app.domain.kind import PostKind
from app.domain.post import PostStatus
from app.repositories.database import Database
from tests.repositories.storage import OURS, dump
from tests.support.clock import NOW

NOBODY = UUID("00000000-0000-4000-8000-00000000dead")
CONTENT = PostChanges(content="Never stored")
NEXT_WEEK = NOW + timedelta(days=7)

UPDATES: list[tuple[UUID, PostChanges, type[Refusal]]] = [
    (NOBODY, CONTENT, PostNotFound),
    (PUBLISHED, CONTENT, AlreadyPublished),
    (PUBLISHED, PostChanges(), AlreadyPublished),
    (PUBLISHING, CONTENT, PublishingInProgress),
    (SCHEDULED, PostChanges(content="Never stored", expected_versions=frozenset({2})), VersionConflict),
    (
        SCHEDULED,
        PostChanges(content="Never stored", invalid_field=InvalidFieldName("media", suggestion="media_ids")),
        InvalidFieldName,
    ),
    (SCHEDULED, PostChanges(content="Never stored", platform_content={"twitter": {}}), InvalidFieldName),
    (SCHEDULED, PostChanges(content="Never stored", platform_content={"x": {"contnet": "a"}}), InvalidFieldName),
    (
        PARTIALLY_FAILED,
        PostChanges(content="Never stored", account_ids=frozenset({2282})),
        AccountAlreadyPublished,
    ),
    (SCHEDULED, PostChanges(content="Never stored", account_ids=None), InvalidInput),
    (SCHEDULED, PostChanges(content="Never stored", account_ids=frozenset({4})), InvalidInput),
    (SCHEDULED, PostChanges(content="Never stored", account_ids=frozenset({2299})), InvalidInput),
    (SCHEDULED, PostChanges(content="Never stored", account_ids=frozenset()), InvalidInput),
    (SCHEDULED, PostChanges(content="Never stored", account_ids=frozenset({2**31, 2**63, -1})), InvalidInput),
    (SCHEDULED, PostChanges(content="Never stored", scheduled_for=None), InvalidInput),
    (SCHEDULED, PostChanges(content="Never stored", scheduled_for=NOW), InvalidInput),
    (SCHEDULED, PostChanges(content="Never stored", scheduled_for=NOW + timedelta(days=2000)), InvalidInput),
    (
        SCHEDULED,
        PostChanges(content="Never stored", scheduled_for=NEXT_WEEK, scheduled_at=NEXT_WEEK + timedelta(hours=1)),
        InvalidInput,
    ),
    (SCHEDULED, PostChanges(content="Never stored", timezone=None), InvalidInput),
    (SCHEDULED, PostChanges(content="Never stored", timezone="Mars/Olympus"), InvalidInput),
    (SCHEDULED, PostChanges(content="Never stored", media_ids=(NOBODY,)), InvalidInput),
    (SCHEDULED, PostChanges(content="Never stored", media_ids=(BANNER, BANNER)), InvalidInput),
    (SCHEDULED, PostChanges(content="Never stored", platform_content=[]), InvalidInput),
    (SCHEDULED, PostChanges(content="Never stored", platform_content={"x": {"content": 1}}), InvalidInput),
    (SCHEDULED, PostChanges(content="Never stored", status=None), InvalidInput),
    (SCHEDULED, PostChanges(content="Never stored", status=PostStatus.PUBLISHED), InvalidInput),
    (SCHEDULED, PostChanges(content="Never stored", title="Only slideshows have one"), InvalidInput),
    (SCHEDULED, PostChanges(content=None, media_ids=None), InvalidInput),
    (SCHEDULED, PostChanges(content="NUL \0"), InvalidInput),
    (SCHEDULED, PostChanges(content="a lone surrogate \ud800"), InvalidInput),
    (SCHEDULED, PostChanges(content="Never stored", social_audio_id="\0"), InvalidInput),
    (DRAFT, PostChanges(content="Never stored", status=PostStatus.SCHEDULED), InvalidInput),
    (VIDEO, PostChanges(content="Never stored", media_ids=(BANNER,)), InvalidInput),
    (VIDEO, PostChanges(content="Never stored", media_ids=None), InvalidInput),
    (SLIDESHOW, PostChanges(content="Never stored", media_ids=(*SLIDES, CLIP)), InvalidInput),
    (SLIDESHOW, PostChanges(content="Never stored", title="x" * 91), InvalidInput),
]


@pytest.mark.parametrize("dry_run", [False, True], ids=["real", "dry run"])
async def test_a_refused_update_writes_nothing(service: Service, database: Database, dry_run: bool) -> None:
    before = await dump(database)

    for post_id, changes, refusal in UPDATES:
        with pytest.raises(refusal):
            await service.run(OURS, update_post, post_id=post_id, changes=changes, dry_run=dry_run)
        assert await dump(database) == before, changes


CREATIONS: list[tuple[PostKind, PostChanges, type[Refusal]]] = [
    (PostKind.STANDARD, PostChanges(content="Never stored", account_ids=frozenset({4})), InvalidInput),
    (PostKind.STANDARD, PostChanges(content="Never stored", status=PostStatus.SCHEDULED), InvalidInput),
    (PostKind.STANDARD, PostChanges(content="Never stored", status=PostStatus.PUBLISHED), InvalidInput),
    (PostKind.VIDEO, PostChanges(content="Never stored", media_ids=(BANNER,)), InvalidInput),
    (PostKind.STANDARD, PostChanges(content="Never stored", platform_content={"twitter": {}}), InvalidFieldName),
    (
        PostKind.STANDARD,
        PostChanges(content="Never stored", invalid_field=InvalidFieldName("media", suggestion="media_ids")),
        InvalidFieldName,
    ),
]


async def test_a_post_that_is_refused_is_not_created(service: Service, database: Database) -> None:
    before = await dump(database)

    for kind, changes, refusal in CREATIONS:
        with pytest.raises(refusal):
            await service.run(OURS, create_post, kind=kind, changes=changes)
        assert await dump(database) == before, changes


DELETIONS: list[tuple[UUID, frozenset[int] | None, type[Refusal]]] = [
    (NOBODY, None, PostNotFound),
    (PUBLISHED, None, AlreadyPublished),
    (PARTIALLY_FAILED, None, AlreadyPublished),
    (PUBLISHING, None, PublishingInProgress),
    (SCHEDULED, frozenset({2}), VersionConflict),
    (SCHEDULED, frozenset(), VersionConflict),
]


async def test_a_post_that_may_not_be_deleted_stays(service: Service, database: Database) -> None:
    before = await dump(database)

    for post_id, expected_versions, refusal in DELETIONS:
        with pytest.raises(refusal):
            await service.run(OURS, delete_post, post_id=post_id, expected_versions=expected_versions)
        assert await dump(database) == before, post_id


NEW_VIDEO = ["https://media.example/new.mp4"]


SINGLE_ACCOUNT_UPDATES: list[tuple[UUID, PostChanges, list[str] | None, type[Refusal]]] = [
    (NOBODY, CONTENT, NEW_VIDEO, PostNotFound),
    (PUBLISHED, CONTENT, NEW_VIDEO, AlreadyPublished),
    (PUBLISHING, CONTENT, NEW_VIDEO, PublishingInProgress),
    (SCHEDULED, CONTENT, NEW_VIDEO, InvalidInput),
    (DRAFT, CONTENT, NEW_VIDEO, InvalidInput),
    (VIDEO, PostChanges(timezone="Mars/Olympus"), NEW_VIDEO, InvalidInput),
    (VIDEO, CONTENT, [*NEW_VIDEO, "https://media.example/second.mp4"], InvalidInput),
    (VIDEO, CONTENT, [*NEW_VIDEO, *NEW_VIDEO], InvalidInput),
    (VIDEO, PostChanges(content="Never stored", expected_versions=frozenset({2})), NEW_VIDEO, VersionConflict),
    (
        VIDEO,
        PostChanges(content="Never stored", invalid_field=InvalidFieldName("media", suggestion="mediaUrls")),
        NEW_VIDEO,
        InvalidFieldName,
    ),
    (SLIDESHOW, CONTENT, ["https://media.example/film.mp4", "https://media.example/film.mp4"], InvalidInput),
    (PARTIALLY_FAILED, PostChanges(account_ids=frozenset({2282})), NEW_VIDEO, AccountAlreadyPublished),
    (VIDEO, CONTENT, None, InvalidInput),
]


async def test_a_refused_update_of_a_single_account_post_keeps_no_media_that_was_recorded_for_it(
    service: Service, database: Database
) -> None:
    before = await dump(database)

    for post_id, changes, media_urls, refusal in SINGLE_ACCOUNT_UPDATES:
        with pytest.raises(refusal):
            await service.run(OURS, update_single_account_post, post_id=post_id, changes=changes, media_urls=media_urls)
        assert await dump(database) == before, (post_id, changes)
