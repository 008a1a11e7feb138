"""REST v1's media: uploads are streamed, judged by their bytes and kept; what is refused leaves nothing behind."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from pydantic import TypeAdapter
from sqlalchemy import Connection, text

from app.commands.fill_demo import BANNER, SCHEDULED, SLIDES
from app.domain.api_key import Scope
from app.repositories.database import Database
from app.rest.v1.envelopes import V1Failure
from app.rest.v1.media.envelopes import V1DeletedMediaAnswer, V1MediaAnswer
from tests.conftest import key_with
from tests.repositories.storage import changed_tables
from tests.repositories.storage import dump as stored
from tests.support.clock import Clock
from tests.support.edges import dump
from tests.support.files import BOUNDARY, END, FORM, GIF, JPEG, PNG, WEBP, image, mp4, part, webm
from tests.support.uploads import files_in, send, serving_files, upload

FIRST = UUID(int=1)
"""The id of the first upload of a test."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
async def client(database_url: str, clock: Clock, demo: str, home: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with serving_files(database_url, clock, home, demo) as client:
        yield client


def error_of(response: httpx.Response) -> tuple[int, dict[str, Any]]:
    body = response.json()
    assert body["data"] is None
    assert body["meta"]["request_id"] == response.headers["X-Request-Id"]
    error: dict[str, Any] = body["error"]
    return response.status_code, error


def problem(path: str, code: str, message: str, **more: int) -> tuple[int, dict[str, Any]]:
    """A validation error with this one problem."""
    details = [{"path": [path], "code": code, "message": message, **more}]
    return 400, {"message": message, "code": "validation_error", "details": details}


def bad_request(message: str, status: int = 400) -> tuple[int, dict[str, Any]]:
    return status, {"message": message, "code": "bad_request"}


@pytest.mark.parametrize("prefix", ["/v1", "/api/v1"])
async def test_an_upload_is_answered_with_all_that_is_known_of_it(
    prefix: str, client: httpx.AsyncClient, database: Database, home: Path
) -> None:
    before = await stored(database)
    content = image(JPEG, width=64, height=48)

    response = await upload(client, content, path=f"{prefix}/media", alt_text="A slide – grey")

    assert response.status_code == 201
    data = response.json()["data"]
    assert data == {
        "media_id": str(FIRST),
        "type": "image",
        "width": 64,
        "height": 48,
        "url": data["url"],
        "duration_ms": None,
        "alt_text": "A slide – grey",
        "content_type": "image/jpeg",
        "size": len(content),
    }
    file = re.fullmatch(rf"http://redraft\.test/media/(1/{FIRST}-[0-9a-f]{{32}}\.jpg)", data["url"])
    assert file is not None
    assert files_in(home) == [f"media/{file[1]}"]
    assert (home / "media" / file[1]).read_bytes() == content
    assert changed_tables(before, await stored(database)) == {"media": (0, 1)}
    shown = await client.get(f"{prefix}/media/{FIRST}")
    assert (shown.status_code, shown.json()["data"]) == (200, data)


async def test_every_accepted_format_is_known_by_its_bytes(client: httpx.AsyncClient) -> None:
    """The name and the type that are sent with it say that it is a web page."""
    for content, type, content_type, ending, measures in (
        (image(PNG), "image", "image/png", ".png", [64, 48, None]),
        (image(GIF), "image", "image/gif", ".gif", [64, 48, None]),
        (image(WEBP), "image", "image/webp", ".webp", [64, 48, None]),
        (mp4(), "video", "video/mp4", ".mp4", [160, 120, 2000]),
        (mp4(brand=b"qt  "), "video", "video/quicktime", ".mov", [160, 120, 2000]),
        (webm(), "video", "video/webm", ".webm", [160, 120, 2000]),
    ):
        response = await upload(client, content)

        assert response.status_code == 201, ending
        data = response.json()["data"]
        assert (data["type"], data["content_type"], data["size"]) == (type, content_type, len(content))
        assert [data["width"], data["height"], data["duration_ms"]] == measures
        assert data["url"].endswith(ending)


async def test_an_uploaded_file_can_be_given_to_a_post(client: httpx.AsyncClient) -> None:
    await upload(client, image())

    updated = await client.patch(f"/v1/posts/{SCHEDULED}", json={"media_ids": [str(FIRST)]})

    assert updated.status_code == 200
    media = [{"media_id": str(FIRST), "type": "image", "width": 64, "height": 48}]
    assert updated.json()["data"]["media"] == media


async def test_a_form_may_come_byte_by_byte_with_its_parts_in_any_order(client: httpx.AsyncClient) -> None:
    content = image()
    form = part("file", content) + part("alt_text", b"Last") + END

    async def bytes_of_form() -> AsyncIterator[bytes]:
        for byte in form:
            yield bytes([byte])

    response = await send(client, bytes_of_form())

    assert response.status_code == 201
    assert response.json()["data"]["alt_text"] == "Last"
    assert (await client.get(response.json()["data"]["url"])).content == content


async def test_an_alternative_text_may_be_empty_and_is_then_none(client: httpx.AsyncClient) -> None:
    assert (await upload(client, image(), alt_text="")).json()["data"]["alt_text"] is None


NOT_ACCEPTED = "`file` must be JPEG, PNG, GIF, WebP, MP4, MOV or WebM."
MALFORMED = "The body is not a well-formed multipart form."
GOOD = part("file", image())
REFUSED: dict[str, tuple[bytes, tuple[int, dict[str, Any]]]] = {
    "no file": (part("alt_text", b"x") + END, problem("file", "REQUIRED", "`file` is required.")),
    "no part": (END, problem("file", "REQUIRED", "`file` is required.")),
    "two files": (GOOD + GOOD + END, problem("file", "DUPLICATE", "`file` must be sent once.")),
    "two texts": (
        part("alt_text", b"") + part("alt_text", b"") + GOOD + END,
        problem("alt_text", "DUPLICATE", "`alt_text` must be sent once."),
    ),
    "an empty file": (part("file", b"") + END, problem("file", "INVALID_VALUE", "`file` is empty.")),
    "a text": (part("file", b"hello") + END, problem("file", "INVALID_VALUE", NOT_ACCEPTED)),
    "a web page": (part("file", b"<!doctype html>" * 1000) + END, problem("file", "INVALID_VALUE", NOT_ACCEPTED)),
    "half an image": (
        part("file", image()[:1000]) + END,
        problem("file", "INVALID_VALUE", "`file` is damaged or not complete."),
    ),
    "half a video": (
        part("file", mp4()[:-30]) + END,
        problem("file", "INVALID_VALUE", "`file` is damaged or not complete."),
    ),
    "a text that is too long": (
        part("alt_text", b"x" * 2001) + GOOD + END,
        problem("alt_text", "TOO_LONG", "`alt_text` must be at most 2000 characters.", limit=2000, actual=2001),
    ),
    "a text with NUL": (
        GOOD + part("alt_text", b"a\0b") + END,
        problem("alt_text", "INVALID_VALUE", "`alt_text` must not contain NUL characters."),
    ),
    "a text in Latin-1": (
        GOOD + part("alt_text", b"\xe9") + END,
        problem("alt_text", "INVALID_VALUE", "`alt_text` must be text in UTF-8."),
    ),
    "a name that is nearly right": (
        GOOD + part("altText", b"x") + END,
        (
            400,
            {
                "message": "Unknown field altText: did you mean alt_text?",
                "code": "invalid_field_name",
                "details": {"field": "altText", "suggestion": "alt_text"},
            },
        ),
    ),
    "an unknown name": (
        part("caption", b"x") + GOOD + END,
        (
            400,
            {
                "message": "Unknown field caption: known names are file, alt_text.",
                "code": "invalid_field_name",
                "details": {"field": "caption", "suggestion": None},
            },
        ),
    ),
    "a part without a name": (
        f"--{BOUNDARY}\r\nContent-Disposition: form-data\r\n\r\nx\r\n".encode() + END,
        bad_request("A part of the form has no name."),
    ),
    "a part without a disposition": (
        f"--{BOUNDARY}\r\nContent-Type: text/plain\r\n\r\nx\r\n".encode() + END,
        bad_request("A part of the form has no name."),
    ),
    "no last boundary": (GOOD, bad_request("The form ends before its last boundary.")),
    "nothing": (b"", bad_request("The form ends before its last boundary.")),
    "another boundary": (b"--other\r\n\r\n", bad_request(MALFORMED)),
    "JSON": (b'{"file": "x"}', bad_request(MALFORMED)),
    "a broken header": (f"--{BOUNDARY}\r\nContent Disposition\r\n\r\n".encode(), bad_request(MALFORMED)),
    "endless headers": (
        f"--{BOUNDARY}\r\nContent-Disposition: {'x' * 100_000}\r\n".encode(),
        bad_request(MALFORMED),
    ),
}


async def test_a_form_that_cannot_be_is_refused_and_leaves_nothing(
    client: httpx.AsyncClient, database: Database, home: Path
) -> None:
    before = await dump(database)

    for case, (form, error) in REFUSED.items():
        assert error_of(await send(client, form)) == error, case

    assert await dump(database) == before
    assert files_in(home) == []


OTHER_TYPE = bad_request("Send the file as Content-Type: multipart/form-data.", 415)
NO_BOUNDARY = bad_request("The Content-Type names no boundary.")


async def test_a_body_of_another_type_is_refused_unread(client: httpx.AsyncClient) -> None:
    for content_type, error in (
        ("application/json", OTHER_TYPE),
        ("multipart/mixed; boundary=x", OTHER_TYPE),
        ("", OTHER_TYPE),
        ("multipart/form-data", NO_BOUNDARY),
        ("multipart/form-data; boundary=", NO_BOUNDARY),
        (f"multipart/form-data; boundary={'x' * 1000}", bad_request("The boundary is too long.")),
    ):
        form = Endless(image())

        response = await send(client, form, headers={"Content-Type": content_type})

        assert error_of(response) == error, content_type
        assert form.sent == 0


class Endless:
    """A form whose file goes on for as long as somebody reads it."""

    def __init__(self, start: bytes) -> None:
        self.start = start
        self.sent = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield part("file", self.start)[:-2]
        piece = bytes(256 * 1024)
        while True:
            self.sent += len(piece)
            yield piece


async def test_an_image_is_read_up_to_25_mib_and_no_further(
    client: httpx.AsyncClient, database: Database, home: Path
) -> None:
    """No Content-Length says how large it is."""
    before = await dump(database)
    form = Endless(image())

    response = await send(client, form)

    assert error_of(response) == bad_request("The file is larger than the 26214400 bytes that images may have.", 413)
    assert 25 <= form.sent / 2**20 < 26
    assert await dump(database) == before
    assert files_in(home) == []


async def test_a_file_that_is_not_accepted_is_not_read_to_its_end(client: httpx.AsyncClient, home: Path) -> None:
    form = Endless(b"%PDF-1.7")

    response = await send(client, form)

    assert error_of(response) == problem("file", "INVALID_VALUE", NOT_ACCEPTED)
    assert form.sent < 2**20
    assert files_in(home) == []


async def test_a_small_content_length_lets_no_large_image_in(client: httpx.AsyncClient) -> None:
    form = Endless(image())

    response = await send(client, form, headers={"Content-Length": "1000"})

    assert response.status_code == 413
    assert form.sent < 26 * 2**20


async def test_a_content_length_beyond_every_limit_is_refused_unread(client: httpx.AsyncClient) -> None:
    form = Endless(mp4())

    response = await send(client, form, headers={"Content-Length": str(502 * 2**20)})

    assert error_of(response) == bad_request("The body is larger than 525336576 bytes.", 413)
    assert form.sent == 0


async def test_a_key_that_may_only_read_is_refused_before_the_file_is_read(
    client: httpx.AsyncClient, database: Database, clock: Clock
) -> None:
    client.headers["Authorization"] = f"Bearer {await key_with(database, clock, Scope.READ)}"
    before = await dump(database)
    form = Endless(image())

    uploaded = await send(client, form)
    deleted = await client.delete(f"/v1/media/{SLIDES[0]}")

    for response in (uploaded, deleted):
        assert error_of(response) == (403, {"message": "This API key lacks the scope write.", "code": "forbidden"})
    assert form.sent == 0
    assert await dump(database) == before


async def test_without_a_key_nothing_is_read(client: httpx.AsyncClient) -> None:
    del client.headers["Authorization"]
    form = Endless(image())

    response = await send(client, form)

    assert error_of(response)[0] == 401
    assert form.sent == 0


NO_ADDRESS = bad_request("The Host of this request gives the file no http or https URL of at most 2048 bytes.")


async def test_an_upload_to_an_address_that_cannot_be_stored_is_refused_and_leaves_nothing(
    client: httpx.AsyncClient, database: Database, home: Path
) -> None:
    before = await dump(database)

    response = await send(client, GOOD + END, headers={"Host": "x" * 3000})

    assert error_of(response) == NO_ADDRESS
    assert await dump(database) == before
    assert files_in(home) == []


async def test_an_address_may_have_2048_bytes_and_no_more(client: httpx.AsyncClient) -> None:
    around = len(f"http:///media/1/{FIRST}-{'0' * 32}.jpg")

    longest = await send(client, GOOD + END, headers={"Host": "x" * (2048 - around)})
    too_long = await send(client, GOOD + END, headers={"Host": "x" * (2049 - around)})

    assert (longest.status_code, len(longest.json()["data"]["url"])) == (201, 2048)
    assert error_of(too_long) == NO_ADDRESS


async def test_with_a_public_url_the_host_of_a_request_does_not_matter(
    database_url: str, clock: Clock, demo: str, home: Path
) -> None:
    async with serving_files(database_url, clock, home, demo, public_url="https://posts.example") as client:
        response = await send(client, GOOD + END, headers={"Host": "x" * 3000})

    assert response.status_code == 201
    assert response.json()["data"]["url"].startswith(f"https://posts.example/media/1/{FIRST}-")


async def test_a_record_that_cannot_be_written_takes_its_file_with_it(
    client: httpx.AsyncClient, database: Database, home: Path
) -> None:
    # given a database in which the next id is taken
    def take_the_id(connection: Connection) -> None:
        connection.execute(text("UPDATE media SET id = :id WHERE id = :old"), _keys(connection))

    await database.write(_forget_posts)
    await database.write(take_the_id)
    before = await dump(database)

    # when
    response = await upload(client, image())

    # then
    status, error = error_of(response)
    assert (status, error["code"]) == (500, "internal_error")
    assert await dump(database) == before
    assert files_in(home) == []


def _forget_posts(connection: Connection) -> None:
    connection.execute(text("DELETE FROM post_media"))


def _keys(connection: Connection) -> dict[str, object]:
    is_text = connection.dialect.name == "sqlite"
    return {"id": FIRST.hex if is_text else FIRST, "old": BANNER.hex if is_text else BANNER}


async def test_media_kept_elsewhere_is_shown_in_the_same_shape(client: httpx.AsyncClient) -> None:
    response = await client.get(f"/v1/media/{BANNER}")

    assert (response.status_code, response.json()["data"]) == (
        200,
        {
            "media_id": str(BANNER),
            "type": "image",
            "width": 1920,
            "height": 1080,
            "url": "https://media.example/launch-banner.jpg",
            "duration_ms": None,
            "alt_text": "The launch date on a blue ground",
            "content_type": None,
            "size": None,
        },
    )


async def test_media_that_is_not_there_is_not_found(client: httpx.AsyncClient) -> None:
    for id in ("00000000-0000-4000-8000-00000000dead", "nonsense", "%00"):
        for response in (await client.get(f"/v1/media/{id}"), await client.delete(f"/v1/media/{id}")):
            assert error_of(response) == (404, {"message": "Media not found.", "code": "not_found"})


async def test_deleted_media_is_gone_with_its_file(client: httpx.AsyncClient, home: Path) -> None:
    url = (await upload(client, image())).json()["data"]["url"]
    assert len(files_in(home)) == 1

    response = await client.delete(f"/v1/media/{FIRST}")

    assert (response.status_code, response.json()["data"]) == (200, {"media_id": str(FIRST), "deleted": True})
    assert files_in(home) == []
    assert (await client.get(url)).status_code == 404
    assert (await client.get(f"/v1/media/{FIRST}")).status_code == 404
    assert (await client.delete(f"/v1/media/{FIRST}")).status_code == 404


async def test_media_that_a_post_still_needs_stays(client: httpx.AsyncClient, database: Database, home: Path) -> None:
    url = (await upload(client, image())).json()["data"]["url"]
    await client.patch(f"/v1/posts/{SCHEDULED}", json={"media_ids": [str(FIRST)]})
    before = await dump(database)

    response = await client.delete(f"/v1/media/{FIRST}")

    message = f"Posts that are not published use this media: {SCHEDULED}. Take it out of them first."
    assert error_of(response) == (409, {"message": message, "code": "conflict"})
    assert await dump(database) == before
    assert len(files_in(home)) == 1
    assert (await client.get(url)).status_code == 200


async def test_an_upload_repeated_under_its_key_is_one_upload(
    client: httpx.AsyncClient, database: Database, home: Path
) -> None:
    content = image()
    first = await upload(client, content, key="k", alt_text="x")
    kept = files_in(home)
    before = await dump(database)

    again = await send(
        client,
        (part("file", content) + part("alt_text", b"x") + END).replace(BOUNDARY.encode(), b"anotherBoundary"),
        headers={"Content-Type": "multipart/form-data; boundary=anotherBoundary", "Idempotency-Key": "k"},
    )

    assert (again.status_code, again.json()["data"]) == (201, first.json()["data"])
    assert files_in(home) == kept
    assert await dump(database) == before


@pytest.mark.parametrize("other", [{"content": image(PNG), "alt_text": "x"}, {"content": image(), "alt_text": "y"}])
async def test_another_upload_under_the_same_key_is_refused(
    other: dict[str, Any], client: httpx.AsyncClient, database: Database, home: Path
) -> None:
    await upload(client, image(), key="k", alt_text="x")
    kept = files_in(home)
    before = await dump(database)

    response = await upload(client, key="k", **other)

    assert (response.status_code, error_of(response)[1]["code"]) == (422, "idempotency_key_reused")
    assert files_in(home) == kept
    assert await dump(database) == before


async def test_twenty_uploads_at_once_under_one_key_leave_one_record_and_one_file(
    client: httpx.AsyncClient, database: Database, home: Path
) -> None:
    before = await stored(database)
    content = image()

    responses = await asyncio.gather(*(upload(client, content, key="k") for _ in range(20)))

    answered = [response.json()["data"] for response in responses if response.status_code == 201]
    assert answered
    assert all(data == answered[0] for data in answered)
    assert {response.status_code for response in responses} <= {201, 409}
    assert len(files_in(home)) == 1
    assert changed_tables(before, await stored(database)) == {"media": (0, 1), "idempotency_keys": (0, 1)}


async def test_a_deletion_repeated_under_its_key_is_answered_again(client: httpx.AsyncClient) -> None:
    await upload(client, image())

    answers = [await client.delete(f"/v1/media/{FIRST}", headers={"Idempotency-Key": "k"}) for _ in range(2)]

    assert [(answer.status_code, answer.json()["data"]) for answer in answers] == [
        (200, {"media_id": str(FIRST), "deleted": True})
    ] * 2


async def test_a_refused_deletion_repeated_under_its_key_is_refused_again(
    client: httpx.AsyncClient, database: Database
) -> None:
    headers = {"Idempotency-Key": "k"}
    first = await client.delete(f"/v1/media/{BANNER}", headers=headers)
    before = await dump(database)

    again = await client.delete(f"/v1/media/{BANNER}", headers=headers)

    assert error_of(again) == error_of(first)
    assert again.status_code == 409
    assert await dump(database) == before


async def test_the_address_of_a_file_is_where_the_server_is_said_to_be(
    database_url: str, clock: Clock, demo: str, home: Path
) -> None:
    async with serving_files(database_url, clock, home, demo, public_url="https://posts.example/redraft/") as client:
        url = (await upload(client, image())).json()["data"]["url"]

    assert url.startswith(f"https://posts.example/redraft/media/1/{FIRST}-")


async def test_answers_have_the_documented_shape(client: httpx.AsyncClient) -> None:
    answers: list[tuple[httpx.Response, Any]] = [
        (await upload(client, mp4()), V1MediaAnswer),
        (await client.get(f"/v1/media/{BANNER}"), V1MediaAnswer),
        (await client.delete(f"/v1/media/{FIRST}"), V1DeletedMediaAnswer),
        (await client.delete(f"/v1/media/{BANNER}"), V1Failure),
        (await send(client, END), V1Failure),
    ]
    for response, shape in answers:
        adapter = TypeAdapter(shape)
        assert adapter.dump_python(adapter.validate_python(response.json(), strict=True)) == response.json()


async def test_the_form_is_documented_with_its_fields(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()

    paths = {path: set(methods) for path, methods in document["paths"].items() if "/media" in path}
    assert paths == {"/v1/media": {"post"}, "/v1/media/{media_id}": {"get", "delete"}}
    content = document["paths"]["/v1/media"]["post"]["requestBody"]["content"]
    assert list(content) == ["multipart/form-data"]
    schema = content["multipart/form-data"]["schema"]
    assert (schema["required"], list(schema["properties"])) == (["file"], ["file", "alt_text"])
    statuses = {
        method: set(described["responses"]) for path in paths for method, described in document["paths"][path].items()
    }
    always = {"401", "403", "429", "500", "503", "default"}
    assert statuses == {
        "post": {"201", "400", "409", "413", "415", "422"} | always,
        "get": {"200", "404"} | always,
        "delete": {"200", "400", "404", "409", "422"} | always,
    }


async def test_a_bad_form_is_told_to_its_sender_and_not_to_the_log(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")

    await send(client, b"--other\r\n\r\n", headers=FORM)

    assert [record.name for record in caplog.records if record.name != "httpx"] == ["redraft.request"]
