"""GraphQL: a time that is taken, and the slot that a post gets instead."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from app.commands.fill_demo import DRAFT, SCHEDULED, SLIDESHOW, VIDEO
from app.repositories.database import Database
from tests.support.edges import dump, graphql, stored_post, update_post

TIME, SLOT = "2026-05-01T10:00:00.000Z", "2026-05-01T10:30:00.000Z"
CREATE_POST = """
mutation ($input: CreatePostInput!) {
  createPost(input: $input) {
    __typename ... on CreatePostSuccess { requestedFor post { id scheduledFor status version } }
  }
}
"""


@pytest.fixture(autouse=True)
async def gap(database: Database, demo: str) -> None:
    """The posts of account 2290 are half an hour apart, and one goes out at TIME."""
    keep = text("UPDATE accounts SET minimum_gap_minutes = 30 WHERE id = 2290")
    await database.write(lambda connection: connection.execute(keep).close())


async def book(client: httpx.AsyncClient) -> None:
    booked = await update_post(client, VIDEO, scheduledFor=TIME)
    assert (booked["post"]["scheduledFor"], booked["requestedFor"]) == (TIME, None)


def told(result: Any) -> tuple[object, ...]:
    return result["post"]["scheduledFor"], result["requestedFor"], result["changedFields"], result["post"]["version"]


async def test_a_taken_time_is_answered_with_both_times(client: httpx.AsyncClient) -> None:
    await book(client)

    result = await update_post(client, SLIDESHOW, scheduledFor="2026-05-01T12:15:00.1239+02:00")

    assert told(result) == (SLOT, "2026-05-01T10:15:00.123Z", ["scheduledFor"], 2)
    assert result["post"]["nextStep"] == f"The post is scheduled for {SLOT}. It can be changed until it goes out."


async def test_the_deprecated_alias_asks_for_a_time_too(client: httpx.AsyncClient) -> None:
    await book(client)

    assert told(await update_post(client, SLIDESHOW, scheduledAt=TIME)) == (SLOT, TIME, ["scheduledFor"], 2)


async def test_a_dry_run_answers_the_slot_and_leaves_it_free(client: httpx.AsyncClient, database: Database) -> None:
    await book(client)
    before = await dump(database)

    tried = [await update_post(client, SLIDESHOW, dry_run=True, scheduledFor=TIME) for _ in range(2)]
    assert await dump(database) == before
    done = await update_post(client, SLIDESHOW, scheduledFor=TIME)

    assert told(done) == (SLOT, TIME, ["scheduledFor"], 2)
    assert tried == [{**done, "dryRun": True}] * 2


async def test_asking_again_for_the_time_that_was_taken_changes_nothing(
    client: httpx.AsyncClient, database: Database
) -> None:
    await book(client)
    await update_post(client, SLIDESHOW, scheduledFor=TIME)
    before = await dump(database)

    again = await update_post(client, SLIDESHOW, scheduledFor=TIME)
    its_own = await update_post(client, SLIDESHOW, scheduledFor=SLOT)

    assert told(again) == (SLOT, TIME, [], 2)
    assert told(its_own) == (SLOT, None, [], 2)
    assert await dump(database) == before


async def test_an_edit_of_other_fields_moves_nothing(client: httpx.AsyncClient, database: Database) -> None:
    # Both have been at one instant since before the account kept a gap.
    video, slideshow = await stored_post(database, VIDEO), await stored_post(database, SLIDESHOW)
    assert video.scheduled_for == slideshow.scheduled_for

    result = await update_post(client, SLIDESHOW, content="Other words", title="Another title", timezone="Asia/Tokyo")

    assert told(result) == ("2026-04-20T08:30:00.000Z", None, ["content", "timezone", "title"], 2)


async def test_an_account_that_is_added_can_move_a_post(client: httpx.AsyncClient) -> None:
    await book(client)
    clip = "c11b0000-0000-4000-8000-000000000001"
    draft = await update_post(client, DRAFT, scheduledFor=TIME, accountIds=[2282], mediaIds=[clip])
    assert told(draft)[:2] == (TIME, None)
    scheduled = await update_post(client, DRAFT, status="SCHEDULED")
    assert told(scheduled)[:2] == (TIME, None)

    added = await update_post(client, DRAFT, accountIds=[2282, 2290])

    assert told(added) == (SLOT, TIME, ["accountIds", "scheduledFor"], 4)


async def test_a_new_post_gets_a_slot_when_it_is_scheduled_and_none_as_a_draft(client: httpx.AsyncClient) -> None:
    await book(client)
    clip = "c11b0000-0000-4000-8000-000000000001"
    new = {"kind": "VIDEO", "mediaIds": [clip], "accountIds": [2290], "scheduledFor": TIME}

    draft = (await graphql(client, CREATE_POST, input=new))["data"]["createPost"]
    made = (await graphql(client, CREATE_POST, input={**new, "status": "SCHEDULED"}))["data"]["createPost"]

    assert (draft["post"]["scheduledFor"], draft["requestedFor"]) == (TIME, None)
    assert made == {
        "__typename": "CreatePostSuccess",
        "requestedFor": TIME,
        "post": {"id": str(UUID(int=2)), "scheduledFor": SLOT, "status": "SCHEDULED", "version": 1},
    }


async def test_on_accounts_without_a_gap_posts_may_go_out_together(client: httpx.AsyncClient) -> None:
    first = await update_post(client, SCHEDULED, scheduledFor=TIME)
    second = await update_post(client, DRAFT, scheduledFor=TIME, status="SCHEDULED")

    assert told(first) == (TIME, None, ["scheduledFor"], 2)
    assert told(second) == (TIME, None, ["scheduledFor", "status"], 2)
