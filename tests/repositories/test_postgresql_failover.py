"""A PostgreSQL that is stopped, killed, started, or replaced by another: nothing acknowledged is lost, nothing is done
twice, and what is not certain is said to be so."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence

import httpx
import psycopg
import pytest
from sqlalchemy import Connection, text

from app.domain.api_key import new_secret
from app.repositories.database import Database, DatabaseUnavailable, Trouble, open_database, read_database_url
from app.repositories.organizations import OrganizationRepository
from tests.conftest import serving
from tests.support.clock import NOW, Clock
from tests.support.lost_answers import LosingAnswers
from tests.support.postgresql import PostgresqlServer, free_port

SIGNALS = [signal.SIGINT, signal.SIGQUIT, signal.SIGKILL]


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresqlServer]:
    """One that may be stopped: the other tests do not use it."""
    with PostgresqlServer() as server:
        yield server


@pytest.fixture(scope="module")
def template(server: PostgresqlServer) -> str:
    url = server.create_database()
    asyncio.run(_migrate(url))
    return url.partition("@/")[2].partition("?")[0]


async def _migrate(url: str) -> None:
    database = await open_database(url)
    await database.migrate()
    await database.close()


@pytest.fixture
def url(server: PostgresqlServer, template: str) -> str:
    return server.create_database(template=template)


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    database = await open_database(url)
    yield database
    await database.close()


def adding(name: str) -> Callable[[Connection], None]:
    def add(connection: Connection) -> None:
        OrganizationRepository(connection).add(name, now=NOW)

    return add


def names(connection: Connection) -> Sequence[str]:
    return connection.execute(text("SELECT name FROM organizations ORDER BY name")).scalars().all()


@pytest.mark.parametrize("how", SIGNALS, ids=lambda how: how.name)
async def test_what_is_asked_while_the_server_restarts_is_done_once_it_is_back(
    how: signal.Signals, database: Database, server: PostgresqlServer
) -> None:
    await database.write(adding("before"))
    server.stop(how)
    asked = [asyncio.create_task(database.write(adding(f"meanwhile {number}"))) for number in range(5)]
    read = asyncio.create_task(database.read(names))

    await asyncio.to_thread(server.start)

    await asyncio.gather(*asked)
    assert "before" in await read
    assert await database.read(names) == ["before", *(f"meanwhile {number}" for number in range(5))]


@pytest.mark.parametrize("how", SIGNALS, ids=lambda how: how.name)
async def test_a_unit_that_loses_its_connection_before_commit_is_run_again(
    how: signal.Signals, database: Database, server: PostgresqlServer
) -> None:
    runs = 0

    def add_and_restart(connection: Connection) -> None:
        nonlocal runs
        runs += 1
        adding("once")(connection)
        if runs == 1:
            server.stop(how)
            server.start()
            connection.execute(text("SELECT 1"))

    await database.write(add_and_restart)

    assert runs == 2
    assert await database.read(names) == ["once"]


async def test_a_server_that_stays_away_is_unreachable_and_nothing_was_stored(
    database: Database, server: PostgresqlServer
) -> None:
    server.stop()
    try:
        # More units than threads: those that wait behind the others are not each waited for in turn.
        answers = await asyncio.gather(
            *(database.write(adding(f"lost {number}")) for number in range(30)), return_exceptions=True
        )
    finally:
        server.start()

    assert [type(answer) for answer in answers] == [DatabaseUnavailable] * 30
    told = [answer for answer in answers if isinstance(answer, DatabaseUnavailable)]
    assert {(answer.trouble, answer.may_be_stored) for answer in told} == {(Trouble.UNREACHABLE, False)}
    assert await database.read(names) == []


async def test_a_change_whose_commit_was_not_answered_may_be_stored_and_is_not_made_again(
    url: str, server: PostgresqlServer
) -> None:
    runs = 0

    def add(connection: Connection) -> None:
        nonlocal runs
        runs += 1
        adding(f"run {runs}")(connection)

    with LosingAnswers(server) as losing:
        database = await open_database(losing.url(url))
        await database.read(names)
        losing.lose.set()

        with pytest.raises(DatabaseUnavailable) as met:
            await database.write(add)

        assert losing.lost == 1
        assert (met.value.trouble, met.value.may_be_stored) == (Trouble.LOST, True)
        assert runs == 1
        assert await database.read(names) == ["run 1"]
        await database.close()


def doing_at_commit(statement: str) -> Callable[[Connection], None]:
    """Have the server run a statement of PL/pgSQL when a transaction that added an organisation is being committed."""

    def prepare(connection: Connection) -> None:
        body = f"$$ BEGIN {statement}; RETURN NULL; END $$"
        connection.execute(text(f"CREATE FUNCTION at_commit() RETURNS trigger LANGUAGE plpgsql AS {body}"))
        connection.execute(
            text(
                "CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON organizations "
                "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION at_commit()"
            )
        )

    return prepare


async def test_a_connection_that_the_server_ends_during_commit_leaves_it_uncertain(database: Database) -> None:
    await database.write(doing_at_commit("PERFORM pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(DatabaseUnavailable) as met:
        await database.write(adding("gone"))

    assert (met.value.trouble, met.value.may_be_stored) == (Trouble.LOST, True)
    assert str(met.value) == (
        "The connection to the database was lost during COMMIT: "
        "terminating connection due to administrator command (57P01)"
    )
    assert await database.read(names) == []


async def test_a_commit_that_the_server_refuses_is_certain_to_have_stored_nothing(database: Database) -> None:
    await database.write(doing_at_commit("RAISE EXCEPTION 'no space' USING ERRCODE = 'disk_full'"))

    with pytest.raises(DatabaseUnavailable) as met:
        await database.write(adding("refused"))

    assert (met.value.trouble, met.value.may_be_stored) == (Trouble.FULL, False)
    assert str(met.value) == "The database's disk is full: no space (53100)"
    assert await database.read(names) == []


async def test_a_statement_that_takes_too_long_is_ended(database: Database) -> None:
    def add_and_sleep(connection: Connection) -> None:
        adding("slow")(connection)
        connection.execute(text("SET LOCAL statement_timeout = '10ms'"))
        connection.execute(text("SELECT pg_sleep(60)"))

    with pytest.raises(DatabaseUnavailable) as met:
        await database.write(add_and_sleep)

    assert (met.value.trouble, met.value.may_be_stored) == (Trouble.BUSY, False)
    assert await database.read(names) == []


async def test_a_lock_that_nobody_lets_go_of_is_not_waited_for_without_end(database: Database) -> None:
    has_locked, may_go = threading.Event(), threading.Event()

    def hold(connection: Connection) -> None:
        connection.execute(text("LOCK organizations IN EXCLUSIVE MODE"))
        has_locked.set()
        assert may_go.wait(30)

    def add(connection: Connection) -> None:
        connection.execute(text("SET LOCAL lock_timeout = '10ms'"))
        adding("late")(connection)

    holding = asyncio.create_task(database.write(hold))
    assert await asyncio.to_thread(has_locked.wait, 20)
    try:
        with pytest.raises(DatabaseUnavailable) as met:
            await database.write(add)
    finally:
        may_go.set()
    await holding

    assert (met.value.trouble, met.value.may_be_stored) == (Trouble.BUSY, False)


async def test_of_several_hosts_the_one_that_takes_changes_is_found(url: str, server: PostgresqlServer) -> None:
    name = url.partition("@/")[2].partition("?")[0]
    with PostgresqlServer("default_transaction_read_only=on") as standby:
        hosts = f"{server.folder},{standby.folder},{server.folder}"
        ports = f"{free_port()},{standby.port},{server.port}"
        several = f"postgresql://redraft@/{name}?host={hosts}&port={ports}&target_session_attrs=read-write"
        database = await open_database(several)

        await database.write(adding("found"))

        assert await database.read(names) == ["found"]
        await database.close()


async def test_a_primary_that_becomes_read_only_is_left_for_the_new_one(url: str, server: PostgresqlServer) -> None:
    """The rows of the new one are its own here: which of the two is written to can be seen."""
    name = url.partition("@/")[2].partition("?")[0]
    with PostgresqlServer() as new:
        with psycopg.connect(new.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        await _migrate(new.url(name))
        hosts, ports = f"{server.folder},{new.folder}", f"{server.port},{new.port}"
        database = await open_database(
            f"postgresql://redraft@/{name}?host={hosts}&port={ports}&target_session_attrs=read-write"
        )
        await database.write(adding("on the old one"))
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))

        await database.write(adding("on the new one"))

        assert await database.read(names) == ["on the new one"]
        await database.close()


async def test_a_write_that_meets_a_read_only_server_is_refused_and_its_connections_are_not_used_again(
    url: str, server: PostgresqlServer
) -> None:
    database = await open_database(url)
    pids = []

    def add(connection: Connection) -> None:
        pids.append(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
        if len(pids) == 1:
            connection.execute(text("SET LOCAL transaction_read_only = on"))
        adding("later")(connection)

    await database.write(add)

    assert len(set(pids)) == 2
    assert await database.read(names) == ["later"]
    await database.close()


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("postgresql://u:p@h1:5432,h2:5433/db?target_session_attrs=read-write", "h1,h2", "5432,5433"),
        ("postgresql://u:p@h1,h2:5433/db?target_session_attrs=read-write", "h1,h2", "5432,5433"),
        ("postgresql://u:p@[::1]:1,h2/db?target_session_attrs=read-write", "::1,h2", "1,5432"),
    ],
)
def test_hosts_may_be_spelled_as_libpq_spells_them(url: str, host: str, port: str) -> None:
    read = read_database_url(url).set(drivername="postgresql+psycopg")

    assert read.get_dialect()().create_connect_args(read)[1] == {
        "user": "u",
        "password": "p",
        "dbname": "db",
        "target_session_attrs": "read-write",
        "host": host,
        "port": port,
    }


@pytest.mark.parametrize("url", ["postgresql://u:hunter2@h1:x,h2/db", "postgresql://u:hunter2@h1:1:2,h2/db"])
def test_hosts_that_cannot_be_are_refused_without_the_password(url: str) -> None:
    with pytest.raises(ValueError, match=r"^The database URL cannot be read\.") as refused:
        read_database_url(url)

    assert "hunter2" not in str(refused.value)


async def test_every_edge_answers_503_while_the_database_is_away_already_for_the_key(
    url: str, server: PostgresqlServer, clock: Clock
) -> None:
    async with serving(url, clock) as (_, client):
        client.headers["Authorization"] = f"Bearer {new_secret()}"
        server.stop()
        try:
            graphql, v1, ugc = await asyncio.gather(
                client.post("/graphql", json={"query": "{ __typename }"}),
                client.get("/v1/posts"),
                client.post("/post/status", json={"postId": "1"}),
            )
        finally:
            server.start()
        unknown = await client.get("/v1/posts")

    message = "The database cannot be reached. Try again in a few seconds."
    assert [(response.status_code, response.headers["Retry-After"]) for response in (graphql, v1, ugc)] == [
        (503, "5")
    ] * 3
    assert _without_id(graphql) == {"errors": [{"message": message, "extensions": {"code": "UNAVAILABLE"}}]}
    assert v1.json()["error"] == {"message": message, "code": "unavailable"}
    assert ugc.json() == {"ok": False, "code": 503, "message": message}
    assert unknown.status_code == 401


def _without_id(response: httpx.Response) -> object:
    answer = response.json()
    del answer["errors"][0]["extensions"]["requestId"]
    return answer
