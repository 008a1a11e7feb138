"""API keys, from the operator's command to the caller they open the door for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.commands.fill_demo import SCHEDULED
from app.commands.get_post import get_post
from app.commands.manage_keys import add_key, create_key, list_keys, try_revoke_key
from app.commands.service import Caller, Service
from app.commands.update_post import update_post
from app.domain.api_key import Scope, new_secret, public_id_of
from app.domain.changes import PostChanges
from app.domain.errors import Forbidden, Unauthenticated
from app.repositories.database import Database, Work
from tests.repositories.storage import OURS, dump
from tests.support.clock import NOW, Clock, Ids


class Timer:
    """Seconds that a test sets."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def timer() -> Timer:
    return Timer()


@pytest.fixture
def doorman(database: Database, demo: str, clock: Clock, timer: Timer) -> Service:
    return Service(database, clock=clock, new_id=Ids(), timer=timer)


async def revoke(database: Database, secret: str, clock: Clock) -> bool:
    public_id = public_id_of(secret)
    assert public_id is not None
    return await database.write(lambda connection: try_revoke_key(connection, public_id=public_id, now=clock()))


async def test_a_key_stands_for_its_organisation_and_scopes(doorman: Service, demo: str) -> None:
    caller = await doorman.authenticate(demo)

    assert (caller.key.organization_id, caller.key.name, caller.key.scopes) == (OURS, "demo", frozenset(Scope))


async def test_a_key_of_a_new_organisation_makes_it_and_a_known_one_is_shared(
    doorman: Service, database: Database
) -> None:
    async def create(organization: str) -> int:
        secret = await database.write(
            lambda connection: create_key(
                connection, organization=organization, name="a key", scopes=[Scope.READ], now=NOW
            )
        )
        return (await doorman.authenticate(secret)).key.organization_id

    assert [await create(name) for name in ("Redraft Demo", "A third", "A third")] == [OURS, 3, 3]


async def test_a_revoked_key_is_refused_five_seconds_later_at_the_latest(
    doorman: Service, database: Database, demo: str, clock: Clock, timer: Timer
) -> None:
    await doorman.authenticate(demo)
    assert await revoke(database, demo, clock)

    timer.seconds += 5

    with pytest.raises(Unauthenticated):
        await doorman.authenticate(demo)
    timer.seconds += 3600
    with pytest.raises(Unauthenticated):
        await doorman.authenticate(demo)


async def test_a_key_that_is_used_all_the_time_is_looked_up_again_all_the_same(
    doorman: Service, database: Database, demo: str, clock: Clock, timer: Timer
) -> None:
    await doorman.authenticate(demo)
    assert await revoke(database, demo, clock)

    async def is_let_in() -> bool:
        timer.seconds += 0.5
        try:
            await doorman.authenticate(demo)
        except Unauthenticated:
            return False
        return True

    let_in = [await is_let_in() for _ in range(10)]

    assert let_in == [True] * 7 + [False] * 3


async def test_the_age_of_a_key_counts_from_before_its_look_up(
    database: Database, demo: str, clock: Clock, timer: Timer
) -> None:
    class SlowDatabase(type(database)):  # type: ignore[misc]
        """Answers a read with what was true four seconds ago."""

        def __init__(self) -> None: ...

        async def read(self, work: Work[Any]) -> Any:
            answer = await database.read(work)
            timer.seconds += 4
            return answer

    doorman = Service(SlowDatabase(), clock=clock, new_id=Ids(), timer=timer)
    await doorman.authenticate(demo)
    await revoke(database, demo, clock)

    with pytest.raises(Unauthenticated):
        await doorman.authenticate(demo)


async def test_a_key_revoked_before_its_first_use_is_refused_at_once(
    doorman: Service, database: Database, demo: str, clock: Clock
) -> None:
    assert await revoke(database, demo, clock)

    with pytest.raises(Unauthenticated):
        await doorman.authenticate(demo)


async def test_revoking_again_keeps_the_first_time_and_an_unknown_key_cannot_be_revoked(
    database: Database, demo: str, clock: Clock
) -> None:
    assert await revoke(database, demo, clock)
    after_first = await dump(database)
    clock.advance(hours=1)

    assert await revoke(database, demo, clock)
    assert not await revoke(database, new_secret(), clock)

    assert await dump(database) == after_first


async def test_a_key_expires_by_the_clock_even_while_it_is_trusted(
    doorman: Service, database: Database, clock: Clock
) -> None:
    secret = new_secret()
    await database.write(
        lambda connection: add_key(
            connection,
            secret,
            organization_id=OURS,
            name="for an hour",
            scopes=[Scope.READ],
            now=NOW,
            expires_at=NOW + timedelta(hours=1),
        )
    )
    clock.advance(minutes=59, seconds=59)
    await doorman.authenticate(secret)

    clock.advance(seconds=1)

    with pytest.raises(Unauthenticated):
        await doorman.authenticate(secret)


@pytest.mark.parametrize("looked_up_before", [False, True])
async def test_a_wrong_secret_with_a_right_public_id_is_refused(
    doorman: Service, demo: str, looked_up_before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    public_id = public_id_of(demo)
    assert public_id is not None
    forged = forged_key(public_id, monkeypatch)
    assert public_id_of(forged) == public_id
    if looked_up_before:
        await doorman.authenticate(demo)

    with pytest.raises(Unauthenticated):
        await doorman.authenticate(forged)

    assert (await doorman.authenticate(demo)).key.public_id == public_id


def forged_key(public_id: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A well-formed key with another key's public id, checksum included: what an attacker can make."""
    letters = iter(public_id + "A" * 43)
    with monkeypatch.context() as patch:
        patch.setattr("app.domain.api_key.secrets.choice", lambda _: next(letters))
        return new_secret()


@pytest.mark.parametrize("looked_up_before", [False, True])
async def test_what_is_no_key_of_ours_is_refused(doorman: Service, demo: str, looked_up_before: bool) -> None:
    if looked_up_before:
        await doorman.authenticate(demo)
    like_it = (demo[:-1], f"{demo}x", f"{demo}\ud800", demo.swapcase(), demo[:16], f"xxx{demo[3:]}", f" {demo}")
    for secret in ("", "rdk_", new_secret(), *like_it, "é" * 66, "\0" * 66):
        with pytest.raises(Unauthenticated):
            await doorman.authenticate(secret)


async def test_a_key_may_do_what_its_scopes_say_and_no_more(doorman: Service, database: Database) -> None:
    async def caller_with(*scopes: Scope) -> Caller:
        secret = await database.write(
            lambda connection: create_key(
                connection, organization="Redraft Demo", name="narrow", scopes=scopes, now=NOW
            )
        )
        return await doorman.authenticate(secret)

    reader, writer = await caller_with(Scope.READ), await caller_with(Scope.WRITE)
    before = await dump(database)

    with pytest.raises(Forbidden) as refusal:
        await reader.run(update_post, post_id=SCHEDULED, changes=PostChanges(content="Never stored"))
    assert refusal.value.scope == "write"
    with pytest.raises(Forbidden) as refusal:
        await writer.run(get_post, post_id=SCHEDULED)
    assert refusal.value.scope == "read"
    assert await dump(database) == before

    assert (await reader.run(get_post, post_id=SCHEDULED)).version == 1
    changes = PostChanges(content="Stored")
    assert (await writer.run(update_post, post_id=SCHEDULED, changes=changes)).post.version == 2


async def test_the_database_holds_a_digest_and_no_secret(database: Database, demo: str) -> None:
    stored = repr(await dump(database))

    public_id, secret = demo.split("_")[1:]
    assert public_id in stored
    assert demo not in stored
    assert secret not in stored
    assert secret[:43] not in stored
    assert secret[:16] not in stored
    [(organization, key)] = await database.read(list_keys)
    assert organization == "Redraft Demo"
    assert len(key.digest) == 32


async def test_a_text_that_is_no_key_cannot_be_added(database: Database, demo: str) -> None:
    before = await dump(database)

    with pytest.raises(ValueError, match=r"^this is not a key that Redraft made$"):
        await database.write(
            lambda connection: add_key(
                connection, "hunter2", organization_id=OURS, name="chosen", scopes=[Scope.READ], now=NOW
            )
        )

    assert await dump(database) == before
