"""What a worker's figures are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.publishing import NotCalled, Published, Refused, TryLater, Unanswered
from app.monitoring.metrics import attempts, worker_ticked
from app.worker.publisher import Observer

if TYPE_CHECKING:
    from app.domain.publishing import Outcome
    from app.repositories.schedule import NextLook

_NAMES: Final[dict[type, str]] = {
    Published: "published",
    Refused: "refused",
    TryLater: "try_later",
    Unanswered: "unanswered",
    NotCalled: "not_called",
}


class MetricsObserver(Observer):
    """Tells Prometheus."""

    def looked(self, coming: NextLook) -> None:
        worker_ticked()

    def attempted(self, network: str, outcome: Outcome) -> None:
        attempts.labels(network, _NAMES[type(outcome)]).inc()
