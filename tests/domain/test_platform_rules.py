"""What each platform takes: the data, how strictly it is read, and what an account may say differently."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from importlib.resources import files

import pytest

from app.domain.errors import InputIssue, InvalidFieldName, InvalidInput, IssueCode
from app.domain.issues import Issues
from app.domain.platform_rules import RULES, PlatformRules, read_platform_rules, rules_for
from app.domain.platforms import Platform
from app.domain.rule_overrides import RuleOverrides, read_rule_overrides
from app.domain.text_length import TextUnit
from tests.support.posts import issue

_DATA = files("app.domain").joinpath("platform_rules.toml").read_text("utf-8")


def test_every_platform_has_rules() -> None:
    assert tuple(RULES) == tuple(Platform)
    assert [rules.platform for rules in RULES.values()] == list(Platform)


@pytest.mark.parametrize(
    ("platform", "limit", "unit"),
    [
        (Platform.BLUESKY, 300, TextUnit.GRAPHEMES),
        (Platform.DISCORD, 2_000, TextUnit.CODE_POINTS),
        (Platform.FACEBOOK, 63_206, TextUnit.CODE_POINTS),
        (Platform.INSTAGRAM, 2_200, TextUnit.CODE_POINTS),
        (Platform.LINKEDIN, 3_000, TextUnit.CODE_POINTS),
        (Platform.MASTODON, 500, TextUnit.GRAPHEMES_SHORT_LINKS),
        (Platform.PINTEREST, 500, TextUnit.CODE_POINTS),
        (Platform.THREADS, 500, TextUnit.CODE_POINTS_EMOJI_BYTES),
        (Platform.TIKTOK, 2_200, TextUnit.CODE_POINTS),
        (Platform.WEBHOOK, None, TextUnit.CODE_POINTS),
        (Platform.X, 280, TextUnit.WEIGHTED),
        (Platform.YOUTUBE, 5_000, TextUnit.UTF8_BYTES),
    ],
)
def test_the_limit_of_the_text(platform: Platform, limit: int | None, unit: TextUnit) -> None:
    assert (RULES[platform].text_limit, RULES[platform].text_unit) == (limit, unit)


def test_the_second_limit_and_the_titles() -> None:
    assert {platform: rules.text_byte_limit for platform, rules in RULES.items() if rules.text_byte_limit} == {
        Platform.BLUESKY: 3_000
    }
    assert {platform: rules.title_limit for platform, rules in RULES.items() if rules.title_limit} == {
        Platform.PINTEREST: 100,
        Platform.TIKTOK: 90,
        Platform.YOUTUBE: 100,
    }
    assert [platform for platform, rules in RULES.items() if rules.text_is_description] == ["pinterest", "youtube"]


@pytest.mark.parametrize(
    ("platform", "images", "videos", "both", "mixes", "requires"),
    [
        (Platform.BLUESKY, 4, 1, None, False, False),
        (Platform.DISCORD, 10, 10, 10, True, False),
        (Platform.FACEBOOK, None, 1, None, False, False),
        (Platform.INSTAGRAM, 10, 10, 10, True, True),
        (Platform.LINKEDIN, 20, 1, None, False, False),
        (Platform.MASTODON, 4, 1, None, False, False),
        (Platform.PINTEREST, 5, 1, None, False, True),
        (Platform.THREADS, 20, 20, 20, True, False),
        (Platform.TIKTOK, 35, 1, None, False, True),
        (Platform.WEBHOOK, None, None, None, True, False),
        (Platform.X, 4, 1, None, False, False),
        (Platform.YOUTUBE, 0, 1, None, False, True),
    ],
)
def test_the_media(
    platform: Platform, images: int | None, videos: int | None, both: int | None, mixes: bool, requires: bool
) -> None:
    rules = RULES[platform]
    assert (rules.max_images, rules.max_videos, rules.max_media) == (images, videos, both)
    assert (rules.mixes_media, rules.requires_media) == (mixes, requires)


@pytest.mark.parametrize("rules", RULES.values(), ids=lambda rules: rules.platform)
def test_rules_are_dated_and_have_a_source(rules: PlatformRules) -> None:
    assert type(rules.reviewed_on) is date
    assert rules.reviewed_on >= date(2026, 11, 22)
    assert rules.source == rules.sources[0]
    assert all(source.startswith("https://") for source in rules.sources)


@pytest.mark.parametrize(
    ("written", "instead", "complaint"),
    [
        ("[youtube]", "[my_space]", "no rules for youtube"),
        ("[youtube]", "[my_space]\n[youtube]", "the rules of my_space cannot be read"),
        ("text_limit = 280", "text_limits = 280", "the rules of x cannot be read: .*text_limits"),
        ("text_limit = 280", 'text_limit = "280"', "the rules of x cannot be read: .*text_limit"),
        ("text_limit = 280", "text_limit = 0", "the rules of x cannot be read: .*text_limit"),
        ("max_images = 0", "max_images = -1", "the rules of youtube cannot be read: .*max_images"),
        ('text_unit = "WEIGHTED"', 'text_unit = "HEAVY"', "the rules of x cannot be read: .*text_unit"),
        ('text_unit = "WEIGHTED"\n', "", "the rules of x cannot be read: .*text_unit"),
        ('name = "X"\n', "", "the rules of x cannot be read: .*name"),
        ('name = "X"\nreviewed_on = 2026-11-22', 'name = "X"', "the rules of x cannot be read: .*reviewed_on"),
        ('["https://www.standardwebhooks.com/"]', "[]", "the rules of webhook cannot be read: .*sources"),
        ('["https://www.standardwebhooks.com/"]', '["a book"]', "the rules of webhook cannot be read: .*sources"),
        (
            "mixes_media = true\nrequires_media = true",
            "mixes_media = 1\nrequires_media = true",
            "instagram cannot be read",
        ),
    ],
)
def test_data_that_is_wrong_is_not_read(written: str, instead: str, complaint: str) -> None:
    assert written in _DATA
    with pytest.raises(ValueError, match=f"(?s){complaint}"):
        read_platform_rules(_DATA.replace(written, instead, 1))


def test_the_data_as_it_is_is_read() -> None:
    assert read_platform_rules(_DATA) == RULES


@pytest.mark.parametrize("platform", Platform)
def test_an_account_without_overrides_has_its_platforms_rules(platform: Platform) -> None:
    assert rules_for(platform, RuleOverrides()) == RULES[platform]


@pytest.mark.parametrize("platform", Platform)
def test_what_an_account_overrides_replaces_its_platforms_rule(platform: Platform) -> None:
    overridden = rules_for(platform, RuleOverrides(text_limit=7, max_images=0))
    assert overridden == replace(RULES[platform], text_limit=7, max_images=0)


def test_more_of_one_kind_of_media_than_the_platform_takes_of_both_lifts_that_limit_too() -> None:
    assert rules_for(Platform.INSTAGRAM, RuleOverrides(max_images=20)).max_media == 20
    assert rules_for(Platform.INSTAGRAM, RuleOverrides(max_videos=3)).max_media == 10
    assert rules_for(Platform.X, RuleOverrides(max_images=20)).max_media is None


def _read(rules: object) -> tuple[RuleOverrides, list[InputIssue]]:
    issues = Issues()
    overrides = read_rule_overrides(rules, issues)
    if not issues:
        return overrides, []
    with pytest.raises(InvalidInput) as refused:
        issues.refuse_if_any()
    return overrides, list(refused.value.issues)


@pytest.mark.parametrize(
    "overrides",
    [
        RuleOverrides(),
        RuleOverrides(text_limit=5_000),
        RuleOverrides(text_limit=1, max_images=0, max_videos=0),
        RuleOverrides(text_limit=2**31 - 1, max_images=2**31 - 1, max_videos=2**31 - 1),
    ],
)
def test_overrides_are_read_back_as_they_were_stored(overrides: RuleOverrides) -> None:
    assert _read(overrides.as_mapping()) == (overrides, [])
    assert RuleOverrides(**overrides.as_mapping()) == overrides


@pytest.mark.parametrize("rules", [None, {}, {"text_limit": None, "max_images": None, "max_videos": None}])
def test_what_overrides_nothing(rules: object) -> None:
    overrides, issues = _read(rules)
    assert (overrides, issues) == (RuleOverrides(), [])
    assert overrides.as_mapping() == {}


@pytest.mark.parametrize("value", [-1, 0, 2**31, 1.0, True, "500", [], {}])
def test_a_limit_of_text_is_a_whole_number_that_every_edge_can_say(value: object) -> None:
    assert _read({"text_limit": value, "max_images": 2}) == (
        RuleOverrides(max_images=2),
        [
            issue(
                "rules",
                "text_limit",
                code=IssueCode.INVALID_VALUE,
                message="`rules.text_limit` must be a whole number from 1 to 2147483647, or null.",
            )
        ],
    )


def test_every_value_that_cannot_be_is_listed() -> None:
    assert _read({"max_videos": -1, "max_images": False}) == (
        RuleOverrides(),
        [
            issue(
                "rules",
                name,
                code=IssueCode.INVALID_VALUE,
                message=f"`rules.{name}` must be a whole number from 0 to 2147483647, or null.",
            )
            for name in ("max_videos", "max_images")
        ],
    )


@pytest.mark.parametrize("rules", [[], "text", 1, True])
def test_overrides_are_an_object(rules: object) -> None:
    wrong = issue("rules", code=IssueCode.INVALID_VALUE, message="`rules` must be an object.")
    assert _read(rules) == (RuleOverrides(), [wrong])


@pytest.mark.parametrize(
    ("name", "suggestion"), [("textLimit", "text_limit"), ("max_image", "max_images"), ("requires_media", None)]
)
def test_an_unknown_name_is_refused_with_the_nearest_one(name: str, suggestion: str | None) -> None:
    with pytest.raises(InvalidFieldName) as refused:
        _read({"max_images": 1, name: 1})
    assert (refused.value.field, refused.value.suggestion) == (f"rules.{name}", suggestion)
    assert refused.value.known == ("text_limit", "max_images", "max_videos")
