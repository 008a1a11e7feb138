"""The log of a real server: JSON lines that can be found by request, without a word of what was sent."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from app.commands.fill_demo import SCHEDULED, VIDEO
from tests.support.server import Server

MARK = "xyzzy"
"""In everything that is sent. Nothing of Redraft's own is called so."""

WRITE = """
mutation Xyzzy($id: ID!, $input: UpdatePostInput!) {
  updatePost(id: $id, input: $input) { ... on MutationError { message } ... on UpdatePostSuccess { post { content } } }
}
"""


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[httpx.Response], str, str]:
    """The answers to requests of every kind, good and bad; the key; and the whole log afterwards."""
    home: Path = tmp_path_factory.mktemp("log") / "home"
    with Server(home, "--demo") as server:
        with httpx.Client(base_url=server.address, headers={"Authorization": f"Bearer {server.key}"}) as client:
            answers = [*graphql(client), *v1(client), *ugc(client), *others(client)]
        key = server.key
        server.stop()
    return answers, key, server.log


def graphql(client: httpx.Client) -> list[httpx.Response]:
    def ask(query: str, **variables: object) -> httpx.Response:
        return client.post("/graphql", json={"query": query, "variables": variables, "operationName": None})

    return [
        ask(WRITE, id=str(SCHEDULED), input={"content": f"{MARK} accepted"}),
        ask(WRITE, id=MARK, input={"content": MARK}),
        ask(WRITE, id=str(SCHEDULED), input={"content": MARK * 20_000}),
        ask(WRITE, id=str(SCHEDULED), input={"nonsense": MARK}),
        ask(WRITE, id=str(SCHEDULED), input=MARK),
        ask(f'{{ post(id: "{MARK}") {{ id }} }}'),
        ask(f"{{ {MARK} }}"),
        ask(f"{{ {MARK}"),
        client.get("/graphql", params={"query": f'{{ post(id: "{MARK}") {{ id }} }}'}),
        client.post("/graphql", content=MARK, headers={"Content-Type": "application/json"}),
    ]


def v1(client: httpx.Client) -> list[httpx.Response]:
    credentials = {"platform": "mastodon", "account_name": MARK, "credentials": {"access_token": MARK}}
    return [
        client.patch(f"/v1/posts/{SCHEDULED}", json={"content": f"{MARK} accepted"}),
        client.patch(f"/v1/posts/{SCHEDULED}", json={"content": [MARK]}),
        client.patch(f"/v1/posts/{SCHEDULED}", json={MARK: 1}),
        client.patch(f"/v1/posts/{SCHEDULED}", content=f'{{"content": "{MARK}'),
        client.patch(f"/v1/posts/{SCHEDULED}", content=f'{{"content": "{MARK}\\ud800"}}'),
        client.patch(f"/v1/posts/{SCHEDULED}", json={"content": MARK + "\x00"}),
        client.post("/v1/posts", json={"content": MARK, "account_ids": [2280]}),
        client.post("/v1/posts", json={"content": MARK, "draft": True}, headers={"Idempotency-Key": MARK}),
        client.post("/v1/posts", json={"content": MARK + "!"}, headers={"Idempotency-Key": MARK}),
        client.post("/v1/accounts", json=credentials),
        client.post("/v1/media", files={"file": (f"{MARK}.png", MARK.encode(), "image/png")}),
        client.get("/v1/posts", params={"status": MARK}),
        client.get("/v1/posts", headers={"Authorization": f"Bearer {MARK}"}),
        client.get("/v1/posts", headers={"Cookie": MARK, "User-Agent": MARK, "X-Request-Id": MARK}),
    ]


def ugc(client: httpx.Client) -> list[httpx.Response]:
    return [
        client.post("/post/update", json={"postId": str(VIDEO), "caption": f"{MARK} accepted"}),
        client.post("/post/update", json={"postId": MARK, "caption": MARK}),
        client.post("/post/update", json={MARK: MARK}),
        client.post("/post/draft", json={"type": "video", "mediaUrls": [f"https://example.com/{MARK}.mp4"]}),
    ]


def others(client: httpx.Client) -> list[httpx.Response]:
    return [
        client.get("/nowhere", params={"key": MARK}),
        client.put("/v1/posts", json={"content": MARK}),
        client.get("/readyz", params={"key": MARK}),
    ]


def test_every_request_has_a_line_with_the_id_of_its_answer(
    answered: tuple[list[httpx.Response], str, str],
) -> None:
    answers, _, log = answered
    lines = [json.loads(line) for line in log.splitlines()]

    requests = [line for line in lines if line["event"] == "request"]
    assert [(line["request_id"], line["status"]) for line in requests] == [
        (answer.headers["X-Request-Id"], answer.status_code) for answer in answers[:-1]
    ]
    assert answers[-1].status_code == 200  # /readyz, which is not written down where all is well
    assert {answer.status_code for answer in answers} >= {200, 201, 400, 401, 404, 405}
    assert all(line["request_id"] in [request["request_id"] for request in requests] for line in lines)


def test_nothing_that_was_sent_is_in_the_log(answered: tuple[list[httpx.Response], str, str]) -> None:
    answers, key, log = answered

    assert f"{MARK} accepted" in answers[0].text
    assert MARK not in log.lower()
    assert key not in log
