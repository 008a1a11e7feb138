"""GraphQL: queueing again what failed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Connection, text

from app.commands.fill_demo import (
    DRAFT,
    FAILED,
    OF_ANOTHER_ORGANIZATION,
    PARTIALLY_FAILED,
    PUBLISHED,
    PUBLISHING,
    SCHEDULED,
)
from app.domain.api_key import Scope
from app.domain.destination import DestinationStatus
from app.repositories.database import Database
from app.repositories.posts import PostRepository
from tests.conftest import key_with
from tests.edges.test_results import IN_PROGRESS_MESSAGE, PUBLISHED_MESSAGE, members
from tests.support.clock import Clock
from tests.support.edges import POST_FIELDS, add_post, dump, graphql, stored_post

RETRY_POST = f"""
mutation ($id: ID!, $accountIds: [Int!], $confirm: Boolean! = false) {{
  retryPost(id: $id, accountIds: $accountIds, confirm: $confirm) {{
    __typename
    ... on RetryPostSuccess {{ retriedCount post {{ {POST_FIELDS} }} }}
    ... on MutationError {{ code message }}
    ... on NotFound {{ id }}
    ... on InvalidInput {{ issues {{ path code message platform limit actual }} }}
  }}
}}
"""
MAY_BE_OUT = (
    "On {} the post may be out already: the network never answered. "
    "Look there first; `confirm` set to true sends it again."
)
EXPIRED = "The platform refused the post: the access token has expired."


async def retry(client: httpx.AsyncClient, post_id: UUID | str, **more: object) -> Any:
    answer = await graphql(client, RETRY_POST, id=str(post_id), **more)
    assert "errors" not in answer, answer
    return answer["data"]["retryPost"]


def issue(code: str, message: str, path: str = "accountIds", **more: object) -> dict[str, object]:
    return {"path": [path], "code": code, "message": message, "platform": None, "limit": None, "actual": None, **more}


async def destination_rows(database: Database, post_id: UUID) -> list[tuple[Any, ...]]:
    return [row for row in (await dump(database))["destinations"] if post_id in row]


async def with_an_unknown_outcome(database: Database) -> UUID:
    """Published on 2280, failed on 2282, and nobody knows on 2285."""
    partial = await stored_post(database, PARTIALLY_FAILED)
    linkedin = (await stored_post(database, FAILED)).destinations[0].account
    unknown = replace(
        partial.destinations[1], account=linkedin, status=DestinationStatus.UNKNOWN, error="No answer came.", attempts=1
    )
    post = await add_post(database, partial, UUID(int=77), destinations=(*partial.destinations, unknown))
    return post.id


async def test_only_what_failed_is_queued_again(client: httpx.AsyncClient, database: Database, clock: Clock) -> None:
    post_id = await with_an_unknown_outcome(database)
    published, failed, unknown = await destination_rows(database, post_id)
    clock.advance(minutes=5)

    result = await retry(client, post_id)

    assert result["__typename"] == "RetryPostSuccess"
    assert result["retriedCount"] == 1
    post = result["post"]
    assert (post["status"], post["failureReason"], post["version"]) == ("SCHEDULED", None, 2)
    assert (post["scheduledFor"], post["updatedAt"]) == ("2026-04-11T08:30:00.000Z", "2026-04-12T08:35:00.000Z")
    assert [(item["accountId"], item["status"], item["error"], item["attempts"]) for item in post["destinations"]] == [
        (2280, "PUBLISHED", None, 1),
        (2282, "QUEUED", None, 3),
        (2285, "UNKNOWN", "No answer came.", 1),
    ]
    after = await destination_rows(database, post_id)
    assert (after[0], after[2]) == (published, unknown)
    assert after[1] == tuple({"failed": "queued", EXPIRED: None}.get(value, value) for value in failed)


async def test_accounts_can_be_chosen_one_after_the_other(client: httpx.AsyncClient, database: Database) -> None:
    [failed] = (await stored_post(database, FAILED)).destinations
    other = (await stored_post(database, DRAFT)).destinations[0].account
    template = await stored_post(database, FAILED)
    post = await add_post(database, template, UUID(int=77), destinations=(replace(failed, account=other), failed))

    first = await retry(client, post.id, accountIds=[2285, 2285])
    second = await retry(client, post.id, accountIds=None)
    before = await dump(database)
    third = await retry(client, post.id, accountIds=[2282])

    def told(result: Any) -> tuple[object, ...]:
        shown = result["post"]
        states = [item["status"] for item in shown["destinations"]]
        return result["retriedCount"], shown["status"], shown["failureReason"], states, shown["version"]

    assert told(first) == (1, "SCHEDULED", EXPIRED, ["FAILED", "QUEUED"], 2)
    assert told(second) == (1, "SCHEDULED", None, ["QUEUED", "QUEUED"], 3)
    assert third["issues"] == [issue("NOTHING_TO_RETRY", "On account 2282 the post has not failed.")]
    assert await dump(database) == before


async def test_every_refusal_leaves_the_database_as_it_is(client: httpx.AsyncClient, database: Database) -> None:
    post_id = await with_an_unknown_outcome(database)
    before = await dump(database)
    nothing = "No destination that was chosen has failed: there is nothing to retry."
    refusals: list[tuple[UUID, list[int] | None, list[dict[str, object]]]] = [
        (post_id, [], [issue("NOTHING_TO_RETRY", nothing)]),
        (post_id, [2280], [issue("NOTHING_TO_RETRY", "On account 2280 the post has not failed.")]),
        (post_id, [2285], [issue("OUTCOME_UNKNOWN", MAY_BE_OUT.format("account 2285"))]),
        (
            post_id,
            [3100, 2285, 2282, -1],
            [
                issue("UNKNOWN_ID", "The post does not go to account -1."),
                issue("OUTCOME_UNKNOWN", MAY_BE_OUT.format("account 2285")),
                issue("UNKNOWN_ID", "The post does not go to account 3100."),
            ],
        ),
        (SCHEDULED, None, [issue("NOTHING_TO_RETRY", nothing)]),
    ]

    for refused, account_ids, issues in refusals:
        assert await retry(client, refused, accountIds=account_ids) == {
            "__typename": "InvalidInput",
            "code": "INVALID_INPUT",
            "message": " ".join(str(item["message"]) for item in issues),
            "issues": issues,
        }
    assert await dump(database) == before


async def test_what_may_be_out_is_queued_again_where_somebody_confirms_it(
    client: httpx.AsyncClient, database: Database
) -> None:
    post_id = await with_an_unknown_outcome(database)
    before = await dump(database)

    refused = await retry(client, post_id, accountIds=[2285], confirm=False)
    assert refused["issues"] == [issue("OUTCOME_UNKNOWN", MAY_BE_OUT.format("account 2285"))]
    assert await dump(database) == before

    result = await retry(client, post_id, accountIds=[2285], confirm=True)

    assert result["retriedCount"] == 1
    assert [(item["accountId"], item["status"], item["error"]) for item in result["post"]["destinations"]] == [
        (2280, "PUBLISHED", None),
        (2282, "FAILED", EXPIRED),
        (2285, "QUEUED", None),
    ]
    rest = await retry(client, post_id, confirm=True)
    assert rest["retriedCount"] == 1
    assert [item["status"] for item in rest["post"]["destinations"]] == ["PUBLISHED", "QUEUED", "QUEUED"]


async def test_where_nothing_but_the_outcome_is_unknown_the_refusal_and_the_post_say_what_to_do(
    client: httpx.AsyncClient, database: Database
) -> None:
    unknown = (await stored_post(database, await with_an_unknown_outcome(database))).destinations[2]
    post = await add_post(database, await stored_post(database, FAILED), UUID(int=78), destinations=(unknown,))
    before = await dump(database)

    refused = await retry(client, post.id)
    shown = await graphql(client, "query ($id: ID!) { post(id: $id) { nextStep allowedActions } }", id=str(post.id))

    assert refused == {
        "__typename": "InvalidInput",
        "code": "INVALID_INPUT",
        "message": MAY_BE_OUT.format("account 2285"),
        "issues": [issue("OUTCOME_UNKNOWN", MAY_BE_OUT.format("account 2285"), path="confirm")],
    }
    assert shown["data"]["post"] == {
        "nextStep": (
            "The network never answered where destinations say so. "
            "Whether it is out on 2285 is unknown: look there, and only if it is not, "
            "call retryPost with accountIds [2285] and confirm true."
        ),
        "allowedActions": ["UPDATE", "DELETE", "RETRY", "UNSCHEDULE"],
    }
    assert await dump(database) == before
    again = (await retry(client, post.id, confirm=True))["post"]
    assert (
        again["nextStep"] == "The post is scheduled for 2026-04-11T08:30:00.000Z. It can be changed until it goes out."
    )


async def test_every_outcome_of_a_retry_is_answered_with_its_member(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)

    refusals = [
        await retry(client, OF_ANOTHER_ORGANIZATION),
        await retry(client, "nonsense"),
        await retry(client, PUBLISHED, accountIds=[9999]),
        await retry(client, PUBLISHING),
        await retry(client, DRAFT),
    ]
    assert await dump(database) == before
    success = await retry(client, FAILED)

    not_found = {"__typename": "NotFound", "code": "NOT_FOUND", "message": "Post not found."}
    assert refusals[:4] == [
        {**not_found, "id": str(OF_ANOTHER_ORGANIZATION)},
        {**not_found, "id": "nonsense"},
        {"__typename": "AlreadyPublished", "code": "ALREADY_PUBLISHED", "message": PUBLISHED_MESSAGE},
        {"__typename": "PublishingInProgress", "code": "PUBLISHING_IN_PROGRESS", "message": IN_PROGRESS_MESSAGE},
    ]
    nothing = "No destination that was chosen has failed: there is nothing to retry."
    assert refusals[4]["issues"] == [issue("NOTHING_TO_RETRY", nothing)]
    assert (success["retriedCount"], success["post"]["status"]) == (1, "SCHEDULED")
    assert {result["__typename"] for result in (*refusals, success)} == members("RetryPostResult")


async def test_a_retry_that_would_break_a_platforms_rule_is_refused(
    client: httpx.AsyncClient, database: Database
) -> None:
    def lengthen(connection: Connection) -> None:
        posts = PostRepository(connection, 1)
        post = posts.get_to_change(FAILED)
        posts.save((post, post._replace(content="a" * 3_001, version=2)))

    await database.write(lengthen)
    before = await dump(database)

    result = await retry(client, FAILED)

    [found] = result["issues"]
    assert {**found, "message": ""} == issue(
        "TOO_LONG", "", path="content", platform="LINKEDIN", limit=3_000, actual=3_001
    )
    assert await dump(database) == before


@pytest.mark.parametrize("account_ids", ["2282", [2282.5], [2**31], [None]])
async def test_accounts_that_are_no_integers_are_refused_before_anything_runs(
    account_ids: object, client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)

    answer = await graphql(client, RETRY_POST, id=str(FAILED), accountIds=account_ids)

    assert "data" not in answer
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]
    assert await dump(database) == before


async def test_a_key_that_only_reads_retries_nothing(
    client: httpx.AsyncClient, database: Database, clock: Clock
) -> None:
    client.headers["Authorization"] = f"Bearer {await key_with(database, clock, Scope.READ)}"
    before = await dump(database)

    response = await client.post("/graphql", json={"query": RETRY_POST, "variables": {"id": str(FAILED)}})

    assert response.status_code == 403
    assert await dump(database) == before


async def test_a_retry_waits_for_no_slot(client: httpx.AsyncClient, database: Database) -> None:
    keep = text("UPDATE accounts SET minimum_gap_minutes = 30 WHERE id = 2285")
    await database.write(lambda connection: connection.execute(keep).close())
    template = await stored_post(database, FAILED)
    await add_post(database, template, UUID(int=77), destinations=(replace(template.destinations[0], attempts=1),))

    first, second = await retry(client, FAILED), await retry(client, UUID(int=77))

    # Both are late already, and go out as soon as they can.
    times = [result["post"]["scheduledFor"] for result in (first, second)]
    assert times == ["2026-04-11T08:30:00.000Z", "2026-04-11T08:30:00.000Z"]
