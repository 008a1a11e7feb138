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
from resolvers.operations.cache import ALL_KEPT, LONGEST_TEXT, TURNS, Operations
from resolvers.operations.operation import Operation
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


async def find(operations: Operations, text: str, name: str | None) -> Operation:
    return operations.known(text, name) or await operations.prepare(text, name)


async def test_only_so_much_is_kept_and_no_long_text(operations: Operations) -> None:
    def text(number: int) -> str:
        return f"{{ a{number}: __typename }} #" + "x" * 20_000

    weight = (await operations.prepare(text(10), None)).weight
    for number in range(10, 40):
        await find(operations, text(number), None)
    kept = [number for number in range(10, 40) if (text(number), None) in operations.kept]
    assert kept == list(range(40 - ALL_KEPT // weight, 40))
    assert operations.kept.currsize == weight * len(kept) <= ALL_KEPT

    just_kept = "{ __typename } #".ljust(LONGEST_TEXT, "x")
    too_long = just_kept + "x"
    await find(operations, just_kept, None)
    await find(operations, too_long, None)
    assert (just_kept, None) in operations.kept
    assert (too_long, None) not in operations.kept


async def test_of_one_text_each_named_operation_is_kept_for_itself(operations: Operations) -> None:
    one = await find(operations, TWO, "One")
    two = await find(operations, TWO, "Two")

    assert (one.root_field, two.root_field) == ("__typename", "accounts")
    assert (await find(operations, TWO, "One"), await find(operations, TWO, "Two")) == (one, two)
    assert set(operations.kept) == {(TWO, "One"), (TWO, "Two")}


async def test_what_is_not_valid_is_not_kept(operations: Operations, validated: list[str]) -> None:
    for _ in range(2):
        with pytest.raises(InvalidOperation):
            await find(operations, "{ nope }", None)

    assert len(operations.kept) == 0
    assert len(validated) == 2


async def test_a_text_that_many_ask_for_at_once_is_prepared_once_and_on_another_thread(
    operations: Operations, validated: list[str]
) -> None:
    found = await asyncio.gather(*(find(operations, "mutation { __typename }", None) for _ in range(20)))

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
    impatient = asyncio.create_task(find(operations, "{ __typename }", None))
    patient = asyncio.create_task(find(operations, "{ __typename }", None))
    await asyncio.sleep(0)  # both wait now

    impatient.cancel()
    await asyncio.wait([impatient])
    let_go.set()

    assert impatient.cancelled()
    assert (await patient).root_field == "__typename"


async def test_one_client_s_new_operations_wait_for_each_other_and_nobody_else_for_them(
    operations: Operations, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    let_go = threading.Event()

    def waiting(text: str) -> Any:
        begun.append(text)
        assert let_go.wait(timeout=20)
        return parse(text)

    monkeypatch.setattr(preparing, "parse", waiting)
    many = [asyncio.create_task(operations.prepare(f"{{ a{n}: __typename }}", None, client="one")) for n in range(20)]
    await asyncio.sleep(0)
    other = asyncio.create_task(operations.prepare("{ b: __typename }", None, client="another"))
    await asyncio.sleep(0)
    for task in many[TURNS + 1 :]:  # whoever gives up while it waits takes no turn
        task.cancel()
    let_go.set()
    await other
    await asyncio.gather(*many, return_exceptions=True)

    assert begun == ["{ a0: __typename }", "{ a1: __typename }", "{ b: __typename }", "{ a2: __typename }"]


async def test_it_can_be_closed_and_used_again(operations: Operations) -> None:
    await operations.prepare("{ a: __typename }", None)
    operations.close()

    assert (await operations.prepare("{ b: __typename }", None)).root_field == "__typename"
