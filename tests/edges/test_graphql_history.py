"""GraphQL: the history of a post, a page at a time, and the way back to what a post said before."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine, event

from app.commands.fill_demo import DRAFT, FAILED, OF_ANOTHER_ORGANIZATION, PARTIALLY_FAILED, PUBLISHED, SCHEDULED
from app.domain.api_key import Scope
from app.repositories.database import Database
from app.repositories.posts import PostRepository
from tests.conftest import key_with
from tests.repositories.storage import READS_OF_POSTS
from tests.support.clock import Clock
from tests.support.edges import POST_FIELDS, REFUSAL_FIELDS, UPDATE_POST, dump, graphql, stored_post, update_post

PAGE = """
  edges { cursor node { version } }
  nodes { version changedAt changedBy changes { field before after } }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  totalCount
"""
HISTORY = f"""
query ($id: ID!, $first: Int, $after: String) {{
  post(id: $id) {{ revisions(first: $first, after: $after) {{ {PAGE} }} }}
}}
"""
RESTORE_POST = f"""
mutation ($id: ID!, $version: Int!, $expectedVersion: Int) {{
  restorePost(id: $id, version: $version, expectedVersion: $expectedVersion) {{
    __typename
    ... on UpdatePostSuccess {{ changedFields requestedFor dryRun post {{ {POST_FIELDS} }} }}
    {REFUSAL_FIELDS}
  }}
}}
"""


async def history(client: httpx.AsyncClient, post_id: UUID, **page: object) -> Any:
    answer = await graphql(client, HISTORY, id=str(post_id), **page)
    assert "errors" not in answer, answer
    return answer["data"]["post"]["revisions"]


async def restore(client: httpx.AsyncClient, post_id: UUID | str, version: int, **more: object) -> Any:
    answer = await graphql(client, RESTORE_POST, id=str(post_id), version=version, **more)
    assert "errors" not in answer, answer
    return answer["data"]["restorePost"]


def changed(field: str, before: object, after: object) -> dict[str, object]:
    return {"field": field, "before": before, "after": after}


async def test_the_history_tells_who_changed_what_and_when_the_newest_first(
    client: httpx.AsyncClient, clock: Clock, database: Database
) -> None:
    clock.advance(minutes=5)
    await update_post(client, DRAFT, content="New", accountIds=[2280, 2282], platformContent={"x": {"content": "C"}})
    clock.advance(minutes=5)
    client.headers["Authorization"] = f"Bearer {await key_with(database, clock, Scope.READ, Scope.WRITE)}"
    await update_post(
        client, DRAFT, scheduledFor="2026-05-01T12:00:00+02:00", mediaIds=["a1b2c3d4-e5f6-7890-abcd-ef1234567890"]
    )
    await update_post(client, DRAFT, status="SCHEDULED")

    page = await history(client, DRAFT)

    cursors = [edge["cursor"] for edge in page["edges"]]
    assert len(set(cursors)) == 4
    assert page == {
        "edges": [
            {"cursor": cursor, "node": {"version": version}}
            for cursor, version in zip(cursors, (4, 3, 2, 1), strict=True)
        ],
        "nodes": [
            {
                "version": 4,
                "changedAt": "2026-04-12T08:40:00.000Z",
                "changedBy": "other",
                "changes": [changed("status", "draft", "scheduled")],
            },
            {
                "version": 3,
                "changedAt": "2026-04-12T08:40:00.000Z",
                "changedBy": "other",
                "changes": [
                    changed("scheduledFor", None, "2026-05-01T10:00:00.000Z"),
                    changed("mediaIds", [], ["a1b2c3d4-e5f6-7890-abcd-ef1234567890"]),
                ],
            },
            {
                "version": 2,
                "changedAt": "2026-04-12T08:35:00.000Z",
                "changedBy": "demo",
                "changes": [
                    changed("content", "Notes for the follow-up post.", "New"),
                    changed("accountIds", [2282], [2280, 2282]),
                    changed("platformContent", {}, {"x": {"content": "C"}}),
                ],
            },
            {
                "version": 1,
                "changedAt": "2026-04-10T08:30:00.000Z",
                "changedBy": "demo",
                "changes": [
                    changed("content", None, "Notes for the follow-up post."),
                    changed("accountIds", None, [2282]),
                    changed("timezone", None, "UTC"),
                    changed("mediaIds", None, []),
                    changed("platformContent", None, {}),
                    changed("status", None, "draft"),
                    changed("kind", None, "standard"),
                ],
            },
        ],
        "pageInfo": {
            "hasNextPage": False,
            "hasPreviousPage": False,
            "startCursor": cursors[0],
            "endCursor": cursors[-1],
        },
        "totalCount": 4,
    }


async def test_a_retry_tells_what_became_of_the_destinations(client: httpx.AsyncClient) -> None:
    await update_post(client, FAILED, status="SCHEDULED")

    newest = (await history(client, FAILED, first=1))["nodes"][0]

    expired = "The platform refused the post: the access token has expired."
    record = {
        "account_id": 2285,
        "status": "failed",
        "platform_post_id": None,
        "platform_post_url": None,
        "published_at": None,
        "error": expired,
        "attempts": 3,
    }
    assert newest["changes"] == [
        changed("status", "failed", "scheduled"),
        changed("failureReason", expired, None),
        changed("destinations", [record], [record | {"status": "queued", "error": None}]),
    ]


async def write_versions(client: httpx.AsyncClient, count: int) -> None:
    for number in range(2, count + 1):
        await update_post(client, SCHEDULED, content=f"Version {number}")


@pytest.mark.parametrize("first", [1, 3, 4])
async def test_pages_follow_each_other_without_gap_or_overlap(first: int, client: httpx.AsyncClient) -> None:
    await write_versions(client, 7)
    found: list[int] = []
    after = None
    while True:
        page = await history(client, SCHEDULED, first=first, after=after)
        found += [node["version"] for node in page["nodes"]]
        assert len(page["nodes"]) <= first
        assert page["pageInfo"]["hasPreviousPage"] == (after is not None)
        assert page["totalCount"] == 7
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert found == [7, 6, 5, 4, 3, 2, 1]


async def test_a_cursor_stays_true_while_the_post_is_changed(client: httpx.AsyncClient) -> None:
    await write_versions(client, 4)
    first = await history(client, SCHEDULED, first=2)
    await update_post(client, SCHEDULED, content="Version 5")

    rest = await history(client, SCHEDULED, after=first["pageInfo"]["endCursor"])

    assert [node["version"] for node in rest["nodes"]] == [2, 1]
    assert (rest["totalCount"], rest["pageInfo"]["hasNextPage"]) == (5, False)


async def test_a_page_has_0_to_100_revisions(client: httpx.AsyncClient) -> None:
    await write_versions(client, 22)

    assert await history(client, SCHEDULED, first=0) == {
        "nodes": [],
        "edges": [],
        "pageInfo": {"hasNextPage": True, "hasPreviousPage": False, "startCursor": None, "endCursor": None},
        "totalCount": 22,
    }
    assert len((await history(client, SCHEDULED, first=100))["nodes"]) == 22
    assert len((await history(client, SCHEDULED, first=None))["nodes"]) == 20
    left_out = await graphql(
        client, "query ($id: ID!) { post(id: $id) { revisions { nodes { version } } } }", id=str(SCHEDULED)
    )
    assert len(left_out["data"]["post"]["revisions"]["nodes"]) == 20
    for first in (101, -1, 2**31 - 1):
        answer = await graphql(client, HISTORY, id=str(SCHEDULED), first=first)
        assert answer["data"] == {"post": None}
        assert errors(answer) == [("`first` must be between 0 and 100.", "BAD_USER_INPUT")]


def encoded(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).decode()


async def test_a_cursor_must_be_of_a_history(client: httpx.AsyncClient) -> None:
    posts = await graphql(client, "{ posts(first: 1) { pageInfo { endCursor } } }")
    own = (await history(client, SCHEDULED, first=1))["pageInfo"]["endCursor"]
    made_up = (
        b"",
        b"1",
        b"[]",
        b'["revision",0]',
        b'["revision",-1]',
        b'["revision",true]',
        b'["revision",2147483648]',
    )

    for after in (
        *("", "é", "nonsense", own[:-4], posts["data"]["posts"]["pageInfo"]["endCursor"]),
        *(encoded(text) for text in (*made_up, b'["revision","1"]', b'["revision",1.0]', b'{"revision":1}', b"\xff")),
    ):
        answer = await graphql(client, HISTORY, id=str(SCHEDULED), after=after)

        assert answer["data"] == {"post": None}, after
        assert errors(answer) == [("`after` must be a cursor of a post's history.", "BAD_USER_INPUT")]


async def test_what_is_not_the_callers_has_no_history_to_see(client: httpx.AsyncClient, database: Database) -> None:
    for post_id in (OF_ANOTHER_ORGANIZATION, UUID(int=9)):
        assert await graphql(client, HISTORY, id=str(post_id)) == {"data": {"post": None}}
    before = await dump(database)
    refused = await restore(client, OF_ANOTHER_ORGANIZATION, 1)
    assert refused == {
        "__typename": "NotFound",
        "code": "NOT_FOUND",
        "message": "Post not found.",
        "id": str(OF_ANOTHER_ORGANIZATION),
    }
    assert await dump(database) == before


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """Every statement that a database is sent, in lower case."""
    sent: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        sent.append(statement.lower())

    event.listen(Engine, "before_cursor_execute", note)
    yield sent
    event.remove(Engine, "before_cursor_execute", note)


async def test_a_history_is_counted_only_when_the_count_is_asked_for(
    client: httpx.AsyncClient, statements: list[str]
) -> None:
    one = "query ($id: ID!) { post(id: $id) { revisions { %s } } }"
    await graphql(client, one % "nodes { version } pageInfo { hasNextPage }", id=str(SCHEDULED))
    assert [statement for statement in statements if "count(" in statement] == []

    counted = one % "...Size" + " fragment Size on RevisionConnection { ... on RevisionConnection { totalCount } }"
    asked = await graphql(client, counted, id=str(SCHEDULED))
    assert asked == {"data": {"post": {"revisions": {"totalCount": 1}}}}
    assert len([statement for statement in statements if "count(" in statement]) == 1


@pytest.mark.parametrize("selected", ["nodes { version changes { field } }", "nodes { version } totalCount"])
async def test_the_histories_of_a_list_cost_the_statements_of_one(
    selected: str, client: httpx.AsyncClient, database: Database, statements: list[str], engine: str
) -> None:
    template = await stored_post(database, DRAFT)
    posts = [template._replace(id=UUID(int=1_000 + number)) for number in range(50)]
    await database.write(lambda connection: PostRepository(connection, 1).add(*posts))
    query = f"query ($first: Int) {{ posts(first: $first) {{ nodes {{ id revisions(first: 5) {{ {selected} }} }} }} }}"
    await graphql(client, query, first=1)  # the key has been looked up

    statements.clear()
    await graphql(client, query, first=1)
    of_one = len(statements)
    statements.clear()
    answer = await graphql(client, query, first=50)

    assert len(answer["data"]["posts"]["nodes"]) == 50
    assert all(
        [node["version"] for node in post["revisions"]["nodes"]] == [1] for post in answer["data"]["posts"]["nodes"]
    )
    assert len(statements) == of_one == READS_OF_POSTS[engine] + 1 + selected.count("totalCount")


async def test_histories_that_are_asked_for_differently_do_not_mix(client: httpx.AsyncClient) -> None:
    await write_versions(client, 5)
    query = """
        query ($id: ID!, $other: ID!) {
          post(id: $id) {
            newest: revisions(first: 1) { nodes { version } }
            all: revisions { nodes { version } totalCount }
            again: revisions(first: 1) { nodes { version } totalCount }
          }
          other: post(id: $other) { newest: revisions(first: 1) { nodes { version changes { field } } } }
        }
    """

    answer = await graphql(client, query, id=str(SCHEDULED), other=str(DRAFT))

    assert answer["data"]["post"] == {
        "newest": {"nodes": [{"version": 5}]},
        "all": {"nodes": [{"version": version} for version in (5, 4, 3, 2, 1)], "totalCount": 5},
        "again": {"nodes": [{"version": 5}], "totalCount": 5},
    }
    assert [node["version"] for node in answer["data"]["other"]["newest"]["nodes"]] == [1]


async def test_the_history_in_a_mutations_answer_is_that_of_the_version_it_made(client: httpx.AsyncClient) -> None:
    query = """
        mutation ($id: ID!) {
          first: updatePost(id: $id, input: {content: "First"}) { ...Told }
          tried: updatePost(id: $id, input: {content: "Tried"}, dryRun: true) { ...Told }
          second: updatePost(id: $id, input: {content: "Second"}) { ...Told }
          conflict: updatePost(id: $id, input: {expectedVersion: 1}) {
            ... on VersionConflict { post { revisions(first: 1) { nodes { version } } } }
          }
        }
        fragment Told on UpdatePostSuccess {
          post { version revisions { totalCount nodes { version changes { after } } } }
        }
    """

    answer = (await graphql(client, query, id=str(DRAFT)))["data"]

    told = {name: answer[name]["post"]["revisions"] for name in ("first", "tried", "second")}
    assert [node["version"] for node in told["first"]["nodes"]] == [2, 1]
    assert [node["version"] for node in told["tried"]["nodes"]] == [2, 1]
    assert [node["version"] for node in told["second"]["nodes"]] == [3, 2, 1]
    assert [told[name]["totalCount"] for name in told] == [2, 2, 3]
    assert told["second"]["nodes"][0]["changes"] == [{"after": "Second"}]
    assert answer["tried"]["post"]["version"] == 3
    assert answer["conflict"]["post"]["revisions"]["nodes"] == [{"version": 3}]


async def test_a_key_that_may_only_write_sees_the_history_of_what_it_changes(
    client: httpx.AsyncClient, database: Database, clock: Clock
) -> None:
    client.headers["Authorization"] = f"Bearer {await key_with(database, clock, Scope.WRITE)}"
    query = """
        mutation ($id: ID!) {
          updatePost(id: $id, input: {content: "New"}) {
            ... on UpdatePostSuccess { post { version revisions { nodes { version } } } }
          }
        }
    """

    assert await graphql(client, query, id=str(DRAFT)) == {
        "data": {"updatePost": {"post": {"version": 2, "revisions": {"nodes": [{"version": 2}, {"version": 1}]}}}}
    }
    unchanged = await client.post("/graphql", json={"query": f'{{ post(id: "{DRAFT}") {{ version }} }}'})
    assert (unchanged.status_code, errors(unchanged.json())) == (
        403,
        [("This API key lacks the scope read.", "FORBIDDEN")],
    )


async def test_an_earlier_version_is_restored_as_a_new_one(client: httpx.AsyncClient, database: Database) -> None:
    await update_post(client, SCHEDULED, content="New", accountIds=[2282], mediaIds=[])
    before = await stored_post(database, SCHEDULED)

    restored = await restore(client, SCHEDULED, 1, expectedVersion=2)

    assert restored["__typename"] == "UpdatePostSuccess"
    assert restored["changedFields"] == ["content", "accountIds", "mediaIds"]
    assert (restored["requestedFor"], restored["dryRun"]) == (None, False)
    assert (restored["post"]["version"], restored["post"]["content"]) == (3, "We launch next week. Save the date!")
    assert restored["post"]["accountIds"] == [2280, 2282, 2285]
    assert restored["post"]["mediaIds"] == ["a1b2c3d4-e5f6-7890-abcd-ef1234567890"]
    newest = (await history(client, SCHEDULED, first=1))["nodes"][0]
    assert (newest["version"], newest["changedBy"]) == (3, "demo")
    assert before.version == 2

    again = await restore(client, SCHEDULED, 3)
    assert (again["changedFields"], again["post"]["version"]) == ([], 3)


async def test_a_version_that_cannot_be_restored_is_refused_like_an_update(
    client: httpx.AsyncClient, database: Database, clock: Clock
) -> None:
    await update_post(client, SCHEDULED, scheduledFor="2026-05-01T10:00:00Z")
    before = await dump(database)

    unknown = [await restore(client, SCHEDULED, version) for version in (0, -1, 3, 2**31 - 1)]
    conflict = await restore(client, SCHEDULED, 1, expectedVersion=1)
    published = await restore(client, PUBLISHED, 1)
    nonsense = await restore(client, "nonsense", 1)
    clock.advance(days=9)
    past = await restore(client, SCHEDULED, 1)

    assert [answer["issues"] for answer in unknown] == [
        [
            {
                "path": ["version"],
                "code": "UNKNOWN_VERSION",
                "message": f"The post has no version {version} to go back to: its version is 2.",
                "platform": None,
                "limit": None,
                "actual": None,
            }
        ]
        for version in (0, -1, 3, 2**31 - 1)
    ]
    assert (conflict["__typename"], conflict["currentVersion"]) == ("VersionConflict", 2)
    assert published["__typename"] == "AlreadyPublished"
    assert nonsense["__typename"] == "NotFound"
    assert [(item["path"], item["code"]) for item in past["issues"]] == [(["scheduledFor"], "PAST_SCHEDULE_TIME")]
    assert await dump(database) == before


async def test_a_history_that_cannot_be_read_does_not_undo_the_update_that_it_was_asked_with(
    client: httpx.AsyncClient, database: Database
) -> None:
    query = UPDATE_POST.replace("id status", 'revisions(after: "nonsense") { totalCount } id status')

    answer = await graphql(client, query, id=str(PARTIALLY_FAILED), input={"content": "New"})

    assert answer["data"] is None
    assert errors(answer) == [("`after` must be a cursor of a post's history.", "BAD_USER_INPUT")]
    assert (await stored_post(database, PARTIALLY_FAILED)).content == "New"


def errors(answer: dict[str, Any]) -> list[tuple[str, str]]:
    return [(error["message"], error["extensions"]["code"]) for error in answer["errors"]]
