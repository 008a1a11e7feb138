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
    """An operation was not answered in time. What it had begun to write is written, or will be."""

    def __init__(self, kind: OperationType, seconds: float) -> None:
        is_mutation = kind is OperationType.MUTATION
        advice = (
            "What it changes may be stored, now or soon: read before you repeat it, or repeat it under its "
            "Idempotency-Key."
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
    try:
        async with asyncio.timeout(seconds):
            if operation.plan is not None:
                return await operation.plan.run(variables, context)
            context.operation = operation
            result = await schema.execute(
                operation.text, variable_values=variables, context_value=context, operation_name=operation.name
            )
            return ExecutionResult(result.data, result.errors)
    except TimeoutError:
        raise OutOfTime(operation.kind, seconds) from None


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
