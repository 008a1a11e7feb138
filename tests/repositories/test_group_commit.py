"""SQLite's group commit: units that wait together share one COMMIT, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from app.domain.errors import Forbidden
from app.repositories.organizations import OrganizationRepository
from app.repositories.sqlite_database import BATCH_LIMIT
from tests.repositories.conftest import Embedded, raw
from tests.support.clock import NOW


def adding(name: str) -> Callable[[Connection], int]:
    return lambda connection: OrganizationRepository(connection).add(name, now=NOW)


def adding_before(name: str, failure: Exception) -> Callable[[Connection], int]:
    def work(connection: Connection) -> int:
        OrganizationRepository(connection).add(name, now=NOW)
        raise failure

    return work


async def commits_during(embedded: Embedded, *units: Callable[[Connection], object]) -> list[str]:
    """The COMMITs and ROLLBACKs the writer runs for units that were queued together."""
    seen: list[str] = []
    await embedded.database.write(lambda connection: raw(connection).set_trace_callback(seen.append))
    seen.clear()  # its own COMMIT
    await embedded.write_together(*units)
    await embedded.database.write(lambda connection: raw(connection).set_trace_callback(None))
    # The first COMMIT is the unit's that kept the writer busy; tracing ends inside the last unit, before its COMMIT.
    return [statement for statement in seen if statement in ("COMMIT", "ROLLBACK")][1:]


async def test_units_that_were_queued_together_share_one_commit(embedded: Embedded) -> None:
    commits = await commits_during(embedded, *(adding(f"unit {number}") for number in range(16)))

    assert commits == ["COMMIT"]
    assert embedded.names() == [f"unit {number}" for number in range(16)]


async def test_a_batch_is_cut_at_its_limit(embedded: Embedded) -> None:
    commits = await commits_during(embedded, *(adding(f"unit {number}") for number in range(BATCH_LIMIT + 1)))

    assert commits == ["COMMIT", "COMMIT"]
    assert embedded.names() == [f"unit {number}" for number in range(BATCH_LIMIT + 1)]


async def test_units_of_one_batch_run_in_the_order_they_were_handed_over_and_see_each_other(embedded: Embedded) -> None:
    def names(connection: Connection) -> list[str]:
        return list(connection.exec_driver_sql("SELECT name FROM organizations ORDER BY id").scalars())

    answers = await embedded.write_together(names, adding("one"), names, adding("two"), names)

    assert answers == [[], 1, ["one"], 2, ["one", "two"]]


async def test_an_answer_comes_only_after_the_commit(embedded: Embedded) -> None:
    await embedded.database.write(adding("committed"))

    assert embedded.names() == ["committed"]


@pytest.mark.parametrize("failure", [Forbidden("write"), ValueError("a bug")], ids=["refusal", "bug"])
async def test_a_unit_that_fails_is_undone_and_leaves_its_neighbours_committed(
    embedded: Embedded, failure: Exception
) -> None:
    answers = await embedded.write_together(adding("before"), adding_before("failed", failure), adding("after"))

    assert answers == [1, failure, 2]
    assert embedded.names() == ["before", "after"]


async def test_a_unit_that_lets_stop_iteration_out_is_answered_like_any_other_failure(embedded: Embedded) -> None:
    before, failed, after = await embedded.write_together(
        adding("before"), adding_before("failed", StopIteration()), adding("after")
    )

    assert (before, after) == (1, 2)
    assert isinstance(failed, RuntimeError)
    assert str(failed) == "a unit of work raised StopIteration"
    assert embedded.names() == ["before", "after"]


async def test_a_statement_that_fails_undoes_its_unit_alone(embedded: Embedded) -> None:
    def duplicate(connection: Connection) -> None:
        OrganizationRepository(connection).add("undone", now=NOW)
        connection.exec_driver_sql("INSERT INTO organizations (id, name, created_at) VALUES (1, 'taken', 0)")

    before, failed, after = await embedded.write_together(adding("before"), duplicate, adding("after"))

    assert (before, after) == (1, 2)
    assert isinstance(failed, IntegrityError)
    assert embedded.names() == ["before", "after"]


async def test_every_unit_of_a_batch_may_fail(embedded: Embedded) -> None:
    failures = [ValueError(f"bug {number}") for number in range(3)]

    answers = await embedded.write_together(*(adding_before("failed", failure) for failure in failures))

    assert answers == failures
    assert embedded.names() == []
    assert await embedded.database.write(adding("next")) == 1


async def test_a_commit_is_on_disk_before_it_is_answered_and_readers_cannot_write(embedded: Embedded) -> None:
    def pragmas(connection: Connection) -> dict[str, object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "query_only")
        return {name: raw(connection).execute(f"PRAGMA {name}").fetchone()[0] for name in names}

    full = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    assert await embedded.database.write(pragmas) == {**full, "query_only": 0}
    assert await embedded.database.read(pragmas) == {**full, "query_only": 1}
