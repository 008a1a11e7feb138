"""The schema, put together. schema.graphql is its text, written by scripts/export_schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

import strawberry
from strawberry.schema.config import StrawberryConfig

import resolvers.enums  # noqa: F401 - gives the domain's enums their place in the schema
from resolvers.errors import HANDLERS
from resolvers.mutations import Mutation
from resolvers.operations.execution import Prepared, executor_by
from resolvers.operations.preparing import Rules
from resolvers.queries import Query
from resolvers.scalars import SCALARS
from resolvers.subscriptions import Subscription

if TYPE_CHECKING:
    from graphql import GraphQLError
    from strawberry.types import ExecutionContext


class _Schema(strawberry.Schema):
    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Nothing: the endpoint logs what was unexpected, once, and never a client's own mistake."""


def build_schema(rules: Rules | None = None) -> strawberry.Schema:
    """rules: what operations must be; they also say what may be told of variables that cannot be read."""
    return _Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        config=StrawberryConfig(scalar_map=SCALARS),
        exception_handlers=HANDLERS,
        extensions=[Prepared],
        execution_context_class=executor_by(rules or Rules()),
    )
