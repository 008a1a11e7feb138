"""Publishing to Bluesky: to the reference server itself, and through a proxy that makes it fail."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.domain.media import Media, MediaType
from app.domain.publishing import (
    ALWAYS,
    MediaUnreadable,
    Outcome,
    Outgoing,
    Published,
    Refused,
    TryLater,
    Unanswered,
)
from app.networks.bluesky import Bluesky, record_key
from app.networks.http import Http, open_http
from tests.networks.bluesky_server.proxy import (
    Proxy,
    answers,
    breaks_off,
    changes,
    does_and_answers,
    does_and_breaks_off,
    does_and_stays_silent,
)
from tests.networks.bluesky_server.server import FOLDER, Person, ReferenceServer
from tests.networks.posts import an_outgoing
from tests.support.clock import Clock
from tests.support.files import JPEG, PNG, image, mp4

SIGN_IN = "com.atproto.server.createSession"
REFRESH = "com.atproto.server.refreshSession"
CREATE = "com.atproto.repo.createRecord"
LOOK = "com.atproto.repo.getRecord"
UPLOAD = "com.atproto.repo.uploadBlob"
RESOLVE = "com.atproto.identity.resolveHandle"
WRONG = {"password": "wrong"}
CREATED_AT = "2026-04-12T08:30:00.000Z"


class Files:
    """The files that posts carry, in memory."""

    def __init__(self) -> None:
        self.contents: dict[UUID, bytes | MediaUnreadable] = {}

    def add(self, type: MediaType, content: bytes | MediaUnreadable, **known: Any) -> Media:
        id = uuid4()
        self.contents[id] = content
        return Media(id=id, type=type, url="https://files.example/1", **known)

    async def read(self, media: Media, *, limit: int) -> bytes:
        content = self.contents[media.id]
        if isinstance(content, MediaUnreadable):
            raise content
        if len(content) > limit:
            raise MediaUnreadable("The file is too large.", is_lasting=True)
        return content


@dataclass
class Stage:
    """A person's account, and a worker that publishes to it through the proxy."""

    server: ReferenceServer
    proxy: Proxy
    http: Http
    person: Person
    files: Files = field(default_factory=Files)

    def __post_init__(self) -> None:
        self.bluesky = self.another_worker()

    @property
    def host(self) -> str:
        return self.proxy.address.removeprefix("http://")

    @property
    def credentials(self) -> dict[str, str]:
        return {
            "service": self.proxy.address,
            "identifier": self.person.handle,
            "password": self.person.password,
        }

    def another_worker(self, http: Http | None = None) -> Bluesky:
        """One that knows of no session."""
        return Bluesky(http or self.http, self.files, clock=Clock())

    async def publish(self, outgoing: Outgoing, **other: str) -> Outcome:
        return await self.bluesky.publish(outgoing, {**self.credentials, **other})

    def posts(self) -> list[dict[str, Any]]:
        """The records that the server holds, oldest key first."""
        return [post["value"] for post in reversed(self.server.posts(self.person))]

    def published(self, outgoing: Outgoing) -> Published:
        key = record_key(outgoing.key)
        return Published(
            platform_post_id=f"at://{self.person.did}/app.bsky.feed.post/{key}",
            platform_post_url=f"https://bsky.app/profile/{self.person.did}/post/{key}",
        )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReferenceServer]:
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed: install it to run the tests against Bluesky's reference server")
    assert (FOLDER / "node_modules/package-lock.json").exists(), "no reference server: run scripts/setup_networks"
    with ReferenceServer(tmp_path_factory.mktemp("bluesky")) as server:
        yield server


@pytest.fixture
async def stage(server: ReferenceServer) -> AsyncIterator[Stage]:
    async with Proxy(server.address).serving() as proxy, open_http(allow_private=True, timeout=30) as http:
        yield Stage(server, proxy, http, server.sign_up())


def post(text: str = "Hello", *media: Media, key: str = "post_1_1", attempt: int = 1) -> Outgoing:
    return an_outgoing(text=text, media=media, key=key, attempt=attempt)


def record(text: str = "Hello", **more: object) -> dict[str, object]:
    return {"$type": "app.bsky.feed.post", "text": text, "createdAt": CREATED_AT, **more}


def facet(start: int, end: int, kind: str, **value: str) -> dict[str, object]:
    return {
        "$type": "app.bsky.richtext.facet",
        "index": {"byteStart": start, "byteEnd": end},
        "features": [{"$type": f"app.bsky.richtext.facet#{kind}", **value}],
    }


# What is published


def test_it_is_named_and_can_be_repeated_forever() -> None:
    assert (Bluesky.name, Bluesky.repeatable_for) == ("bluesky", ALWAYS)


async def test_a_text_becomes_one_record_with_a_key_of_the_destination(stage: Stage) -> None:
    outcome = await stage.publish(post("Hello, Bluesky 👋"))

    assert outcome == stage.published(post())
    assert stage.posts() == [record("Hello, Bluesky 👋")]
    assert stage.proxy.calls == [SIGN_IN, CREATE]


async def test_links_hashtags_and_mentions_of_people_who_are_known_can_be_clicked(stage: Stage) -> None:
    friend = stage.server.sign_up()
    text = f"👩‍👩‍👧 with @{friend.handle} and @nobody.test: see example.com/a. #Launch https://b.com/(é)"

    outcome = await stage.publish(post(text))

    assert outcome == stage.published(post())
    mention = len(f"@{friend.handle}")
    assert stage.posts() == [
        record(
            text,
            facets=[
                facet(24, 24 + mention, "mention", did=friend.did),
                facet(47 + mention, 60 + mention, "link", uri="https://example.com/a"),
                facet(62 + mention, 69 + mention, "tag", tag="Launch"),
                facet(70 + mention, 88 + mention, "link", uri="https://b.com/(é)"),
            ],
        )
    ]


async def test_a_mention_that_cannot_be_looked_up_stays_text(stage: Stage) -> None:
    stage.proxy.fail(RESOLVE, answers(502, {"error": "UpstreamFailure"}))
    for _ in range(2):  # the client tries a reading call once more
        stage.proxy.fail(RESOLVE, breaks_off)

    outcome = await stage.publish(post(f"@{stage.person.handle} @nobody.test"))

    assert outcome == stage.published(post())
    assert stage.posts() == [record(f"@{stage.person.handle} @nobody.test")]


async def test_images_are_embedded_in_order_with_what_they_show_and_their_shape(stage: Stage) -> None:
    first, second = image(PNG), image(JPEG)
    shown = stage.files.add(MediaType.IMAGE, first, alt_text="A team", width=64, height=48, content_type=PNG)
    linked = stage.files.add(MediaType.IMAGE, second)

    outcome = await stage.publish(post("Two", shown, linked))

    assert outcome == stage.published(post())
    (found,) = stage.posts()
    blobs = [one["image"] for one in found["embed"]["images"]]
    assert found == record(
        "Two",
        embed={
            "$type": "app.bsky.embed.images",
            "images": [
                {"image": blobs[0], "alt": "A team", "aspectRatio": {"width": 64, "height": 48}},
                {"image": blobs[1], "alt": ""},
            ],
        },
    )
    assert [(blob["mimeType"], blob["size"]) for blob in blobs] == [(PNG, len(first)), (JPEG, len(second))]
    assert [stage.server.file(stage.person, blob) for blob in blobs] == [first, second]


async def test_a_video_is_embedded(stage: Stage) -> None:
    film = mp4()
    media = stage.files.add(MediaType.VIDEO, film, alt_text="A film", width=160, height=120)

    outcome = await stage.publish(post("Film", media))

    assert outcome == stage.published(post())
    (found,) = stage.posts()
    blob = found["embed"]["video"]
    ratio = {"width": 160, "height": 120}
    assert found == record(
        "Film", embed={"$type": "app.bsky.embed.video", "video": blob, "alt": "A film", "aspectRatio": ratio}
    )
    assert (blob["mimeType"], stage.server.file(stage.person, blob)) == ("video/mp4", film)


# What is refused


async def test_a_file_that_bluesky_does_not_take_is_refused_before_it_is_sent(stage: Stage) -> None:
    gone = MediaUnreadable("It is gone.", is_lasting=True)
    add = stage.files.add
    refused = [
        (add(MediaType.IMAGE, b"", size=2_000_001), "The image has 2000001 bytes, and Bluesky takes at most 2000000."),
        (
            add(MediaType.VIDEO, b"", size=100_000_001),
            "The video has 100000001 bytes, and Bluesky takes at most 100000000.",
        ),
        (add(MediaType.IMAGE, bytes(2_000_001)), "The file is too large."),
        (add(MediaType.IMAGE, b"<!doctype html>"), "The image is not an image file."),
        (add(MediaType.IMAGE, mp4()), "The image is not an image file."),
        (add(MediaType.VIDEO, mp4(brand=b"qt  ")), "The video is not an MP4 file, and Bluesky takes no others."),
        (add(MediaType.VIDEO, image(JPEG)), "The video is not an MP4 file, and Bluesky takes no others."),
        (add(MediaType.IMAGE, gone), "It is gone."),
    ]

    outcomes = [await stage.publish(post("File", media)) for media, _ in refused]

    assert outcomes == [Refused(reason=reason) for _, reason in refused]
    assert stage.proxy.calls == [SIGN_IN]
    assert stage.posts() == []


async def test_a_file_that_cannot_be_read_for_now_makes_the_post_wait(stage: Stage) -> None:
    media = stage.files.add(MediaType.IMAGE, MediaUnreadable("It is not there yet.", is_lasting=False))

    assert await stage.publish(post("File", media)) == TryLater(reason="It is not there yet.")
    assert stage.posts() == []


async def test_more_than_four_images_or_a_video_among_images_are_refused(stage: Stage) -> None:
    picture, film = stage.files.add(MediaType.IMAGE, image()), stage.files.add(MediaType.VIDEO, mp4())

    outcomes = [
        await stage.publish(post("Many", *media)) for media in ([picture] * 5, [picture, film], [film, picture])
    ]

    assert outcomes == [Refused(reason="Bluesky takes up to 4 images in a post, or one video.")] * 3
    assert stage.proxy.calls == [SIGN_IN]
    assert stage.posts() == []


async def test_what_the_server_says_about_a_text_that_is_too_long_is_told(stage: Stage) -> None:
    outcome = await stage.publish(post("a" * 301))

    assert isinstance(outcome, Refused)
    assert outcome.reason.startswith(f"{stage.host} answered 400 Bad Request: Invalid app.bsky.feed.post record:")
    assert stage.posts() == []


async def test_a_wrong_password_is_refused(stage: Stage) -> None:
    outcome = await stage.publish(post(), **WRONG)

    assert outcome == Refused(reason=f"{stage.host} does not take the account's identifier and password.")
    assert stage.posts() == []


async def test_an_app_password_publishes_until_it_is_revoked(stage: Stage) -> None:
    password = stage.server.create_app_password(stage.person)
    assert await stage.publish(post(), password=password) == stage.published(post())

    stage.server.revoke_app_password(stage.person)
    stage.bluesky = stage.another_worker()
    outcome = await stage.publish(post(key="post_2_1"), password=password)

    assert outcome == Refused(reason=f"{stage.host} does not take the account's identifier and password.")
    assert stage.posts() == [record()]


async def test_an_account_that_was_deactivated_or_taken_down_is_refused(stage: Stage) -> None:
    stage.server.deactivate(stage.person)
    deactivated = await stage.publish(post())
    stage.server.take_down(stage.person)
    taken_down = await stage.publish(post())
    cannot_sign_in = await stage.another_worker().publish(post(), stage.credentials)

    assert deactivated == Refused(reason=f"{stage.host} says that the account is deactivated.")
    assert taken_down == Refused(reason=f"{stage.host} says that the account has been taken down.")
    assert cannot_sign_in == taken_down


async def test_an_account_that_asks_for_a_code_needs_an_app_password(stage: Stage) -> None:
    body = {"error": "AuthFactorTokenRequired", "message": "A sign in code has been sent"}
    stage.proxy.fail(SIGN_IN, answers(401, body))

    assert await stage.publish(post()) == Refused(
        reason=f"{stage.host} wants a code sent by email for this password. An app password needs none."
    )


# Repeats


async def test_a_repeat_finds_the_first_post_and_leaves_it_as_it_is(stage: Stage) -> None:
    media = stage.files.add(MediaType.IMAGE, image())
    await stage.publish(post("First", media))
    (first,) = stage.server.posts(stage.person)
    stage.proxy.calls.clear()

    repeat = await stage.another_worker().publish(post("Second", media, attempt=2), stage.credentials)

    assert repeat == stage.published(post())
    assert stage.server.posts(stage.person) == [first]
    assert stage.proxy.calls == [SIGN_IN, LOOK]


async def test_a_server_that_is_asked_to_create_it_twice_keeps_the_first(stage: Stage) -> None:
    """Where a worker does not know that there was an attempt before its own."""
    await stage.publish(post("First"))
    (first,) = stage.server.posts(stage.person)
    stage.proxy.calls.clear()

    repeat = await stage.another_worker().publish(post("Second"), stage.credentials)

    assert repeat == stage.published(post())
    assert stage.server.posts(stage.person) == [first]
    assert stage.proxy.calls == [SIGN_IN, CREATE, LOOK]


async def test_workers_that_publish_it_at_once_leave_one_post(stage: Stage) -> None:
    workers = [stage.another_worker() for _ in range(5)]

    outcomes = await asyncio.gather(*(worker.publish(post(), stage.credentials) for worker in workers))

    assert outcomes == [stage.published(post())] * 5
    assert stage.posts() == [record()]


async def test_another_destination_is_another_post(stage: Stage) -> None:
    outgoing = [post(key=key) for key in ("post_1_1", "post_1_2", "post_2_1")]

    outcomes = [await stage.publish(one) for one in outgoing]

    assert outcomes == [stage.published(one) for one in outgoing]
    assert stage.posts() == [record()] * 3


def test_record_keys_are_tids_that_stay_the_same_and_spell_no_word() -> None:
    keys = [record_key(f"post_{number}_1") for number in range(20_000)]

    assert len(set(keys)) == 20_000
    assert {len(key) for key in keys} == {13}
    assert {key[0] for key in keys} == set("2567bcdfghj")
    assert {letter for key in keys for letter in key} == set("2567bcdfghjklmpqrstvwxz")
    assert record_key("post_1_1") == "7r5jbbwrck5vg"


# Sessions


async def test_one_sign_in_serves_many_posts_even_when_they_start_at_once(stage: Stage) -> None:
    outgoing = [post(key=f"post_{number}_1") for number in range(5)]

    outcomes = await asyncio.gather(*map(stage.publish, outgoing))

    assert outcomes == [stage.published(one) for one in outgoing]
    assert len(stage.posts()) == 5
    assert sorted(stage.proxy.calls) == sorted([SIGN_IN] + [CREATE] * 5)


async def test_an_expired_session_is_refreshed_once_for_all(stage: Stage) -> None:
    stage.proxy.fail(SIGN_IN, changes(lambda told: told | {"accessJwt": stage.server.expired(told["accessJwt"])}))
    outgoing = [post(key=f"post_{number}_1") for number in range(3)]

    outcomes = await asyncio.gather(*map(stage.publish, outgoing))

    assert outcomes == [stage.published(one) for one in outgoing]
    assert stage.posts() == [record()] * 3
    assert sorted(stage.proxy.calls) == sorted([SIGN_IN, REFRESH] + [CREATE] * 6)


async def test_a_session_that_was_ended_is_begun_anew_with_the_password(stage: Stage) -> None:
    stage.proxy.fail(SIGN_IN, changes(lambda told: told | {"accessJwt": stage.server.expired(told["accessJwt"])}))
    stage.proxy.fail(CREATE, answers(400, {"error": "ExpiredToken", "message": "Token has expired"}))
    await stage.publish(post())
    stage.server.end_session(stage.proxy.told[REFRESH]["refreshJwt"])
    stage.proxy.fail(CREATE, answers(400, {"error": "ExpiredToken", "message": "Token has expired"}))
    stage.proxy.calls.clear()

    outcome = await stage.publish(post(key="post_2_1"))

    assert outcome == stage.published(post(key="post_2_1"))
    assert stage.proxy.calls == [CREATE, REFRESH, SIGN_IN, CREATE]
    assert stage.posts() == [record()] * 2


async def test_a_token_that_the_server_never_takes_is_not_renewed_again_and_again(stage: Stage) -> None:
    expired = answers(400, {"error": "ExpiredToken", "message": "Token has expired"})
    stage.proxy.fail(CREATE, expired)
    stage.proxy.fail(CREATE, expired)

    outcome = await stage.publish(post())

    assert outcome == Refused(reason=f"{stage.host} answered 400 Bad Request: Token has expired")
    assert stage.proxy.calls == [SIGN_IN, CREATE, REFRESH, CREATE, LOOK]
    assert stage.posts() == []


async def test_other_credentials_are_another_session(stage: Stage) -> None:
    friend = stage.server.sign_up()

    await stage.publish(post())
    await stage.publish(post(), identifier=friend.handle, password=friend.password)
    wrong = await stage.publish(post(key="post_2_1"), **WRONG)

    assert isinstance(wrong, Refused)
    assert stage.proxy.calls == [SIGN_IN, CREATE, SIGN_IN, CREATE, SIGN_IN]
    assert [len(stage.server.posts(person)) for person in (stage.person, friend)] == [1, 1]


# Faults


async def test_an_answer_that_is_lost_leaves_it_open_and_the_repeat_finds_the_post(stage: Stage) -> None:
    stage.proxy.fail(CREATE, does_and_breaks_off)

    lost = await stage.publish(post())
    repeat = await stage.publish(post(attempt=2))

    assert lost == Unanswered(reason=f"{stage.host} took the call, and the connection broke before it answered.")
    assert repeat == stage.published(post())
    assert stage.posts() == [record()]


async def test_a_call_that_is_lost_leaves_it_open_and_the_repeat_makes_the_post(stage: Stage) -> None:
    stage.proxy.fail(CREATE, breaks_off)

    lost = await stage.publish(post())
    assert stage.posts() == []
    repeat = await stage.publish(post(attempt=2))

    assert isinstance(lost, Unanswered)
    assert repeat == stage.published(post())
    assert stage.posts() == [record()]


async def test_a_server_that_stays_silent_leaves_it_open_and_the_repeat_finds_the_post(stage: Stage) -> None:
    stage.proxy.fail(CREATE, does_and_stays_silent)

    async with open_http(allow_private=True, timeout=2) as impatient:
        silent = await stage.another_worker(impatient).publish(post(), stage.credentials)
    repeat = await stage.publish(post(attempt=2))

    assert silent == Unanswered(reason=f"{stage.host} took the call, and gave no answer within 2 seconds.")
    assert repeat == stage.published(post())
    assert stage.posts() == [record()]


async def test_whatever_is_answered_a_post_that_is_there_is_published(stage: Stage) -> None:
    outgoing = [post(key=f"post_{status}_1") for status in (200, 400, 409, 500, 502, 503, 504)]
    for status in (200, 400, 409, 500, 502, 503, 504):
        stage.proxy.fail(CREATE, does_and_answers(status, {"error": "Odd", "message": "Not what happened"}))

    outcomes = [await stage.publish(one) for one in outgoing]

    assert outcomes == [stage.published(one) for one in outgoing]
    assert stage.posts() == [record()] * 7


async def test_an_error_is_what_it_says_where_no_post_is_found(stage: Stage) -> None:
    host = stage.host
    meant = {
        200: Unanswered(reason=f"{host} answered 200, and nothing that can be read."),
        400: Refused(reason=f"{host} answered 400 Bad Request: Try again"),
        413: Refused(reason=f"{host} answered 413 Request Entity Too Large: Try again"),
        500: Unanswered(reason=f"{host} answered 500 Internal Server Error: Try again"),
        502: Unanswered(reason=f"{host} answered 502 Bad Gateway: Try again"),
        503: TryLater(reason=f"{host} answered 503 Service Unavailable: Try again"),
    }
    for status in meant:
        stage.proxy.fail(CREATE, answers(status, {"error": "InternalServerError", "message": "Try again"}))

    assert {status: await stage.publish(post()) for status in meant} == meant
    assert stage.proxy.calls == [SIGN_IN] + [CREATE, LOOK] * 6
    assert stage.posts() == []


async def test_an_error_stays_open_where_the_server_cannot_be_asked_about_the_post(stage: Stage) -> None:
    stage.proxy.fail(CREATE, does_and_answers(502, {"error": "UpstreamFailure"}))
    stage.proxy.fail(LOOK, answers(429, {"error": "RateLimitExceeded"}))

    outcome = await stage.publish(post())
    repeat = await stage.publish(post(attempt=2))

    assert outcome == Unanswered(reason=f"{stage.host} answered 502 Bad Gateway.")
    assert repeat == stage.published(post())
    assert stage.posts() == [record()]


async def test_a_repeat_that_cannot_ask_whether_the_post_is_out_creates_none(stage: Stage) -> None:
    for _ in range(2):  # the client tries a reading call once more
        stage.proxy.fail(LOOK, breaks_off)

    outcome = await stage.publish(post(attempt=2))

    assert outcome == TryLater(reason=f"{stage.host} took the call, and the connection broke before it answered.")
    assert stage.proxy.calls == [SIGN_IN, LOOK, LOOK]
    assert stage.posts() == []


async def test_a_server_that_is_busy_is_left_alone_for_as_long_as_it_asks_for(stage: Stage) -> None:
    now = datetime(2026, 4, 12, 8, 30, tzinfo=UTC)
    busy = {"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}
    headers = {"RateLimit-Reset": str(int(now.timestamp()) + 90), "Date": format_datetime(now, usegmt=True)}
    stage.proxy.fail(CREATE, answers(429, busy, headers))
    stage.proxy.fail(CREATE, answers(429, busy, {"RateLimit-Reset": "soon", "Retry-After": "7"}))

    waits = [await stage.publish(post()), await stage.publish(post())]

    reason = f"{stage.host} answered 429 Too Many Requests: Rate Limit Exceeded"
    assert waits == [
        TryLater(reason=reason, wait=timedelta(seconds=90)),
        TryLater(reason=reason, wait=timedelta(seconds=7)),
    ]
    assert stage.proxy.calls == [SIGN_IN, CREATE, CREATE]
    assert stage.posts() == []


async def test_the_reference_server_says_itself_when_sign_ins_were_too_many(stage: Stage) -> None:
    """It takes thirty in five minutes, right or wrong."""
    outcomes = await asyncio.gather(
        *(stage.publish(post(), identifier="nobody.test", password=str(number)) for number in range(31))
    )

    refused = Refused(reason=f"{stage.host} does not take the account's identifier and password.")
    assert outcomes.count(refused) == 30
    (busy,) = (outcome for outcome in outcomes if outcome != refused)
    assert isinstance(busy, TryLater)
    assert busy.reason == f"{stage.host} answered 429 Too Many Requests: Rate Limit Exceeded"
    assert busy.wait is not None
    # In whole seconds, rounded up from a clock that has gone on meanwhile.
    assert timedelta(0) < busy.wait <= timedelta(minutes=5, seconds=1)


@pytest.mark.parametrize("name", [SIGN_IN, UPLOAD])
async def test_nothing_is_out_when_signing_in_or_uploading_fails(stage: Stage, name: str) -> None:
    broke = "took the call, and the connection broke before it answered."
    faults = [
        (answers(500, {"error": "InternalServerError"}), "answered 500 Internal Server Error."),
        (answers(200, {"odd": True}), "answered 200, and nothing that can be read."),
        (answers(200, [{}]), "answered 200, and nothing that can be read."),
        (breaks_off, broke),
        (does_and_breaks_off, broke),
    ]
    for fault, _ in faults:
        stage.proxy.fail(name, fault)
    outgoing = post("Image", stage.files.add(MediaType.IMAGE, image()))

    outcomes = [await stage.publish(outgoing) for _ in faults]
    assert stage.posts() == []
    repeat = await stage.publish(replace(outgoing, attempt=2))

    assert outcomes == [TryLater(reason=f"{stage.host} {said}") for _, said in faults]
    assert repeat == stage.published(post())
    assert len(stage.posts()) == 1


async def test_a_refresh_that_fails_leaves_the_session_to_be_refreshed_later(stage: Stage) -> None:
    stage.proxy.fail(SIGN_IN, changes(lambda told: told | {"accessJwt": stage.server.expired(told["accessJwt"])}))
    stage.proxy.fail(REFRESH, does_and_breaks_off)

    lost = await stage.publish(post())
    repeat = await stage.publish(post(attempt=2))

    assert lost == TryLater(reason=f"{stage.host} took the call, and the connection broke before it answered.")
    assert repeat == stage.published(post())
    assert stage.proxy.calls == [SIGN_IN, CREATE, REFRESH, LOOK, CREATE, REFRESH, CREATE]


async def test_a_server_that_is_not_there_can_be_tried_later(stage: Stage) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{closed.getsockname()[1]}"

        outcome = await stage.publish(post(), service=f"http://{host}")

    assert outcome == TryLater(reason=f"{host} could not be reached: it refuses connections.")


async def test_a_server_on_a_private_address_is_not_called_unless_that_is_allowed(stage: Stage) -> None:
    async with open_http(allow_private=False, timeout=30) as public:
        outcome = await stage.another_worker(public).publish(post(), stage.credentials)

    assert isinstance(outcome, Refused)
    assert stage.proxy.calls == []


async def test_secrets_that_a_server_repeats_are_not_told(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    def repeated(secrets: Mapping[str, str]) -> Any:
        return answers(400, {"error": "InvalidRequest", "message": " ".join(secrets.values())})

    stage.proxy.fail(SIGN_IN, repeated(stage.credentials))
    signing_in = await stage.publish(post())
    await stage.publish(post())
    told = stage.proxy.told[SIGN_IN]
    tokens = {"access": told["accessJwt"], "refresh": told["refreshJwt"]}
    stage.proxy.fail(CREATE, repeated(tokens))
    creating = await stage.publish(post(key="post_2_1"))

    hidden = f"{stage.host} answered 400 Bad Request: (hidden)"
    assert signing_in == Refused(reason=f"{hidden} (hidden) (hidden)")
    assert creating == Refused(reason=f"{hidden} (hidden)")
    for secret in (stage.person.password, *tokens.values()):
        assert secret not in caplog.text
        assert secret not in repr(stage.bluesky.__dict__)


async def test_an_identity_that_is_none_is_not_believed(stage: Stage) -> None:
    dids = ("did:plc:../../x", "https://example.com", "", "did:plc:a b", None)
    for did in dids:
        stage.proxy.fail(SIGN_IN, answers(200, {"did": did, "accessJwt": "a", "refreshJwt": "r"}))

    outcomes = [await stage.publish(post()) for _ in dids]

    assert outcomes == [TryLater(reason=f"{stage.host} answered 200, and nothing that can be read.")] * 5
    assert stage.proxy.calls == [SIGN_IN] * 5
