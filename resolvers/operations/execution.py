"""Running an operation, for as long as it may take."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import ExecutionResult, OperationType
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from strawberry import Schema

    from resolvers.context import Context
    from resolvers.operations.operation import Operation
    from resolvers.operations.preparing import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds."""

    query: float = 15.0
    mutation: float = 60.0


class OutOfTime(Exception):
    """An operation was not answered in time. A field of a mutation that has begun is finished; no other is begun."""

    def __init__(self, kind: OperationType, seconds: float) -> None:
        is_mutation = kind is OperationType.MUTATION
        advice = (
            "The field that had begun is finished, and those after it are not begun: read before you repeat it, or "
            "repeat it under its Idempotency-Key, which goes on where it ended."
            if is_mutation
            else "Ask for less, or again later."
        )
        super().__init__(f"The {kind.value} was not answered within {seconds:g} seconds. {advice}")
        self.message = str(self)


async def execute(
    schema: Schema, operation: Operation, variables: dict[str, Any] | None, context: Context, timeouts: Timeouts
) -> ExecutionResult:
    """What a query or a mutation comes to. Raises OutOfTime."""
    seconds = timeouts.mutation if operation.kind is OperationType.MUTATION else timeouts.query
    async with in_time(operation.kind, seconds):
        if operation.plan is not None:
            return await operation.plan.run(variables, context)
        context.operation = operation
        result = await schema.execute(
            operation.text, variable_values=variables, context_value=context, operation_name=operation.name
        )
        return ExecutionResult(result.data, result.errors)


class in_time:  # noqa: N801 - it reads as a word of the language
    """`async with in_time(kind, seconds)`: raises OutOfTime where what is within takes longer."""

    def __init__(self, kind: OperationType, seconds: float) -> None:
        self._kind = kind
        self._seconds = seconds
        self._timeout = asyncio.timeout(seconds)

    async def __aenter__(self) -> None:
        await self._timeout.__aenter__()

    async def __aexit__(self, kind: Any, error: Any, traceback: Any) -> None:
        try:
            await self._timeout.__aexit__(kind, error, traceback)
        except TimeoutError:
            raise OutOfTime(self._kind, self._seconds) from None


class Prepared(SchemaExtension):
    """Has Strawberry execute the operation that was prepared, without reading its text again."""

    def on_parse(self) -> Iterator[None]:
        operation = getattr(self.execution_context.context, "operation", None)
        if operation is not None:
            self.execution_context.graphql_document = operation.document
            self.execution_context.validation_rules = ()
        yield


def executor_by(rules: Rules) -> type[StrawberryGraphQLCoreExecutionContext]:
    """graphql-core's, which says of variables no more than validation says of literals."""

    class _Executor(StrawberryGraphQLCoreExecutionContext):
        @classmethod
        def build(cls, *args: Any, **options: Any) -> Any:
            options["hide_suggestions"] = not rules.suggests
            return super().build(*args, **options)

    return _Executor
