"""What each platform takes: dated data with its sources, read once from platform_rules.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from pydantic import ConfigDict, Field, TypeAdapter

from app.domain.platforms import Platform
from app.domain.text_length import TextUnit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.domain.rule_overrides import RuleOverrides

_Limit = Annotated[int, Field(strict=True, ge=1)]
_Maximum = Annotated[int, Field(strict=True, ge=0)]
_Flag = Annotated[bool, Field(strict=True)]
_Address = Annotated[str, Field(pattern=r"^https://\S+$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformRules:
    """The rules of one platform, or of an account on it. None: no limit.

    The keys of platform_rules.toml are these names, and are described there.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    platform: Platform
    name: Annotated[str, Field(min_length=1)]
    reviewed_on: date
    sources: Annotated[tuple[_Address, ...], Field(min_length=1)]
    text_unit: TextUnit
    mixes_media: _Flag
    requires_media: _Flag
    text_limit: _Limit | None = None
    text_byte_limit: _Limit | None = None
    text_is_description: _Flag = False
    title_limit: _Limit | None = None
    title_unit: TextUnit = TextUnit.CODE_POINTS
    max_images: _Maximum | None = None
    max_videos: _Maximum | None = None
    max_media: _Maximum | None = None

    @property
    def source(self) -> str:
        """The page that says the limit of the text."""
        return self.sources[0]


_RULES: Final = TypeAdapter(PlatformRules)


def read_platform_rules(toml: str) -> Mapping[Platform, PlatformRules]:
    """The rules by platform, one entry for each. Raises ValueError that names the entry and the key that is wrong."""
    entries: dict[str, Any] = tomllib.loads(toml)
    if missing := sorted(set(Platform) - entries.keys()):
        raise ValueError(f"no rules for {', '.join(missing)}")
    rules = {}
    for name, entry in entries.items():
        try:
            read = _RULES.validate_python({"platform": name, **entry})
        except ValueError as error:
            raise ValueError(f"the rules of {name} cannot be read: {error}") from error
        rules[read.platform] = read
    return MappingProxyType({platform: rules[platform] for platform in Platform})


RULES: Final = read_platform_rules(files("app.domain").joinpath("platform_rules.toml").read_text("utf-8"))


@lru_cache(maxsize=1024)
def rules_for(platform: Platform, overrides: RuleOverrides) -> PlatformRules:
    """What an account on this platform takes. What an account says of one kind of media lifts the limit of both."""
    rules = RULES[platform]
    given: dict[str, Any] = {**overrides.as_mapping()}
    if rules.max_media is not None:
        given["max_media"] = max(rules.max_media, overrides.max_images or 0, overrides.max_videos or 0)
    return replace(rules, **given)
