"""What a line of the log holds, whoever wrote it; and what none may hold."""

from __future__ import annotations

import asyncio
import gc
import logging
import warnings
from collections.abc import Callable

import httpx
import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from app.commands.fill_demo import SCHEDULED
from app.domain.api_key import public_id_of
from app.monitoring.logs import bind, bind_only, get_logger
from app.repositories.database import Database
from tests.support.log import Log, Terminal, logging_to

SECRET = "The words nobody may read."


def repeat_a_row(connection: Connection) -> None:
    """A constraint refuses a row that holds the secret: PostgreSQL quotes it, and SQLAlchemy the parameters."""
    for _ in range(2):
        connection.execute(text("INSERT INTO organizations (id, name) VALUES (77, :name)"), {"name": SECRET})


def misread_a_value(connection: Connection) -> None:
    """PostgreSQL cannot read the value, and quotes it. SQLite has to be asked for what it does not know."""
    function = "no_such_function(:value)" if connection.dialect.name == "sqlite" else "CAST(:value AS integer)"
    connection.execute(text(f"SELECT {function}"), {"value": f'{SECRET} "{SECRET}"'})


FAILING: list[Callable[[Connection], None]] = [repeat_a_row, misread_a_value]


async def failure_of(database: Database, work: Callable[[Connection], None]) -> Exception:
    with pytest.raises(DBAPIError) as failure:
        await database.write(work)
    return failure.value


@pytest.mark.parametrize("work", FAILING)
async def test_a_traceback_holds_no_value_of_the_database_whoever_logs_it(
    work: Callable[[Connection], None], database: Database, log: Log
) -> None:
    get_logger("failure").error("ours", exc_info=await failure_of(database, work))
    logging.getLogger("some.library").error("theirs", exc_info=await failure_of(database, work))
    grouped = ExceptionGroup("several", [await failure_of(database, work)])
    logging.getLogger("some.library").error("a group", exc_info=grouped)

    lines = log.lines()
    assert [line["event"] for line in lines] == ["ours", "theirs", "a group"]
    assert all("Traceback (most recent call last)" in line["exception"] for line in lines)
    assert all("sqlalchemy" in line["exception"] for line in lines)
    assert "nobody may read" not in log.text


@pytest.mark.parametrize("work", FAILING)
async def test_the_error_of_a_forgotten_task_is_told_without_its_values(
    work: Callable[[Connection], None], database: Database, log: Log
) -> None:
    task = asyncio.create_task(database.write(work))
    await asyncio.wait([task])
    del task
    gc.collect()

    [line] = log.lines("asyncio")
    assert line["event"] == "Task exception was never retrieved"
    assert "Traceback (most recent call last)" in line["exception"]
    assert "nobody may read" not in log.text


def test_a_line_has_its_fields_in_the_order_in_which_they_are_read(log: Log) -> None:
    get_logger("subject").info("it happened", posts=3)

    [line] = log.lines()
    assert list(line) == ["timestamp", "level", "logger", "pid", "event", "posts"]
    assert (line["level"], line["logger"], line["event"], line["posts"]) == (
        "info",
        "redraft.subject",
        "it happened",
        3,
    )


async def test_every_line_of_a_request_carries_what_is_known_of_it_and_no_line_after_it(log: Log) -> None:
    async def handle(id: str) -> None:
        bind_only()
        bind(request_id=id)
        await asyncio.sleep(0)
        get_logger("ours").info("one")
        await asyncio.create_task(_say("another"))

    await asyncio.gather(handle("aaaaaaaa"), handle("bbbbbbbb"))
    get_logger("ours").info("later")

    assert sorted((line["event"], line.get("request_id", "")) for line in log.lines()) == [
        ("another", "aaaaaaaa"),
        ("another", "bbbbbbbb"),
        ("later", ""),
        ("one", "aaaaaaaa"),
        ("one", "bbbbbbbb"),
    ]


async def _say(event: str) -> None:
    logging.getLogger("some.library").warning(event)


async def test_a_request_is_told_of_with_its_keys_public_id_and_never_with_the_key(
    client: httpx.AsyncClient, demo: str, log: Log
) -> None:
    shown = await client.get(f"/v1/posts/{SCHEDULED}?secret={SECRET}")
    refused = await client.get("/v1/posts", headers={"Authorization": f"Bearer {demo[:-1]}x"})
    assert (shown.status_code, refused.status_code) == (200, 401)

    first, second = log.lines("redraft.request")
    assert first["key"] == public_id_of(demo)
    assert "key" not in second
    assert demo not in log.text
    assert "nobody" not in log.text


async def test_the_address_of_a_file_is_not_logged_because_it_opens_the_file(
    client: httpx.AsyncClient, log: Log
) -> None:
    name = f"1/{SCHEDULED}-{'a' * 32}.png"
    assert (await client.get(f"/media/{name}")).status_code == 404

    [line] = log.lines("redraft.request")
    assert (line["edge"], line["operation"], line["path"]) == ("files", "serve_file", None)


async def test_being_asked_for_ones_health_is_no_line_of_the_log(client: httpx.AsyncClient, log: Log) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        assert (await client.get(path)).status_code == 200, path

    assert log.text == ""


def test_libraries_are_heard_from_warnings_on(log: Log) -> None:
    logging.getLogger("some.library").info(SECRET)
    logging.getLogger("some.library").warning("careful")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old", DeprecationWarning, stacklevel=1)

    careful, old = log.lines()
    assert (careful["event"], careful["level"], careful["logger"]) == ("careful", "warning", "some.library")
    assert old["logger"] == "py.warnings"
    assert "DeprecationWarning: old" in old["event"]


def test_fields_that_libraries_add_are_left_out(log: Log) -> None:
    logging.getLogger("some.library").warning("careful", extra={"body": SECRET})

    [line] = log.lines()
    assert line["event"] == "careful"
    assert "nobody" not in log.text


def test_text_that_is_no_unicode_is_logged_all_the_same(log: Log) -> None:
    get_logger("ours").info("odd", value="\ud800\x1b[31m\n")

    assert log.text.removesuffix("\n").isprintable()
    assert log.lines()[0]["value"] == "\ud800\x1b[31m\n"


def test_a_person_at_a_terminal_gets_columns_and_no_values_of_variables() -> None:
    with logging_to(Terminal()) as log:
        try:
            local = SECRET
            raise RuntimeError(str(len(local)))
        except RuntimeError as error:
            get_logger("failure").error("unexpected error", request_id="abcdefgh", exc_info=error)

    assert "unexpected error" in log.text
    assert "abcdefgh" in log.text
    assert "RuntimeError: 26" in log.text
    assert not log.text.startswith("{")
    assert "nobody may read" not in log.text
