"""The answer about platform rules, as OpenAPI describes it."""

from __future__ import annotations

from typing import Annotated

from app.rest.described import described
from app.rest.v1.envelopes import V1Success
from app.rest.v1.platform_rules.examples import RULES_LIST
from app.rest.v1.platform_rules.shapes import V1PlatformRulesList


class V1PlatformRulesAnswer(V1Success):
    """An answer that holds the rules."""

    data: Annotated[V1PlatformRulesList, described("The rules.", RULES_LIST)]
