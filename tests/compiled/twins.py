"""Two services on two equal databases: what one does through graphql-core, the other does compiled."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from shutil import copy
from typing import Any

import orjson
from graphql import DocumentNode, ExecutionResult, execute, parse, validate
from strawberry import Schema
from strawberry.execution import optimized_is_awaitable
from strawberry.utils.await_maybe import await_maybe

from app.commands.fill_demo import try_fill_demo
from app.commands.manage_keys import create_key
from app.commands.service import Caller, Service
from app.domain.api_key import Scope, new_secret
from app.repositories.database import open_database
from resolvers.compiled import compile_operation
from resolvers.context import Context
from resolvers.schema import build_schema
from resolvers.subscriptions.feeds import Feeds
from tests.support.clock import Clock, Ids


class Twin:
    """A service on demo posts. owner: a caller who may do everything; reader: one who may only read."""

    def __init__(self, owner: Caller, reader: Caller) -> None:
        self._callers = (owner, reader)
        self._feeds = Feeds(owner.service)

    def context(self, *, reads_only: bool) -> Context:
        return Context(self._callers[reads_only], self._feeds)


class Twins:
    """Counts what it has seen, by which a test can tell that it has proved something."""

    def __init__(self, schema: Schema, one: Twin, other: Twin) -> None:
        self.schema = schema
        self.seen: Counter[str] = Counter()
        self.last = b""
        """What both answered."""
        self._one = one
        self._other = other

    async def agree(self, text: str, variables: dict[str, Any] | None = None, *, reads_only: bool = False) -> None:
        """Execute an operation in both ways. Raises AssertionError where they differ in a single byte."""
        document = parse(text)
        plan = compile_operation(self.schema, document, None)
        self.seen["operations"] += 1
        if plan is None:
            return
        self.seen["compiled"] += 1
        context = self._one.context(reads_only=reads_only)
        expected = await executed(self.schema, document, variables, context)
        actual = await plan.run(variables, self._other.context(reads_only=reads_only))
        if written(actual) != written(expected):
            assert validate(self.schema._schema, document) == []
            assert written(actual) == written(expected), (text, variables)
        self.last = written(expected)
        self.seen["errors"] += bool(expected.errors)
        self.seen["errors beside data"] += bool(expected.errors and expected.data)
        self.seen["no data"] += expected.data is None
        self.seen["answers"] += bool(expected.data and any(expected.data.values()))


async def executed(
    schema: Schema, document: DocumentNode, variables: dict[str, Any] | None, context: Any
) -> ExecutionResult:
    """By graphql-core, as Strawberry calls it."""
    result: ExecutionResult = await await_maybe(
        execute(
            schema._schema,
            document,
            context_value=context,
            variable_values=variables,
            is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]
            executor_class=schema.execution_context_class,
            operation_extensions=None,
        )
    )
    return result


def written(result: ExecutionResult) -> bytes:
    """The result as bytes: its data in their order, and all that tells one error from another."""
    errors: Any = result.errors and [
        {
            **error.formatted,
            "nodes": [node.loc and node.loc.start for node in error.nodes or ()],
            "original": [type(error.original_error).__name__, str(error.original_error)],
        }
        for error in result.errors
    ]
    return orjson.dumps({"data": result.data, "errors": errors})


@asynccontextmanager
async def open_twins(migrated: Path, folder: Path) -> AsyncIterator[Twins]:
    async with AsyncExitStack() as stack:
        one, other = [await _open(stack, migrated, folder / f"{number}.db") for number in (1, 2)]
        yield Twins(build_schema(), one, other)


async def _open(stack: AsyncExitStack, migrated: Path, path: Path) -> Twin:
    copy(migrated, path)
    clock = Clock()
    database = await open_database(f"sqlite:///{path}")
    stack.push_async_callback(database.close)
    secret = new_secret()
    await database.write(lambda connection: try_fill_demo(connection, secret=secret, now=clock()))
    reading = await database.write(
        lambda connection: create_key(
            connection, organization="Redraft Demo", name="reader", scopes=[Scope.READ], now=clock()
        )
    )
    service = Service(database, clock=clock, new_id=Ids())
    return Twin(await service.authenticate(secret), await service.authenticate(reading))
