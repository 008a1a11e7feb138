"""GraphQL: one post, pages of posts, accounts, and how times are read and written."""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine, event

from app.commands.fill_demo import (
    DRAFT,
    FAILED,
    OF_ANOTHER_ORGANIZATION,
    PARTIALLY_FAILED,
    PUBLISHED,
    PUBLISHING,
    SCHEDULED,
    SLIDESHOW,
    VIDEO,
)
from app.repositories.database import Database
from tests.repositories.storage import READS_OF_POSTS
from tests.support.edges import POST_FIELDS, dump, graphql, stored_post, update_post

BY_TIME = [
    *sorted([PUBLISHED, FAILED, PARTIALLY_FAILED], key=str),
    PUBLISHING,
    *sorted([SCHEDULED, VIDEO, SLIDESHOW], key=str),
    DRAFT,
]
POSTS = """
query ($filter: PostFilter, $orderBy: PostOrder, $first: Int, $after: String) {
  posts(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    nodes { id }
    edges { cursor node { id } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    totalCount
  }
}
"""


async def test_a_post_shows_all_of_itself(client: httpx.AsyncClient) -> None:
    query = f"query ($id: ID!) {{ post(id: $id) {{ {POST_FIELDS} }} }}"

    slideshow = (await graphql(client, query, id=str(SLIDESHOW)))["data"]["post"]
    partial = (await graphql(client, query, id=str(PARTIALLY_FAILED)))["data"]["post"]

    assert slideshow == {
        "id": str(SLIDESHOW),
        "status": "SCHEDULED",
        "kind": "SLIDESHOW",
        "content": "Swipe for the details.",
        "title": "Launch in three slides",
        "accountIds": [2290],
        "scheduledFor": "2026-04-20T08:30:00.000Z",
        "timezone": "UTC",
        "mediaIds": [f"511de000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3)],
        "media": [
            {
                "mediaId": f"511de000-0000-4000-8000-00000000000{number}",
                "type": "IMAGE",
                "url": f"https://media.example/slide-{number}.jpg",
                "width": 1080,
                "height": 1350,
                "durationMs": None,
                "altText": None,
            }
            for number in (1, 2, 3)
        ],
        "platformContent": {},
        "socialAudioId": None,
        "musicPostId": None,
        "destinations": [_target(2290, "@mybrand.video", "TIKTOK")],
        "failureReason": None,
        "version": 1,
        "createdAt": "2026-04-10T08:30:00.000Z",
        "updatedAt": "2026-04-10T08:30:00.000Z",
        "nextStep": "The post is scheduled for 2026-04-20T08:30:00.000Z. It can be changed until it goes out.",
        "allowedActions": ["UPDATE", "DELETE", "UNSCHEDULE"],
    }
    expired = "The platform refused the post: the access token has expired."
    assert partial["failureReason"] == expired
    assert partial["allowedActions"] == ["UPDATE", "RETRY", "UNSCHEDULE"]
    assert partial["destinations"] == [
        _target(
            2280,
            "@mybrand",
            "INSTAGRAM",
            status="PUBLISHED",
            platformPostId="17900000000000001",
            platformPostUrl="https://platform.example/p/17900000000000001",
            publishedAt="2026-04-11T08:30:00.000Z",
            attempts=1,
        ),
        _target(2282, "@mybrand", "X", status="FAILED", error=expired, attempts=3),
    ]


async def test_what_can_be_done_follows_from_the_status(client: httpx.AsyncClient) -> None:
    query = "query ($id: ID!) { post(id: $id) { nextStep allowedActions } }"
    told = {
        post_id: (await graphql(client, query, id=str(post_id)))["data"]["post"]
        for post_id in (DRAFT, PUBLISHING, PUBLISHED, FAILED)
    }

    failed = (
        "Publishing failed where destinations say so. "
        "Update the post with a change, or with status SCHEDULED, to queue what failed again."
    )
    assert told == {
        DRAFT: {
            "nextStep": "The post is a draft. Update it with status SCHEDULED to queue it.",
            "allowedActions": ["UPDATE", "DELETE", "SCHEDULE"],
        },
        PUBLISHING: {
            "nextStep": "The post is being published. Query it again to see the outcome.",
            "allowedActions": [],
        },
        PUBLISHED: {
            "nextStep": "The post is published. It can no longer be changed here.",
            "allowedActions": [],
        },
        FAILED: {"nextStep": failed, "allowedActions": ["UPDATE", "DELETE", "RETRY", "UNSCHEDULE"]},
    }


async def test_a_post_that_is_not_the_callers_is_null(client: httpx.AsyncClient) -> None:
    for post_id in (str(UUID(int=9)), str(OF_ANOTHER_ORGANIZATION), "nonsense", "", "\0", "9" * 5000):
        answer = await graphql(client, "query ($id: ID!) { post(id: $id) { id } }", id=post_id)

        assert answer == {"data": {"post": None}}


async def test_posts_come_by_the_time_they_go_out(client: httpx.AsyncClient) -> None:
    posts = (await graphql(client, POSTS))["data"]["posts"]

    assert [node["id"] for node in posts["nodes"]] == [str(id) for id in BY_TIME]
    assert [edge["node"] for edge in posts["edges"]] == posts["nodes"]
    assert posts["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": False,
        "startCursor": posts["edges"][0]["cursor"],
        "endCursor": posts["edges"][-1]["cursor"],
    }
    assert posts["totalCount"] == 8


@pytest.mark.parametrize("first", [1, 3])
async def test_pages_follow_each_other_in_every_order_without_gap_or_overlap(
    first: int, client: httpx.AsyncClient
) -> None:
    await update_post(client, SCHEDULED, content="changed last")
    for order in ("SCHEDULED_FOR", "CREATED_AT", "UPDATED_AT"):
        whole = (await graphql(client, POSTS, orderBy=order))["data"]["posts"]
        found: list[dict[str, str]] = []
        after = None
        while True:
            page = (await graphql(client, POSTS, orderBy=order, first=first, after=after))["data"]["posts"]
            assert page["pageInfo"]["hasPreviousPage"] == (after is not None)
            assert page["totalCount"] == 8
            found += page["nodes"]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break

        assert found == whole["nodes"]
        assert len(found) == 8
    assert found[-1] == {"id": str(SCHEDULED)}


async def test_a_cursor_stays_true_while_posts_come_and_go(client: httpx.AsyncClient) -> None:
    first = (await graphql(client, POSTS, first=4))["data"]["posts"]
    for post_id in (FAILED, SCHEDULED):
        assert (await client.delete(f"/v1/posts/{post_id}")).status_code == 200

    rest = (await graphql(client, POSTS, after=first["pageInfo"]["endCursor"]))["data"]["posts"]

    assert [node["id"] for node in rest["nodes"]] == [str(id) for id in BY_TIME[4:] if id != SCHEDULED]


async def test_a_page_has_0_to_100_posts(client: httpx.AsyncClient) -> None:
    none = (await graphql(client, POSTS, first=0))["data"]["posts"]
    assert none == {
        "nodes": [],
        "edges": [],
        "pageInfo": {"hasNextPage": True, "hasPreviousPage": False, "startCursor": None, "endCursor": None},
        "totalCount": 8,
    }
    assert len((await graphql(client, POSTS, first=100))["data"]["posts"]["nodes"]) == 8
    assert len((await graphql(client, POSTS, first=None))["data"]["posts"]["nodes"]) == 8
    for first in (101, -1, 2**31 - 1):
        answer = await graphql(client, POSTS, first=first)
        assert answer["data"] is None
        assert _errors(answer) == [("`first` must be between 0 and 100.", "BAD_USER_INPUT")]


async def test_a_cursor_must_be_of_a_list_in_the_same_order(client: httpx.AsyncClient) -> None:
    own = (await graphql(client, POSTS, first=1))["data"]["posts"]["pageInfo"]["endCursor"]
    made_up = [base64.urlsafe_b64encode(text).decode() for text in (b"", b"1", b"[]", b'["scheduled_for",5,5]')]

    for order, after in (
        ("CREATED_AT", own),
        *(("SCHEDULED_FOR", cursor) for cursor in ("", "é", "nonsense", own[:-4], *made_up)),
    ):
        answer = await graphql(client, POSTS, orderBy=order, after=after)

        assert answer["data"] is None, after
        assert _errors(answer) == [("`after` must be a cursor of a list in the same order.", "BAD_USER_INPUT")]


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """Every statement that a database is sent, in lower case."""
    sent: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        sent.append(statement.lower())

    event.listen(Engine, "before_cursor_execute", note)
    yield sent
    event.remove(Engine, "before_cursor_execute", note)


async def test_posts_are_counted_only_when_the_count_is_asked_for(
    client: httpx.AsyncClient, statements: list[str]
) -> None:
    await graphql(client, "{ posts { nodes { id } pageInfo { hasNextPage } } }")
    assert [statement for statement in statements if "count(" in statement] == []

    asked = await graphql(client, "{ posts { ...Size } } fragment Size on PostConnection { totalCount }")
    assert asked == {"data": {"posts": {"totalCount": 8}}}
    assert len([statement for statement in statements if "count(" in statement]) == 1


async def test_a_page_costs_no_more_statements_than_reading_posts_does(
    client: httpx.AsyncClient, statements: list[str], engine: str
) -> None:
    await graphql(client, "{ accounts { accountId } }")  # the key has been looked up
    statements.clear()

    await graphql(client, f"{{ posts {{ nodes {{ {POST_FIELDS} }} }} }}")

    assert len([statement for statement in statements if statement.startswith("select")]) == READS_OF_POSTS[engine]


async def test_posts_can_be_filtered(client: httpx.AsyncClient) -> None:
    await update_post(client, DRAFT, content="100% ÉTÉ_")
    cases: list[tuple[dict[str, Any], set[UUID]]] = [
        ({}, set(BY_TIME)),
        ({"status": ["FAILED", "PARTIALLY_FAILED"]}, {FAILED, PARTIALLY_FAILED}),
        ({"status": []}, set()),
        ({"status": None}, set(BY_TIME)),
        ({"platform": ["LINKEDIN", "TIKTOK"]}, {SCHEDULED, FAILED, VIDEO, SLIDESHOW}),
        ({"accountIds": [2285]}, {SCHEDULED, FAILED}),
        ({"accountIds": [3100, -1, 2**31 - 1]}, set()),
        ({"scheduledAfter": "2026-04-12T08:30:00Z"}, {SCHEDULED, VIDEO, SLIDESHOW}),
        ({"scheduledBefore": "2026-04-12T08:30:00Z"}, {PUBLISHED, FAILED, PARTIALLY_FAILED}),
        (
            {"scheduledAfter": "2026-04-12T08:29:59.999Z", "scheduledBefore": "2026-04-12T10:30:00.001+02:00"},
            {PUBLISHING},
        ),
        ({"search": "LAUNCH"}, {SCHEDULED, FAILED}),
        ({"search": "été"}, {DRAFT}),
        ({"search": "0%"}, {DRAFT}),
        ({"search": "%"}, {DRAFT}),
        ({"search": "e_"}, set()),
        ({"search": "launch", "status": ["SCHEDULED"]}, {SCHEDULED}),
    ]
    for filter, matching in cases:
        posts = (await graphql(client, POSTS, filter=filter))["data"]["posts"]

        assert {UUID(node["id"]) for node in posts["nodes"]} == matching, filter
        assert posts["totalCount"] == len(matching)


async def test_a_search_for_what_no_post_can_hold_is_the_callers_mistake(client: httpx.AsyncClient) -> None:
    answer = await graphql(client, POSTS, filter={"search": "a\0b"})

    assert answer["data"] is None
    assert _errors(answer) == [("`search` must be at most 1000 characters without NUL.", "BAD_USER_INPUT")]


async def test_the_callers_accounts_are_listed(client: httpx.AsyncClient) -> None:
    answer = await graphql(client, "{ accounts { accountId platform accountName isActive createdAt } }")

    added = "2026-01-12T08:30:00.000Z"
    assert answer["data"]["accounts"] == [
        {"accountId": id, "platform": platform, "accountName": name, "isActive": is_active, "createdAt": added}
        for id, platform, name, is_active in (
            (2280, "INSTAGRAM", "@mybrand", True),
            (2282, "X", "@mybrand", True),
            (2285, "LINKEDIN", "My Brand", True),
            (2290, "TIKTOK", "@mybrand.video", True),
            (2299, "MASTODON", "@mybrand@old.example", False),
        )
    ]


async def test_a_time_has_an_offset_on_the_way_in_and_is_utc_on_the_way_out(client: httpx.AsyncClient) -> None:
    for written, shown in (
        ("2026-05-01T10:00:00Z", "2026-05-01T10:00:00.000Z"),
        ("2026-05-01t12:00:00.1239+02:00", "2026-05-01T10:00:00.123Z"),
        ("2026-04-30T23:30:00-10:30", "2026-05-01T10:00:00.000Z"),
    ):
        result = await update_post(client, SCHEDULED, scheduledFor=written)
        assert result["post"]["scheduledFor"] == shown


async def test_a_time_that_is_not_one_instant_is_refused_before_anything_runs(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)
    mutation = "mutation ($input: UpdatePostInput!) { updatePost(id: %s, input: $input) { __typename } }"
    inline = "mutation { updatePost(id: %s, input: {scheduledFor: %s}) { __typename } }"

    for written, literal in (
        ("2026-05-01", '"2026-05-01"'),
        ("2026-05-01T10:00:00", '"2026-05-01T10:00:00"'),
        ("2026-05-01T10:00Z", '"2026-05-01T10:00Z"'),
        ("2026-02-30T10:00:00Z", '"2026-02-30T10:00:00Z"'),
        ("0001-01-01T00:00:00+01:00", '"0001-01-01T00:00:00+01:00"'),
        ("", '""'),
        (1_777_629_600, "1777629600"),
        (True, "true"),
        ([], "[]"),
    ):
        variable = await graphql(client, mutation % f'"{SCHEDULED}"', input={"scheduledFor": written})
        in_text = await graphql(client, inline % (f'"{SCHEDULED}"', literal))

        for answer in (variable, in_text):
            assert "data" not in answer
            assert [code for _, code in _errors(answer)] == ["BAD_USER_INPUT"], written
    assert await dump(database) == before


async def test_a_dry_run_answers_the_same_and_writes_nothing(client: httpx.AsyncClient, database: Database) -> None:
    changes: dict[str, Any] = {
        "content": "x",
        "accountIds": [2282, 2285],
        "scheduledFor": "2026-05-01T10:00:00Z",
        "mediaIds": [],
    }
    before = await dump(database)

    dry = await update_post(client, SCHEDULED, dry_run=True, **changes)
    refused = await update_post(client, SCHEDULED, dry_run=True, timezone=None)
    assert await dump(database) == before
    real = await update_post(client, SCHEDULED, **changes)

    assert dry == {**real, "dryRun": True}
    assert (real["dryRun"], real["requestedFor"], real["post"]["version"]) == (False, None, 2)
    assert refused["__typename"] == "InvalidInput"


async def test_reading_logs_nothing_of_what_was_read(
    client: httpx.AsyncClient, database: Database, demo: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "redraft")

    await graphql(client, POSTS, filter={"search": "Save the date"})

    assert (await stored_post(database, SCHEDULED)).content == "We launch next week. Save the date!"
    assert "Save the date" not in caplog.text
    assert demo not in caplog.text


def _errors(answer: dict[str, Any]) -> list[tuple[str, str]]:
    return [(error["message"], error["extensions"]["code"]) for error in answer["errors"]]


def _target(account_id: int, name: str, platform: str, **different: object) -> dict[str, object]:
    return {
        "accountId": account_id,
        "accountName": name,
        "platform": platform,
        "status": "QUEUED",
        "platformPostId": None,
        "platformPostUrl": None,
        "publishedAt": None,
        "error": None,
        "attempts": 0,
        "nextAttemptAt": None,
        **different,
    }
