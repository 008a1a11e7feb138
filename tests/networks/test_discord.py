"""Publishing to Discord: a server that does what its documentation says, and that fails."""

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
    NEVER,
    MediaUnreadable,
    Outcome,
    Published,
    Refused,
    TryLater,
    Unanswered,
)
from app.networks.discord import FILE_LIMIT, Discord
from app.networks.http import open_http
from tests.networks.peer import (
    Fault,
    Part,
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
from tests.networks.posts import Files, an_outgoing, content_of
from tests.support.posts import a_video, an_account, an_image

TOKEN = "3d89bb7572e0fb30d8128367b3b1b44fecd1726de135cbe28a41f8b2f777c372ba2939e72279b94526ff5d1bd4358d65cf11"
PATH = f"/api/webhooks/223704706495545344/{TOKEN}"


class Server:
    """It keeps every message: there is no key by which it would know one again."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.files: list[Part] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.path != PATH:
            return web.json_response({"message": "Unknown Webhook", "code": 10015}, status=404)
        if request.method == "GET":
            return web.json_response({"id": "223704706495545344", "type": 1, "guild_id": "199737254929760256"})
        assert request.query["wait"] == "true"
        parts = parts_of(request.headers, await request.read())
        self.messages += [json.loads(part.content) for part in parts if part.name == "payload_json"]
        self.files += [part for part in parts if part.name != "payload_json"]
        return web.json_response({"id": f"90{len(self.messages)}", "channel_id": "199737254929760257"})


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
    path: str = PATH,
    files: Files | None = None,
    **different: Any,
) -> Outcome:
    async with open_http(allow_private=True, timeout=timeout) as http:
        account = an_account(platform=Platform.DISCORD)
        return await Discord(http, files or Files()).publish(
            an_outgoing(account=account, **different), {"webhook_url": f"{peer.url}{path}"}
        )


def host_of(peer: Peer) -> str:
    return peer.url.removeprefix("http://")


async def look(request: web.Request, handle: Any) -> web.StreamResponse:
    """No fault: the look at the webhook that comes before the message."""
    answer: web.StreamResponse = await handle(request)
    return answer


FIRST = Published(
    platform_post_id="901",
    platform_post_url="https://discord.com/channels/199737254929760256/199737254929760257/901",
)


async def test_a_message_is_posted_with_the_posts_text(peer: Peer, server: Server) -> None:
    assert await publish(peer) == FIRST

    assert (server.messages, server.files) == ([{"content": "Hello, wörld 👋", "attachments": []}], [])


async def test_a_thread_that_the_address_names_is_kept(peer: Peer) -> None:
    await publish(peer, path=f"{PATH}?thread_id=5")

    assert peer.received[-1].path == f"{PATH}?thread_id=5&wait=true"


async def test_files_are_sent_along_in_their_order_with_their_descriptions(peer: Peer, server: Server) -> None:
    image, video = replace(an_image(1), alt_text="A cät", content_type="image/png"), a_video(101)
    files = Files()

    assert await publish(peer, media=(video, image), files=files) == FIRST

    assert server.messages == [
        {
            "content": "Hello, wörld 👋",
            "attachments": [
                {"id": 0, "filename": "1.mp4"},
                {"id": 1, "filename": "2.png", "description": "A cät"},
            ],
        }
    ]
    assert server.files == [
        Part(name="files[0]", content=content_of(video.id), filename="1.mp4", content_type="video/mp4"),
        Part(name="files[1]", content=content_of(image.id), filename="2.png", content_type="image/png"),
    ]
    assert files.limits == [FILE_LIMIT, FILE_LIMIT]


async def test_a_longer_description_than_discord_takes_is_cut(peer: Peer, server: Server) -> None:
    await publish(peer, media=(replace(an_image(), alt_text="ä" * 2000),))

    assert server.messages[0]["attachments"][0]["description"] == "ä" * 1024


@pytest.mark.parametrize(
    "fault",
    [
        accepts_and_hangs_up,
        accepts_and_hangs_up_within_the_answer,
        accepts_and_answers_endlessly,
        accepts_and_answers(200, b"<html>"),
        accepts_and_answers(200, b'{"id": null}'),
        accepts_and_answers(204),
        accepts_and_answers(500),
        accepts_and_answers(502),
        accepts_and_answers(503),
        accepts_and_answers(504),
    ],
)
async def test_a_message_whose_answer_is_lost_may_be_out(peer: Peer, server: Server, fault: Fault) -> None:
    assert Discord.repeatable_for == NEVER
    peer.faults += [look, fault]

    assert isinstance(await publish(peer), Unanswered)
    assert len(server.messages) == 1


async def test_a_message_whose_answer_comes_too_late_may_be_out(peer: Peer, server: Server) -> None:
    peer.faults += [look, accepts_and_never_answers]

    assert await publish(peer, timeout=0.3) == Unanswered(
        reason=f"{host_of(peer)} took the call, and gave no answer within 0.3 seconds."
    )
    assert len(server.messages) == 1


async def test_every_call_has_a_connection_of_its_own(peer: Peer) -> None:
    await publish(peer)
    await publish(peer)

    assert [received.headers["Connection"] for received in peer.received] == ["close"] * 4


@pytest.mark.parametrize(
    "fault", [accepts_and_hangs_up, accepts_and_answers(500), accepts_and_answers(503), answers(429)]
)
async def test_nothing_is_out_when_the_look_at_the_webhook_fails(peer: Peer, server: Server, fault: Fault) -> None:
    # A look that is cut off is taken again at once, on a new connection: it is the same however often it is taken.
    peer.faults += [fault, fault]

    assert isinstance(await publish(peer), TryLater)
    assert server.messages == []


async def test_a_webhook_that_is_gone_is_refused_before_any_file_is_read(peer: Peer, server: Server) -> None:
    files = Files()

    outcome = await publish(peer, path="/api/webhooks/1/other", media=(an_image(),), files=files)

    assert outcome == Refused(reason=f"{host_of(peer)} answered 404 Not Found: Unknown Webhook")
    assert (files.limits, server.messages) == ([], [])


@pytest.mark.parametrize(
    ("json", "headers", "wait"),
    [
        ({"message": "You are being rate limited.", "retry_after": 0.65, "global": False}, {}, timedelta(seconds=0.65)),
        ({"message": "You are being rate limited.", "retry_after": 1e300}, {}, LONGEST_PAUSE),
        (
            {"message": "You are being rate limited.", "retry_after": "soon"},
            {"Retry-After": "65"},
            timedelta(seconds=65),
        ),
        ({"message": "You are being rate limited.", "retry_after": -1}, {}, None),
        ({"message": "You are being rate limited.", "retry_after": float("nan")}, {}, None),
    ],
)
async def test_a_rate_limit_says_when_to_try_again(
    peer: Peer, server: Server, json: object, headers: dict[str, str], wait: timedelta | None
) -> None:
    peer.faults += [look, answers(429, json, headers=headers)]

    assert await publish(peer) == TryLater(
        reason=f"{host_of(peer)} answered 429 Too Many Requests: You are being rate limited.", wait=wait
    )
    assert server.messages == []


async def test_a_server_that_says_when_it_is_back_has_not_posted(peer: Peer) -> None:
    peer.faults += [look, answers(503, headers={"Retry-After": "30"})]

    assert await publish(peer) == TryLater(
        reason=f"{host_of(peer)} answered 503 Service Unavailable.", wait=timedelta(seconds=30)
    )


async def test_what_discord_minds_is_told_by_the_field(peer: Peer) -> None:
    too_long = {"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 2000 or fewer in length."}
    errors = {"message": "Invalid Form Body", "code": 50035, "errors": {"content": {"_errors": [too_long]}}}
    peer.faults += [look, answers(400, errors), look, answers(413, {"message": "Request entity too large"})]

    assert await publish(peer) == Refused(
        reason=f"{host_of(peer)} answered 400 Bad Request: Must be 2000 or fewer in length."
    )
    assert await publish(peer) == Refused(
        reason=f"{host_of(peer)} answered 413 Request Entity Too Large: Request entity too large"
    )


@pytest.mark.parametrize("errors", [5, [], {"a": [{"b": {}}]}, {"a": {"message": 5}}, "x"])
async def test_errors_of_another_shape_are_no_reason(peer: Peer, errors: object) -> None:
    peer.faults += [look, answers(400, {"message": "Invalid Form Body", "errors": errors})]

    assert await publish(peer) == Refused(reason=f"{host_of(peer)} answered 400 Bad Request: Invalid Form Body")


async def test_the_webhooks_address_is_in_no_reason_even_if_the_server_says_it(peer: Peer) -> None:
    url = f"{peer.url}{PATH}"
    peer.faults.append(answers(401, {"message": f"{url} {PATH} {TOKEN}"}))

    outcome = await publish(peer)

    assert outcome == Refused(
        reason=f"{host_of(peer)} answered 401 Unauthorized: (hidden) /api/webhooks/(hidden)/(hidden) (hidden)"
    )


@pytest.mark.parametrize(("is_lasting", "kind"), [(True, Refused), (False, TryLater)])
async def test_a_file_that_cannot_be_read(
    peer: Peer, server: Server, is_lasting: bool, kind: type[Refused | TryLater]
) -> None:
    gone = MediaUnreadable("The file of the image is gone.", is_lasting=is_lasting)
    image = an_image()

    outcome = await publish(peer, media=(image,), files=Files(**{str(image.id): gone}))

    assert outcome == kind(reason="The file of the image is gone.")
    assert server.messages == []


@pytest.mark.parametrize("webhook", [{"guild_id": None}, {"guild_id": "../x"}, {}, []])
async def test_a_message_of_which_nobody_says_where_it_is_has_no_address(peer: Peer, webhook: object) -> None:
    peer.faults.append(answers(200, webhook))

    assert await publish(peer) == Published(platform_post_id="901")
