"""What a request costs, beside the same request to the same database served by other stacks.

Redraft is started as anybody would start it, with a key and its log. The peers are described in scripts/benchmarks/
peers. Every server has a copy of one database on one disk, and before anything is measured each of them has to give the
same answers and write the same rows. How long a turn is, and how many rounds: see scripts/benchmarks/rounds.py.

An update waits for the disk, and a disk has moods: what it needs to make some bytes durable is told first and last.
TMPDIR names the folder that the databases are in.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from scripts.benchmarks.equal_work import expect_equal_work
from scripts.benchmarks.operations import PAGE, PATCH, UPDATE
from scripts.benchmarks.posts_file import make_posts_file
from scripts.benchmarks.rounds import ROUNDS, SECONDS, Contender, Figures, measure
from scripts.benchmarks.servers import ALL, REDRAFT, Server
from scripts.benchmarks.tables import table

FEW, MANY = 10_000, 1_000_000
STARTS = 3
MEASURED = ((UPDATE, 1), (UPDATE, 16), (UPDATE, 64), (PAGE, 16))


class _Posts:
    """A database in a folder, and copies of it with a server on each."""

    def __init__(self, folder: Path, count: int) -> None:
        self._original = folder / f"{count}.db"
        self._count = count
        self._key = asyncio.run(make_posts_file(self._original, count))

    def served_by(self, name: str) -> Server:
        database = self._original.with_name(f"{self._count} {name}.db")
        shutil.copyfile(self._original, database)
        return Server(name, database, self._key, self._count)


def _measure_starts(posts: _Posts) -> dict[str, float]:
    """Seconds from the start of a process to its first answer, by server."""
    seconds: dict[str, list[float]] = {name: [] for name in ALL}
    for _ in range(STARTS):
        for name in ALL:
            with posts.served_by(name) as server:
                seconds[name].append(server.seconds_to_ready)
    return {name: median(its) for name, its in seconds.items()}


def _measure_beside_peers(posts: _Posts) -> None:
    starts = _measure_starts(posts)
    rows = []
    with ExitStack() as stack:
        servers = [stack.enter_context(posts.served_by(name)) for name in ALL]
        expect_equal_work(servers)
        for operation, connections in MEASURED:
            found = measure([Contender(server.name, server, operation, connections) for server in servers])
            what = f"`{operation.name}`, {connections}"
            rows += [[what, *_cells(its), *_ratios(found[0], its)] for its in found]
            print(f"  {operation.name} at {connections} is measured.", flush=True)
        memory = {server.name: server.resident_megabytes() for server in servers}
    ratios = (f"{REDRAFT} answers × as many", "with × its p99", "with × its CPU")
    print(table(("operation, connections", "server", *_FIGURES, *ratios), rows))
    kept = [[name, f"{starts[name]:.2f} s", f"{memory[name]:.0f} MB"] for name in ALL]
    print(table(("server", "first answer after", "resident after all of it"), kept))


def _ratios(ours: Figures, theirs: Figures) -> list[str]:
    return ["" if theirs is ours else ours.ratio_to(theirs, figure) for figure in ("rate", "p99", "cpu")]


def _measure_patch(posts: _Posts) -> None:
    with posts.served_by(REDRAFT) as server:
        found = measure([Contender(operation.name, server, operation, 16) for operation in (UPDATE, PATCH)])
    _print_compared(f"{REDRAFT} at 16 connections", found)


def _measure_sizes(few: _Posts, many: _Posts) -> None:
    with few.served_by(REDRAFT) as first, many.served_by(REDRAFT) as second:
        found = measure([Contender(f"{server.posts:,} posts", server, UPDATE, 16) for server in (first, second)])
    _print_compared(f"{REDRAFT}, `{UPDATE.name}` at 16 connections", found)


def _print_compared(what: str, found: Sequence[Figures]) -> None:
    rows = [[*_cells(its), "" if its is found[0] else its.ratio_to(found[0])] for its in found]
    print(table((what, *_FIGURES, "× as many as the first"), rows))


_FIGURES = ("requests/s", "p50 ms", "p99 ms", "CPU ms/request")


def _cells(figures: Figures) -> list[str]:
    typical = figures.typical
    spelled = (f"{typical.rate:,.0f}", f"{typical.p50:.2f}", f"{typical.p99:.1f}", f"{typical.cpu:.2f}")
    # Infinite where in most turns nothing was answered at all.
    return [figures.contender.name, *(number.replace("inf", "–") for number in spelled)]


def _disk(folder: Path) -> str:
    """What one page of a database costs to be made durable here, in milliseconds."""
    times = []
    with (folder / "durable").open("wb", buffering=0) as file:
        for _ in range(200):
            began = time.perf_counter()
            file.write(bytes(4096))
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - began) * 1000)
    return f"fdatasync of 4 KiB: median {median(times):.2f} ms, p90 {quantiles(times, n=10)[-1]:.2f} ms"


def main() -> None:
    if shutil.which("wrk") is None:
        sys.exit("wrk makes the load, and is not here: on Debian, apt-get install wrk.")
    print(f"What requests cost, {FEW:,} posts of two destinations ({ROUNDS} rounds of {SECONDS:g} s each):")
    with TemporaryDirectory(prefix="redraft-bench-") as name:
        folder = Path(name)
        print(_disk(folder), flush=True)
        few = _Posts(folder, FEW)
        _measure_beside_peers(few)
        _measure_patch(few)
        _measure_sizes(few, _Posts(folder, MANY))
        print(_disk(folder))


if __name__ == "__main__":
    main()
