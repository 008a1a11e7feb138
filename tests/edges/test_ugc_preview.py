"""POST /post/preview-schedule: when posts would go out, and that nothing is booked by asking."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import Connection

from app.commands.fill_demo import VIDEO
from app.domain.account import Account
from app.domain.platforms import Platform
from app.repositories.accounts import AccountRepository
from app.repositories.database import Database
from tests.support.clock import NOW
from tests.support.edges import dump

SLOW, OTHER = 2295, 2296
"""Two accounts that keep an hour between their posts."""

AN_ENTRY: dict[str, Any] = {"accountId": "acc_2290", "postTime": "2026-05-01T10:00:00Z"}

LATEST: dict[str, Any] = {"accountId": SLOW, "postTime": "2031-04-12T08:30:00Z"}
"""As far ahead as a post may be scheduled."""

REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({}, "`entries` is required: 1 to 100 posts that might be made."),
    ({"entries": []}, "`entries` is required: 1 to 100 posts that might be made."),
    ({"entries": AN_ENTRY}, "`entries` must be a list."),
    ({"entries": [AN_ENTRY] * 101}, "`entries` holds 101 entries; at most 100 are allowed."),
    (
        {"entries": [{}, 5, {"accountId": "acc_xyz789", "postTime": "2026-05-01"}], "excludePostIds": [5]},
        "`entries.1` must be an object. `excludePostIds.0` must be text. "
        "`entries.0.accountId` is required: the account it would go to. "
        "`entries.0.postTime` is required: when it would go out. "
        "`entries.2.postTime` must be an RFC 3339 date-time with an offset, "
        "such as 2026-04-20T09:00:00Z or 2026-04-20T11:00:00+02:00. There is no account acc_xyz789.",
    ),
    (
        {"entries": [AN_ENTRY, {**AN_ENTRY, "postTimes": 5}]},
        "Unknown field entries.1.postTimes: did you mean postTime?",
    ),
    ({"entry": []}, "Unknown field entry: known names are entries, excludePostIds."),
    (
        {
            "entries": [
                {"accountId": 3100, "postTime": "2026-04-12T08:30:00Z"},
                AN_ENTRY,
                {"accountId": 2**40, "postTime": "9999-12-31T23:59:59.999Z"},
                {"accountId": 2290, "postTime": "0001-01-01T00:00:00Z"},
            ]
        },
        "There is no account 3100. Entry 0 (counted from 0) is for a time that has passed. "
        f"There is no account {2**40}. Entry 2 (counted from 0) is for a time more than 5 years ahead. "
        "Entry 3 (counted from 0) is for a time that has passed.",
    ),
    ({"entries": [{**AN_ENTRY, "accountId": 2299}]}, "Account 2299 is not active."),
    ({"entries": [LATEST, LATEST]}, "Entry 1 (counted from 0) moves to a time more than 5 years ahead."),
]


@pytest.fixture(autouse=True)
async def slow_accounts(database: Database, demo: str) -> None:
    def add(connection: Connection) -> None:
        for id in (SLOW, OTHER):
            account = Account(
                id=id, platform=Platform.TIKTOK, name="@slow", is_active=True, created_at=NOW, minimum_gap_minutes=60
            )
            AccountRepository(connection, 1).add(account)

    await database.write(add)


async def test_each_entry_is_answered_in_order_and_takes_its_time_from_those_after_it(
    client: httpx.AsyncClient, database: Database
) -> None:
    booked = await client.post(
        "/post/video",
        json={"accountId": SLOW, "videoUrl": "https://new.example/1", "postTime": "2026-05-01T10:00:00Z"},
    )
    before = await dump(database)
    entries = [
        {"accountId": "acc_2295", "postTime": "2026-05-01T10:30:00Z"},
        {"accountId": "2295", "postTime": "2026-05-01T12:45:00+02:00"},
        {"accountId": 2296, "postTime": "2026-05-01T10:30:00.0009Z"},
        {"accountId": "acc_2290", "postTime": "2026-05-01T10:30:00Z"},
        {"accountId": "acc_2290", "postTime": "2026-05-01T10:30:00Z"},
    ]

    response = await client.post("/post/preview-schedule", json={"entries": entries})
    without = await client.post(
        "/post/preview-schedule",
        json={"entries": entries[:1], "excludePostIds": [booked.json()["data"]["id"], "post_abc123", str(VIDEO)]},
    )

    def slot(account: str, requested: str, scheduled: str, *, bumped: bool) -> dict[str, Any]:
        times = {"requestedTime": f"2026-05-01T{requested}:00.000Z", "scheduledTime": f"2026-05-01T{scheduled}:00.000Z"}
        return {"accountId": account, **times, "bumped": bumped}

    assert response.status_code == 200
    assert response.json() == {
        "ok": True,
        "code": 200,
        "message": "Success",
        "data": [
            slot("acc_2295", "10:30", "11:00", bumped=True),
            slot("acc_2295", "10:45", "12:00", bumped=True),
            slot("acc_2296", "10:30", "10:30", bumped=False),
            slot("acc_2290", "10:30", "10:30", bumped=False),
            slot("acc_2290", "10:30", "10:30", bumped=False),
        ],
    }
    assert without.json()["data"] == [slot("acc_2295", "10:30", "10:30", bumped=False)]
    assert await dump(database) == before


async def test_what_is_previewed_is_what_happens(client: httpx.AsyncClient) -> None:
    entries = [{"accountId": SLOW, "postTime": f"2026-05-01T10:{minute}:00Z"} for minute in (30, 10, 50)]
    previewed = (await client.post("/post/preview-schedule", json={"entries": entries})).json()["data"]

    created = [
        (await client.post("/post/video", json={**entry, "videoUrl": "https://new.example/1"})).json()["data"]
        for entry in entries
    ]

    assert [post["scheduled_at"] for post in created] == [slot["scheduledTime"] for slot in previewed]
    assert [slot["bumped"] for slot in previewed] == [False, True, True]


async def test_a_refusal_names_every_problem(client: httpx.AsyncClient) -> None:
    for body, message in REFUSALS:
        response = await client.post("/post/preview-schedule", json=body)

        expected = {"ok": False, "code": 400, "message": message}
        assert (response.status_code, response.json()) == (400, expected), body
