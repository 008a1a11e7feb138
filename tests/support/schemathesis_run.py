"""A run of schemathesis against the application in this process, and what came of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from schemathesis.checks import load_all_checks
from schemathesis.engine import Status, events, from_schema
from schemathesis.python.asgi import shutdown_lifespans

if TYPE_CHECKING:
    from schemathesis.schemas import BaseSchema


@dataclass(slots=True)
class Run:
    """findings: each as a text that says what to send to see it. phases: those that ran. requests: by their phase.

    checks: how often each was applied. accepted: the operations that answered one of their requests with 2xx.
    """

    findings: list[str] = field(default_factory=list)
    phases: set[str] = field(default_factory=set)
    requests: Counter[str] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)
    accepted: set[str] = field(default_factory=set)

    def note(self, event: events.EngineEvent) -> None:
        match event:
            case events.PhaseFinished() if event.status is not Status.SKIP:
                self.phases.add(event.phase.name.value)
            case events.ScenarioFinished():
                self._note_scenario(event)
            case events.NonFatalError():
                self.findings.append(f"{event.label}: {event.info.format()}")
            case events.FatalError():
                raise event.exception
            case events.EngineFinished():
                self.findings += [f"{failure.title}: {failure.message}" for failure in event.failures]

    def _note_scenario(self, event: events.ScenarioFinished) -> None:
        recorder = event.recorder
        self.requests[event.phase.value] += len(recorder.interactions)
        for case_id, node in recorder.cases.items():
            response = recorder.find_response(case_id=case_id)
            if response is not None and 200 <= response.status_code < 300:
                self.accepted.add(node.value.operation.label)
        for case_id, checks in recorder.checks.items():
            response = recorder.find_response(case_id=case_id)
            answer = "" if response is None else f"{response.status_code} {response.text[:1000]}"
            for check in checks:
                self.checks[check.name] += 1
                if check.failure_info is not None:
                    failure = check.failure_info.failure
                    said = (f"{failure.operation}: {failure.title}", failure.message, check.failure_info.code_sample)
                    self.findings.append("\n".join((*said, answer)))

    def __str__(self) -> str:
        said = f"{sum(self.requests.values())} requests: {dict(self.requests)}"
        return "\n\n".join((said, *dict.fromkeys(self.findings)))


def run(schema: BaseSchema) -> Run:
    """Every phase that the schema has, with every check."""
    load_all_checks()  # without it, checks are on that happen to be imported
    done = Run()
    try:
        for event in from_schema(schema).execute():
            done.note(event)
    finally:
        shutdown_lifespans()
    return done
