"""Uploads to the real server: streamed to disk, stopped at their limit, and gone when their sender or server dies."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.support.files import END, FORM, image, mp4, part
from tests.support.server import Server, redraft
from tests.support.uploads import files_in

PIECE = 64 * 1024
VIDEO = mp4(frame=bytes(120 * 2**20))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def server(home: Path) -> Iterator[Server]:
    with Server(home, "--demo") as server:
        yield server


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.address, headers={"Authorization": f"Bearer {server.key}"}) as client:
        yield client


def pieces(form: bytes) -> Iterator[bytes]:
    """Sent like this, a body has no Content-Length."""
    for start in range(0, len(form), PIECE):
        yield form[start : start + PIECE]


def upload(client: httpx.Client, content: bytes) -> httpx.Response:
    return client.post("/v1/media", content=pieces(part("file", content) + END), headers=FORM)


def media_in(home: Path) -> list[str]:
    """What uploads left in the home, finished or not."""
    return [file for file in files_in(home) if file.startswith(("media/", "uploads/"))]


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def begin_upload(server: Server) -> socket.socket:
    """A connection on which half of a video has been sent."""
    address = urlsplit(server.address)
    assert address.hostname is not None
    assert address.port is not None
    form = part("file", VIDEO) + END
    head = (
        f"POST /v1/media HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {server.key}\r\n"
        f"Content-Type: {FORM['Content-Type']}\r\nContent-Length: {len(form)}\r\n\r\n"
    )
    connection = socket.create_connection((address.hostname, address.port))
    connection.sendall(head.encode() + form[: len(form) // 2])
    return connection


def peak_memory(pid: int) -> int:
    """Bytes, the most that a process ever had in memory."""
    status = Path(f"/proc/{pid}/status").read_text()
    peak = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    assert peak is not None
    return int(peak[1]) * 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells the peak memory of a process")
def test_a_large_video_comes_and_goes_without_filling_the_memory(
    server: Server, client: httpx.Client, home: Path
) -> None:
    upload(client, image())  # loads what uploads need
    before = peak_memory(server.pid)

    uploaded = upload(client, VIDEO)
    with client.stream("GET", uploaded.json()["data"]["url"], headers={"Authorization": ""}) as served:
        length = sum(map(len, served.iter_bytes()))

    assert (uploaded.status_code, uploaded.json()["data"]["size"]) == (201, len(VIDEO))
    assert (served.status_code, length) == (200, len(VIDEO))
    assert len(media_in(home)) == 2
    assert peak_memory(server.pid) - before < 40 * 2**20


def test_an_image_that_is_too_large_is_refused_while_it_comes_and_leaves_nothing(
    server: Server, client: httpx.Client, home: Path
) -> None:
    response = upload(client, image() + bytes(26 * 2**20))

    assert response.status_code == 413
    assert response.json()["error"] == {
        "message": "The file is larger than the 26214400 bytes that images may have.",
        "code": "bad_request",
    }
    assert media_in(home) == []
    assert upload(client, image()).status_code == 201


def test_a_sender_that_goes_away_leaves_nothing(server: Server, client: httpx.Client, home: Path) -> None:
    begin_upload(server).close()

    wait_until(lambda: re.search(r'"path":"/v1/media".*"status":400,', server.log) is not None)
    assert media_in(home) == []
    assert "Traceback" not in server.log
    assert upload(client, image()).status_code == 201
    assert len(media_in(home)) == 1


def test_a_server_that_dies_in_an_upload_leaves_nothing(server: Server, home: Path) -> None:
    connection = begin_upload(server)
    wait_until((home / "uploads").exists)

    server.kill()

    connection.close()
    assert media_in(home) == []


def test_a_store_or_an_address_that_cannot_be_ends_the_start_in_one_line(home: Path) -> None:
    """The URL of a store may hold a secret, and is not repeated."""
    no_store = redraft(home, "serve", REDRAFT_MEDIA_URL="ftp://user:secret@host/x")
    no_address = redraft(home, "serve", REDRAFT_PUBLIC_URL="posts.example")

    assert (no_store.returncode, no_store.stdout, no_store.stderr) == (
        2,
        "",
        "The media URL, with the variables of its kind, names no store: "
        "use s3://BUCKET/PREFIX, gs://BUCKET/PREFIX, azure://CONTAINER/PREFIX or file:///PATH.\n",
    )
    assert (no_address.returncode, no_address.stdout, no_address.stderr) == (
        2,
        "",
        "REDRAFT_PUBLIC_URL: must be an http or https address such as https://redraft.example\n",
    )
