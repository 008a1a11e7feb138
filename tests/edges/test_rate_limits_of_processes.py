"""Rate limits where several processes serve: with a Redis they count together."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import httpx

from tests.http.redis_server import PASSWORD, RedisServer
from tests.support.server import Server, redraft


def ask(server: Server, *, times: int) -> Counter[int]:
    """The statuses of requests that each come on a connection of their own, so that both processes get some."""
    headers = {"Authorization": f"Bearer {server.key}"}
    return Counter(httpx.get(f"{server.address}/v1/accounts", headers=headers).status_code for _ in range(times))


def test_two_processes_let_through_what_one_would(tmp_path: Path) -> None:
    with (
        RedisServer() as redis,
        Server(
            tmp_path / "home",
            *("--demo", "--without-worker", "--workers", "2"),
            REDRAFT_RATE_LIMIT="10/hour",
            REDRAFT_RATE_LIMIT_URL=redis.url,
        ) as server,
    ):
        assert ask(server, times=25) == {200: 10, 429: 15}

        # Without it nobody is kept out by that: each process counts for itself.
        redis.stop()
        assert ask(server, times=1) == {200: 1}

    assert server.log.count("Redis does not answer") == 1
    assert PASSWORD not in server.log


def test_an_address_that_is_none_stops_the_server_and_is_not_shown(tmp_path: Path) -> None:
    answer = redraft(
        tmp_path / "home",
        *("serve", "--demo"),
        REDRAFT_RATE_LIMIT="10/hour",
        REDRAFT_RATE_LIMIT_URL=f"http://:{PASSWORD}@localhost",
    )

    assert answer.returncode != 0
    assert "must be redis://HOST" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert PASSWORD not in answer.stdout + answer.stderr
