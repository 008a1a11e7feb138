"""Talking to the three edges, and looking at what they left in the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol

from sqlmodel import SQLModel

from app.domain.errors import ErrorCode
from app.repositories.posts import PostRepository
from app.rest.ugc.answers import NOT_EDITABLE
from app.rest.ugc.answers import TABLE as UGC_TABLE
from app.rest.v1.answers import TABLE as V1_TABLE

if TYPE_CHECKING:
    from uuid import UUID

    import httpx
    from sqlalchemy import Connection

    from app.domain.post import Post
    from app.repositories.database import Database

POST_FIELDS: Final = """
  id status kind content title accountIds scheduledFor timezone mediaIds platformContent socialAudioId musicPostId
  failureReason version createdAt updatedAt nextStep allowedActions
  media { mediaId type url width height durationMs altText }
  destinations {
    accountId accountName platform status platformPostId platformPostUrl publishedAt error attempts nextAttemptAt
  }
"""
REFUSAL_FIELDS: Final = """
  ... on MutationError { code message }
  ... on NotFound { id }
  ... on AccountAlreadyPublished { accountIds }
  ... on InvalidFieldName { field suggestion }
  ... on InvalidInput { issues { path code message platform limit actual } }
  ... on VersionConflict { currentVersion }
"""
UPDATE_POST: Final = f"""
mutation Update($id: ID!, $input: UpdatePostInput!, $dryRun: Boolean! = false) {{
  updatePost(id: $id, input: $input, dryRun: $dryRun) {{
    __typename
    ... on UpdatePostSuccess {{ changedFields requestedFor dryRun post {{ {POST_FIELDS} }} }}
    {REFUSAL_FIELDS}
  }}
}}
"""


async def graphql(client: httpx.AsyncClient, query: str, **variables: object) -> Any:
    """The whole answer of one operation, which must have been answered with 200, but for what it cost."""
    response = await client.post("/graphql", json={"query": query, "variables": variables})
    assert response.status_code == 200, response.text
    return without_cost(response)


def without_cost(response: httpx.Response) -> Any:
    """The body of an answer, without what the operation cost. What was not executed cost nothing."""
    answer = response.json()
    if "data" in answer:
        assert answer.pop("extensions")["cost"] >= 0
    return answer


async def update_post(
    client: httpx.AsyncClient, post_id: UUID | str, *, dry_run: bool = False, **fields: object
) -> Any:
    """The member of UpdatePostResult that answers."""
    answer = await graphql(client, UPDATE_POST, id=str(post_id), input=fields, dryRun=dry_run)
    assert "errors" not in answer, answer
    return answer["data"]["updatePost"]


async def stored_post(database: Database, post_id: UUID, *, organization_id: int = 1) -> Post:
    return await database.read(lambda connection: PostRepository(connection, organization_id).get(post_id))


async def add_post(database: Database, post: Post, post_id: UUID, **different: Any) -> Post:
    """Store a copy of a post under another id, with some of it different."""
    copy = post._replace(id=post_id, **different)
    await database.write(lambda connection: PostRepository(connection, 1).add(copy))
    return copy


_EVERY_ROW: Final = {
    table.name: table.select().order_by(*table.primary_key) for table in SQLModel.metadata.sorted_tables
}


async def dump(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""

    def read(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
        return {name: [tuple(row) for row in connection.execute(statement)] for name, statement in _EVERY_ROW.items()}

    return await database.read(read)


@dataclass(frozen=True, slots=True)
class Said:
    """What an edge answered to an update.

    codes: the error codes that the answer can stand for; none after a success. request_error: the request itself was
    refused, and no update was tried.
    """

    codes: frozenset[ErrorCode]
    text: str
    request_error: bool = False


class Edge(Protocol):
    """One way to change a post; `update` sends the fields in the edge's own spelling."""

    name: ClassVar[str]

    @staticmethod
    async def update(client: httpx.AsyncClient, post_id: UUID, fields: dict[str, object]) -> Said: ...


class GraphQLEdge:
    name: ClassVar[str] = "graphql"

    @staticmethod
    async def update(client: httpx.AsyncClient, post_id: UUID, fields: dict[str, object]) -> Said:
        answer = await graphql(client, UPDATE_POST, id=str(post_id), input=fields)
        if "data" not in answer:
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"], answer
            return Said(frozenset(), str(answer), request_error=True)
        result = answer["data"]["updatePost"]
        if result["__typename"] == "UpdatePostSuccess":
            return Said(frozenset(), str(answer))
        return Said(frozenset([ErrorCode(result["code"])]), str(answer))


class V1Edge:
    name: ClassVar[str] = "v1"

    @staticmethod
    async def update(client: httpx.AsyncClient, post_id: UUID, fields: dict[str, object]) -> Said:
        response = await client.patch(f"/v1/posts/{post_id}", json=fields)
        if response.status_code == 200:
            return Said(frozenset(), response.text)
        error = response.json()["error"]
        # One problem alone has a name of its own here; `conflict` is told apart by what it names.
        code = "validation_error" if error["code"] == "past_schedule_time" else error["code"]
        codes = {known for known, row in V1_TABLE.items() if row == (response.status_code, code)}
        if code == "conflict":
            names_accounts = "account_ids" in error.get("details", {})
            codes &= {ErrorCode.ACCOUNT_ALREADY_PUBLISHED if names_accounts else ErrorCode.PUBLISHING_IN_PROGRESS}
        return Said(frozenset(codes), response.text)


class UgcEdge:
    name: ClassVar[str] = "ugc"

    @staticmethod
    async def update(client: httpx.AsyncClient, post_id: UUID, fields: dict[str, object]) -> Said:
        response = await client.post("/post/update", json={"postId": f"post_{post_id.hex}", **fields})
        if response.status_code == 200:
            return Said(frozenset(), response.text)
        message = response.json()["message"]
        codes = {
            known
            for known, (status, text) in UGC_TABLE.items()
            if status == response.status_code and text in (None, message)
        }
        if message == NOT_EDITABLE:  # the one sentence for published, being published, and a draft that stays one
            codes = {ErrorCode.ALREADY_PUBLISHED, ErrorCode.PUBLISHING_IN_PROGRESS, ErrorCode.INVALID_INPUT}
        elif message.startswith("Unknown field"):
            codes = {ErrorCode.INVALID_FIELD_NAME}
        elif message.startswith("The post has already been published to account"):
            codes = {ErrorCode.ACCOUNT_ALREADY_PUBLISHED}
        else:
            codes -= {ErrorCode.INVALID_FIELD_NAME, ErrorCode.ACCOUNT_ALREADY_PUBLISHED}
        return Said(frozenset(codes), response.text)


EDGES: Final[tuple[type[Edge], ...]] = (GraphQLEdge, V1Edge, UgcEdge)
