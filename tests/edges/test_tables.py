"""Both REST edges have an answer for every error code, and every answer of theirs is reached over HTTP somewhere."""

from __future__ import annotations

import httpx
import pytest

from app.commands.fill_demo import PARTIALLY_FAILED, PUBLISHED, PUBLISHING, SCHEDULED, VIDEO
from app.domain.errors import ErrorCode
from app.rest.ugc.answers import TABLE as UGC_TABLE
from app.rest.v1.answers import TABLE as V1_TABLE
from resolvers.operations.answers import STATUSES

OF_THE_REQUEST = {
    ErrorCode.UNAUTHENTICATED,
    ErrorCode.FORBIDDEN,
    ErrorCode.RATE_LIMITED,
    ErrorCode.IDEMPOTENCY_KEY_REUSED,
    ErrorCode.REQUEST_IN_PROGRESS,
    ErrorCode.UNAVAILABLE,
}
ELSEWHERE = OF_THE_REQUEST | {ErrorCode.INTERNAL, ErrorCode.MEDIA_IN_USE}
"""Reached by the tests of access, of repeated requests, of failures and of media."""


@pytest.mark.parametrize("table", [V1_TABLE, UGC_TABLE], ids=["v1", "ugc"])
def test_every_error_code_has_an_answer(table: dict[ErrorCode, object]) -> None:
    assert set(table) == set(ErrorCode)


def test_graphql_answers_with_a_status_where_the_request_was_refused_and_not_the_post() -> None:
    assert {code: V1_TABLE[code][0] for code in STATUSES} == STATUSES
    assert set(STATUSES) == OF_THE_REQUEST


async def test_every_row_of_the_v1_table_is_reached(client: httpx.AsyncClient) -> None:
    requests: dict[ErrorCode, tuple[object, dict[str, object], str]] = {
        ErrorCode.NOT_FOUND: ("nonsense", {}, "*"),
        ErrorCode.ALREADY_PUBLISHED: (PUBLISHED, {}, "*"),
        ErrorCode.PUBLISHING_IN_PROGRESS: (PUBLISHING, {}, "*"),
        ErrorCode.ACCOUNT_ALREADY_PUBLISHED: (PARTIALLY_FAILED, {"account_ids": []}, "*"),
        ErrorCode.INVALID_FIELD_NAME: (SCHEDULED, {"medias": []}, "*"),
        ErrorCode.INVALID_INPUT: (SCHEDULED, {"timezone": None}, "*"),
        ErrorCode.VERSION_CONFLICT: (SCHEDULED, {}, '"2"'),
    }
    assert set(requests) | ELSEWHERE == set(V1_TABLE)

    for code, (post_id, body, tag) in requests.items():
        response = await client.patch(f"/v1/posts/{post_id}", json=body, headers={"If-Match": tag})

        assert (response.status_code, response.json()["error"]["code"]) == V1_TABLE[code]


async def test_a_time_in_the_past_has_a_code_of_its_own_where_it_is_the_one_problem(client: httpx.AsyncClient) -> None:
    past = {"scheduled_for": "2020-01-01T00:00:00Z"}

    alone = await client.patch(f"/v1/posts/{SCHEDULED}", json=past)
    together = await client.patch(f"/v1/posts/{SCHEDULED}", json={**past, "timezone": None})

    message = "`scheduled_for` must be in the future."
    assert (alone.status_code, alone.json()["error"]) == (
        400,
        {
            "message": message,
            "code": "past_schedule_time",
            "details": [{"path": ["scheduled_for"], "code": "PAST_SCHEDULE_TIME", "message": message}],
        },
    )
    assert (together.status_code, together.json()["error"]["code"]) == (400, "validation_error")
    assert len(together.json()["error"]["details"]) == 2


async def test_every_row_of_the_ugc_table_that_an_update_can_meet_is_reached(client: httpx.AsyncClient) -> None:
    requests: dict[ErrorCode, tuple[object, dict[str, object]]] = {
        ErrorCode.NOT_FOUND: ("nonsense", {}),
        ErrorCode.ALREADY_PUBLISHED: (PUBLISHED, {}),
        ErrorCode.PUBLISHING_IN_PROGRESS: (PUBLISHING, {}),
        ErrorCode.ACCOUNT_ALREADY_PUBLISHED: (PARTIALLY_FAILED, {"accountId": 2282}),
        ErrorCode.INVALID_FIELD_NAME: (VIDEO, {"captions": "x"}),
        ErrorCode.INVALID_INPUT: (VIDEO, {"title": "x"}),
    }
    # No version can be expected here, so that none can conflict.
    assert set(requests) | ELSEWHERE | {ErrorCode.VERSION_CONFLICT} == set(UGC_TABLE)

    for code, (post_id, fields) in requests.items():
        response = await client.post("/post/update", json={"postId": str(post_id), **fields})

        status, message = UGC_TABLE[code]
        assert (response.status_code, response.json()["code"]) == (status, status)
        assert message in (None, response.json()["message"])
