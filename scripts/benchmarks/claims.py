"""What a worker's look at the schedule and a claim of 32 due posts cost among 10,000 scheduled posts and a million."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

from app.commands.claim_due import claim_due
from app.commands.service import Service
from app.domain.publishing import LEASE
from app.repositories.database import Database
from scripts.benchmarks.databases import ENGINES, add_posts, filled, service_on

FEW, MANY = 10_000, 1_000_000
ROUNDS = 40
CLAIMED = 32


class _NoNetworks:
    def find(self, platform: object, credentials: object) -> Any:
        raise AssertionError("these accounts have no credentials")


async def _milliseconds(work: Callable[[], Awaitable[object]]) -> float:
    began = perf_counter()
    await work()
    return (perf_counter() - began) * 1000


async def _look(service: Service) -> None:
    await service.look_everywhere(lambda everywhere: everywhere.schedule.next())


async def _claim(service: Service) -> None:
    claimed = await service.work_everywhere(partial(claim_due, networks=_NoNetworks(), limit=CLAIMED, lease=LEASE))
    if len(claimed) != CLAIMED:
        raise RuntimeError(f"{len(claimed)} posts were claimed where {CLAIMED} were due")


async def _make_due(database: Database, round: int) -> None:
    due = datetime.now(UTC) - timedelta(minutes=1)
    offset = 10**9 + round * CLAIMED
    await database.write(lambda connection: add_posts(connection, CLAIMED, first=due, step_ms=1, offset=offset))


async def measure(engine: str) -> None:
    async with filled(engine, FEW, MANY) as databases:
        services = [service_on(database) for database in databases]
        looks: list[list[float]] = [[], []]
        claims: list[list[float]] = [[], []]
        for round in range(ROUNDS):
            for number, (database, service) in enumerate(zip(databases, services, strict=True)):
                await _make_due(database, round)
                looks[number].append(await _milliseconds(partial(_look, service)))
                claims[number].append(await _milliseconds(partial(_claim, service)))
        for name, (few, many) in (("look", looks), ("claim of 32", claims)):
            print(
                f"{engine:10}  {name:12} {median(few):7.2f} ms among {FEW:,}   {median(many):7.2f} ms among {MANY:,}   "
                f"ratio {median(many) / median(few):.2f}",
                flush=True,
            )


async def main() -> None:
    print("What a worker's look and claim cost (medians of paired rounds):")
    for engine in ENGINES:
        await measure(engine)


if __name__ == "__main__":
    asyncio.run(main())
