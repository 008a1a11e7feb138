"""Figures of this process, and their names for Prometheus.

Where several processes serve one port, each writes its figures into files of one folder, and whichever of them is
asked adds them all up (prometheus-client's multiprocess mode). The folder has to be in the environment before this
module is imported.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prometheus_client import Metric

SHARED_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that prometheus-client reads."""

disable_created_metrics()  # type: ignore[no-untyped-call]  # several processes have none, and nobody needs them
REGISTRY: Final = CollectorRegistry()

attempts: Final = Counter(
    "redraft_attempts",
    "Attempts at publishing one post on one account.",
    ("network", "outcome"),
    registry=REGISTRY,
)
webhook_deliveries: Final = Counter(
    "redraft_webhook_deliveries",
    "Calls of webhooks that tell of changes.",
    ("outcome",),
    registry=REGISTRY,
)
commit_batch_units: Final = Histogram(
    "redraft_commit_batch_units",
    "Units of work that shared one COMMIT (SQLite).",
    buckets=(1, 2, 4, 8, 16, 32, 64),
    registry=REGISTRY,
)
_request_duration: Final = Histogram(
    "redraft_request_duration_seconds",
    "Requests by operation (a GraphQL root field, or a method and route), edge and class of status.",
    ("operation", "edge", "status"),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=REGISTRY,
)
subscriptions: Final = Gauge(
    "redraft_subscriptions",
    "Open subscriptions.",
    multiprocess_mode="livesum",
    registry=REGISTRY,
)


def request_took(seconds: float, operation: str, edge: str, status: str) -> None:
    """To be called for every request. operation, edge and status: see the figure's description."""
    _requests_like(operation, edge, status).observe(seconds)


@cache
def _requests_like(*labels: str) -> Histogram:
    # Finding a figure by its labels takes as long as changing it.
    return _request_duration.labels(*labels)


def worker_ticked() -> None:
    """To be called whenever the worker has looked for what is due."""
    _last_tick().set_to_current_time()


@cache
def _last_tick() -> Gauge:
    # Made at the first tick: where no worker runs, its last tick is not 1970.
    return Gauge(
        "redraft_worker_last_tick_timestamp_seconds",
        "When the worker last looked for what is due.",
        multiprocess_mode="livemax",
        registry=REGISTRY,
    )


def forget_process(pid: int) -> None:
    """Take the gauges of a process that has ended out of the sums. What it counted stays counted."""
    mark_process_dead(pid)  # type: ignore[no-untyped-call]


def exposition(*, oldest_overdue: float | None, accept: str) -> tuple[bytes, str]:
    """Every figure of every process, and the content type of the text.

    oldest_overdue: seconds; None where the database could not tell, and then there is no such figure at all.
    accept: the formats that the scraper reads, as in the header of that name.
    """
    encode, content_type = choose_encoder(accept)
    return encode(_Scrape(oldest_overdue)), content_type


@dataclass(frozen=True, slots=True)
class _Scrape:
    oldest_overdue: float | None

    def collect(self) -> Iterator[Metric]:
        yield from _kept()
        if self.oldest_overdue is not None:
            yield GaugeMetricFamily(
                "redraft_oldest_overdue_seconds",
                "How long ago the oldest post was due that is still scheduled; 0 where none is late.",
                value=self.oldest_overdue,
            )
        build = GaugeMetricFamily("redraft_build_info", "What is running.", labels=["version"])
        build.add_metric([_version()], 1)
        yield build


def _kept() -> Iterable[Metric]:
    if SHARED_FOLDER in os.environ:
        metrics: Iterable[Metric] = MultiProcessCollector(None).collect()  # type: ignore[no-untyped-call]
        return metrics
    return REGISTRY.collect()


@cache
def _version() -> str:
    return version("redraft")
