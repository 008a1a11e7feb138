"""Reading what platforms take."""

from __future__ import annotations

import strawberry

from app.domain.platform_rules import RULES
from resolvers.platform_rules import PlatformRules


@strawberry.type
class PlatformRulesQueries:
    @strawberry.field(
        description="What each platform takes, by name. An account may have rules of its own: see Account.rules."
    )
    def platform_rules(self) -> list[PlatformRules]:
        return [PlatformRules.of(rules) for _, rules in sorted(RULES.items())]
