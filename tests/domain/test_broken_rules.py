"""Which of its platforms' rules a post would break: every one, once, and told so that it can be mended."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.broken_rules import note_broken_rules
from app.domain.errors import InputIssue, InvalidInput, IssueCode
from app.domain.issues import Issues
from app.domain.platform_rules import RULES
from app.domain.platforms import Platform
from app.domain.rule_overrides import RuleOverrides
from tests.support.posts import a_video, an_image

if TYPE_CHECKING:
    from app.domain.media import Media

_IMAGES = [an_image(number) for number in range(1, 41)]
_VIDEOS = [a_video(number) for number in range(101, 141)]
_AS_THEY_ARE = RuleOverrides()
_LIMITED = [platform for platform, rules in RULES.items() if rules.text_limit is not None]


def _fitting_media(platform: Platform) -> list[Media]:
    """What the platform asks for, and no more."""
    return _VIDEOS[:1] if RULES[platform].requires_media else []


def _broken(
    *platforms: Platform,
    content: str = "Launch day",
    title: str | None = None,
    platform_content: dict[str, Any] | None = None,
    media: list[Media] | None = None,
    accounts: list[tuple[Platform, RuleOverrides]] | None = None,
    known: tuple[InputIssue, ...] = (),
) -> list[InputIssue]:
    """What is noted in addition to what was known."""
    issues = Issues(known)
    note_broken_rules(
        content=content,
        title=title,
        platform_content=platform_content or {},
        media=media or [],
        accounts=accounts or [(platform, _AS_THEY_ARE) for platform in platforms],
        issues=issues,
    )
    if not issues:
        return []
    with pytest.raises(InvalidInput) as refused:
        issues.refuse_if_any()
    assert refused.value.issues[: len(known)] == known
    return list(refused.value.issues[len(known) :])


def _issue(
    platform: Platform, path: str, code: IssueCode, message: str, limit: int | None = None, actual: int | None = None
) -> InputIssue:
    return InputIssue(
        path=tuple(path.split(".")), code=code, message=message, platform=platform, limit=limit, actual=actual
    )


@pytest.mark.parametrize("platform", _LIMITED)
def test_a_text_may_be_as_long_as_the_limit_and_no_longer(platform: Platform) -> None:
    limit = RULES[platform].text_limit
    assert limit is not None
    media = _fitting_media(platform)
    assert _broken(platform, content="a" * limit, media=media) == []
    [found] = _broken(platform, content="a" * (limit + 1), media=media)
    assert (found.path, found.code, found.platform) == (("content",), IssueCode.TOO_LONG, platform)
    assert (found.limit, found.actual) == (limit, limit + 1)


@pytest.mark.parametrize(
    ("platform", "text", "unit", "limit", "actual"),
    [
        (Platform.BLUESKY, "👍🏽" * 301, "characters as a reader sees them", 300, 301),
        (Platform.BLUESKY, "👨‍👩‍👧‍👦" * 121, "bytes in UTF-8", 3_000, 3_025),
        (Platform.INSTAGRAM, "й" * 2_201, "characters", 2_200, 2_201),
        (Platform.MASTODON, "https://example.com/long/path " * 21, "characters, each link 23,", 500, 504),
        (Platform.THREADS, "👍" * 126, "characters, emoji by their bytes in UTF-8,", 500, 504),
        (Platform.X, "中" * 141, "characters by weight, each link 23,", 280, 282),
        (Platform.YOUTUBE, "й" * 2_501, "bytes in UTF-8", 5_000, 5_002),
    ],
)
def test_a_text_is_counted_as_its_platform_counts(
    platform: Platform, text: str, unit: str, limit: int, actual: int
) -> None:
    name = RULES[platform].name
    assert _broken(platform, content=text, media=_fitting_media(platform)) == [
        _issue(
            platform,
            "content",
            IssueCode.TOO_LONG,
            f"`content` has {actual} {unit} where {name} takes at most {limit}: "
            f"shorten it, or say something shorter on {name} alone.",
            limit,
            actual,
        )
    ]


def test_both_limits_of_one_text_are_told() -> None:
    found = _broken(Platform.BLUESKY, content="a" * 3_001)
    assert [(issue.path, issue.limit, issue.actual) for issue in found] == [
        (("content",), 300, 3_001),
        (("content",), 3_000, 3_001),
    ]


def test_an_override_that_is_too_long_is_named() -> None:
    assert _broken(Platform.X, platform_content={"x": {"content": "a" * 281}}) == [
        _issue(
            Platform.X,
            "platform_content.x.content",
            IssueCode.TOO_LONG,
            "`platform_content.x.content` has 281 characters by weight, each link 23, where X takes at most 280: "
            "shorten it.",
            280,
            281,
        )
    ]


_SHORT_OR_LONG = st.sampled_from(["", "Launch day", "a" * 70_000])


@given(st.sampled_from(_LIMITED), _SHORT_OR_LONG, st.none() | _SHORT_OR_LONG, st.none() | _SHORT_OR_LONG)
def test_what_an_override_says_counts_instead_of_the_text(
    platform: Platform, content: str, override: str | None, description: str | None
) -> None:
    said = {field: text for field, text in (("content", override), ("description", description)) if text is not None}
    found = _broken(platform, content=content, platform_content={platform: said}, media=_fitting_media(platform))

    fields = ("description", "content") if RULES[platform].text_is_description else ("content",)
    path = next((("platform_content", platform, field) for field in fields if field in said), ("content",))
    text = content if path == ("content",) else said[path[-1]]
    assert {issue.path for issue in found} == ({path} if len(text) == 70_000 else set())


def test_another_platforms_override_does_not_count() -> None:
    overrides = {"x": {"content": "Short"}, "threads": {"content": "a" * 501}}
    found = _broken(Platform.X, Platform.BLUESKY, content="a" * 301, platform_content=overrides)
    assert [(issue.platform, issue.path) for issue in found] == [(Platform.BLUESKY, ("content",))]


@pytest.mark.parametrize("platform", [Platform.PINTEREST, Platform.TIKTOK, Platform.YOUTUBE])
def test_a_title_is_the_override_or_else_the_posts(platform: Platform) -> None:
    limit = RULES[platform].title_limit
    assert limit is not None
    name = RULES[platform].name
    long, fitting = "t" * (limit + 1), "t" * limit
    media = _fitting_media(platform)

    def broken(title: str | None, overrides: dict[str, Any]) -> list[InputIssue]:
        return _broken(platform, title=title, platform_content={platform: overrides}, media=media)

    has = f"has {limit + 1} characters where {name} takes at most {limit}: shorten it"
    own = _issue(
        platform,
        "title",
        IssueCode.TOO_LONG,
        f"`title` {has}, or say something shorter on {name} alone.",
        limit,
        limit + 1,
    )
    field = f"platform_content.{platform}.title"
    override = _issue(platform, field, IssueCode.TOO_LONG, f"`{field}` {has}.", limit, limit + 1)
    assert broken(None, {}) == []
    assert broken(fitting, {}) == []
    assert broken(long, {}) == [own]
    assert broken(long, {"title": fitting}) == []
    assert broken(fitting, {"title": long}) == [override]


def test_platforms_without_titles_do_not_measure_them() -> None:
    assert _broken(Platform.X, title="t" * 500, platform_content={"x": {"title": "t" * 500}}) == []


@pytest.mark.parametrize(
    ("platform", "media", "code", "problem", "limit", "actual"),
    [
        (Platform.X, _IMAGES[:5], "TOO_MANY_MEDIA", "5 images where X takes at most 4: take some out", 4, 5),
        (Platform.X, _VIDEOS[:2], "TOO_MANY_MEDIA", "2 videos where X takes at most 1: take some out", 1, 2),
        (
            Platform.INSTAGRAM,
            _IMAGES[:6] + _VIDEOS[:5],
            "TOO_MANY_MEDIA",
            "11 media where Instagram takes at most 10: take some out",
            10,
            11,
        ),
        (
            Platform.THREADS,
            _IMAGES[:21],
            "TOO_MANY_MEDIA",
            "21 images where Threads takes at most 20: take some out",
            20,
            21,
        ),
        (
            Platform.YOUTUBE,
            _IMAGES[:1] + _VIDEOS[:1],
            "UNSUPPORTED_MEDIA",
            "1 image where YouTube takes no image: take it out",
            0,
            1,
        ),
        (
            Platform.LINKEDIN,
            _IMAGES[:1] + _VIDEOS[:1],
            "UNSUPPORTED_MEDIA",
            "images and videos where LinkedIn takes one kind at a time: keep one kind",
            None,
            None,
        ),
        (
            Platform.INSTAGRAM,
            [],
            "REQUIRED",
            "no image or video where Instagram needs one: add one",
            None,
            None,
        ),
        (Platform.YOUTUBE, [], "REQUIRED", "no video where YouTube needs one: add one", None, None),
    ],
)
def test_media_that_a_platform_does_not_take(
    platform: Platform, media: list[Media], code: str, problem: str, limit: int | None, actual: int | None
) -> None:
    assert _broken(platform, media=media) == [
        _issue(platform, "media_ids", IssueCode(code), f"`media_ids` holds {problem}.", limit, actual)
    ]


@pytest.mark.parametrize(
    ("platform", "media"),
    [
        (Platform.BLUESKY, _IMAGES[:4]),
        (Platform.DISCORD, _IMAGES[:5] + _VIDEOS[:5]),
        (Platform.FACEBOOK, _IMAGES[:40]),
        (Platform.INSTAGRAM, _IMAGES[:9] + _VIDEOS[:1]),
        (Platform.LINKEDIN, _IMAGES[:20]),
        (Platform.MASTODON, _VIDEOS[:1]),
        (Platform.PINTEREST, _IMAGES[:5]),
        (Platform.THREADS, _IMAGES[:10] + _VIDEOS[:10]),
        (Platform.TIKTOK, _IMAGES[:35]),
        (Platform.WEBHOOK, _IMAGES + _VIDEOS),
        (Platform.X, []),
        (Platform.YOUTUBE, _VIDEOS[:1]),
    ],
)
def test_media_that_a_platform_takes(platform: Platform, media: list[Media]) -> None:
    assert _broken(platform, media=media) == []


def test_everything_that_is_wrong_is_told_at_once() -> None:
    found = _broken(
        Platform.X, Platform.YOUTUBE, Platform.WEBHOOK, content="a" * 5_001, title="t" * 101, media=_IMAGES[:5]
    )
    assert [(issue.platform, issue.path, issue.code) for issue in found] == [
        (Platform.X, ("content",), IssueCode.TOO_LONG),
        (Platform.X, ("media_ids",), IssueCode.TOO_MANY_MEDIA),
        (Platform.YOUTUBE, ("content",), IssueCode.TOO_LONG),
        (Platform.YOUTUBE, ("title",), IssueCode.TOO_LONG),
        (Platform.YOUTUBE, ("media_ids",), IssueCode.UNSUPPORTED_MEDIA),
        (Platform.YOUTUBE, ("media_ids",), IssueCode.REQUIRED),
    ]


def test_accounts_with_the_same_rules_are_told_once() -> None:
    accounts = [
        (Platform.X, _AS_THEY_ARE),
        (Platform.X, RuleOverrides(text_limit=280)),
        (Platform.X, RuleOverrides(text_limit=100)),
        (Platform.X, RuleOverrides(text_limit=25_000)),
    ]
    found = _broken(content="a" * 300, media=_IMAGES[:5], accounts=accounts)
    assert [(issue.path, issue.limit) for issue in found] == [
        (("content",), 280),
        (("media_ids",), 4),
        (("content",), 100),
    ]


def test_what_an_account_overrides_counts_for_it() -> None:
    own_server = RuleOverrides(text_limit=5_000, max_images=16, max_videos=2)
    post: dict[str, Any] = {"content": "a" * 5_000, "media": _IMAGES[:16]}
    assert _broken(accounts=[(Platform.MASTODON, own_server)], **post) == []
    assert [issue.limit for issue in _broken(Platform.MASTODON, **post)] == [500, 4]


def test_an_account_that_takes_no_media_at_all_asks_for_none() -> None:
    accounts = [(Platform.INSTAGRAM, RuleOverrides(max_images=0, max_videos=0))]
    assert _broken(accounts=accounts) == []
    assert [issue.code for issue in _broken(accounts=accounts, media=_IMAGES[:1])] == [IssueCode.UNSUPPORTED_MEDIA]


def test_a_post_without_accounts_breaks_no_rule() -> None:
    assert _broken(content="a" * 99_999, media=_IMAGES) == []


def _known(*path: str, code: IssueCode = IssueCode.INVALID_VALUE) -> tuple[InputIssue, ...]:
    return (InputIssue(path=path, code=code, message="It is wrong."),)


@pytest.mark.parametrize("path", [("content",), ("platform_content",), ("platform_content", "x")])
def test_a_text_that_is_wrong_in_itself_is_not_also_called_too_long(path: tuple[str, ...]) -> None:
    assert _broken(Platform.X, content="a" * 281, known=_known(*path)) == []


def test_an_override_that_is_wrong_in_itself_is_not_measured_nor_is_the_text_behind_it() -> None:
    for overrides in ({"content": None}, {"content": "a" * 281}):
        known = _known("platform_content", "x", "content")
        assert _broken(Platform.X, content="a" * 281, platform_content={"x": overrides}, known=known) == []


def test_what_is_wrong_elsewhere_hides_nothing() -> None:
    known = (*_known("platform_content", "threads"), *_known("title"), *_known("scheduled_for"))
    assert [issue.path for issue in _broken(Platform.X, content="a" * 281, known=known)] == [("content",)]


def test_a_text_too_long_for_an_edge_is_still_measured_for_its_platforms() -> None:
    known = _known("content", code=IssueCode.TOO_LONG)
    assert [issue.limit for issue in _broken(Platform.X, content="a" * 501, known=known)] == [280]


def test_a_text_that_must_be_shorter_anyway_is_not_told_of_a_looser_limit_too() -> None:
    title = InputIssue(path=("title",), code=IssueCode.TOO_LONG, message="It is too long.", limit=90, actual=101)
    platforms = (Platform.TIKTOK, Platform.YOUTUBE)
    assert _broken(*platforms, title="t" * 101, media=_VIDEOS[:1], known=(title,)) == []
    looser = replace(title, limit=95)
    found = _broken(*platforms, title="t" * 101, media=_VIDEOS[:1], known=(looser,))
    assert [issue.platform for issue in found] == [Platform.TIKTOK]


def test_media_that_are_wrong_in_themselves_are_not_counted() -> None:
    known = _known("media_ids", code=IssueCode.UNKNOWN_ID)
    assert _broken(Platform.INSTAGRAM, known=known) == []
    assert _broken(Platform.X, media=_IMAGES[:5], known=known) == []
