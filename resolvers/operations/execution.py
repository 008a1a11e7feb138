"""Running an operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import ExecutionResult
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from strawberry import Schema

    from resolvers.context import Context
    from resolvers.operations.deadlines import Deadlines
    from resolvers.operations.operation import Operation
    from resolvers.operations.preparing import Rules


async def execute(
    schema: Schema, operation: Operation, variables: dict[str, Any] | None, context: Context, deadlines: Deadlines
) -> ExecutionResult:
    """What a query or a mutation comes to. Raises OutOfTime."""
    async with deadlines.of(operation.kind):
        if operation.plan is not None:
            return await operation.plan.run(variables, context)
        context.operation = operation
        result = await schema.execute(
            operation.text, variable_values=variables, context_value=context, operation_name=operation.name
        )
        return ExecutionResult(result.data, result.errors)


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
