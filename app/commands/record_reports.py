"""Record what attempts at publishing came to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from app.commands.unit import Everywhere
    from app.domain.publishing import Attempt, Report


def record_reports(everywhere: Everywhere, *, reports: Sequence[tuple[Attempt, Report]]) -> None:
    """All of them in one transaction.

    One that no longer counts (see Destination.after) changes nothing, nor does one of a post that is no more.
    """
    by_organization: dict[int, dict[UUID, list[Report]]] = {}
    for attempt, report in reports:
        of_post = by_organization.setdefault(attempt.organization_id, {}).setdefault(attempt.post_id, [])
        of_post.append(replace(report, open_since=attempt.open_since))
    # In one order everywhere: two workers that record for several organisations wait for each other in no circle.
    for organization_id, by_post in sorted(by_organization.items()):
        unit = everywhere.of(organization_id)
        posts = unit.posts.find_to_change(by_post).values()
        revised = [(post, post.after(by_post[post.id], now=unit.now)) for post in posts]
        unit.posts.save(*((post, after) for post, after in revised if after is not post))
