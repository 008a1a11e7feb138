"""Publishing to Mastodon: a server that does what its documentation says, and that fails."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from app.domain.platforms import Platform
from app.domain.publishing import (
    LONGEST_PAUSE,
    MediaUnreadable,
    Outcome,
    Published,
    Refused,
    TryLater,
    Unanswered,
)
from app.networks.http import open_http
from app.networks.mastodon import FILE_LIMIT, Mastodon
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
    parts_of,
)
from tests.networks.posts import KEY, Files, an_outgoing, content_of
from tests.support.posts import a_video, an_account, an_image

TOKEN = "ZA-Yj3aBD8U8Cm7lKUp"
GONE = "Yx-Q2bkLw5nAsD0PfRtU"


class Server:
    """looks: how often a file is answered to be in the works before it is ready."""

    def __init__(self) -> None:
        self.statuses: list[dict[str, Any]] = []
        self.media: dict[str, dict[str, Any]] = {}
        self.looks = 0
        self._keys: dict[str, int] = {}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({"error": "The access token is invalid"}, status=401)
        match request.method, request.path.split("/")[1:]:
            case "POST", ["api", "v1", "statuses"]:
                return await self._make_status(request)
            case "POST", ["api", "v2", "media"]:
                return await self._make_media(request)
            case "GET", ["api", "v1", "media", id]:
                self.media[id]["looks"] -= 1
                ready = self.media[id]["looks"] < 0
                return web.json_response({"id": id, "url": None}, status=200 if ready else 206)
        return web.json_response({"error": "Not Found"}, status=404)

    async def _make_status(self, request: web.Request) -> web.StreamResponse:
        key = request.headers["Idempotency-Key"]
        if key not in self._keys:
            sent = await request.json()
            if not sent["status"] and not sent["media_ids"]:
                return web.json_response({"error": "Validation failed: Text can't be blank"}, status=422)
            if any(self.media[id]["looks"] >= 0 for id in sent["media_ids"] if self.looks):
                return web.json_response({"error": "Cannot attach files that have not finished"}, status=422)
            self.statuses.append(sent)
            self._keys[key] = len(self.statuses)
        number = self._keys[key]
        return web.json_response({"id": str(number), "url": f"https://mastodon.example/@mybrand/{number}"})

    async def _make_media(self, request: web.Request) -> web.StreamResponse:
        made: dict[str, Any] = {"looks": self.looks}
        for part in parts_of(request.headers, await request.read()):
            is_file = part.filename is not None
            made[part.name] = (part.filename, part.content_type, part.content) if is_file else part.content
        id = str(100 + len(self.media))
        self.media[id] = made
        return web.json_response({"id": id, "url": None}, status=202 if self.looks else 200)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
async def peer(server: Server) -> AsyncIterator[Peer]:
    async with a_peer(server.handle) as peer:
        yield peer


async def publish(
    peer: Peer,
    *,
    timeout: float = 5,  # noqa: ASYNC109 - of the call
    token: str = TOKEN,
    files: Files | None = None,
    **different: Any,
) -> Outcome:
    async with open_http(allow_private=True, timeout=timeout) as http:
        account = an_account(platform=Platform.MASTODON)
        return await Mastodon(http, files or Files(), pause=0).publish(
            an_outgoing(account=account, **different), {"base_url": f"{peer.url}/", "access_token": token}
        )


def host_of(peer: Peer) -> str:
    return peer.url.removeprefix("http://")


FIRST = Published(platform_post_id="1", platform_post_url="https://mastodon.example/@mybrand/1")


async def test_a_status_is_made_with_the_posts_text(peer: Peer, server: Server) -> None:
    assert await publish(peer) == FIRST

    assert server.statuses == [{"status": "Hello, wörld 👋", "media_ids": []}]
    assert [(received.method, received.path) for received in peer.received] == [("POST", "/api/v1/statuses")]
    assert peer.received[0].headers["Idempotency-Key"] == KEY


async def test_files_are_uploaded_first_and_attached_in_their_order(peer: Peer, server: Server) -> None:
    image, video = replace(an_image(1), alt_text="A cät", content_type="image/png"), a_video(101)
    files = Files()

    assert await publish(peer, media=(video, image), files=files) == FIRST

    assert server.statuses == [{"status": "Hello, wörld 👋", "media_ids": ["100", "101"]}]
    assert server.media == {
        "100": {"looks": 0, "file": ("1.mp4", "video/mp4", content_of(video.id))},
        "101": {"looks": 0, "file": ("2.png", "image/png", content_of(image.id)), "description": "A cät"},
    }
    assert files.limits == [FILE_LIMIT, FILE_LIMIT]


async def test_a_file_that_the_server_works_on_is_waited_for(peer: Peer, server: Server) -> None:
    server.looks = 3

    assert await publish(peer, media=(a_video(),)) == FIRST

    paths = [received.path for received in peer.received]
    assert paths == ["/api/v2/media", *["/api/v1/media/100"] * 4, "/api/v1/statuses"]


async def test_a_file_that_takes_too_long_may_be_tried_later(peer: Peer, server: Server) -> None:
    server.looks = 1000

    assert await publish(peer, media=(a_video(),)) == TryLater(
        reason=f"{host_of(peer)} is still working on file 1 of the post."
    )
    assert server.statuses == []


async def test_a_longer_description_than_mastodon_takes_is_cut(peer: Peer, server: Server) -> None:
    assert await publish(peer, media=(replace(an_image(), alt_text="ä" * 2000),)) == FIRST

    assert server.media["100"]["description"] == "ä" * 1500


@pytest.mark.parametrize(
    "fault",
    [
        accepts_and_hangs_up,
        accepts_and_hangs_up_within_the_answer,
        accepts_and_answers_endlessly,
        accepts_and_answers(200, b"<html>"),
        accepts_and_answers(200, b'{"id": 5}'),
        accepts_and_answers(500),
        accepts_and_answers(502),
    ],
)
async def test_a_repeat_after_a_lost_answer_finds_the_first_status(peer: Peer, server: Server, fault: Fault) -> None:
    assert Mastodon.repeatable_for == timedelta(minutes=55)  # Mastodon's hour, less what a call may take
    peer.faults.append(fault)

    assert isinstance(await publish(peer), Unanswered)
    assert await publish(peer, attempt=2) == FIRST
    assert len(server.statuses) == 1


async def test_an_answer_that_comes_too_late_leaves_one_status(peer: Peer, server: Server) -> None:
    peer.faults.append(accepts_and_never_answers)

    assert isinstance(await publish(peer, timeout=0.3), Unanswered)
    assert await publish(peer, attempt=2) == FIRST
    assert len(server.statuses) == 1


async def test_a_token_that_is_not_valid_any_more_is_refused_in_the_servers_words(peer: Peer, server: Server) -> None:
    assert await publish(peer, token=GONE) == Refused(
        reason=f"{host_of(peer)} answered 401 Unauthorized: The access token is invalid"
    )
    assert server.statuses == []


@pytest.mark.parametrize("token", ["a\r\nHost: b", "ä", "a\0"])
async def test_a_token_that_cannot_be_sent_is_refused(peer: Peer, token: str) -> None:
    assert await publish(peer, token=token) == Refused(
        reason="The account's credentials hold characters that cannot be sent."
    )
    assert peer.received == []


async def test_a_status_that_breaks_a_rule_is_refused(peer: Peer) -> None:
    assert await publish(peer, text="") == Refused(
        reason=f"{host_of(peer)} answered 422 Unprocessable Entity: Validation failed: Text can't be blank"
    )


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        (
            {"X-RateLimit-Reset": "2026-11-22T09:05:00.000000Z", "Date": "Sun, 22 Nov 2026 09:00:00 GMT"},
            timedelta(minutes=5),
        ),
        ({"X-RateLimit-Reset": "2026-11-22T09:05:00", "Date": "Sun, 22 Nov 2026 09:00:00 GMT"}, timedelta(minutes=5)),
        ({"X-RateLimit-Reset": "2996-11-22T09:05:00Z"}, LONGEST_PAUSE),
        ({"X-RateLimit-Reset": "soon", "Retry-After": "9"}, timedelta(seconds=9)),
        ({}, None),
    ],
)
async def test_a_rate_limit_says_when_to_try_again(
    peer: Peer, server: Server, headers: dict[str, str], wait: timedelta | None
) -> None:
    peer.faults.append(answers(429, {"error": "Too many requests"}, headers=headers))

    assert await publish(peer) == TryLater(
        reason=f"{host_of(peer)} answered 429 Too Many Requests: Too many requests", wait=wait
    )
    assert server.statuses == []


async def test_when_a_limit_ends_is_no_answer_to_when_a_server_is_back(peer: Peer) -> None:
    peer.faults.append(answers(503, headers={"X-RateLimit-Reset": "2996-11-22T09:05:00Z"}))

    assert await publish(peer) == TryLater(reason=f"{host_of(peer)} answered 503 Service Unavailable.")


@pytest.mark.parametrize(
    "fault",
    [accepts_and_hangs_up, accepts_and_answers(500), accepts_and_answers(200, b"{}"), accepts_and_answers(200, b"")],
)
async def test_nothing_is_out_when_an_upload_fails(peer: Peer, server: Server, fault: Fault) -> None:
    peer.faults.append(fault)

    assert isinstance(await publish(peer, media=(an_image(),)), TryLater)
    assert server.statuses == []


async def test_an_id_that_leads_elsewhere_is_not_followed(peer: Peer, server: Server) -> None:
    peer.faults.append(answers(202, {"id": "../../oauth/token"}))

    assert isinstance(await publish(peer, media=(an_image(),)), TryLater)
    assert [received.path for received in peer.received] == ["/api/v2/media"]


async def test_a_file_that_the_server_does_not_take_is_refused(peer: Peer, server: Server) -> None:
    peer.faults.append(answers(422, {"error": "Validation failed: File content type is invalid"}))

    assert await publish(peer, media=(an_image(),)) == Refused(
        reason=f"{host_of(peer)} answered 422 Unprocessable Entity: Validation failed: File content type is invalid"
    )


@pytest.mark.parametrize(("is_lasting", "kind"), [(True, Refused), (False, TryLater)])
async def test_a_file_that_cannot_be_read(peer: Peer, is_lasting: bool, kind: type[Refused | TryLater]) -> None:
    gone = MediaUnreadable("The file of the image is gone.", is_lasting=is_lasting)
    image = an_image()

    assert await publish(peer, media=(image,), files=Files(**{str(image.id): gone})) == kind(
        reason="The file of the image is gone."
    )
    assert peer.received == []


async def test_the_token_is_in_no_reason_even_if_the_server_says_it(peer: Peer) -> None:
    peer.faults.append(answers(403, {"error": f"Bearer {TOKEN} may not do that"}))

    assert await publish(peer) == Refused(
        reason=f"{host_of(peer)} answered 403 Forbidden: Bearer (hidden) may not do that"
    )


async def test_the_text_goes_out_byte_for_byte(peer: Peer) -> None:
    text = ' \n“Ünïcödé” 👩‍👩‍👧 \\ " </script> \u202e '

    await publish(peer, text=text)

    assert json.loads(peer.received[0].body)["status"] == text
