"""Publishing through an owner's endpoint."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from standardwebhooks import Webhook as Receiver

from app.domain.kind import PostKind
from app.domain.platforms import Platform
from app.domain.publishing import ALWAYS, Outcome, Published, Refused, TryLater, Unanswered
from app.networks.http import open_http
from app.networks.webhook import Webhook
from tests.networks.peer import (
    Fault,
    Peer,
    a_peer,
    accepts_and_answers,
    accepts_and_answers_endlessly,
    accepts_and_hangs_up,
    accepts_and_hangs_up_within_the_answer,
    accepts_and_never_answers,
    answers,
)
from tests.networks.posts import KEY, an_outgoing
from tests.support.clock import Clock
from tests.support.posts import POST_ID, a_video, an_account, an_image

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PATH = "/hooks/4b1d0c7a9e8f4d55"


class Endpoint:
    """What an owner may have written: it publishes what it has not published yet, and remembers by webhook-id."""

    def __init__(self) -> None:
        self.published: dict[str, dict[str, Any]] = {}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        event = Receiver(SECRET).verify(await request.text(), dict(request.headers))
        id = request.headers["webhook-id"]
        self.published.setdefault(id, event)
        number = list(self.published).index(id) + 1
        return web.json_response(
            {"platform_post_id": str(number), "platform_post_url": f"https://x.example/{number}"}, status=201
        )


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint()


@pytest.fixture
async def peer(endpoint: Endpoint) -> AsyncIterator[Peer]:
    async with a_peer(endpoint.handle) as peer:
        yield peer


async def publish(peer: Peer, *, timeout: float = 5, clock: Clock | None = None, **different: Any) -> Outcome:  # noqa: ASYNC109 - of the call
    credentials = {"url": f"{peer.url}{PATH}", "secret": SECRET}
    async with open_http(allow_private=True, timeout=timeout) as http:
        network = Webhook(http) if clock is None else Webhook(http, clock=clock)
        return await network.publish(an_outgoing(**different), credentials)


def host_of(peer: Peer) -> str:
    return peer.url.removeprefix("http://")


async def test_a_post_is_published_with_the_id_and_address_that_the_endpoint_tells(peer: Peer) -> None:
    assert await publish(peer) == Published(platform_post_id="1", platform_post_url="https://x.example/1")


async def test_the_endpoint_gets_everything_that_there_is_to_publish(peer: Peer) -> None:
    peer.faults.append(answers(204))  # signed long ago, which Endpoint would refuse
    image = replace(an_image(1), alt_text="A cat", width=640, height=480, content_type="image/jpeg", size=1234)
    video = replace(a_video(101), duration_ms=9000)

    await publish(
        peer,
        clock=Clock(datetime(2026, 11, 22, 9, 0, tzinfo=UTC)),
        account=an_account(7, platform=Platform.TIKTOK, name="@mybrand"),
        attempt=3,
        kind=PostKind.SLIDESHOW,
        title="A title",
        description="A description",
        first_comment="First!",
        social_audio_id="audio-1",
        media=(image, video),
    )

    [received] = peer.received
    assert (received.method, received.path) == ("POST", PATH)
    assert {name: received.headers[name] for name in ("Content-Type", "webhook-id", "webhook-timestamp")} == {
        "Content-Type": "application/json",
        "webhook-id": KEY,
        "webhook-timestamp": "1795338000",
    }
    assert json.loads(received.body) == {
        "type": "post.publish",
        "timestamp": "2026-11-22T09:00:00.000Z",
        "data": {
            "post_id": str(POST_ID),
            "account_id": 7,
            "account_name": "@mybrand",
            "platform": "tiktok",
            "attempt": 3,
            "kind": "slideshow",
            "content": "Hello, wörld 👋",
            "title": "A title",
            "description": "A description",
            "first_comment": "First!",
            "social_audio_id": "audio-1",
            "media": [
                {
                    "id": str(image.id),
                    "type": "image",
                    "url": "https://media.test/1.jpg",
                    "alt_text": "A cat",
                    "width": 640,
                    "height": 480,
                    "duration_ms": None,
                    "content_type": "image/jpeg",
                    "size": 1234,
                },
                {
                    "id": str(video.id),
                    "type": "video",
                    "url": "https://media.test/101.mp4",
                    "alt_text": None,
                    "width": None,
                    "height": None,
                    "duration_ms": 9000,
                    "content_type": None,
                    "size": None,
                },
            ],
        },
    }


@pytest.mark.parametrize(
    "fault",
    [accepts_and_hangs_up, accepts_and_answers(500), accepts_and_answers(502), accepts_and_answers(503)],
)
async def test_a_repeat_after_a_lost_answer_finds_the_first_post(peer: Peer, endpoint: Endpoint, fault: Fault) -> None:
    assert Webhook.repeatable_for == ALWAYS
    peer.faults.append(fault)

    first = await publish(peer)
    second = await publish(peer, attempt=2)

    assert not isinstance(first, Published | Refused)
    assert second == Published(platform_post_id="1", platform_post_url="https://x.example/1")
    assert list(endpoint.published) == [KEY]
    assert [received.headers["webhook-id"] for received in peer.received] == [KEY, KEY]


async def test_an_answer_that_comes_too_late_leaves_one_post(peer: Peer, endpoint: Endpoint) -> None:
    peer.faults.append(accepts_and_never_answers)

    assert await publish(peer, timeout=0.3) == Unanswered(
        reason=f"{host_of(peer)} took the call, and gave no answer within 0.3 seconds."
    )
    assert isinstance(await publish(peer, attempt=2), Published)
    assert list(endpoint.published) == [KEY]


@pytest.mark.parametrize("fault", [accepts_and_hangs_up_within_the_answer, accepts_and_answers_endlessly])
async def test_a_success_is_one_however_the_rest_of_the_answer_ends(peer: Peer, fault: Fault) -> None:
    peer.faults.append(fault)

    assert await publish(peer) == Published()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"OK",
        b"<html>",
        b"[]",
        b'{"platform_post_id": 5, "platform_post_url": 5}',
        b'{"platform_post_id": "", "platform_post_url": "javascript:alert(1)"}',
        b'{"platform_post_id": "a\\u0000b", "platform_post_url": "https://x.example/a b"}',
        b'{"platform_post_id": "\\ud800", "platform_post_url": "https:///x"}',
        b'{"platform_post_id": "' + b"x" * 256 + b'", "platform_post_url": "https://x.example/' + b"x" * 2048 + b'"}',
        b'{"platform_post_id": null, "platform_post_url": null}',
    ],
)
@pytest.mark.parametrize("status", [200, 202])
async def test_what_is_told_in_another_way_is_not_listened_to(peer: Peer, status: int, body: bytes) -> None:
    peer.faults.append(answers(status, body=body))

    assert await publish(peer) == Published()


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (answers(410), Refused(reason="{} answered 410 Gone: its owner has ended it.")),
        (answers(404), Refused(reason="{} answered 404 Not Found.")),
        (
            answers(422, {"error": "No\n  such\taccount."}),
            Refused(reason="{} answered 422 Unprocessable Entity: No such account."),
        ),
        (answers(400, {"error": 5, "message": "Bad."}), Refused(reason="{} answered 400 Bad Request: Bad.")),
        (
            answers(302, headers={"Location": "https://x.example"}),
            Refused(reason="{} answered 302 Found: redirects are not followed."),
        ),
        (
            answers(429, headers={"Retry-After": "7"}),
            TryLater(reason="{} answered 429 Too Many Requests.", wait=timedelta(seconds=7)),
        ),
        (answers(503), TryLater(reason="{} answered 503 Service Unavailable.")),
        (answers(500, {"message": "Oops."}), Unanswered(reason="{} answered 500 Internal Server Error: Oops.")),
    ],
)
async def test_a_failure_says_whether_and_when_to_try_again(peer: Peer, fault: Fault, expected: Any) -> None:
    peer.faults.append(fault)

    assert await publish(peer) == replace(expected, reason=expected.reason.format(host_of(peer)))


async def test_an_endpoints_own_words_are_bounded_and_hold_no_secret(peer: Peer) -> None:
    url = f"{peer.url}{PATH}"
    peer.faults += [
        answers(403, {"error": f"No {SECRET} for {url} ({PATH})\x1b[31m"}),
        answers(403, {"error": "x" * 5000}),
        answers(403, {"error": "\ud800 half"}),
    ]

    outcomes = [await publish(peer) for _ in range(3)]

    start = f"{host_of(peer)} answered 403 Forbidden: "
    assert outcomes == [
        Refused(reason=f"{start}No (hidden) for (hidden) (/hooks/(hidden)) [31m"),
        Refused(reason=f"{start}{'x' * 300}…"),
        Refused(reason=f"{start}half"),
    ]


async def test_an_endpoint_that_is_not_on_the_internet_is_refused_before_anything_is_sent(peer: Peer) -> None:
    async with open_http(allow_private=False, timeout=5) as http:
        outcome = await Webhook(http).publish(an_outgoing(), {"url": f"{peer.url}{PATH}", "secret": SECRET})

    assert isinstance(outcome, Refused)
    assert peer.received == []


async def test_secrets_of_any_kind_sign(peer: Peer) -> None:
    peer.faults += [answers(200)] * 3
    async with open_http(allow_private=True, timeout=5) as http:
        for secret in ("correct horse battery staple", "ä", "whsec_"):
            assert await Webhook(http).publish(an_outgoing(), {"url": peer.url, "secret": secret}) == Published()
