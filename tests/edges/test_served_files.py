"""The files of media, fetched without a key at addresses that nobody can guess."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from app.commands.add_media import add_media
from app.commands.service import Service
from app.domain.media import Media, MediaType
from tests.repositories.storage import OURS
from tests.support.clock import Clock
from tests.support.files import PNG, image, mp4
from tests.support.uploads import serving_files, upload

FRAME = random.Random(1).randbytes(1_500_000)  # noqa: S311 - more than one piece
VIDEO = mp4(frame=FRAME)
TAG = f'"{UUID(int=1).hex}"'
ALWAYS = {
    "accept-ranges": "bytes",
    "cache-control": "public, max-age=86400, immutable",
    "content-disposition": "inline",
    "content-security-policy": (
        "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
    ),
    "etag": TAG,
    "x-content-type-options": "nosniff",
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
async def client(database_url: str, clock: Clock, demo: str, home: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with serving_files(database_url, clock, home, demo) as client:
        yield client


async def address_of(client: httpx.AsyncClient, content: bytes) -> str:
    """Upload a file, and be a stranger from then on."""
    response = await upload(client, content)
    assert response.status_code == 201, response.text
    del client.headers["Authorization"]
    url: str = response.json()["data"]["url"]
    return url


def headers_of(response: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name != "x-request-id"}


async def test_a_file_comes_back_byte_for_byte_as_what_it_is_and_never_as_a_page(client: httpx.AsyncClient) -> None:
    url = await address_of(client, VIDEO)

    response = await client.get(url)

    assert (response.status_code, response.content) == (200, VIDEO)
    assert headers_of(response) == {**ALWAYS, "content-type": "video/mp4", "content-length": str(len(VIDEO))}


async def test_head_answers_the_same_without_the_file(client: httpx.AsyncClient) -> None:
    url = await address_of(client, VIDEO)

    response = await client.head(url, headers={"Range": "bytes=0-1"})

    assert (response.status_code, response.content) == (200, b"")
    assert headers_of(response) == {**ALWAYS, "content-type": "video/mp4", "content-length": str(len(VIDEO))}


async def test_a_part_of_a_file_is_answered_alone(client: httpx.AsyncClient) -> None:
    url = await address_of(client, VIDEO)
    size = len(VIDEO)

    for asked, start, end in (
        ("bytes=0-0", 0, 1),
        ("bytes=100-299999", 100, 300_000),
        (f"bytes={size - 10}-", size - 10, size),
        ("bytes=-10", size - 10, size),
        ("bytes=0-99999999", 0, size),
    ):
        response = await client.get(url, headers={"Range": asked})

        assert (response.status_code, response.content) == (206, VIDEO[start:end]), asked
        assert headers_of(response) == {
            **ALWAYS,
            "content-type": "video/mp4",
            "content-length": str(end - start),
            "content-range": f"bytes {start}-{end - 1}/{size}",
        }


async def test_a_part_that_is_not_there_cannot_be_answered(client: httpx.AsyncClient) -> None:
    content = image(PNG)
    url = await address_of(client, content)

    response = await client.get(url, headers={"Range": f"bytes={len(content)}-"})

    assert (response.status_code, response.content) == (416, b"")
    assert headers_of(response) == {**ALWAYS, "content-range": f"bytes */{len(content)}", "content-length": "0"}


async def test_a_part_of_another_file_is_answered_with_the_whole(client: httpx.AsyncClient) -> None:
    url = await address_of(client, VIDEO)

    for condition, status in (
        (TAG, 206),
        ('"another"', 200),
        (f"W/{TAG}", 200),
        ("Sun, 12 Apr 2026 08:30:00 GMT", 200),
    ):
        response = await client.get(url, headers={"Range": "bytes=0-9", "If-Range": condition})

        assert (response.status_code, len(response.content)) == (status, 10 if status == 206 else len(VIDEO))


async def test_what_a_client_has_already_is_not_sent_again(client: httpx.AsyncClient) -> None:
    url = await address_of(client, VIDEO)

    for known in (TAG, f"W/{TAG}", f'"another", {TAG}', "*"):
        response = await client.get(url, headers={"If-None-Match": known})

        assert (response.status_code, response.content) == (304, b"")
        assert headers_of(response) == ALWAYS
    assert (await client.get(url, headers={"If-None-Match": '"another"'})).status_code == 200


async def test_only_the_exact_address_opens_a_file(client: httpx.AsyncClient, home: Path) -> None:
    url = await address_of(client, image())
    (home / "media" / "secret.jpg").write_bytes(b"secret")
    start, _, ending = url.rpartition("-")
    organization = url.replace("/media/1/", "/media/2/")
    other_media = url.replace(str(UUID(int=1)), str(UUID(int=2)))

    for address in (
        f"{start}-{'0' * 32}.jpg",
        f"{start}-{ending.removesuffix('.jpg')}.png",
        f"{start}-{ending.upper()}",
        f"{start}.jpg",
        f"{url}/",
        f"{url}x",
        organization,
        other_media,
        "/media/",
        "/media/1/",
        "/media/secret.jpg",
        "/media/1/../secret.jpg",
        "/media/1/%2e%2e/secret.jpg",
        f"/media/{'9' * 5000}/{UUID(int=1)}-{'0' * 32}.jpg",
        "/media/%00",
    ):
        response = await client.get(address)

        assert (response.status_code, response.json()) == (404, {"detail": "Not Found"}), address


async def test_media_that_is_kept_elsewhere_has_no_file_here(client: httpx.AsyncClient, service: Service) -> None:
    media = Media(id=UUID(int=5), type=MediaType.IMAGE, url="https://media.example/5.jpg")
    await service.run(OURS, add_media, media=media)

    assert (await client.get(f"/media/1/{media.id}-{'0' * 32}.jpg")).status_code == 404


async def test_a_file_that_the_store_has_lost_is_not_found(client: httpx.AsyncClient, home: Path) -> None:
    url = await address_of(client, image())
    for path in (home / "media" / "1").iterdir():
        path.unlink()

    assert (await client.get(url)).status_code == 404


async def test_a_file_is_there_to_be_read_only(client: httpx.AsyncClient) -> None:
    url = await address_of(client, image())

    for method in ("POST", "PUT", "PATCH", "DELETE"):
        response = await client.request(method, url)
        assert (response.status_code, response.headers["Allow"]) == (405, "GET")
    assert (await client.get(url)).status_code == 200
