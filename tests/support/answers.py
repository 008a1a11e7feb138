"""Requests to any route of any edge, and their answers in words that all edges share.

An edge spells names its own way: `scheduledFor`, `scheduled_for`, `postTime`. A refusal that was read here names them
as the domain does, so that the refusals of two edges can be compared word for word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple
from uuid import UUID

import httpx

from app.domain.errors import ErrorCode
from app.rest.ugc.answers import TABLE as UGC_TABLE
from app.rest.ugc.names import FIELDS as UGC_FIELDS
from app.rest.v1.answers import TABLE as V1_TABLE
from tests.support.edges import POST_FIELDS, REFUSAL_FIELDS

REQUEST_ERROR: Final = "request error"
"""GraphQL's own answer to a value that its types do not allow: nothing is executed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    method: str
    path: str
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def edge(self) -> str:
        return {"graphql": "graphql", "v1": "v1", "post": "ugc"}[self.path.split("/")[1]]

    async def send(self, client: httpx.AsyncClient, *, key: str | None = None) -> httpx.Response:
        keyed = {} if key is None else {"Idempotency-Key": key}
        return await client.request(self.method, self.path, json=self.body, headers={**self.headers, **keyed})


_POST: Final = f"post {{ {POST_FIELDS} }}"
_UPDATED: Final = f"... on UpdatePostSuccess {{ changedFields requestedFor dryRun {_POST} }}"
_ACCOUNT: Final = (
    "account { accountId platform accountName isActive minimumGapMinutes canPublish createdAt "
    "rules { textLimit maxImages maxVideos } }"
)
_REFUSAL: Final = f"... on MutationError {{ {REFUSAL_FIELDS} }}"  # no union holds every refusal, but the interface does
_DOCUMENTS: Final = {
    name: f"mutation({variables}) {{ {name}({arguments}) {{ __typename {success} {_REFUSAL} }} }}"
    for name, variables, arguments, success in (
        (
            "updatePost",
            "$id: ID!, $input: UpdatePostInput!, $dryRun: Boolean! = false",
            "id: $id, input: $input, dryRun: $dryRun",
            _UPDATED,
        ),
        (
            "updatePosts",
            "$changes: [PostChange!]!, $atomic: Boolean! = true, $dryRun: Boolean! = false",
            "changes: $changes, atomic: $atomic, dryRun: $dryRun",
            _UPDATED,
        ),
        (
            "restorePost",
            "$id: ID!, $version: Int!, $expectedVersion: Int",
            "id: $id, version: $version, expectedVersion: $expectedVersion",
            _UPDATED,
        ),
        (
            "retryPost",
            "$id: ID!, $accountIds: [Int!], $confirm: Boolean! = false",
            "id: $id, accountIds: $accountIds, confirm: $confirm",
            f"... on RetryPostSuccess {{ retriedCount {_POST} }}",
        ),
        (
            "createPost",
            "$input: CreatePostInput!",
            "input: $input",
            f"... on CreatePostSuccess {{ requestedFor {_POST} }}",
        ),
        (
            "deletePost",
            "$id: ID!, $expectedVersion: Int",
            "id: $id, expectedVersion: $expectedVersion",
            "... on DeletePostSuccess { id }",
        ),
        (
            "createMediaFromUrl",
            "$input: CreateMediaFromUrlInput!",
            "input: $input",
            "... on CreateMediaSuccess { media { mediaId type url width height durationMs altText } }",
        ),
        (
            "createAccount",
            "$input: CreateAccountInput!",
            "input: $input",
            f"... on CreateAccountSuccess {{ {_ACCOUNT} }}",
        ),
        (
            "updateAccount",
            "$accountId: Int!, $input: UpdateAccountInput!",
            "accountId: $accountId, input: $input",
            f"... on UpdateAccountSuccess {{ {_ACCOUNT} }}",
        ),
    )
}


def mutation(name: str, **variables: Any) -> Request:
    return Request(method="POST", path="/graphql", body={"query": _DOCUMENTS[name], "variables": variables})


def post_to(path: str, body: Mapping[str, Any] | None = None) -> Request:
    return Request(method="POST", path=path, body=body)


class Issue(NamedTuple):
    """One problem of an input. path: in the domain's names, with dots between them."""

    path: str
    code: str
    platform: str | None = None
    limit: int | None = None
    actual: int | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """What a request is refused with: a code of the domain, or REQUEST_ERROR.

    issues: of INVALID_INPUT, all of them. name: of INVALID_FIELD_NAME, what was written and what is suggested.
    """

    code: str
    issues: tuple[Issue, ...] = ()
    name: tuple[str, str | None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """data: what an accepted request is answered with, as the edge writes it. message: the domain's names in it.

    refused: of /post/…, which answers with a status and a message alone, only the status is known: the codes that it
    can stand for are `possible`.
    """

    edge: str
    status: int
    body: Any
    data: Any = None
    refused: Refused | None = None
    message: str | None = None
    possible: frozenset[str] = frozenset()

    @property
    def post_id(self) -> UUID | None:
        """The post that the answer shows."""
        data = self.data or {}
        shown = data["post"]["id"] if "post" in data else data.get("post_id") or data.get("id")
        return UUID(shown.removeprefix("post_")) if isinstance(shown, str) else None


def read(response: httpx.Response) -> Answer:
    body = _without_what_names_the_request(response)
    edge = Request(method="POST", path=response.request.url.path).edge
    readers = {"graphql": _read_graphql, "v1": _read_v1, "ugc": _read_ugc}
    return readers[edge](response.status_code, body)


def _without_what_names_the_request(response: httpx.Response) -> Any:
    body = response.json()
    if "meta" in body:
        assert body["meta"]["request_id"] == response.headers["X-Request-Id"]
        body["meta"] = None
    for error in body.get("errors", ()):
        assert error["extensions"].pop("requestId") == response.headers["X-Request-Id"]
    return body


def _read_graphql(status: int, body: Any) -> Answer:
    assert status == 200, body
    if "errors" in body:
        assert "data" not in body, body
        # A value that the types do not allow, not a document that is wrong: that would prove nothing.
        assert {error["extensions"]["code"] for error in body["errors"]} == {"BAD_USER_INPUT"}, body
        assert all(error["message"].startswith("Variable '$") for error in body["errors"]), body
        return Answer(edge="graphql", status=status, body=body, refused=Refused(REQUEST_ERROR))
    (result,) = body["data"].values()
    if isinstance(result, list):
        (result,) = result
    if "code" not in result:
        return Answer(edge="graphql", status=status, body=body, data=result)
    issues = tuple(
        Issue(
            _snake(".".join(issue["path"])),
            issue["code"],
            issue["platform"] and issue["platform"].lower(),
            issue["limit"],
            issue["actual"],
        )
        for issue in result.get("issues", ())
    )
    message, name = _renamed(result["message"], _snake), None
    if "field" in result:
        name = (_snake(result["field"]), result["suggestion"] and _snake(result["suggestion"]))
        message = message.replace(result["field"], name[0])
    if issues:
        assert " ".join(issue["message"] for issue in result["issues"]) == result["message"], result
    return Answer(
        edge="graphql", status=status, body=body, refused=Refused(result["code"], issues, name), message=message
    )


def _read_v1(status: int, body: Any) -> Answer:
    data, error = body["data"], body["error"]
    is_bulk = data is not None and "results" in data
    if is_bulk:
        (result,) = data["results"]
        assert status == (201 if result["ok"] else 422), body
        data, error = result.get("post"), result.get("error")
    if error is None:
        return Answer(edge="v1", status=status, body=body, data=data)
    details = error.get("details")
    if isinstance(details, list):
        assert " ".join(detail["message"] for detail in details) == error["message"], body
        _expect_v1_code(None if is_bulk else status, error["code"], {detail["code"] for detail in details})
        issues = tuple(
            Issue(".".join(detail["path"]), detail["code"], *(detail.get(n) for n in ("platform", "limit", "actual")))
            for detail in details
        )
        refused = Refused(ErrorCode.INVALID_INPUT, issues)
    else:
        codes = [code for code, row in V1_TABLE.items() if row[1] == error["code"] and (is_bulk or row[0] == status)]
        if error["code"] == "conflict":
            is_about_accounts = details is not None
            codes = [ErrorCode.ACCOUNT_ALREADY_PUBLISHED if is_about_accounts else ErrorCode.PUBLISHING_IN_PROGRESS]
        (code,) = codes
        name = (details["field"], details["suggestion"]) if code == ErrorCode.INVALID_FIELD_NAME else None
        refused = Refused(code, name=name)
    return Answer(edge="v1", status=status, body=body, refused=refused, message=error["message"])


_ONE_PROBLEM: Final = {
    "PAST_SCHEDULE_TIME": (400, "past_schedule_time"),
    "NOT_A_DRAFT": (409, "conflict"),
    "NOTHING_TO_RETRY": (409, "conflict"),
    "OUTCOME_UNKNOWN": (409, "conflict"),
}
"""What REST v1 calls an input whose only problem is this one."""


def _expect_v1_code(status: int | None, code: str, problems: set[str]) -> None:
    several = (400, "validation_error")
    expected = several if len(problems) > 1 else _ONE_PROBLEM.get(min(problems), several)
    assert (status or expected[0], code) == expected, problems


def _read_ugc(status: int, body: Any) -> Answer:
    assert (body["ok"], body["code"]) == (status == 200, status), body
    if body["ok"]:
        return Answer(edge="ugc", status=status, body=body, data=body["data"])
    possible = frozenset(code for code, row in UGC_TABLE.items() if row[0] == status)
    message = _renamed(body["message"], _ours)
    return Answer(edge="ugc", status=status, body=body, message=message, possible=possible)


def _renamed(message: str, rename: Any) -> str:
    return re.sub(r"`([^`]+)`", lambda match: f"`{rename(match[1])}`", message)


def _snake(name: str) -> str:
    """The domain's name of a GraphQL name. Inside JSON, names are the same on every edge."""
    first, dot, rest = name.partition(".")
    return f"{_snake_case(first)}{dot}{_snake_case(rest) if first == 'rules' else rest}"


def _snake_case(name: str) -> str:
    return re.sub(r"[A-Z]", lambda match: f"_{match[0].lower()}", name)


def _ours(name: str) -> str:
    first, dot, rest = name.partition(".")
    if re.fullmatch("post_[0-9a-f]{32}", first):
        return str(UUID(first.removeprefix("post_")))
    return f"{UGC_FIELDS.get(first, first)}{dot}{rest}"
