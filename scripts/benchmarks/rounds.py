"""Contenders measured in turn, round after round, so that what the machine does meanwhile is done to all of them.

Variables: REDRAFT_BENCH_SECONDS is how long a contender's turn is (4), REDRAFT_BENCH_ROUNDS how many rounds there are
(5). `REDRAFT_BENCH_SECONDS=1 REDRAFT_BENCH_ROUNDS=2` is enough to see whether a change did anything large.
"""

from __future__ import annotations

import itertools
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from scripts.benchmarks.equal_work import expect_stored
from scripts.benchmarks.load import Sample, run_load
from scripts.benchmarks.operations import Operation
from scripts.benchmarks.servers import Server

SECONDS = float(os.environ.get("REDRAFT_BENCH_SECONDS", "4"))
ROUNDS = int(os.environ.get("REDRAFT_BENCH_ROUNDS", "5"))

_seeds = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Contender:
    name: str
    server: Server
    operation: Operation
    connections: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one contender, a sample of each round."""

    contender: Contender
    samples: Sequence[Sample]

    @property
    def typical(self) -> Sample:
        """The median of each figure."""
        return Sample(
            rate=median(sample.rate for sample in self.samples),
            p50=median(sample.p50 for sample in self.samples),
            p99=median(sample.p99 for sample in self.samples),
            cpu=median(sample.cpu for sample in self.samples),
        )

    def ratio_to(self, other: Figures, figure: str = "rate") -> str:
        """How many times the other's figure this one has: the median of the rounds, and their range."""
        pairs = [
            (getattr(mine, figure), getattr(theirs, figure))
            for mine, theirs in zip(self.samples, other.samples, strict=True)
        ]
        ratios = [mine / theirs if theirs else math.inf for mine, theirs in pairs]
        return f"{median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"


def measure(contenders: Sequence[Contender]) -> list[Figures]:
    """Each contender's figures, in their order. Raises WrongAnswer when one of them did not do its work.

    In one round all of them are sent the same posts and texts, and each round begins with another of them.
    """
    samples: list[list[Sample]] = [[] for _ in contenders]
    _take_turns(contenders, range(len(contenders)), seconds=max(2.0, SECONDS / 2))
    for round in range(ROUNDS):
        order = [(round + turn) % len(contenders) for turn in range(len(contenders))]
        for turn, sample in zip(order, _take_turns(contenders, order, seconds=SECONDS), strict=True):
            samples[turn].append(sample)
    for contender in contenders:
        expect_stored(contender.server)
    return [Figures(contender, its) for contender, its in zip(contenders, samples, strict=True)]


def _take_turns(contenders: Sequence[Contender], order: Sequence[int], *, seconds: float) -> list[Sample]:
    # Two contenders may be the same server: it must not be sent the same texts twice, which would change nothing.
    seeds = {False: next(_seeds), True: next(_seeds)}
    seen: set[int] = set()
    samples = []
    for turn in order:
        contender = contenders[turn]
        seed = seeds[id(contender.server) in seen]
        seen.add(id(contender.server))
        contender.server.read_database()
        samples.append(
            run_load(
                contender.server, contender.operation, connections=contender.connections, seconds=seconds, seed=seed
            )
        )
    return samples
