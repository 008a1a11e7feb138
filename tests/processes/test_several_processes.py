"""`redraft serve --workers N`: several processes on one port, which end together and are replaced one by one."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.clock import utc_now
from app.commands.manage_keys import create_key
from app.domain.api_key import Scope
from app.domain.schedule import to_milliseconds
from app.repositories.database import open_database
from tests.support.server import ROOT, Server, environment, redraft

PATIENCE = 60.0
"""Seconds after which something that should have happened has not."""


class Several:
    """A server of several processes on an empty database, and who of them answered."""

    def __init__(self, server: Server, key: str, scratch: Path) -> None:
        self.server = server
        self.headers = {"Authorization": f"Bearer {key}"}
        self.scratch = scratch

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.server.address, headers=self.headers, timeout=PATIENCE)

    def answered(self) -> list[int]:
        """The process of every request so far, in the order in which they ended."""
        lines = [json.loads(line) for line in self.server.log.splitlines()]
        return [line["pid"] for line in lines if line["event"] == "request"]

    async def ask(self, times: int) -> None:
        """Read the accounts, each time on a connection of its own and many at a time."""

        async def once() -> None:
            async with httpx.AsyncClient(timeout=PATIENCE) as client:
                answer = await client.get(f"{self.server.address}/v1/accounts", headers=self.headers)
            assert answer.status_code == 200, answer.text

        await asyncio.gather(*(once() for _ in range(times)))

    async def ask_until(self, happened: Callable[[set[int]], bool]) -> int:
        """Ask until the set of those who have answered is as wished; how often it took."""
        asked = 0
        deadline = time.monotonic() + PATIENCE
        while not happened(set(self.answered())):
            assert time.monotonic() < deadline, self.server.log[-5000:]
            await self.ask(20)
            asked += 20
        return asked

    def counted(self) -> float:
        """How often the accounts were read, as /metrics has it."""
        text = httpx.get(f"{self.server.address}/metrics", timeout=PATIENCE).text
        return sum(
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == "redraft_request_duration_seconds_count"
            and sample.labels == {"operation": "GET /accounts", "edge": "v1", "status": "2xx"}
        )


def start(tmp_path: Path, database_url: str, workers: int) -> Iterator[Several]:
    home, scratch = tmp_path / "home", tmp_path / "scratch"
    home.mkdir()
    scratch.mkdir()
    key = asyncio.run(make_key(database_url))
    with Server(home, "--workers", str(workers), REDRAFT_DATABASE_URL=database_url, TMPDIR=str(scratch)) as server:
        yield Several(server, key, scratch)


async def make_key(database_url: str) -> str:
    database = await open_database(database_url)
    await database.migrate()
    secret = await database.write(
        lambda connection: create_key(
            connection, organization="default", name="tests", scopes=tuple(Scope), now=to_milliseconds(utc_now())
        )
    )
    await database.close()
    return secret


@pytest.fixture
def two_on_each(tmp_path: Path, database_url: str) -> Iterator[Several]:
    yield from start(tmp_path, database_url, 2)


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Several]:
    yield from start(tmp_path, f"sqlite:///{tmp_path / 'redraft.db'}", 2)


@pytest.fixture
def four(tmp_path: Path) -> Iterator[Several]:
    yield from start(tmp_path, f"sqlite:///{tmp_path / 'redraft.db'}", 4)


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def wait_until_gone(pids: set[int]) -> None:
    deadline = time.monotonic() + PATIENCE
    while any(is_running(pid) for pid in pids):
        assert time.monotonic() < deadline, pids
        time.sleep(0.02)


async def test_two_processes_answer_and_whichever_is_asked_tells_the_figures_of_both(two: Several) -> None:
    asked = await two.ask_until(lambda pids: len(pids) == 2)

    assert two.server.pid not in two.answered()
    assert [two.counted() for _ in range(10)] == [asked] * 10


async def test_no_update_is_lost_that_two_processes_make_of_one_post(two_on_each: Several) -> None:
    two = two_on_each
    await two.ask_until(lambda pids: len(pids) == 2)
    body = {"content": "0", "draft": True, "account_ids": []}
    with two.client() as client:
        created = client.post("/v1/posts", json=body)
    assert created.status_code == 201, created.text
    path = f"/v1/posts/{created.json()['data']['post_id']}"

    async def write(writer: int) -> list[str]:
        async with httpx.AsyncClient(base_url=two.server.address, headers=two.headers, timeout=PATIENCE) as client:
            answers = [await client.patch(path, json={"content": f"{writer} {n}"}) for n in range(10)]
        return [answer.headers["ETag"] for answer in answers]

    versions = await asyncio.gather(*(write(writer) for writer in range(8)))

    assert sorted(int(tag.strip('"')) for tags in versions for tag in tags) == list(range(2, 82))
    with two.client() as client:
        assert client.get(path).headers["ETag"] == '"81"'


async def test_a_process_that_is_killed_is_replaced_and_what_it_counted_stays_counted(four: Several) -> None:
    asked = await four.ask_until(lambda pids: len(pids) >= 2)
    before = set(four.answered())
    killed = before.pop()

    os.kill(killed, signal.SIGKILL)
    wait_until_gone({killed})
    asked += await four.ask_until(lambda pids: "another was started" in four.server.log)

    line = next(json.loads(line) for line in four.server.log.splitlines() if "another was started" in line)
    assert (line["level"], line["ended"]) == ("warning", killed)
    asked += 40
    await four.ask(40)
    assert killed not in four.answered()[-40:]
    assert four.counted() == asked


async def test_a_server_that_is_told_to_stop_ends_with_all_its_processes_and_their_files(four: Several) -> None:
    await four.ask_until(lambda pids: len(pids) >= 2)
    assert [folder.name[:16] for folder in four.scratch.iterdir()] == ["redraft-figures-"]
    pids = children_of(four.server.pid)
    assert set(four.answered()) <= pids

    four.server.stop()

    wait_until_gone(pids)
    assert list(four.scratch.iterdir()) == []
    assert "Traceback" not in four.server.log
    assert [line for line in four.server.log.splitlines() if json.loads(line)["level"] != "info"] == []


async def test_a_server_that_is_killed_leaves_no_process_behind_on_its_port(two: Several) -> None:
    await two.ask_until(lambda pids: len(pids) == 2)
    pids = children_of(two.server.pid)

    two.server.kill()

    wait_until_gone(pids)
    with two.client() as client, pytest.raises(httpx.ConnectError):
        client.get("/")


def test_a_request_that_is_on_its_way_is_answered_before_the_process_ends(two: Several) -> None:
    body = b'{"content": "On its way", "draft": true}'
    host, port = two.server.address.removeprefix("http://").split(":")
    head = (
        f"POST /v1/posts HTTP/1.1\r\nHost: {host}\r\nAuthorization: {two.headers['Authorization']}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")  # a process has begun to read the body

        stopping = Thread(target=two.server.stop)
        stopping.start()
        wait_until_refused(host, int(port))
        connection.sendall(body)
        answer = connection.recv(100)

    assert answer.startswith(b"HTTP/1.1 201 ")
    stopping.join()


def wait_until_refused(host: str, port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            socket.create_connection((host, port), timeout=PATIENCE).close()
        except ConnectionError:
            return
        time.sleep(0.02)
    raise AssertionError("the server still listens")


def children_of(pid: int) -> set[int]:
    return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def test_the_demo_is_filled_once_and_announced_once(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Server(home, "--demo", "--workers", "2") as server:
        answer = httpx.get(f"{server.address}/v1/posts", headers={"Authorization": f"Bearer {server.key}"})
        assert answer.json()["data"]["pagination"]["total"] == 8
        assert server._process is not None
        assert server._process.stdout is not None
        server._process.terminate()
        rest = server._process.stdout.read()

    assert "Redraft is ready" not in rest
    assert "Demo key" in rest


def test_a_port_that_is_taken_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = [redraft(tmp_path / "home", "serve", "--workers", workers, REDRAFT_PORT=port) for workers in ("1", "2")]

    for each in ended:
        assert each.returncode != 0
        assert each.stdout == ""
        [line] = each.stderr.splitlines()
        assert "address already in use" in json.loads(line)["event"].lower()


@pytest.mark.parametrize("workers", ["0", "65", "x"])
def test_a_number_of_processes_that_cannot_be_is_refused(workers: str, tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "app.cli", "serve", "--workers", workers],
        cwd=ROOT,
        env=environment(tmp_path / "home"),
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 2
    assert "argument --workers" in ended.stderr
    assert not (tmp_path / "home").exists()
