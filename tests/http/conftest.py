from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.http.redis_server import RedisServer


@pytest.fixture(scope="session")
def redis() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server
