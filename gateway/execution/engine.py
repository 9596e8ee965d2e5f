"""Runs operations: by their plans, or by graphql-core where there is no plan."""
# graphql-core's generics are told in part only.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from importlib.metadata import version
from itertools import count
from typing import Any

import strawberry
from graphql import ExecutionResult, GraphQLError, GraphQLSchema, execute
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext as Stock

from gateway.execution.documents import Document, Documents
from gateway.execution.judge import Judge
from gateway.execution.operation import Operation
from gateway.execution.plan import Target
from gateway.execution.run import Run
from gateway.execution.shadow import difference

_log = logging.getLogger("stagegraph.execution")

PROVED = {"graphql-core": "3.3.2", "strawberry-graphql": "0.341.2"}
"""The versions that plans were compared with; they read what is no public part of them."""


def unproved(proved: Mapping[str, str] = PROVED) -> list[str]:
    """Tell of each library that is of another version than the proved one."""
    return [
        f"{name} is {found}, and compiled execution was proved on {one}"
        for name, one in proved.items()
        if (found := version(name)) != one
    ]


class Engine:
    """Reads documents and runs their operations.

    Args:
        schema: Strawberry's, or graphql-core's own.
        compiles: whether plans are made; else graphql-core runs everything.
        shadow: one in so many planned runs is repeated by graphql-core and compared; 0 is none.
        varying: names of fields that tell another thing each time; no operation with one of them
            is compared.
        judge: refuses documents that would cost too much; None refuses nothing.
        is_discreet: whether nothing is told of the schema: no introspection, no suggestions.

    Attributes:
        compared: runs that were compared. differed: those that differed.
    """

    def __init__(
        self,
        schema: strawberry.Schema | GraphQLSchema,
        *,
        compiles: bool = True,
        shadow: int = 0,
        varying: Collection[str] = (),
        judge: Judge | None = None,
        is_discreet: bool = False,
    ) -> None:
        own = schema if isinstance(schema, strawberry.Schema) else None
        if own is not None and (own.get_extensions() or own.execution_context_class is not Stock):
            message = "a schema with extensions, or its own executor, is run by Strawberry alone"
            raise TypeError(message)
        core: Any = schema if own is None else own._schema  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        self._target = Target(core, own, is_discreet=is_discreet)
        self._own = own
        self._compiles = compiles
        self._shadow = shadow
        self._varying = frozenset(varying)
        self._runs = count(1)
        self._documents = Documents(self._target, judge=judge)
        self.compared = 0
        self.differed = 0

    def document(self, text: str) -> Document:
        """Return a document, read from its text or kept."""
        return self._documents.read(text)

    def run(
        self,
        operation: Operation,
        variables: Mapping[str, Any] | None,
        context: Any,
        root: Any = None,
        *,
        charge: Callable[[int], None] | None = None,
    ) -> ExecutionResult | Awaitable[ExecutionResult]:
        """Run an operation of a valid document.

        Args:
            operation: which.
            variables: as they came, by name.
            context: handed to resolvers.
            root: the value whose fields are selected.
            charge: told what the operation costs, unless it is not to be run.

        Returns:
            The answer, or what will be it if something must be waited for. Its data may hold
            `msgspec.Raw`, which msgspec writes as it stands.
        """
        given = variables or {}
        coerced = operation.variables.coerced(given)
        if isinstance(coerced, list):
            return ExecutionResult(None, coerced)
        cost = operation.judged if isinstance(operation.judged, int) else operation.judged(given)
        if not isinstance(cost, int):
            return ExecutionResult(None, [cost])
        if charge is not None:
            charge(cost)
        if not (self._compiles and operation.can_be_planned):
            return self.run_stock(operation, variables, context, root)
        plan = operation.plan(coerced)
        if plan is None:
            return self.run_stock(operation, variables, context, root)
        run = Run(context, root, coerced, lambda: _in_full(operation, given))
        is_shadowed = self._shadow and next(self._runs) % self._shadow == 0
        if is_shadowed and operation.names.isdisjoint(self._varying):
            return self._run_both(operation, variables, run, plan)
        return _start(plan, run)

    def run_stock(
        self,
        operation: Operation,
        variables: Mapping[str, Any] | None,
        context: Any,
        root: Any = None,
    ) -> ExecutionResult | Awaitable[ExecutionResult]:
        """Run an operation by graphql-core, as Strawberry does."""
        hides = self._target.is_discreet
        own: dict[str, Any] = {"is_awaitable": optimized_is_awaitable, "hide_suggestions": hides}
        if self._own is not None:
            own["executor_class"] = self._own.execution_context_class
            own["operation_extensions"] = None
        return execute(
            self._target.schema,
            operation.document,
            root,
            context,
            None if variables is None else dict(variables),
            operation.name,
            **own,
        )

    async def _run_both(
        self, operation: Operation, variables: Mapping[str, Any] | None, run: Run, plan: Any
    ) -> ExecutionResult:
        result = _start(plan, run)
        answer = result if isinstance(result, ExecutionResult) else await result
        self.compared += 1
        try:
            stock = self.run_stock(operation, variables, run.context, run.root)
            expected = stock if isinstance(stock, ExecutionResult) else await stock
            differs = difference(answer, expected)
        except Exception as error:  # noqa: BLE001 - whatever it is, there is an answer
            differs = f"comparing raised {type(error).__name__}"
        if differs is not None:
            self.differed += 1
            _log.error("the compiled answer of query %s differs: %s", operation.hash, differs)
        return answer


def _start(plan: Any, run: Run) -> ExecutionResult | Awaitable[ExecutionResult]:
    try:
        data = plan.start(run)
    except GraphQLError as error:
        run.note(error, None)
        return _stopped(run) if run.is_waiting else run.result(None)
    if run.is_waiting:
        return run.finish(data)
    return run.result(data)


async def _stopped(run: Run) -> ExecutionResult:
    await run.cancel()
    return run.result(None)


def _in_full(operation: Operation, given: Mapping[str, Any]) -> Any:
    found = operation.variables.in_full(given)
    if isinstance(found, list):
        message = "variables that were coerced are wrong"
        raise TypeError(message)
    return found
