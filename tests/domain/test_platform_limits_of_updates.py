"""An update of a post that is, or becomes, scheduled is held to the rules of the platforms it still goes out on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.domain.changes import PostChanges
from app.domain.destination import Destination, DestinationStatus
from app.domain.errors import InputIssue, IssueCode
from app.domain.kind import PostKind
from app.domain.platforms import Platform
from app.domain.post import Post, PostStatus
from app.domain.rule_overrides import RuleOverrides
from tests.support.clock import NOW
from tests.support.posts import (
    a_draft,
    a_failed_post,
    a_partially_failed_post,
    a_post,
    a_scheduled_post,
    a_video,
    an_account,
    an_image,
    issues_of,
    known,
    updated,
)

X, LINKEDIN, INSTAGRAM, BLUESKY, MASTODON = 1, 2, 3, 4, 5
_PLATFORMS = {
    X: Platform.X,
    LINKEDIN: Platform.LINKEDIN,
    INSTAGRAM: Platform.INSTAGRAM,
    BLUESKY: Platform.BLUESKY,
    MASTODON: Platform.MASTODON,
}
ACCOUNTS = {id: an_account(id, platform=platform) for id, platform in _PLATFORMS.items()}
HELD = known(*ACCOUNTS.values(), *(an_image(number) for number in range(1, 12)), a_video())


def on(id: int, status: DestinationStatus = DestinationStatus.QUEUED, **rules: int) -> Destination:
    return Destination(account=replace(ACCOUNTS[id], rules=RuleOverrides(**rules)), status=status)


def told(issues: list[InputIssue]) -> list[tuple[str, IssueCode, Platform | None, int | None, int | None]]:
    return [(".".join(item.path), item.code, item.platform, item.limit, item.actual) for item in issues]


TOO_LONG_FOR_X = ("content", IssueCode.TOO_LONG, Platform.X, 280, 281)


def test_a_text_too_long_for_a_platform_is_refused_and_the_longest_that_fits_is_not() -> None:
    post = a_scheduled_post(on(X))

    assert told(issues_of(post, content="a" * 281)) == [TOO_LONG_FOR_X]
    assert updated(post, content="a" * 280).content == "a" * 280


def test_the_override_counts_instead_of_the_text() -> None:
    post = a_scheduled_post(on(X), on(LINKEDIN))
    long = "a" * 281

    assert updated(post, content=long, platform_content={"x": {"content": "Short"}}).content == long
    assert told(issues_of(post, platform_content={"x": {"content": long}})) == [
        ("platform_content.x.content", IssueCode.TOO_LONG, Platform.X, 280, 281)
    ]
    not_its_text: list[dict[str, Any]] = [
        {"linkedin": {"content": "Short"}},
        {"x": {"first_comment": "Short"}},
        {"x": {}},
    ]
    for others in not_its_text:
        assert told(issues_of(post, content=long, platform_content=others)) == [TOO_LONG_FOR_X]


def test_a_stored_override_goes_on_counting_until_it_is_cleared() -> None:
    post = a_scheduled_post(on(X), content="a" * 281, platform_content={"x": {"content": "Short"}})

    assert updated(post, content="a" * 300).version == post.version + 1
    assert told(issues_of(post, platform_content=None)) == [TOO_LONG_FOR_X]


def test_every_problem_of_every_platform_is_told_at_once() -> None:
    post = a_scheduled_post(on(X))

    found = issues_of(
        post,
        HELD,
        content="a" * 3_001,
        account_ids=frozenset({X, LINKEDIN, INSTAGRAM, BLUESKY, MASTODON}),
        timezone="Nowhere",
    )

    assert told(found) == [
        ("timezone", IssueCode.INVALID_VALUE, None, None, None),
        ("content", IssueCode.TOO_LONG, Platform.X, 280, 3_001),
        ("content", IssueCode.TOO_LONG, Platform.LINKEDIN, 3_000, 3_001),
        ("content", IssueCode.TOO_LONG, Platform.INSTAGRAM, 2_200, 3_001),
        ("media_ids", IssueCode.REQUIRED, Platform.INSTAGRAM, None, None),
        ("content", IssueCode.TOO_LONG, Platform.BLUESKY, 300, 3_001),
        ("content", IssueCode.TOO_LONG, Platform.BLUESKY, 3_000, 3_001),
        ("content", IssueCode.TOO_LONG, Platform.MASTODON, 500, 3_001),
    ]


def test_a_draft_may_break_any_rule_until_it_is_scheduled() -> None:
    draft = a_draft(on(X), on(INSTAGRAM))

    written = updated(draft, content="a" * 5_000)

    assert written.content == "a" * 5_000
    assert told(issues_of(written, status=PostStatus.SCHEDULED)) == [
        ("content", IssueCode.TOO_LONG, Platform.X, 280, 5_000),
        ("content", IssueCode.TOO_LONG, Platform.INSTAGRAM, 2_200, 5_000),
        ("media_ids", IssueCode.REQUIRED, Platform.INSTAGRAM, None, None),
    ]


def test_unscheduling_is_never_refused_for_a_platforms_rule() -> None:
    post = a_scheduled_post(on(X), content="a" * 281)

    assert updated(post, status=PostStatus.DRAFT).status is PostStatus.DRAFT


def test_an_update_that_changes_nothing_is_not_measured() -> None:
    # Its platform's limit was another one when it was stored.
    post = a_scheduled_post(on(X), content="a" * 281)

    assert updated(post, content="a" * 281) is post
    assert told(issues_of(post, timezone="Asia/Tokyo")) == [TOO_LONG_FOR_X]


@pytest.mark.parametrize(
    ("limit", "length", "is_refused"), [(100, 100, False), (100, 101, True), (500, 281, False), (500, 501, True)]
)
def test_an_account_may_tighten_or_loosen_its_platforms_limit(limit: int, length: int, is_refused: bool) -> None:
    post = a_scheduled_post(on(X, text_limit=limit))

    if is_refused:
        assert told(issues_of(post, content="a" * length)) == [
            ("content", IssueCode.TOO_LONG, Platform.X, limit, length)
        ]
    else:
        assert updated(post, content="a" * length).version == post.version + 1


def test_two_accounts_of_one_platform_are_each_held_to_their_own_limit() -> None:
    second = Destination(account=an_account(9, platform=Platform.X))
    post = a_scheduled_post(on(X, text_limit=100), second)

    assert told(issues_of(post, content="a" * 281)) == [
        ("content", IssueCode.TOO_LONG, Platform.X, 100, 281),
        TOO_LONG_FOR_X,
    ]


def test_an_account_may_take_more_or_fewer_media_than_its_platform() -> None:
    images = tuple(an_image(number).id for number in range(1, 6))
    bluesky = a_scheduled_post(on(BLUESKY))

    assert told(issues_of(bluesky, HELD, media_ids=images)) == [
        ("media_ids", IssueCode.TOO_MANY_MEDIA, Platform.BLUESKY, 4, 5)
    ]
    assert updated(a_scheduled_post(on(BLUESKY, max_images=5)), HELD, media_ids=images).media_ids == list(images)
    assert told(issues_of(a_scheduled_post(on(BLUESKY, max_images=0)), HELD, media_ids=images[:1])) == [
        ("media_ids", IssueCode.UNSUPPORTED_MEDIA, Platform.BLUESKY, 0, 1)
    ]


@pytest.mark.parametrize("status", [DestinationStatus.PUBLISHED, DestinationStatus.UNKNOWN])
def test_where_a_post_is_out_or_may_be_its_platforms_rules_do_not_count(status: DestinationStatus) -> None:
    post = a_partially_failed_post(on(X, status), on(LINKEDIN, DestinationStatus.FAILED))

    assert updated(post, content="a" * 281).content == "a" * 281


def test_what_failed_is_held_to_its_platforms_rules_when_it_is_queued_again() -> None:
    post = a_failed_post(on(X, DestinationStatus.FAILED))

    assert told(issues_of(post, content="a" * 281)) == [TOO_LONG_FOR_X]
    assert told(issues_of(post._replace(content="a" * 281), status=PostStatus.SCHEDULED)) == [TOO_LONG_FOR_X]


def test_an_account_that_is_taken_out_takes_its_platforms_rules_with_it() -> None:
    post = a_scheduled_post(on(X), on(LINKEDIN))

    revised = updated(post, content="a" * 281, account_ids=frozenset({LINKEDIN}))

    assert (revised.content, revised.account_ids) == ("a" * 281, [LINKEDIN])


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        ({"content": "a" * 281, "media_ids": (an_image(99).id,)}, "media_ids"),
        ({"content": "a" * 281, "scheduled_for": None}, "scheduled_for"),
        ({"content": "a" * 281, "title": "Only slideshows have one"}, "title"),
    ],
)
def test_other_problems_do_not_hide_a_platforms(sent: dict[str, Any], path: str) -> None:
    found = told(issues_of(a_scheduled_post(on(X)), HELD, **sent))

    assert TOO_LONG_FOR_X in found
    assert path in [where for where, *_ in found]


def test_a_new_post_that_is_scheduled_at_once_keeps_the_rules_too() -> None:
    empty = a_post(PostStatus.DRAFT, content="")
    changes: dict[str, Any] = {"content": "a" * 281, "account_ids": frozenset({X}), "status": PostStatus.SCHEDULED}

    assert told(issues_of(empty, HELD, **changes)) == [TOO_LONG_FOR_X]
    created = Post.create(
        empty.id, PostKind.STANDARD, PostChanges(content="a" * 281, account_ids=frozenset({X})), HELD, now=NOW
    )
    assert (created.status, created.content) == (PostStatus.DRAFT, "a" * 281)
