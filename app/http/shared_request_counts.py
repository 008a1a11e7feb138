"""Counting requests in Redis, where several processes and machines share one count.

What is remembered is what app/http/request_counts.py remembers, by the server's clock alone: the clocks of those who
ask may differ. All limits of a key are looked at and counted in one script, so in one step and one round trip.

A server that cannot be reached refuses nobody: each process then counts for itself, and looks again every second. This
is said in the log once when it begins and once when it ends.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, Protocol, cast
from urllib.parse import urlsplit

from app.http.rate_limits import SECOND, Count, Use
from app.http.request_counts import RequestCounts, grain_of, microseconds
from app.monitoring.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from redis.asyncio import BlockingConnectionPool

    from app.http.rate_limits import RateLimit

logger = get_logger("rate_limits")

PATIENCE: Final = 0.25
"""Seconds that a request waits for Redis at most."""

GRACE: Final = 0.05
"""Seconds more, for an answer that has come and was not read yet."""

PAUSE: Final = 1 * SECOND
"""How long nothing is asked of a Redis that did not answer."""

CONNECTIONS: Final = 16
"""Of one process. Requests beyond them wait for one that is free."""

COUNT: Final = """
-- KEYS: a list for each limit. ARGV: for each its amount, and in microseconds its window and its grain.
-- A list holds groups of requests, "LATEST FIRST TOTAL", oldest first: when its last and its first request came, and
-- how many came up to it since the list began. The oldest group is one that counts no more: what came after it counts.
-- Answers 1 or 0, and for each limit how many count and how long the oldest of them still will.
local function read(group)
    local latest, first, total = string.match(group, '(%d+) (%d+) (%d+)')
    return {latest = tonumber(latest), first = tonumber(first), total = tonumber(total)}
end
local function write(latest, first, total)
    return string.format('%.0f %.0f %.0f', latest, first, total)
end

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local newest = {}
for i, key in ipairs(KEYS) do
    local group = redis.call('LINDEX', key, -1)
    if not group then
        group = write(0, 0, 0)
        redis.call('RPUSH', key, group)
    end
    newest[i] = read(group)
    now = math.max(now, newest[i].latest) -- the clock may have been set back
end

local answer = {1}
local oldest, used = {}, {}
for i, key in ipairs(KEYS) do
    local amount, window = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1])
    local past = read(redis.call('LINDEX', key, 0))
    local group = redis.call('LINDEX', key, 1)
    while group and now - read(group).latest >= window do
        past = read(group)
        redis.call('LPOP', key)
        group = redis.call('LINDEX', key, 1)
    end
    oldest[i] = group and read(group).latest
    used[i] = newest[i].total - past.total
    if used[i] >= amount then
        answer[1] = 0
    end
end

for i, key in ipairs(KEYS) do
    local window, grain = tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
    if answer[1] == 1 then
        local total = newest[i].total + 1
        if used[i] > 0 and now - newest[i].first < grain then
            redis.call('LSET', key, -1, write(now, newest[i].first, total))
            if oldest[i] == newest[i].latest then
                oldest[i] = now
            end
        else
            redis.call('RPUSH', key, write(now, now, total))
            oldest[i] = oldest[i] or now
        end
        used[i] = used[i] + 1
        -- A millisecond more: Redis counts in whole ones, and may round down.
        redis.call('PEXPIRE', key, string.format('%.0f', math.ceil(window / 1000) + 1))
    elseif used[i] == 0 then
        redis.call('DEL', key)
    end
    answer[2 * i] = used[i]
    answer[2 * i + 1] = oldest[i] and oldest[i] + window - now or window
end
return answer
"""


def check_redis_url(url: str) -> None:
    """Raises ValueError, without the URL in it: it may hold a password."""
    try:
        parts = urlsplit(url)
        number = parts.path.removeprefix("/")
        if parts.scheme in ("redis", "rediss"):
            is_redis = bool(parts.hostname) and (not number or (number.isascii() and number.isdecimal()))
        else:
            is_redis = parts.scheme == "unix" and bool(number)
        if is_redis:
            _connections(url).make_connection()  # type: ignore[no-untyped-call]  # what its query asks for has to exist
    except (ValueError, TypeError):
        is_redis = False
    if not is_redis:
        raise ValueError("must be redis://HOST:PORT/DATABASE, rediss://… for TLS, or unix:///SOCKET") from None


def _connections(url: str) -> BlockingConnectionPool:
    """Those that there will be: none is opened yet."""
    # Not loaded by those who have no Redis: it takes 60 ms and 5 MB.
    from redis.asyncio import BlockingConnectionPool
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff

    # Once more at once, and on a new connection: the server may have closed the one that there was.
    retry = Retry(NoBackoff(), retries=1)
    return BlockingConnectionPool.from_url(url, max_connections=CONNECTIONS, timeout=None, retry=retry)


class _Script(Protocol):
    async def __call__(self, keys: Sequence[str], args: Sequence[int]) -> Sequence[int]: ...


class SharedRequestCounts:
    """The windows of every key, in Redis; while it cannot be reached, in this process."""

    def __init__(self, url: str, limits: Sequence[RateLimit], *, timer: Callable[[], int] = microseconds) -> None:
        """timer: microseconds that only grow, for what is counted while Redis is away. Raises ValueError for the URL.

        Nothing is connected to yet.
        """
        from redis.asyncio import Redis
        from redis.exceptions import RedisError

        check_redis_url(url)
        self._redis = Redis.from_pool(_connections(url))
        self._count = cast(_Script, self._redis.register_script(COUNT))
        self._failures = (RedisError, OSError)
        self._suffixes = [f":{limit.amount}/{limit.seconds}" for limit in limits]
        self._arguments = [
            number for limit in limits for number in (limit.amount, limit.seconds * SECOND, grain_of(limit))
        ]
        self._own = RequestCounts(limits, timer=timer)
        self._timer = timer
        self._is_away = False
        self._look_again = 0

    async def open(self) -> None:
        """Say in the log if Redis cannot be reached, before the first request does."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._redis.script_load(COUNT)
        except self._failures as error:
            self._lost(error)

    async def close(self) -> None:
        await self._redis.aclose()

    async def count(self, key: str) -> Count:
        """Let a request in and count it, unless a limit is used up: then it counts for none of them."""
        if self._is_away:
            if self._timer() < self._look_again:
                return await self._own.count(key)
            # The others go on by themselves while this one looks.
            self._look_again = self._timer() + PAUSE
        keys = [f"redraft:requests:{{{key}}}{suffix}" for suffix in self._suffixes]
        try:
            is_admitted, *numbers = await self._answer(keys)
        except self._failures as error:
            self._lost(error)
            return await self._own.count(key)
        if self._is_away:
            self._is_away = False
            logger.info("Redis answers again: requests are counted there.")
        return Count(is_admitted == 1, [Use(*numbers[i : i + 2]) for i in range(0, len(numbers), 2)])

    async def _answer(self, keys: list[str]) -> Sequence[int]:
        """What Redis says. Raises TimeoutError, an OSError, where it says nothing for PATIENCE."""
        asking = asyncio.ensure_future(self._count(keys, self._arguments))
        try:
            await asyncio.wait([asking], timeout=PATIENCE)
            if not asking.done():
                # The event loop may have been busy so long itself: then the answer is there, and only to be read.
                await asyncio.wait([asking], timeout=GRACE)
            if not asking.done():
                raise TimeoutError
            return asking.result()
        finally:
            asking.cancel()

    def _lost(self, error: Exception) -> None:
        self._look_again = self._timer() + PAUSE
        if not self._is_away:
            self._is_away = True
            logger.warning(
                "Redis does not answer: each process counts requests for itself until it does.",
                error=type(error).__name__,
            )
