"""Which operations are kept, and that each is prepared once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from functools import cache
from typing import Any

import pytest
from graphql import OperationType, parse, validate
from strawberry import Schema

from resolvers.operations import preparing
from resolvers.operations.cache import ALL_TEXTS, LONGEST_TEXT, Operations
from resolvers.operations.preparing import InvalidOperation
from resolvers.schema import build_schema

TWO = "query One { __typename } query Two { accounts { accountId } }"


@cache
def schema() -> Schema:
    return build_schema()


@pytest.fixture
async def operations() -> AsyncIterator[Operations]:
    operations = Operations(schema())
    yield operations
    operations.close()


@pytest.fixture
def validated(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The thread of each validation."""
    threads: list[str] = []

    def noting(*args: Any, **kwargs: Any) -> Any:
        threads.append(threading.current_thread().name)
        return validate(*args, **kwargs)

    monkeypatch.setattr(preparing, "validate", noting)
    return threads


async def test_only_so_many_characters_are_kept_and_no_long_text(operations: Operations) -> None:
    def text(number: int) -> str:
        return f"{{ a{number}: __typename }} #" + "x" * 20_000

    for number in range(30):
        await operations.find(text(number), None)
    kept = [number for number in range(30) if (text(number), None) in operations.kept]
    assert kept == list(range(30 - ALL_TEXTS // len(text(29)), 30))
    assert operations.kept.currsize == sum(len(text(number)) for number in kept) <= ALL_TEXTS

    just_kept = "{ __typename } #".ljust(LONGEST_TEXT, "x")
    too_long = just_kept + "x"
    await operations.find(just_kept, None)
    await operations.find(too_long, None)
    assert (just_kept, None) in operations.kept
    assert (too_long, None) not in operations.kept


async def test_of_one_text_each_named_operation_is_kept_for_itself(operations: Operations) -> None:
    one = await operations.find(TWO, "One")
    two = await operations.find(TWO, "Two")

    assert (one.root_field, two.root_field) == ("__typename", "accounts")
    assert (await operations.find(TWO, "One"), await operations.find(TWO, "Two")) == (one, two)
    assert set(operations.kept) == {(TWO, "One"), (TWO, "Two")}


async def test_what_is_not_valid_is_not_kept(operations: Operations, validated: list[str]) -> None:
    for _ in range(2):
        with pytest.raises(InvalidOperation):
            await operations.find("{ nope }", None)

    assert len(operations.kept) == 0
    assert len(validated) == 2


async def test_a_text_that_many_ask_for_at_once_is_prepared_once_and_on_another_thread(
    operations: Operations, validated: list[str]
) -> None:
    found = await asyncio.gather(*(operations.find("mutation { __typename }", None) for _ in range(20)))

    assert {id(operation) for operation in found} == {id(found[0])}
    assert found[0].kind is OperationType.MUTATION
    assert validated == ["operations_0"]
    assert threading.current_thread().name != "operations_0"


async def test_whoever_gives_up_leaves_it_to_the_others_who_wait(
    operations: Operations, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go = threading.Event()

    def waiting(*args: Any) -> Any:
        assert let_go.wait(timeout=20)
        return parse(*args)

    monkeypatch.setattr(preparing, "parse", waiting)
    impatient = asyncio.create_task(operations.find("{ __typename }", None))
    patient = asyncio.create_task(operations.find("{ __typename }", None))
    await asyncio.sleep(0)  # both wait now

    impatient.cancel()
    await asyncio.wait([impatient])
    let_go.set()

    assert impatient.cancelled()
    assert (await patient).root_field == "__typename"
