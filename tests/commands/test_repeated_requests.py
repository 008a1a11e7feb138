"""A command that is run again under the key of its request has its effect once, and comes to what it first came to.

What is run here is made for these tests: `add` records media, so that an effect is a row that can be counted, and
`hold` does so while a test decides when its unit ends.
"""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import pytest
from sqlalchemy import Connection, text

from app.commands.create_account import create_account
from app.commands.delete_post import delete_post
from app.commands.fill_demo import DRAFT, SCHEDULED
from app.commands.get_post import get_post
from app.commands.idempotency import KeyedRequest
from app.commands.service import Caller, Service
from app.commands.unit import Unit, writes
from app.commands.update_post import update_post
from app.domain.account_changes import AccountChanges
from app.domain.api_key import Scope
from app.domain.changes import PostChanges
from app.domain.errors import (
    Forbidden,
    IdempotencyKeyReused,
    PostNotFound,
    Refusal,
    RequestInProgress,
    VersionConflict,
)
from app.domain.media import Media, MediaType
from app.domain.platforms import Platform
from app.domain.schedule import to_milliseconds
from app.repositories.credential_cipher import CredentialCipher, new_secret_key, read_secret_keys
from app.repositories.database import Database
from app.repositories.idempotency_keys import FORGOTTEN_AT_ONCE, IdempotencyKeyRepository
from tests.conftest import key_with
from tests.repositories.storage import OURS, THEIRS, changed_tables, dump, stored_post
from tests.support.clock import Clock, Ids

ONE_RECORD: Final = (0, 1)
"""Rows that are gone, rows that are new."""


@writes
def add(unit: Unit, *, name: str = "picture") -> Media:
    media = Media(id=unit.new_id(), type=MediaType.IMAGE, url=f"https://media.test/{name}/{unit.new_id()}")
    unit.media.add(media, now=unit.now)
    return media


@writes
def add_and_refuse(unit: Unit) -> Media:
    """A refusal after a change that must not stay."""
    add(unit)
    raise PostNotFound(SCHEDULED)


@writes
def add_and_fail(unit: Unit, *, failures: list[str]) -> Media:
    """Fails as often as there are failures left to come to."""
    media = add(unit)
    if failures:
        raise RuntimeError(failures.pop())
    return media


@writes
def add_and_break_the_commit(unit: Unit, *, breaks: list[str]) -> Media:
    """Stores what the database looks at only when the transaction commits, and then refuses."""
    media = add(unit)
    if breaks:
        connection = unit._connection
        if connection.dialect.name == "sqlite":
            connection.execute(text("PRAGMA defer_foreign_keys = ON"))
            connection.execute(
                text(
                    "INSERT INTO api_keys (organization_id, public_id, name, digest, scopes, created_at)"
                    " VALUES (999, 'nobody', 'nobody', x'00', 'read', 0)"
                )
            )
        else:
            connection.execute(text("CREATE TABLE late (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)"))
            connection.execute(text("INSERT INTO late VALUES (1), (1)"))
    return media


class Held:
    """A command whose unit ends when the test lets it go."""

    def __init__(self) -> None:
        self.started = threading.Event()
        self.let_go = threading.Event()

    @property
    def command(self) -> Any:
        @writes
        def hold(unit: Unit) -> Media:
            media = add(unit)
            self.started.set()
            assert self.let_go.wait(timeout=20)
            return media

        return hold


class Client:
    """Sends requests of one caller: each call of run is a new request under its key."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller

    async def run(self, key: str, command: Any, *, asks: bytes = b"the same", **kwargs: Any) -> Any:
        return await self.request(key, asks=asks).run(command, **kwargs)

    def request(self, key: str, *, asks: bytes = b"the same") -> Caller:
        """One request, which may run several commands."""
        return self.caller.under(KeyedRequest(key, lambda: asks.ljust(32)))

    async def outcome(self, key: str, command: Any, **kwargs: Any) -> Any:
        """The answer, or the refusal."""
        try:
            return await self.run(key, command, **kwargs)
        except Refusal as refusal:
            return refusal


@pytest.fixture
async def client(service: Service, demo: str) -> Client:
    return Client(await service.authenticate(demo))


@pytest.fixture
async def second_client(second_database: Database, clock: Clock, demo: str) -> Client:
    """The same caller at another process of Redraft."""
    service = Service(second_database, clock=clock, new_id=uuid4)
    return Client(await service.authenticate(demo))


async def added(database: Database) -> int:
    """How many effects there are."""
    return len([row for row in (await dump(database))["media"] if "https://media.test/" in str(row)])


async def records(database: Database) -> list[tuple[str, int]]:
    def read(connection: Connection) -> list[tuple[str, int]]:
        rows = connection.execute(text("SELECT key, step FROM idempotency_keys ORDER BY key, step"))
        return [(row.key, row.step) for row in rows]

    return await database.read(read)


async def test_a_repeat_answers_what_was_answered_first_and_writes_nothing(client: Client, database: Database) -> None:
    before = await dump(database)
    first = await client.run("key", add)
    after = await dump(database)

    again = await client.run("key", add)

    assert again == first
    assert changed_tables(before, after) == {"media": (0, 1), "idempotency_keys": ONE_RECORD}
    assert await dump(database) == after


async def test_a_repeat_answers_the_same_when_the_post_was_changed_and_deleted_since(
    client: Client, service: Service, database: Database
) -> None:
    changes = PostChanges(content="Ours", expected_versions=frozenset({1}))
    first = await client.run("key", update_post, post_id=DRAFT, changes=changes)
    await service.run(OURS, update_post, post_id=DRAFT, changes=PostChanges(content="Theirs"))
    changed = await dump(database)
    assert await client.run("key", update_post, post_id=DRAFT, changes=changes) == first
    assert await dump(database) == changed

    await service.run(OURS, delete_post, post_id=DRAFT)
    deleted = await dump(database)
    assert await client.run("key", update_post, post_id=DRAFT, changes=changes) == first
    assert await dump(database) == deleted
    assert (first.post.content, first.post.version, first.changed_fields) == ("Ours", 2, ["content"])


async def test_a_refusal_is_repeated_though_the_request_would_be_accepted_now(
    client: Client, service: Service, database: Database
) -> None:
    changes = PostChanges(content="Ours", expected_versions=frozenset({2}))
    first = await client.outcome("key", update_post, post_id=DRAFT, changes=changes)
    await service.run(OURS, update_post, post_id=DRAFT, changes=PostChanges(content="Theirs"))
    before = await dump(database)

    again = await client.outcome("key", update_post, post_id=DRAFT, changes=changes)

    assert [type(refusal) for refusal in (first, again)] == [VersionConflict, VersionConflict]
    assert (again.post, again.message, again.current_version) == (first.post, first.message, 1)
    assert await dump(database) == before
    accepted = await client.run("another key", update_post, post_id=DRAFT, changes=changes)
    assert accepted.post.version == 3


async def test_a_refusal_undoes_its_half_done_work_and_is_recorded(client: Client, database: Database) -> None:
    before = await dump(database)

    first = await client.outcome("key", add_and_refuse)
    after = await dump(database)
    again = await client.outcome("key", add_and_refuse)

    assert [(type(refusal), refusal.post_id) for refusal in (first, again)] == [(PostNotFound, str(SCHEDULED))] * 2
    assert changed_tables(before, after) == {"idempotency_keys": ONE_RECORD}
    assert await dump(database) == after


async def test_a_failure_leaves_no_record_so_that_the_repeat_has_its_effect(client: Client, database: Database) -> None:
    before = await dump(database)
    failures = ["the last time", "the first time"]

    for said in ("the first time", "the last time"):
        with pytest.raises(RuntimeError, match=said):
            await client.run("key", add_and_fail, failures=failures)
        assert await dump(database) == before
    done = await client.run("key", add_and_fail, failures=failures)

    assert await client.run("key", add_and_fail, failures=["never"]) == done
    assert changed_tables(before, await dump(database)) == {"media": (0, 1), "idempotency_keys": ONE_RECORD}


async def test_a_failure_leaves_nothing_behind_on_the_connection(client: Client, database: Database) -> None:
    def savepoint(connection: Connection) -> object:
        return connection.get_nested_transaction()

    with pytest.raises(RuntimeError, match="now"):
        await client.run("key", add_and_fail, failures=["now"])

    # Each of the connections that may have run the unit.
    assert await asyncio.gather(*(database.write(savepoint) for _ in range(8))) == [None] * 8


async def test_a_commit_that_fails_leaves_no_record(client: Client, database: Database) -> None:
    before = await dump(database)

    with pytest.raises(Exception, match=r"FOREIGN KEY constraint failed|late_n_key"):
        await client.run("key", add_and_break_the_commit, breaks=["yes"])

    assert await dump(database) == before
    done = await client.run("key", add_and_break_the_commit, breaks=[])
    assert await client.run("key", add_and_break_the_commit, breaks=[]) == done
    assert await added(database) == 1


async def test_another_request_under_the_key_is_refused_and_writes_nothing(client: Client, database: Database) -> None:
    first = await client.run("key", add)
    before = await dump(database)

    refusal = await client.outcome("key", add, asks=b"something else")

    assert type(refusal) is IdempotencyKeyReused
    assert refusal.key == "key"
    assert await dump(database) == before
    assert await client.run("key", add) == first


async def test_a_request_of_several_commands_repeats_those_it_had_done_and_does_the_others_once(
    client: Client, database: Database
) -> None:
    stopped = client.request("key")
    first = await stopped.run(add, name="first")  # and here the server was killed

    repeat = client.request("key")
    assert await repeat.run(add, name="first") == first
    second = await repeat.run(add, name="second")
    assert await added(database) == 2

    after = await dump(database)
    last = client.request("key")
    assert [await last.run(add, name="first"), await last.run(add, name="second")] == [first, second]
    assert await dump(database) == after
    assert await records(database) == [("key", 0), ("key", 1)]


async def test_the_key_of_a_request_that_only_reads_is_ignored(
    client: Client, service: Service, database: Database
) -> None:
    before = await client.run("key", get_post, post_id=DRAFT)
    assert await records(database) == []
    await service.run(OURS, update_post, post_id=DRAFT, changes=PostChanges(content="Changed"))

    assert (before.content, (await client.run("key", get_post, post_id=DRAFT)).content) != ("Changed", before.content)
    assert (await client.run("key", get_post, post_id=DRAFT)).content == "Changed"


async def test_a_request_without_a_key_has_its_effect_every_time(client: Client, database: Database) -> None:
    answers = [await client.caller.run(add) for _ in range(2)]

    assert answers[0] != answers[1]
    assert await added(database) == 2
    assert await records(database) == []


async def test_two_organisations_may_use_the_same_key(
    client: Client, service: Service, database: Database, clock: Clock
) -> None:
    secret = await key_with(database, clock, Scope.WRITE, organization="Another Organisation")
    theirs = Client(await service.authenticate(secret))

    ours = await client.run("key", add)
    other = await theirs.run("key", add, asks=b"something else")

    assert theirs.caller.key.organization_id == THEIRS
    assert other != ours
    assert await records(database) == [("key", 0), ("key", 0)]
    assert await client.run("key", add) == ours
    assert await theirs.run("key", add, asks=b"something else") == other


async def test_two_keys_of_an_organisation_share_the_idempotency_key(
    client: Client, service: Service, database: Database, clock: Clock
) -> None:
    colleague = Client(await service.authenticate(await key_with(database, clock, Scope.WRITE)))
    first = await client.run("key", add)

    assert await colleague.run("key", add) == first
    assert type(await colleague.outcome("key", add, asks=b"something else")) is IdempotencyKeyReused
    assert await added(database) == 1


async def test_a_key_without_the_scope_is_refused_and_leaves_no_record(
    client: Client, service: Service, database: Database, clock: Clock
) -> None:
    reader = Client(await service.authenticate(await key_with(database, clock, Scope.READ)))
    before = await dump(database)

    assert type(await reader.outcome("key", add)) is Forbidden
    assert await dump(database) == before
    assert type(await client.run("key", add)) is Media


async def test_a_request_that_is_still_running_in_this_process_is_not_run_again(
    client: Client, database: Database
) -> None:
    held = Held()
    running = asyncio.create_task(client.run("key", held.command))
    assert await asyncio.to_thread(held.started.wait, 20)

    refusals = [await client.outcome("key", add, asks=asks) for asks in (b"the same", b"something else")]

    assert [(type(refusal), refusal.key) for refusal in refusals] == [(RequestInProgress, "key")] * 2
    held.let_go.set()
    first = await running
    assert await client.run("key", add) == first
    assert await added(database) == 1


@pytest.mark.parametrize("engine", ["postgresql"])
async def test_a_request_that_is_still_running_in_another_process_is_not_run_again(
    client: Client, second_client: Client, database: Database
) -> None:
    held = Held()
    running = asyncio.create_task(client.run("key", held.command))
    assert await asyncio.to_thread(held.started.wait, 20)

    refusal = await second_client.outcome("key", add)
    other = await second_client.run("another key", add)

    assert (type(refusal), refusal.key) == (RequestInProgress, "key")
    held.let_go.set()
    first = await running
    assert other != first
    assert await second_client.run("key", add) == first
    assert await added(database) == 2


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_on_sqlite_a_repeat_at_another_process_waits_for_the_writer_and_gets_the_first_answer(
    client: Client, second_client: Client, database: Database
) -> None:
    held = Held()
    running = asyncio.create_task(client.run("key", held.command))
    assert await asyncio.to_thread(held.started.wait, 20)

    waiting = asyncio.create_task(second_client.run("key", add))
    # Reading goes on meanwhile, there too.
    assert await second_client.run("key", get_post, post_id=DRAFT) == await stored_post(database, DRAFT)
    assert not waiting.done()
    held.let_go.set()

    assert await waiting == await running
    assert await added(database) == 1


async def test_a_repeat_of_a_cancelled_request_gets_what_its_unit_came_to(client: Client, database: Database) -> None:
    held = Held()
    cancelled = asyncio.create_task(client.run("key", held.command))
    assert await asyncio.to_thread(held.started.wait, 20)
    cancelled.cancel()
    await asyncio.wait([cancelled])

    held.let_go.set()
    answer = None
    while not isinstance(answer, Media):  # on PostgreSQL another thread may find the first unit still at it
        answer = await client.outcome("key", add)
        assert type(answer) in (Media, RequestInProgress)

    assert cancelled.cancelled()
    assert await client.run("key", add) == answer
    assert await added(database) == 1


@pytest.mark.parametrize("processes", [1, 2])
async def test_of_fifty_at_once_one_has_an_effect_and_every_answer_is_its_own_or_that_it_is_running(
    processes: int, client: Client, second_client: Client, database: Database
) -> None:
    clients = [client, second_client][:processes]

    outcomes = await asyncio.gather(*(clients[number % processes].outcome("key", add) for number in range(50)))

    answers = [outcome for outcome in outcomes if isinstance(outcome, Media)]
    assert len(answers) >= 1
    assert {type(outcome) for outcome in outcomes} <= {Media, RequestInProgress}
    assert set(answers) == {await client.run("key", add)}
    assert await added(database) == 1
    assert await records(database) == [("key", 0)]


async def test_a_key_is_remembered_for_24_hours_to_the_millisecond(
    client: Client, database: Database, clock: Clock
) -> None:
    first = await client.run("key", add)

    clock.advance(hours=24, milliseconds=-1)
    assert await client.run("key", add) == first
    assert type(await client.outcome("key", add, asks=b"something else")) is IdempotencyKeyReused

    clock.advance(milliseconds=1)
    second = await client.run("key", add, asks=b"something else")
    assert second != first
    assert await client.run("key", add, asks=b"something else") == second
    assert await added(database) == 2
    assert await records(database) == [("key", 0)]

    clock.advance(hours=23)
    assert await client.run("key", add, asks=b"something else") == second


@pytest.mark.parametrize("is_cleared_up", [False, True])
async def test_the_commands_of_a_request_are_forgotten_together(
    is_cleared_up: bool, client: Client, database: Database, clock: Clock
) -> None:
    stopped = client.request("key")
    first = await stopped.run(add)
    clock.advance(hours=23)
    repeat = client.request("key")
    assert await repeat.run(add) == first
    second = await repeat.run(add)

    clock.advance(hours=1)
    if is_cleared_up:
        await client.run("another key", add)
        assert await records(database) == [("another key", 0)]
    new = client.request("key")
    answers = [await new.run(add), await new.run(add)]

    assert not {first, second} & set(answers)
    assert [key for key in await records(database) if key[0] == "key"] == [("key", 0), ("key", 1)]


async def test_what_is_older_than_24_hours_is_deleted_with_the_next_request_of_the_organisation(
    client: Client, service: Service, database: Database, clock: Clock
) -> None:
    secret = await key_with(database, clock, Scope.WRITE, organization="Another Organisation")
    theirs = Client(await service.authenticate(secret))
    await client.run("old", add)
    await theirs.run("theirs", add)
    clock.advance(milliseconds=1)
    await client.run("younger", add)

    clock.advance(hours=24, milliseconds=-1)
    await client.run("new", add)

    assert await records(database) == [("new", 0), ("theirs", 0), ("younger", 0)]


async def test_a_request_clears_up_after_a_busy_day_bit_by_bit(
    client: Client, database: Database, clock: Clock
) -> None:
    def fill(connection: Connection) -> None:
        keys = IdempotencyKeyRepository(connection, OURS)
        for number in range(FORGOTTEN_AT_ONCE + 1):
            at = to_milliseconds(clock()) + timedelta(milliseconds=number)
            keys.add(f"old {number}", 0, fingerprint=bytes(32), outcome=None, now=at)

    await database.write(fill)
    clock.advance(hours=25)

    await client.run("new", add)
    assert await records(database) == [("new", 0), (f"old {FORGOTTEN_AT_ONCE}", 0)]
    await client.run("newer", add)
    assert await records(database) == [("new", 0), ("newer", 0)]


@pytest.mark.parametrize("engine", ["postgresql"])
async def test_a_request_does_not_wait_for_one_that_is_clearing_up(
    client: Client, second_database: Database, database: Database, clock: Clock
) -> None:
    await client.run("old", add)
    clock.advance(hours=24)
    started, let_go = threading.Event(), threading.Event()

    def clear_up_and_hold(connection: Connection) -> None:
        IdempotencyKeyRepository(connection, OURS).forget_old(until=clock() - timedelta(hours=24))
        started.set()
        assert let_go.wait(timeout=20)

    holding = asyncio.create_task(second_database.write(clear_up_and_hold))
    assert await asyncio.to_thread(started.wait, 20)

    await asyncio.wait_for(client.run("new", add), timeout=15)

    let_go.set()
    await holding
    assert await records(database) == [("new", 0)]


async def test_no_record_holds_credentials(database: Database, clock: Clock, demo: str) -> None:
    keys = read_secret_keys(new_secret_key())
    service = Service(database, clock=clock, new_id=Ids(), cipher=CredentialCipher(lambda: keys))
    client = Client(await service.authenticate(demo))
    credentials = {"url": "https://ours.test/hook", "secret": "whsec_" + "c2VjcmV0IHdvcmRzIQ" * 2}
    changes = AccountChanges(account_name="Ours", credentials=credentials)

    account = await client.run("key", create_account, platform=Platform.WEBHOOK, changes=changes)

    assert account.has_credentials
    (row,) = (await dump(database))["idempotency_keys"]
    assert credentials["secret"] not in str(row)
    assert credentials["url"] not in str(row)
