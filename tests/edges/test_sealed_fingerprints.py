"""What is kept of a request under a key does not help to guess the credentials that it held."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from app.repositories.database import Database
from tests.support.accounts import ANOTHER_SECRET_KEY, OWN_ENDPOINT, SECRET_KEY, client_of
from tests.support.clock import Clock

ACCOUNT = {"platform": "x", "account_name": "@new", "credentials": OWN_ENDPOINT}


async def fingerprints(database: Database) -> list[bytes]:
    def read(connection: object) -> list[bytes]:
        rows = connection.execute(text("SELECT fingerprint FROM idempotency_keys"))  # type: ignore[attr-defined]
        return [bytes(row[0]) for row in rows]

    return await database.read(read)


async def test_the_same_request_is_known_again_by_a_fingerprint_that_only_the_key_opens(
    database: Database, database_url: str, clock: Clock, demo: str
) -> None:
    stored = []
    for name in ("one", "two"):
        async with client_of(database_url, clock, demo) as client:
            first = await client.post("/v1/accounts", json=ACCOUNT, headers={"Idempotency-Key": name})
            again = await client.post("/v1/accounts", json=ACCOUNT, headers={"Idempotency-Key": name})
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.json()["data"] == first.json()["data"]
        stored = await fingerprints(database)

    # Of one request under two keys nothing is the same in the database: there is nothing to compare a guess with.
    assert len(set(stored)) == 2
    assert all(len(fingerprint) > 32 for fingerprint in stored)


@pytest.mark.parametrize(
    ("secret_key", "status"), [(f"{ANOTHER_SECRET_KEY},{SECRET_KEY}", 201), (ANOTHER_SECRET_KEY, 422)]
)
async def test_a_repeat_is_known_for_as_long_as_the_key_is_kept(
    database_url: str, clock: Clock, demo: str, secret_key: str, status: int
) -> None:
    headers = {"Idempotency-Key": "rotated"}
    async with client_of(database_url, clock, demo) as client:
        assert (await client.post("/v1/accounts", json=ACCOUNT, headers=headers)).status_code == 201

    async with client_of(database_url, clock, demo, secret_key=secret_key) as client:
        assert (await client.post("/v1/accounts", json=ACCOUNT, headers=headers)).status_code == status
