"""Counting requests in Redis: the script on a clock that the test sets, and the whole against a real server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
import redis.asyncio
from hypothesis import example, given, settings
from redis import Redis

from app.http.rate_limits import SECOND, RateLimit
from app.http.request_counts import RequestCounts, grain_of
from app.http.shared_request_counts import CONNECTIONS, COUNT, SharedRequestCounts, check_redis_url
from tests.http.arrivals import Arrivals, arrivals, most_in_a_window
from tests.http.redis_server import PASSWORD, RedisServer
from tests.support.log import Log, logging_to

CLOCK_OF_THE_TEST = """
local server = redis
local redis = {}
function redis.call(name, ...)
    if name == 'PEXPIRE' then
        return 1
    elseif name ~= 'TIME' then
        return server.call(name, ...)
    end
    local now = tonumber(server.call('GET', 'clock'))
    return {string.format('%.0f', math.floor(now / 1000000)), string.format('%.0f', now % 1000000)}
end
"""
"""Before the script: what it reads as the time is what the test has set, and by that clock nothing expires."""

START = 1_776_000_000 * SECOND
SMALL = RateLimit(5, 1, "5/second")
LONGER = RateLimit(12, 10, "12/10 seconds")
LARGE = RateLimit(1500, 60, "1500/minute")


class Timer:
    """Microseconds, set by the test."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        return self.now


@contextmanager
def logged() -> Iterator[Log]:
    with logging_to(StringIO()) as log:
        yield log


@asynccontextmanager
async def shared(url: str, *limits: RateLimit, timer: Timer | None = None) -> Any:
    counts = SharedRequestCounts(url, limits, **({} if timer is None else {"timer": timer}))
    try:
        yield counts
    finally:
        await counts.close()


def agree(server: RedisServer, arriving: Arrivals, *limits: RateLimit) -> None:
    """The script lets in what RequestCounts lets in, with the same uses; and no window holds more than its limit."""
    timer, admitted = Timer(), list[int]()
    own = RequestCounts(limits, timer=timer)
    keys = [f"{uuid4()}:{limit.name}" for limit in limits]
    arguments = [number for limit in limits for number in (limit.amount, limit.seconds * SECOND, grain_of(limit))]
    with Redis.from_url(server.url) as client:
        script = client.register_script(CLOCK_OF_THE_TEST + COUNT)
        for step, number in arriving:
            timer.now += step
            client.set("clock", timer.now)
            for _ in range(number):
                expected = asyncio.run(own.count("key"))

                is_admitted, *numbers = script(keys, arguments)

                assert (is_admitted == 1, numbers) == (
                    expected.is_admitted,
                    [part for use in expected.uses for part in use],
                )
                if is_admitted != 1:
                    break
                admitted.append(timer.now)
        client.delete(*keys)
    for limit in limits:
        assert most_in_a_window(admitted, limit.seconds * SECOND) <= limit.amount


@settings(max_examples=25, deadline=None)
@given(arriving=arrivals(SMALL, LONGER, most_at_once=7))
@example(arriving=[(0, 5), (SECOND - 1, 1), (1, 5), (SECOND, 5), (20 * SECOND, 1)])
def test_no_window_lets_more_through(redis: RedisServer, arriving: Arrivals) -> None:
    agree(redis, arriving, SMALL, LONGER)


@pytest.mark.parametrize(
    "arriving",
    [
        [(0, 700), (60_000 - 1, 700), (1, 700), (59 * SECOND, 700), (SECOND - 1, 700), (1, 700), (60_000, 700)],
        [(0, 1), (59_999, 1499), (60 * SECOND - 59_999, 1500)],
    ],
)
def test_no_window_of_a_large_limit_lets_more_through(redis: RedisServer, arriving: Arrivals) -> None:
    agree(redis, arriving, LARGE)


def test_a_clock_that_is_set_back_lets_no_more_through(redis: RedisServer) -> None:
    key = str(uuid4())
    with Redis.from_url(redis.url) as client:
        script = client.register_script(CLOCK_OF_THE_TEST + COUNT)
        answers = []
        for now in (START, START - 30 * SECOND, START + SECOND // 2, START + SECOND):
            client.set("clock", now)
            answers.append(script([key], [2, SECOND, 0]))

    assert answers == [[1, 1, SECOND], [1, 2, SECOND], [0, 2, SECOND // 2], [1, 1, SECOND]]


async def test_two_processes_share_one_count_and_no_second_lets_more_through(redis: RedisServer) -> None:
    limit = RateLimit(20, 1, "20/second")
    admitted: list[tuple[float, float]] = []
    async with shared(redis.url, limit) as one, shared(redis.url, limit) as other:

        async def ask(counts: SharedRequestCounts) -> None:
            while len(admitted) < 3 * limit.amount:
                before = time.monotonic()
                if (await counts.count("both")).is_admitted:
                    admitted.append((before, time.monotonic()))

        await asyncio.gather(*(ask(counts) for counts in (one, other) for _ in range(3)))

    # When the server let them in is not known, only that it was between these two instants: what certainly fell
    # into one second is what both fell into.
    for beginning, _ in admitted:
        certain = [1 for before, after in admitted if before >= beginning and after - beginning < 1]
        assert len(certain) <= limit.amount


async def test_many_at_once_are_counted_one_by_one(redis: RedisServer) -> None:
    limit = RateLimit(50, 3600, "50/hour")
    key = str(uuid4())
    async with shared(redis.url, limit) as one, shared(redis.url, limit) as other:
        counted = await asyncio.gather(*(counts.count(key) for counts in (one, other) for _ in range(3 * CONNECTIONS)))

    assert sorted(count.uses[0].used for count in counted if count.is_admitted) == list(range(1, 51))
    assert sum(count.is_admitted for count in counted) == 50


async def test_a_request_costs_one_round_trip_and_what_is_remembered_expires(redis: RedisServer) -> None:
    key = str(uuid4())
    async with (
        shared(redis.url, SMALL, RateLimit(1000, 3600, "1000/hour")) as counts,
        redis_client(redis.url) as client,
    ):
        await counts.open()
        await client.config_resetstat()
        for _ in range(6):
            await counts.count(key)
        used = await client.info("commandstats")
        left = [await client.pttl(name) async for name in client.scan_iter(f"*{key}*")]

    assert used["cmdstat_evalsha"]["calls"] == 6
    # Its second message is for a connection that begins, and others are what the script itself calls.
    assert set(used) <= {
        f"cmdstat_{name}"
        for name in (
            *("evalsha", "time", "lindex", "rpush", "lpop", "pexpire", "config|resetstat"),
            *("hello", "auth", "client|setinfo", "info", "scan", "pttl"),
        )
    }
    assert len(left) == 2
    assert 0 < min(left) <= 1001 < max(left) <= 3_600_001


async def test_a_refusal_by_one_limit_leaves_no_trace_of_another_that_is_empty(redis: RedisServer) -> None:
    key = str(uuid4())
    limits = [RateLimit(1, 3600, "1/hour"), RateLimit(1, 1, "1/second")]
    async with shared(redis.url, *limits) as counts, redis_client(redis.url) as client:
        await counts.count(key)
        await client.delete(f"redraft:requests:{{{key}}}:1/1")  # as it will have expired

        count = await counts.count(key)

        assert (count.is_admitted, count.uses[1]) == (False, (0, SECOND))
        assert [name async for name in client.scan_iter(f"*{key}*")] == [f"redraft:requests:{{{key}}}:1/3600".encode()]


async def test_without_redis_each_process_counts_for_itself_until_it_is_back() -> None:
    limit = RateLimit(2, 3600, "2/hour")
    timer = Timer()
    with RedisServer() as server, logged() as log:
        async with shared(server.url, limit, timer=timer) as counts:
            await counts.open()
            assert (await counts.count("key")).uses[0].used == 1
            server.stop()

            # Nobody is refused who would not be by this process alone, and one line says it, not one a request.
            alone = [await counts.count("key") for _ in range(3)]
            timer.now += SECOND  # it looks again, in vain
            alone.append(await counts.count("key"))

            assert [count.is_admitted for count in alone] == [True, True, False, False]
            assert [line["level"] for line in log.lines("redraft.rate_limits")] == ["warning"]

            server.start()
            assert not (await counts.count("key")).is_admitted  # it has not looked again yet
            timer.now += SECOND
            assert (await counts.count("key")).uses[0].used == 1  # the server has forgotten everything

    assert [line["level"] for line in log.lines("redraft.rate_limits")] == ["warning", "info"]
    assert "Traceback" not in log.text
    assert PASSWORD not in log.text


async def test_a_redis_that_says_nothing_is_waited_for_once() -> None:
    asked: list[asyncio.StreamWriter] = []

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(writer)

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        with logged() as log:
            async with shared(f"redis://127.0.0.1:{port}", SMALL, timer=Timer()) as counts:
                used = [(await counts.count("key")).uses[0].used for _ in range(5)]
        for writer in asked:
            writer.close()

    assert used == [1, 2, 3, 4, 5]
    assert len(asked) == 1
    [line] = log.lines("redraft.rate_limits")
    assert (line["level"], line["error"]) == ("warning", "TimeoutError")


async def test_a_wrong_password_is_said_at_the_start_and_refuses_nobody(redis: RedisServer) -> None:
    with logged() as log:
        async with shared(redis.url_with_a_wrong_password, SMALL, timer=Timer()) as counts:
            await counts.open()
            assert (await counts.count("key")).is_admitted

    [line] = log.lines("redraft.rate_limits")
    assert (line["level"], line["error"]) == ("warning", "AuthenticationError")
    assert PASSWORD not in log.text


async def test_a_server_that_was_started_again_is_counted_in_at_once() -> None:
    with RedisServer() as server, logged() as log:
        async with shared(server.url, SMALL) as counts:
            await counts.count("key")
            server.stop()
            server.start()

            # On a connection that the server has closed, and with a script that it has never seen.
            count = await counts.count("key")

        with Redis.from_url(server.url) as client:
            assert client.keys() == [b"redraft:requests:{key}:5/1"]
    assert count.uses[0].used == 1
    assert log.text == ""


@pytest.mark.parametrize(
    "url",
    [
        "redis://localhost",
        "redis://127.0.0.1:6379/2",
        f"rediss://user:{PASSWORD}@cache.example:6380/0",
        f"redis://:{PASSWORD}@[::1]:6379/",
        f"unix:///run/redis/redis.sock?db=1&password={PASSWORD}",
    ],
)
def test_reads_a_url(url: str) -> None:
    check_redis_url(url)


@pytest.mark.parametrize(
    "url",
    [
        f"http://:{PASSWORD}@localhost",
        f"redis://:{PASSWORD}@",
        f"redis://:{PASSWORD}@localhost:port",
        f"redis://:{PASSWORD}/9@localhost",
        f"redis://:{PASSWORD}@localhost/name",
        f"redis://localhost?nonsense={PASSWORD}",
        f"redis://localhost?db={PASSWORD}",
        f"redis://[{PASSWORD}",
        f"unix://{PASSWORD}",
        PASSWORD,
        "",
    ],
)
def test_refuses_what_is_no_url_of_redis_without_saying_it(url: str) -> None:
    with pytest.raises(ValueError, match=r"^must be redis://HOST") as refused:
        check_redis_url(url)

    assert PASSWORD not in f"{refused.value} {refused.value.__cause__}"
    assert refused.value.__suppress_context__


def test_shows_no_password() -> None:
    counts = SharedRequestCounts(f"redis://:{PASSWORD}@localhost", [SMALL])

    assert PASSWORD not in repr(counts)


@asynccontextmanager
async def redis_client(url: str) -> Any:
    async with redis.asyncio.Redis.from_url(url) as client:
        yield client
