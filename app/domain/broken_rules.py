"""Where a post would break the rules of the platforms it goes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.errors import InputIssue, IssueCode
from app.domain.media import MediaType
from app.domain.platform_rules import rules_for
from app.domain.text_length import TextUnit, text_length

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from app.domain.issues import Issues
    from app.domain.media import Media
    from app.domain.platform_rules import PlatformRules
    from app.domain.platforms import Platform
    from app.domain.rule_overrides import RuleOverrides

_UNIT_NAMES: Final = {
    TextUnit.CODE_POINTS: "characters",
    TextUnit.GRAPHEMES: "characters as a reader sees them",
    TextUnit.WEIGHTED: "characters by weight, each link 23,",
    TextUnit.UTF8_BYTES: "bytes in UTF-8",
    TextUnit.GRAPHEMES_SHORT_LINKS: "characters, each link 23,",
    TextUnit.CODE_POINTS_EMOJI_BYTES: "characters, emoji by their bytes in UTF-8,",
}


def note_broken_rules(
    *,
    content: str,
    title: str | None,
    platform_content: Mapping[str, object],
    media: Sequence[Media],
    accounts: Iterable[tuple[Platform, RuleOverrides]],
    issues: Issues,
) -> None:
    """Note every rule that the post would break on these accounts, once for accounts with the same rules.

    What an override says counts instead of the post's own text. A text that was found wrong in another way than its
    length is not measured, and media that were found wrong are not counted: what they will be is not known yet. A
    text that has to be shorter than a platform's limit anyway is not told of that limit too.
    """
    texts = _Texts(content=content, title=title, platform_content=platform_content, issues=issues)
    is_media_known = not issues.touch("media_ids")
    found: dict[InputIssue, None] = {}
    for rules in [rules_for(platform, overrides) for platform, overrides in dict.fromkeys(accounts)]:
        found.update(dict.fromkeys(_too_long(texts, rules)))
        if is_media_known:
            found.update(dict.fromkeys(_wrong_media(media, rules)))
    for issue in found:
        issues.note(issue)


class _Texts:
    """What a post says on each platform. Lengths are kept: many accounts are measured against few texts."""

    def __init__(
        self, *, content: str, title: str | None, platform_content: Mapping[str, object], issues: Issues
    ) -> None:
        self._own = {"content": content, "title": title}
        self._platform_content = platform_content
        self._issues = issues
        self._lengths: dict[tuple[str, TextUnit], int] = {}

    def said(self, platform: Platform, *fields: str) -> tuple[tuple[str, ...], str] | None:
        """The text that goes out, and its path: the first override of these, or else the last field of the post."""
        if self._issues.spoil("platform_content", platform):
            return None
        overrides = self._platform_content.get(platform)
        for field in fields:
            if isinstance(overrides, dict) and field in overrides:
                return self._measurable(("platform_content", platform, field), overrides[field])
        return self._measurable((fields[-1],), self._own[fields[-1]])

    def _measurable(self, path: tuple[str, ...], text: object) -> tuple[tuple[str, ...], str] | None:
        return (path, text) if isinstance(text, str) and not self._issues.spoil(*path) else None

    def must_be_shorter(self, path: tuple[str, ...], limit: int) -> bool:
        known = self._issues.limit(*path)
        return known is not None and known <= limit

    def length(self, text: str, unit: TextUnit) -> int:
        if (text, unit) not in self._lengths:
            self._lengths[text, unit] = text_length(text, unit)
        return self._lengths[text, unit]


def _too_long(texts: _Texts, rules: PlatformRules) -> Iterator[InputIssue]:
    text_fields = ("description", "content") if rules.text_is_description else ("content",)
    limits = (
        (text_fields, rules.text_limit, rules.text_unit),
        (text_fields, rules.text_byte_limit, TextUnit.UTF8_BYTES),
        (("title",), rules.title_limit, rules.title_unit),
    )
    for fields, limit, unit in limits:
        if limit is None or (said := texts.said(rules.platform, *fields)) is None:
            continue
        path, text = said
        length = texts.length(text, unit)
        if length > limit and not texts.must_be_shorter(path, limit):
            is_override = len(path) > 1
            fix = "shorten it" if is_override else f"shorten it, or say something shorter on {rules.name} alone"
            yield InputIssue(
                path=path,
                code=IssueCode.TOO_LONG,
                message=f"`{'.'.join(path)}` has {length} {_UNIT_NAMES[unit]} where {rules.name} takes at most "
                f"{limit}: {fix}.",
                platform=rules.platform,
                limit=limit,
                actual=length,
            )


def _wrong_media(media: Sequence[Media], rules: PlatformRules) -> Iterator[InputIssue]:
    if not media and not rules.requires_media:
        return
    images = sum(item.type is MediaType.IMAGE for item in media)
    videos = len(media) - images

    counts = (("image", images, rules.max_images), ("video", videos, rules.max_videos))
    exceeded = [(kind, actual, limit) for kind, actual, limit in counts if limit is not None and actual > limit]
    if not exceeded and rules.max_media is not None and len(media) > rules.max_media:
        exceeded = [("media", len(media), rules.max_media)]
    for kind, actual, limit in exceeded:
        takes = f"at most {limit}: take some out" if limit else f"no {kind}: take it out"
        yield InputIssue(
            path=("media_ids",),
            code=IssueCode.TOO_MANY_MEDIA if limit else IssueCode.UNSUPPORTED_MEDIA,
            message=f"`media_ids` holds {_counted(actual, kind)} where {rules.name} takes {takes}.",
            platform=rules.platform,
            limit=limit,
            actual=actual,
        )

    takes_images, takes_videos = rules.max_images != 0, rules.max_videos != 0
    if images and videos and takes_images and takes_videos and not rules.mixes_media:
        yield InputIssue(
            path=("media_ids",),
            code=IssueCode.UNSUPPORTED_MEDIA,
            message=f"`media_ids` holds images and videos where {rules.name} takes one kind at a time: keep one kind.",
            platform=rules.platform,
        )
    kinds = " or ".join(kind for kind, takes in (("image", takes_images), ("video", takes_videos)) if takes)
    if rules.requires_media and kinds and not (images and takes_images) and not (videos and takes_videos):
        yield InputIssue(
            path=("media_ids",),
            code=IssueCode.REQUIRED,
            message=f"`media_ids` holds no {kinds} where {rules.name} needs one: add one.",
            platform=rules.platform,
        )


def _counted(number: int, kind: str) -> str:
    return f"{number} {kind}" if number == 1 or kind == "media" else f"{number} {kind}s"
