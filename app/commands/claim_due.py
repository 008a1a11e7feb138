"""Claim what is due for publishing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.domain.publishing import ALWAYS, Attempt, Outgoing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import timedelta

    from app.commands.unit import Everywhere, Unit
    from app.domain.account import Account
    from app.domain.credentials import Credentials
    from app.domain.post import Post
    from app.domain.publishing import Network, Networks


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One call to make. network: None where nothing can be called; `obstacle` then says why, for the post's owner."""

    attempt: Attempt
    outgoing: Outgoing = field(repr=False)
    network: Network | None
    credentials: Credentials = field(repr=False)
    obstacle: str = ""


def claim_due(
    everywhere: Everywhere,
    *,
    networks: Networks,
    limit: int,
    lease: timedelta,
    per_account: int | None = None,
    without: Collection[tuple[int, int]] = (),
) -> list[Assignment]:
    """Claim up to `limit` posts of any organisation, whole, the most overdue first.

    per_account: how many of them an account gets at most. without: (organisation, account) pairs that can take no more
    calls at the moment.
    """
    assignments: list[Assignment] = []
    for organization_id, post_ids in everywhere.schedule.lock_due(everywhere.now, limit=limit, without=without).items():
        unit = everywhere.of(organization_id)
        found = unit.posts.find_to_change(post_ids)
        # In the order of the schedule, so that what an account has to leave for later is what is due last.
        due = [found[id] for id in post_ids if id in found and found[id].is_due(unit.now)]
        if per_account is not None:
            due = _fairly(due, per_account)
        means = _Means(unit, networks, (item.account for post in due for item in post.destinations))
        claims = [(post, post.claim(now=unit.now, lease=lease, repeatable_for=means.repeatable_for)) for post in due]
        unit.posts.save(*claims)
        for post, claimed in claims:
            assignments += _assignments(organization_id, post, claimed, means)
    return assignments


def _fairly(due: Iterable[Post], per_account: int) -> list[Post]:
    """Those posts, of which no account has more than so many: what it cannot take now would keep others waiting."""
    taken: Counter[int] = Counter()
    chosen = []
    for post in due:
        if all(taken[id] < per_account for id in post.account_ids):
            taken.update(post.account_ids)
            chosen.append(post)
    return chosen


class _Means:
    """What publishes to some accounts of an organisation."""

    def __init__(self, unit: Unit, networks: Networks, accounts: Iterable[Account]) -> None:
        self._networks = networks
        by_id = {account.id: account for account in accounts}
        self._credentials = unit.accounts.find_credentials(by_id.keys())
        self._of = {id: self._means_of(account) for id, account in by_id.items()}

    def of(self, account: Account) -> tuple[Network | None, Credentials, str]:
        """The network and what it asks for, or None and why nothing can be called."""
        return self._of[account.id]

    def repeatable_for(self, account: Account) -> timedelta:
        network, _, _ = self._of[account.id]
        return ALWAYS if network is None else network.repeatable_for

    def _means_of(self, account: Account) -> tuple[Network | None, Credentials, str]:
        if not account.is_active:
            return None, {}, f"The account {account.name} is not active."
        if account.id not in self._credentials:
            return None, {}, f"The account {account.name} has no credentials to publish with."
        credentials = self._credentials[account.id]
        if credentials is None:
            return None, {}, f"The credentials of {account.name} cannot be opened with any key that the server has."
        try:
            return self._networks.find(account.platform, credentials), credentials, ""
        except LookupError:
            return None, {}, f"The credentials of {account.name} are for no network that can be published to."


def _assignments(organization_id: int, post: Post, claimed: Post, means: _Means) -> list[Assignment]:
    found = []
    for before, item in zip(post.destinations, claimed.destinations, strict=True):
        if item.attempts == before.attempts:
            continue
        network, credentials, obstacle = means.of(item.account)
        attempt = Attempt(
            organization_id=organization_id,
            post_id=post.id,
            account_id=item.account.id,
            number=item.attempts,
            open_since=item.called_at,
        )
        outgoing = Outgoing.of(claimed, item.account, attempt=item.attempts)
        found.append(
            Assignment(attempt=attempt, outgoing=outgoing, network=network, credentials=credentials, obstacle=obstacle)
        )
    return found
