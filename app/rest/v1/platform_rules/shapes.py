"""What REST v1 shows of the rules of platforms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typing_extensions import TypedDict

from app.domain.platforms import Platform
from app.domain.text_length import TextUnit
from app.rest.described import described
from app.rest.v1.platform_rules.examples import RULES

if TYPE_CHECKING:
    from app.domain.platform_rules import PlatformRules

_UNITS = [unit.lower() for unit in TextUnit]


class V1PlatformRules(TypedDict):
    """What one platform takes. null: no limit."""

    platform: Annotated[str, described("The platform.", RULES["platform"], among=Platform)]
    name: Annotated[str, described("What it is called.", RULES["name"])]
    text_limit: Annotated[int | None, described("The longest text, in text_unit.", RULES["text_limit"])]
    text_unit: Annotated[str, described("What the limit of the text counts.", RULES["text_unit"], among=_UNITS)]
    text_byte_limit: Annotated[
        int | None, described("A second limit of the same text, in bytes of UTF-8.", RULES["text_byte_limit"])
    ]
    title_limit: Annotated[
        int | None, described("The longest title beside the text, in title_unit.", RULES["title_limit"])
    ]
    title_unit: Annotated[str, described("What a limit of the title counts.", RULES["title_unit"], among=_UNITS)]
    max_images: Annotated[int | None, described("The most images in one post.", RULES["max_images"])]
    max_videos: Annotated[int | None, described("The most videos in one post.", RULES["max_videos"])]
    max_media: Annotated[int | None, described("The most images and videos together.", RULES["max_media"])]
    mixes_media: Annotated[bool, described("Whether one post may hold both.", RULES["mixes_media"])]
    requires_media: Annotated[bool, described("Whether no post may be without any.", RULES["requires_media"])]
    reviewed_on: Annotated[str, described("The day on which its sources were last read.", RULES["reviewed_on"])]
    source: Annotated[str, described("The page that says the limit of the text.", RULES["source"])]
    sources: Annotated[list[str], described("Every page that says a rule.", RULES["sources"])]


class V1PlatformRulesList(TypedDict):
    """What every platform takes."""

    platform_rules: Annotated[list[V1PlatformRules], described("The rules, by platform.", [RULES])]


def platform_rules_shape(rules: PlatformRules) -> V1PlatformRules:
    return {
        "platform": rules.platform,
        "name": rules.name,
        "text_limit": rules.text_limit,
        "text_unit": rules.text_unit.lower(),
        "text_byte_limit": rules.text_byte_limit,
        "title_limit": rules.title_limit,
        "title_unit": rules.title_unit.lower(),
        "max_images": rules.max_images,
        "max_videos": rules.max_videos,
        "max_media": rules.max_media,
        "mixes_media": rules.mixes_media,
        "requires_media": rules.requires_media,
        "reviewed_on": rules.reviewed_on.isoformat(),
        "source": rules.source,
        "sources": list(rules.sources),
    }
