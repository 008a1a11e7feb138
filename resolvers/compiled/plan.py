"""A plan: an operation, ready to be run."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, Final, cast

from graphql import (
    ExecutionResult,
    Executor,
    FragmentDefinitionNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
)
from graphql.pyutils import gather_with_cancel
from strawberry.execution import optimized_is_awaitable
from strawberry.utils.await_maybe import await_maybe

from resolvers.compiled.fields import RootField, Run
from resolvers.compiled.selected import Selected, deciding_variables
from resolvers.compiled.unexpected import NotCovered, Unexpected
from resolvers.compiled.values import AnswerWriter
from resolvers.compiled.variables import variables_reader

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping

    from graphql import DocumentNode
    from strawberry import Schema

    from resolvers.context import Context

_DECIDING: Final = 2
"""Variables that @skip and @include look at. Each combination of them is compiled beforehand; operations with more are
not: their requests would each need another plan, and to be made while others wait."""

_UNCOMPILED: Final = (NotCovered, GraphQLError, RecursionError, MemoryError, SyntaxError)
"""What compiling may end in: the last three are Python's, for what is nested too deeply."""


def compile_operation(schema: Schema, document: DocumentNode, operation_name: str | None) -> Plan | None:
    """The plan of an operation of a valid document; None where graphql-core has to execute it."""
    try:
        return Plan(schema, document, operation_name)
    except _UNCOMPILED:
        return None


class Plan:
    """What is known of an operation before any request. `source` of a variant is the Python it was made into."""

    def __init__(self, schema: Schema, document: DocumentNode, operation_name: str | None) -> None:
        if any(extension._implements_resolve() for extension in schema.get_extensions()):
            raise NotCovered
        if schema.config.enable_experimental_incremental_execution:
            raise NotCovered
        self.core_schema = schema._schema
        self.operation = _operation(document, operation_name)
        self.fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._schema = schema
        self._document = document
        self._operation_name = operation_name
        self._read = variables_reader(self.core_schema, self.operation.variable_definitions or ())
        selections = [self.operation.selection_set, *(node.selection_set for node in self.fragments.values())]
        self._deciding = deciding_variables(selections)
        if len(self._deciding) > _DECIDING:
            raise NotCovered
        combinations = product((False, True), repeat=len(self._deciding))
        self._variants: dict[tuple[Any, ...], Variant] = {
            decided: Variant(self, schema, dict(zip(self._deciding, decided, strict=True))) for decided in combinations
        }
        self._only = None if self._deciding else self._variants[()]

    async def run(self, variables: Mapping[str, Any] | None, context: Context) -> ExecutionResult:
        """What the operation comes to: data and errors are graphql-core's."""
        try:
            values = self._read(variables or {})
            variant = self._only or self._variant(values)
        except Exception:  # noqa: BLE001 - see Unexpected
            return await self._executed(variables, context)
        run = Run(self, variables, values, context)
        try:
            return run.result(await variant.data(run))
        except GraphQLError as error:
            return run.failed(error)

    def executor(self, variables: Mapping[str, Any] | None, context: Context) -> Executor[Any]:
        """graphql-core's own, for an operation whose variables have been read."""
        executor = self._executor(variables, context)
        if isinstance(executor, list):
            raise TypeError("graphql-core finds something wrong with variables that were read")
        return executor

    async def _executed(self, variables: Mapping[str, Any] | None, context: Context) -> ExecutionResult:
        """The whole operation by graphql-core."""
        executor = self._executor(variables, context)
        if isinstance(executor, list):
            return ExecutionResult(None, errors=executor)
        result: ExecutionResult = await await_maybe(cast("Any", executor.execute_operation()))
        return result

    def _executor(self, variables: Mapping[str, Any] | None, context: Context) -> Executor[Any] | list[GraphQLError]:
        """What Strawberry would have graphql-core execute this with; errors where variables are wrong."""
        return self._schema.execution_context_class.build(
            self.core_schema,
            self._document,
            context_value=context,
            raw_variable_values=variables,  # type: ignore[arg-type]
            operation_name=self._operation_name,
            is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]
            operation_extensions=None,
        )

    def _variant(self, values: dict[str, Any]) -> Variant:
        """Raises Unexpected where a variable that decides is null or is not there: graphql-core knows what to say."""
        variant = self._variants.get(tuple([values.get(name) for name in self._deciding]))
        if variant is None:
            raise Unexpected
        return variant

    @property
    def size(self) -> int:
        """Characters of the Python that the operation was made into."""
        return sum(len(variant.source) for variant in self._variants.values())


class Variant:
    """The operation where @skip and @include have been decided."""

    def __init__(self, plan: Plan, schema: Schema, values: dict[str, Any]) -> None:
        type_ = plan.core_schema.get_root_type(plan.operation.operation)
        if type_ is None:
            raise NotCovered
        selected = Selected(schema, plan.operation, plan.fragments, values)
        writer = AnswerWriter(selected)
        answers: list[tuple[RootField, str]] = []
        self._fields: dict[str, RootField | str] = {}
        for key, details in selected.at_root(type_).items():
            if details[0].node.name.value == "__typename":
                self._fields[key] = type_.name
                continue
            if details[0].node.name.value not in type_.fields:
                raise NotCovered  # __schema, __type
            field = RootField(schema, selected, type_, details)
            self._fields[key] = field
            answers.append((field, writer.write_answer(field.type_, details)))
        self.source = writer.source
        compiled = writer.compiled()
        for field, name in answers:
            field.answer = compiled[name]
        self._is_serial = plan.operation.operation is OperationType.MUTATION
        self._single = None
        if len(self._fields) == 1:
            ((key, only),) = self._fields.items()
            self._single = (key, only) if isinstance(only, RootField) and only.is_async else None

    async def data(self, run: Run) -> dict[str, Any]:
        """By response key. Raises GraphQLError where a null may not be that a root field comes to."""
        if self._single is not None:
            key, field = self._single
            return {key: await field.resolved(run)}
        if self._is_serial:
            return {
                key: field if isinstance(field, str) else await await_maybe(field.begun(run))
                for key, field in self._fields.items()
            }
        return await self._at_once(run)

    async def _at_once(self, run: Run) -> dict[str, Any]:
        """As graphql-core's execute_fields has it: where one may not be null and is, the others are cancelled."""
        data: dict[str, Any] = {}
        awaited: dict[str, Awaitable[Any]] = {}
        try:
            for key, field in self._fields.items():
                data[key] = field if isinstance(field, str) else field.begun(run)
                if optimized_is_awaitable(data[key]):
                    awaited[key] = data[key]
        except GraphQLError:
            if awaited:
                run.executor.settle_in_background(list(awaited.values()))
            raise
        if len(awaited) == 1:
            for key, answer in awaited.items():
                data[key] = await answer
        elif awaited:
            data.update(zip(awaited, await gather_with_cancel(*awaited.values()), strict=True))
        return data


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if name is not None:
        operations = [node for node in operations if node.name is not None and node.name.value == name]
    if len(operations) != 1 or operations[0].operation is OperationType.SUBSCRIPTION:
        raise NotCovered
    return operations[0]
