"""The schema, put together. schema.graphql is its text, written by scripts/export_schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.types.graphql import OperationType

import resolvers.enums  # noqa: F401 - gives the domain's enums their place in the schema
from resolvers.errors import HANDLERS
from resolvers.mutations import Mutation
from resolvers.operations import OperationCache
from resolvers.queries import Query
from resolvers.scalars import SCALARS
from resolvers.subscriptions import Subscription

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphql import GraphQLError
    from strawberry.types import ExecutionContext, ExecutionResult


class _Schema(strawberry.Schema):
    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """Answer once: subscriptions, which would be executed like queries here, are not among the operations."""
        return await super().execute(
            query,
            variable_values,
            context_value,
            root_value,
            operation_name,
            frozenset(allowed_operation_types or OperationType) - {OperationType.SUBSCRIPTION},
            operation_extensions,
        )

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Nothing: the endpoint logs what was unexpected, once, and never a client's own mistake."""


def build_schema() -> strawberry.Schema:
    return _Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        config=StrawberryConfig(scalar_map=SCALARS),
        exception_handlers=HANDLERS,
        extensions=[OperationCache()],
    )
