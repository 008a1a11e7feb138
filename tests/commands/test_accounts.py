"""Accounts as they are stored: their numbers, what an update writes, and credentials that only their own key opens."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from app.commands.create_account import create_account
from app.commands.fill_demo import DRAFT, SCHEDULED
from app.commands.list_accounts import list_accounts
from app.commands.manage_accounts import seal_credentials_again
from app.commands.service import Service
from app.commands.update_account import update_account
from app.commands.update_post import update_post
from app.domain.account import Account
from app.domain.account_changes import AccountChanges
from app.domain.changes import PostChanges
from app.domain.credentials import Credentials
from app.domain.errors import AccountNotFound, InvalidInput, IssueCode
from app.domain.platforms import Platform
from app.domain.rule_overrides import RuleOverrides
from app.repositories.accounts import AccountRepository
from app.repositories.credential_cipher import CredentialCipher, CredentialsUnreadable
from app.repositories.database import Database
from app.repositories.organizations import OrganizationRepository
from app.repositories.tables import AccountRow
from tests.support.accounts import (
    ANOTHER_SECRET_KEY,
    BLUESKY,
    MASTODON,
    OWN_ENDPOINT,
    SECRET,
    SECRET_KEY,
    a_cipher,
    stored_account,
)
from tests.support.clock import NOW, Clock, Ids
from tests.support.edges import dump, stored_post

OURS, THEIRS = 1, 2
_accounts = AccountRow.__table__  # type: ignore[attr-defined]


@pytest.fixture
def service(database: Database, clock: Clock, demo: str) -> Service:
    """Runs commands on the demo's accounts, where credentials can be kept."""
    return Service(database, clock=clock, new_id=Ids(), cipher=a_cipher())


async def create(service: Service, organization_id: int = OURS, **changes: Any) -> Account:
    values = {"account_name": "@new", **changes}
    return await service.run(
        organization_id,
        create_account,
        platform=Platform.X,
        changes=AccountChanges(**values),
    )


async def change(service: Service, account_id: int, organization_id: int = OURS, **changes: Any) -> Account:
    return await service.run(
        organization_id,
        update_account,
        account_id=account_id,
        changes=AccountChanges(**changes),
    )


async def token_of(database: Database, account_id: int) -> bytes:
    """What the database holds of an account's credentials."""

    def read(connection: Connection) -> bytes:
        held = _accounts.c.organization_id == OURS, _accounts.c.id == account_id
        return bytes(connection.execute(select(_accounts.c.credentials).where(*held)).scalar_one())

    return await database.read(read)


async def opened(database: Database, account_id: int, cipher: CredentialCipher, organization_id: int = OURS) -> object:
    def read(connection: Connection) -> Credentials | None:
        return AccountRepository(connection, organization_id, cipher=cipher).credentials_of(account_id)

    return await database.read(read)


async def test_a_new_account_has_the_number_after_the_largest(service: Service, database: Database) -> None:
    first = await create(service, account_name="@one", minimum_gap_minutes=30, rules={"text_limit": 25_000})
    second = await create(service, account_name="@two", credentials=OWN_ENDPOINT)

    assert first == Account(
        id=2300,
        platform=Platform.X,
        name="@one",
        is_active=True,
        created_at=NOW,
        minimum_gap_minutes=30,
        rules=RuleOverrides(text_limit=25_000),
    )
    assert (second.id, second.has_credentials) == (2301, True)
    assert await stored_account(database, 2300) == (first, None)
    assert await stored_account(database, 2301) == (second, OWN_ENDPOINT)


async def test_each_organisation_counts_for_itself_from_one(service: Service, database: Database) -> None:
    new = await database.write(lambda connection: OrganizationRepository(connection).add("New", now=NOW))

    assert [(await create(service, new)).id for _ in range(2)] == [1, 2]
    assert (await create(service, THEIRS)).id == 3101
    assert [account.id for account in await service.run(new, list_accounts)] == [1, 2]


async def test_accounts_that_are_created_at_once_have_numbers_of_their_own(
    service: Service, second_database: Database, clock: Clock
) -> None:
    elsewhere = Service(second_database, clock=clock, new_id=Ids(), cipher=a_cipher())

    created = await asyncio.gather(*(create(one) for _ in range(10) for one in (service, elsewhere)))

    assert sorted(account.id for account in created) == list(range(2300, 2320))
    assert [account.id for account in await service.run(OURS, list_accounts)][5:] == list(range(2300, 2320))


async def test_a_refused_account_leaves_nothing_behind(service: Service, database: Database) -> None:
    before = await dump(database)

    with pytest.raises(InvalidInput):
        await create(service, account_name=" ", credentials=OWN_ENDPOINT)

    assert await dump(database) == before


async def test_an_update_stores_what_it_says_and_leaves_the_rest(service: Service, database: Database) -> None:
    before, _ = await stored_account(database, 2280)

    updated = await change(service, 2280, account_name="@ourbrand", rules={"max_images": 20}, credentials=OWN_ENDPOINT)

    assert updated == replace(before, name="@ourbrand", rules=RuleOverrides(max_images=20), has_credentials=True)
    assert await stored_account(database, 2280) == (updated, OWN_ENDPOINT)


async def test_an_update_that_changes_nothing_writes_nothing(service: Service, database: Database) -> None:
    settings: dict[str, Any] = {
        "account_name": "@mybrand",
        "minimum_gap_minutes": 15,
        "is_active": True,
        "rules": {"text_limit": 9},
    }
    await change(service, 2280, **settings, credentials=OWN_ENDPOINT)
    before = await dump(database)

    await change(service, 2280)
    await change(service, 2280, **settings)
    await change(service, 2280, credentials=dict(OWN_ENDPOINT))

    assert await dump(database) == before


async def test_updates_of_one_account_at_once_lose_nothing(
    service: Service, second_database: Database, clock: Clock, database: Database
) -> None:
    elsewhere = Service(second_database, clock=clock, new_id=Ids(), cipher=a_cipher())

    await asyncio.gather(
        change(service, 2280, account_name="@renamed"),
        change(elsewhere, 2280, minimum_gap_minutes=15),
        change(service, 2280, credentials=OWN_ENDPOINT),
        change(elsewhere, 2280, rules={"max_videos": 2}),
    )

    account, credentials = await stored_account(database, 2280)
    assert (account.name, account.minimum_gap_minutes) == ("@renamed", 15)
    assert (account.rules, credentials) == (RuleOverrides(max_videos=2), OWN_ENDPOINT)


@pytest.mark.parametrize("account_id", [3100, 999_999, 0, -1, 2**31, 2**70], ids=str)
async def test_an_account_that_is_not_the_callers_cannot_be_changed(
    service: Service, database: Database, account_id: int
) -> None:
    before = await dump(database)

    with pytest.raises(AccountNotFound) as refused:
        await change(service, account_id, account_name=None, credentials=SECRET)

    assert (refused.value.message, refused.value.id) == ("Account not found.", str(account_id))
    assert await dump(database) == before


async def test_the_same_number_of_another_organisation_is_another_account(service: Service, database: Database) -> None:
    theirs = await dump(database)
    await database.write(
        lambda connection: AccountRepository(connection, THEIRS).add(
            Account(id=2280, platform=Platform.X, name="@theirs", is_active=True, created_at=NOW)
        )
    )

    await change(service, 2280, THEIRS, is_active=False, credentials=OWN_ENDPOINT)

    assert [row for row in (await dump(database))["accounts"] if row[0] == OURS] == [
        row for row in theirs["accounts"] if row[0] == OURS
    ]


async def test_an_inactive_account_is_refused_for_a_post_and_kept_by_the_one_that_has_it(
    service: Service, database: Database
) -> None:
    draft = await stored_post(database, DRAFT)
    assert (await change(service, 2285, is_active=False)).is_active is False

    kept = await service.run(OURS, update_post, post_id=SCHEDULED, changes=PostChanges(content="Still going out."))
    with pytest.raises(InvalidInput) as refused:
        await service.run(OURS, update_post, post_id=DRAFT, changes=PostChanges(account_ids=frozenset({2282, 2285})))

    assert kept.post.account_ids == [2280, 2282, 2285]
    assert [found.code for found in refused.value.issues] == [IssueCode.INACTIVE_ACCOUNT]
    assert await stored_post(database, DRAFT) == draft

    await change(service, 2285, is_active=True)
    added = await service.run(
        OURS, update_post, post_id=DRAFT, changes=PostChanges(account_ids=frozenset({2282, 2285}))
    )
    assert added.post.account_ids == [2282, 2285]


async def test_a_renamed_account_is_renamed_in_its_posts(service: Service, database: Database) -> None:
    await change(service, 2280, account_name="@renamed")

    post = await stored_post(database, SCHEDULED)

    assert [destination.account.name for destination in post.destinations] == ["@renamed", "@mybrand", "My Brand"]


async def test_nothing_that_is_stored_shows_a_credential(service: Service, database: Database) -> None:
    account = await create(service, credentials=OWN_ENDPOINT)

    token = await token_of(database, account.id)

    assert SECRET not in repr(await dump(database))
    assert SECRET.encode() not in token
    assert await opened(database, account.id, a_cipher()) == OWN_ENDPOINT


async def test_the_same_credentials_look_different_on_each_account(service: Service, database: Database) -> None:
    one, two = [await create(service, credentials=OWN_ENDPOINT) for _ in range(2)]

    assert await token_of(database, one.id) != await token_of(database, two.id)


@pytest.mark.parametrize(("organization_id", "account_id"), [(OURS, 2282), (THEIRS, 2280)])
async def test_credentials_that_were_copied_to_another_account_open_for_nobody(
    service: Service, database: Database, organization_id: int, account_id: int
) -> None:
    await change(service, 2280, credentials=OWN_ENDPOINT)
    token = await token_of(database, 2280)
    thief = Account(id=2280, platform=Platform.X, name="@thief", is_active=True, created_at=NOW)

    def copy(connection: Connection) -> None:
        AccountRepository(connection, THEIRS).add(thief)
        connection.execute(
            update(_accounts)
            .where(_accounts.c.organization_id == organization_id, _accounts.c.id == account_id)
            .values(credentials=token)
        )

    await database.write(copy)

    assert await opened(database, 2280, a_cipher()) == OWN_ENDPOINT
    with pytest.raises(CredentialsUnreadable) as refused:
        await opened(database, account_id, a_cipher(), organization_id)
    assert SECRET not in str(refused.value)


async def test_an_account_without_credentials_has_none_to_open(service: Service, database: Database) -> None:
    assert await opened(database, 2280, a_cipher()) is None

    await change(service, 2280, credentials=OWN_ENDPOINT)
    await change(service, 2280, credentials=None)

    assert await opened(database, 2280, a_cipher()) is None


async def test_a_new_key_reads_what_the_old_one_wrote_while_both_are_set(
    service: Service, database: Database, clock: Clock
) -> None:
    await change(service, 2280, credentials=OWN_ENDPOINT)
    both, new = a_cipher(f"{ANOTHER_SECRET_KEY}, {SECRET_KEY}"), a_cipher(ANOTHER_SECRET_KEY)
    rotated = Service(database, clock=clock, new_id=Ids(), cipher=both)

    await change(rotated, 2282, credentials=OWN_ENDPOINT)

    assert [await opened(database, id, both) for id in (2280, 2282)] == [OWN_ENDPOINT, OWN_ENDPOINT]
    assert await opened(database, 2282, new) == OWN_ENDPOINT
    with pytest.raises(CredentialsUnreadable):
        await opened(database, 2280, new)


async def test_the_old_key_can_be_given_up_when_everything_is_sealed_again(
    service: Service, database: Database
) -> None:
    await change(service, 2299, credentials=MASTODON)
    await change(service, 2280, credentials=OWN_ENDPOINT)
    await change(service, 3100, THEIRS, credentials=OWN_ENDPOINT)
    both, new = a_cipher(f"{ANOTHER_SECRET_KEY},{SECRET_KEY}"), a_cipher(ANOTHER_SECRET_KEY)

    assert await database.write(lambda connection: seal_credentials_again(connection, both)) == 3

    assert await opened(database, 2299, new) == MASTODON
    assert await opened(database, 2280, new) == OWN_ENDPOINT
    assert await opened(database, 3100, new, THEIRS) == OWN_ENDPOINT


async def test_nothing_is_sealed_again_where_one_cannot_be_opened(service: Service, database: Database) -> None:
    await change(service, 2280, credentials=OWN_ENDPOINT)
    both, new = a_cipher(f"{ANOTHER_SECRET_KEY},{SECRET_KEY}"), a_cipher(ANOTHER_SECRET_KEY)
    await change(Service(database, clock=Clock(), new_id=Ids(), cipher=new), 2282, credentials=OWN_ENDPOINT)
    before = await dump(database)

    with pytest.raises(CredentialsUnreadable):
        await database.write(lambda connection: seal_credentials_again(connection, a_cipher()))

    assert await dump(database) == before
    assert await opened(database, 2280, both) == OWN_ENDPOINT


async def test_credentials_whose_key_is_lost_can_be_set_anew(service: Service, database: Database) -> None:
    await change(service, 2280, credentials=OWN_ENDPOINT)
    new = a_cipher(ANOTHER_SECRET_KEY)

    await change(Service(database, clock=Clock(), new_id=Ids(), cipher=new), 2280, credentials=OWN_ENDPOINT)

    assert await opened(database, 2280, new) == OWN_ENDPOINT


async def test_without_a_key_everything_works_but_storing_credentials(
    service: Service, database: Database, clock: Clock
) -> None:
    await change(service, 2280, credentials=OWN_ENDPOINT)
    keyless = Service(database, clock=clock, new_id=Ids())
    before = await dump(database)

    for attempt in (create(keyless, credentials=OWN_ENDPOINT), change(keyless, 2282, credentials=OWN_ENDPOINT)):
        with pytest.raises(InvalidInput) as refused:
            await attempt
        assert [(found.path, found.code, found.message) for found in refused.value.issues] == [
            (
                ("credentials",),
                IssueCode.INVALID_VALUE,
                "`credentials` cannot be kept: this server has no REDRAFT_SECRET_KEY to encrypt them with.",
            )
        ]
    assert await dump(database) == before
    with pytest.raises(ValueError, match="There is no REDRAFT_SECRET_KEY"):
        await database.write(lambda connection: seal_credentials_again(connection, None))

    clock.advance(days=1)
    created = await create(keyless, account_name="@plain")
    assert created.created_at == NOW + timedelta(days=1)
    assert (await change(keyless, 2280, account_name="@renamed")).has_credentials
    assert not (await change(keyless, 2280, credentials=None)).has_credentials


async def test_credentials_of_another_platform_are_refused(service: Service, database: Database) -> None:
    before = await dump(database)

    with pytest.raises(InvalidInput) as refused:
        await change(service, 2280, credentials=BLUESKY)

    assert SECRET not in str(refused.value)
    assert await dump(database) == before
