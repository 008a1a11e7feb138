"""A second way into the same database, and an ear for what the event loop complains of."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.repositories.database import Database, open_database


@pytest.fixture
async def second_database(database: Database, database_url: str) -> AsyncIterator[Database]:
    """The same database with connections and threads of its own, as another process would have."""
    second = await open_database(database_url)
    yield second
    await second.close()


@pytest.fixture
async def quiet_loop() -> AsyncIterator[None]:
    """Fails the test if the event loop's exception handler was told of anything, such as an exception nobody saw."""
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    yield
    gc.collect()
    await asyncio.sleep(0)
    assert complaints == []
