"""How soon a post that falls due is on the wire, and how many posts a second workers publish."""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from app.repositories.tables import Instant
from scripts.benchmarks.databases import ENGINES
from tests.faults.receiver import Receiver, receiving
from tests.faults.rig import SECRET, Rig, Worker
from tests.support.postgresql import PostgresqlServer

AT_REST = 30
BACKLOG = 2_000
WORKERS = {"sqlite": (1, 2), "postgresql": (1, 2, 4)}


async def _arrivals(receiver: Receiver, count: int) -> None:
    while len(receiver.published) < count:  # noqa: ASYNC110 - measured from outside, as a client would
        await asyncio.sleep(0.005)


async def _at_rest(rig: Rig, receiver: Receiver) -> list[float]:
    """Milliseconds from the time of each post to its call, one post at a time."""
    delays = []
    for number in range(AT_REST):
        due = datetime.now(UTC) + timedelta(milliseconds=700 + 37 * number)
        await rig.add_due_posts(1, at=datetime.fromtimestamp(Instant.milliseconds(due) / 1000, UTC))
        before = len(receiver.published)
        await _arrivals(receiver, before + 1)
        delays.append((time.time() - due.timestamp()) * 1000)
    return delays


async def measure(engine: str, folder: Path, url: str) -> None:
    async with receiving(SECRET) as receiver:
        rig = await Rig.make(url, receiver.credentials, accounts=50)
        with Worker(folder / f"{engine}-rest", url):
            await rig.add_due_posts(1)
            await _arrivals(receiver, 1)
            delays = await _at_rest(rig, receiver)
        print(
            f"{engine:10}  due to wire, at rest: median {median(delays):.0f} ms, "
            f"p95 {quantiles(delays, n=20)[-1]:.0f} ms, longest {max(delays):.0f} ms",
            flush=True,
        )
        for count in WORKERS[engine]:
            await rig.add_due_posts(BACKLOG)
            before = len(receiver.published)
            with ExitStack() as stack:
                for number in range(count):
                    stack.enter_context(Worker(folder / f"{engine}-{count}-{number}", url))
                await _arrivals(receiver, before + 20)
                began = time.perf_counter()
                started = len(receiver.published)
                await _arrivals(receiver, before + BACKLOG)
                rate = (before + BACKLOG - started) / (time.perf_counter() - began)
            print(f"{engine:10}  {count} worker(s): {rate:.0f} posts/s from a backlog of {BACKLOG:,}", flush=True)


async def main() -> None:
    print("How soon posts are published (the receiver runs on the same machine):")
    with TemporaryDirectory(prefix="redraft-bench-") as folder, PostgresqlServer() as server:
        for engine in ENGINES:
            url = server.create_database() if engine == "postgresql" else f"sqlite:///{Path(folder) / 'bench.db'}"
            await measure(engine, Path(folder), url)


if __name__ == "__main__":
    asyncio.run(main())
