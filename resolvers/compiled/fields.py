"""The root fields of an operation: arguments, a resolver, an answer; and graphql-core where one of them fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import ExecutionResult, GraphQLError
from graphql.pyutils import Path
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import _OperationContextAwareGraphQLResolveInfo
from strawberry.utils.await_maybe import await_maybe

from resolvers.compiled.arguments import arguments_maker
from resolvers.compiled.unexpected import NotCovered

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from graphql import Executor, GraphQLObjectType
    from graphql.execution.collect_fields import FieldDetails
    from strawberry import Info, Schema

    from resolvers.compiled.plan import Plan
    from resolvers.compiled.selected import Selected
    from resolvers.context import Context


class Run:
    """One request. variables: as they were sent. values: as they were read."""

    __slots__ = ("_executor", "context", "plan", "values", "variables")

    def __init__(
        self, plan: Plan, variables: Mapping[str, Any] | None, values: dict[str, Any], context: Context
    ) -> None:
        self.plan = plan
        self.variables = variables
        self.values = values
        self.context = context
        self._executor: Executor[Any] | None = None

    @property
    def executor(self) -> Executor[Any]:
        """graphql-core's, made when something goes wrong: it keeps the errors."""
        if self._executor is None:
            self._executor = self.plan.executor(self.variables, self.context)
        return self._executor

    def result(self, data: dict[str, Any] | None) -> ExecutionResult:
        errors = None if self._executor is None else self._executor.collected_errors.errors
        return ExecutionResult(data, errors or None)

    def failed(self, error: GraphQLError) -> ExecutionResult:
        """The result of an operation in which a null is where none may be, up to the operation itself."""
        self.executor.collected_errors.add(error, None)
        return self.result(None)


class RootField:
    """A field of the operation itself, under one response key."""

    def __init__(
        self, schema: Schema, selected: Selected, type_: GraphQLObjectType, details: list[FieldDetails]
    ) -> None:
        node = details[0].node
        definition = type_.fields[node.name.value]
        field = selected.field(definition)
        resolver = field.base_resolver
        if resolver is None or resolver.root_parameter or resolver.parent_parameter or field.is_subscription:
            raise NotCovered
        self.is_async = field.is_async
        self.answer: Callable[[Any], Any]
        """Set once it is compiled. Raises, whatever it raises, for what graphql-core has to complete."""
        self.type_ = definition.type
        self._parent = type_
        self._details = details
        self._nodes = [detail.node for detail in details]
        self._name = node.name.value
        self._path = Path(None, node.alias.value if node.alias else node.name.value, type_.name)
        self._field = field
        self._resolve: Callable[..., Any] = resolver
        self._self = (None,) if resolver.self_parameter else ()  # the root value
        self._info_name = resolver.info_parameter.name if resolver.info_parameter else None
        self._arguments = arguments_maker(schema, field, definition, node)
        self._handlers = schema.schema_converter._get_field_exception_handlers(field)
        if self._handlers and not self.is_async:
            raise NotCovered
        self._info_class = schema.config.info_class

    def begun(self, run: Run) -> Any:
        """The answer, or an awaitable of it. Both raise GraphQLError where it is null and may not be."""
        return self.resolved(run) if self.is_async else self.resolved_now(run)

    async def resolved(self, run: Run) -> Any:
        """The answer of a field whose resolver is asynchronous. Raises GraphQLError where it is null and may not be."""
        try:
            arguments = self._arguments(run.values)
        except Exception:  # noqa: BLE001 - see Unexpected
            return await await_maybe(self._executed(run))
        info = self._info(run)
        if self._info_name is not None:
            arguments[self._info_name] = info
        try:
            try:
                result = await self._resolve(*self._self, **arguments)
            except Exception as error:  # noqa: BLE001 - raised again where it is not handled
                result = await self._handled(error, info)
        except Exception as error:  # noqa: BLE001 - graphql-core says which of them go on
            return self._failed(run, error)
        try:
            return self.answer(result)
        except Exception:  # noqa: BLE001 - see Unexpected
            return await await_maybe(self._completed(run, result))

    def resolved_now(self, run: Run) -> Any:
        """The answer of a field whose resolver is synchronous, or an awaitable of it. Raises as `resolved` does."""
        try:
            arguments = self._arguments(run.values)
        except Exception:  # noqa: BLE001 - see Unexpected
            return self._executed(run)
        if self._info_name is not None:
            arguments[self._info_name] = self._info(run)
        try:
            result = self._resolve(*self._self, **arguments)
        except Exception as error:  # noqa: BLE001 - graphql-core says which of them go on
            return self._failed(run, error)
        try:
            return self.answer(result)
        except Exception:  # noqa: BLE001 - see Unexpected
            if optimized_is_awaitable(result):
                return run.executor.complete_awaitable_value(*self._to_complete(run, result))
            return self._completed(run, result)

    def _info(self, run: Run) -> Info:
        return self._info_class(_raw_info=self._raw_info(run), _field=self._field)

    def _raw_info(self, run: Run) -> Any:
        plan = run.plan
        return _OperationContextAwareGraphQLResolveInfo(
            self._name,
            self._nodes,
            self.type_,
            self._parent,
            self._path,
            plan.core_schema,
            plan.fragments,
            None,
            plan.operation,
            run.values,
            run.context,
            optimized_is_awaitable,
            None,
            None,  # async_helpers: for resolvers that start work besides what they await; none of ours does
            {},
        )

    async def _handled(self, error: Exception, info: Info) -> Any:
        """The member of a union that shows an error, where there is one; Strawberry's rules. Raises the error else."""
        for exception_types, handler in self._handlers:
            if isinstance(error, exception_types):
                shown = await await_maybe(handler.handle(error, field=self._field, info=info))
                if shown is not None:
                    return shown
                break
        raise error

    def _executed(self, run: Run) -> Any:
        """The whole field by graphql-core; it may be awaitable."""
        return run.executor.execute_field(self._parent, None, self._details, self._path, None)

    def _failed(self, run: Run, error: Exception) -> None:
        run.executor.handle_field_error(error, self.type_, self._details, self._path)

    def _completed(self, run: Run, result: Any) -> Any:
        """What a resolver returned, completed by graphql-core; it may be awaitable."""
        try:
            completed = run.executor.complete_value(*self._to_complete(run, result))
        except Exception as error:  # noqa: BLE001 - graphql-core says which of them go on
            return self._failed(run, error)
        return self._when_completed(run, completed) if optimized_is_awaitable(completed) else completed

    def _to_complete(self, run: Run, result: Any) -> tuple[Any, Any, Any, Path, Any, None]:
        return self.type_, self._details, self._raw_info(run), self._path, result, None

    async def _when_completed(self, run: Run, completed: Awaitable[Any]) -> Any:
        try:
            return await completed
        except Exception as error:  # noqa: BLE001 - graphql-core says which of them go on
            return self._failed(run, error)
