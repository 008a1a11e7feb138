"""The route of platform rules in OpenAPI: the constant holds the keyword arguments that document it."""

from __future__ import annotations

from typing import Final

from app.rest.v1.documentation import route
from app.rest.v1.platform_rules import examples
from app.rest.v1.platform_rules.envelopes import V1PlatformRulesAnswer

PLATFORM_RULES_LISTED: Final = route("List platform rules", 200, V1PlatformRulesAnswer, examples.RULES_LIST, {})

SHAPES: Final = (V1PlatformRulesAnswer,)
"""What the documentation above names."""
