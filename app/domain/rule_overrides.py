"""What an account says differently about its platform's rules, e.g. for a Mastodon server that takes longer posts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

from app.domain.errors import InvalidFieldName, IssueCode
from app.domain.names import nearest_name

if TYPE_CHECKING:
    from app.domain.issues import Issues

_HIGHEST: Final = 2**31 - 1
"""What every edge can say: the highest integer of GraphQL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOverrides:
    """None: as the platform has it. text_limit is in the platform's own unit; a maximum of 0 allows none."""

    text_limit: int | None = None
    max_images: int | None = None
    max_videos: int | None = None

    def as_mapping(self) -> dict[str, int]:
        """What to store: RuleOverrides(**stored) is equal to this again."""
        values = {name: getattr(self, name) for name in NAMES}
        return {name: value for name, value in values.items() if value is not None}


NAMES: Final = tuple(field.name for field in fields(RuleOverrides))
_LOWEST: Final = {"text_limit": 1, "max_images": 0, "max_videos": 0}


def read_rule_overrides(rules: object, issues: Issues) -> RuleOverrides:
    """The overrides that a caller wrote as an object; None, like an empty one, overrides nothing.

    Raises InvalidFieldName for a name that is not known. Every value that cannot be is noted, and overrides nothing.
    """
    if rules is None:
        return RuleOverrides()
    if not isinstance(rules, Mapping):
        issues.add("rules", code=IssueCode.INVALID_VALUE, message="`rules` must be an object.")
        return RuleOverrides()
    for name in rules:
        if name not in NAMES:
            raise InvalidFieldName(f"rules.{name}", suggestion=nearest_name(name, NAMES), known=NAMES)
    accepted = {}
    for name, value in rules.items():
        if value is None or (type(value) is int and _LOWEST[name] <= value <= _HIGHEST):
            accepted[name] = value
        else:
            issues.add(
                "rules",
                name,
                code=IssueCode.INVALID_VALUE,
                message=f"`rules.{name}` must be a whole number from {_LOWEST[name]} to {_HIGHEST}, or null.",
            )
    return RuleOverrides(**accepted)
