"""Completes objects of a type, an interface or a union: one, or a whole list of them at once."""
# graphql-core's generics are told in part only.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections import defaultdict
from types import NoneType, SimpleNamespace
from typing import TYPE_CHECKING, Any

from graphql import GraphQLObjectType, default_type_resolver, is_object_type
from graphql.execution.executor import Executor, invalid_return_type_error
from strawberry.execution import optimized_is_awaitable

from gateway.execution.groups import Frames, Group, resolve_groups
from gateway.execution.info import raw_info
from gateway.execution.readers import Reader, UnusualError
from gateway.execution.run import Frame, Run
from gateway.execution.types import TYPE_CAST_ATTRIBUTE

if TYPE_CHECKING:
    from gateway.execution.field import Field
    from gateway.execution.objects import ObjectPlan


def _null(value: Any) -> Any:
    return value


class Composite:
    """Completes the objects that a field has.

    The type of an object is told by its class, where Strawberry would find the same; every other
    object is asked as graphql-core asks.

    Args:
        field: whose objects.
        type_: what the field says that they are.
    """

    __slots__ = ("_by_class", "_field", "_is_whole", "_makes", "_plans", "_type")

    def __init__(self, field: "Field", type_: Any) -> None:
        self._field = field
        self._type = type_
        self._plans: dict[type, ObjectPlan] = {}
        self._makes: dict[type, Reader] = {}
        self._is_whole = True
        self._by_class = field.planner.types.table(type_)

    def _plan(self, kind: type) -> "ObjectPlan | None":
        """Return the plan for the objects of a class, made when the first one comes."""
        plan = self._plans.get(kind)
        if plan is None and kind in self._by_class:
            plan = self._field.planner.object(self._by_class[kind], self._field.details)
            self._plans[kind] = plan
            self._makes[kind] = plan.make
            self._is_whole = self._is_whole and plan.is_whole
        return plan

    def complete(self, run: Run, value: Any, frame: Frame) -> Any:
        """Complete one object."""
        plan = self._plan(value.__class__)
        if plan is not None and not hasattr(value, TYPE_CAST_ATTRIBUTE):
            return plan.build(run, value, frame)
        if is_object_type(self._type):
            return self._checked(run, value, frame, self._type)
        info = raw_info(run, self._field, frame[4])
        resolve = self._type.resolve_type or default_type_resolver
        name = resolve(value, info, self._type)
        if optimized_is_awaitable(name):
            run.wait(
                name, lambda run, name, frame: self._named(run, value, frame, name), frame,
                self._field.nodes,
            )  # fmt: skip
            return None
        return self._named(run, value, frame, name)

    def _named(self, run: Run, value: Any, frame: Frame, name: Any) -> Any:
        """Complete an object of the type that is named."""
        field = self._field
        told: Any = SimpleNamespace(schema=field.planner.target.schema)
        where: Any = SimpleNamespace(parent_type=field.parent, field_name=field.name)
        type_ = Executor.ensure_valid_runtime_type(
            told, name, self._type, field.details, where, value
        )
        return self._checked(run, value, frame, type_)

    def _checked(self, run: Run, value: Any, frame: Frame, type_: GraphQLObjectType) -> Any:
        """Complete an object of a type, if it says that it is one."""
        plan = self._field.planner.object(type_, self._field.details)
        if type_.is_type_of is None:
            return plan.build(run, value, frame)
        info = raw_info(run, self._field, frame[4])
        told = type_.is_type_of(value, info)
        nodes = self._field.nodes

        def judged(run: Run, is_one: Any, frame: Frame) -> Any:
            if not is_one:
                raise invalid_return_type_error(type_, value, self._field.details)
            return plan.build(run, value, frame)

        if optimized_is_awaitable(told):
            run.wait(told, judged, frame, nodes)
            return None
        return judged(run, told, frame)

    def complete_all(
        self, run: Run, values: list[Any], frame: Frame, *, is_nullable: bool
    ) -> list[Any] | None:
        """Complete a list of objects at once; None where one of them is unusual."""
        if is_nullable:
            self._makes[NoneType] = _null
        results = self.read_all(values)
        if results is not None and not self._is_whole:
            self._finish(run, values, Frames(results, frame, is_nullable=is_nullable))
        return results

    def _finish(self, run: Run, values: list[Any], frames: Frames) -> None:
        """Add what is waited for to the objects of a list that were read."""
        by_class: defaultdict[type, list[int]] = defaultdict(list)
        for at, value in enumerate(values):
            by_class[value.__class__].append(at)
        groups: defaultdict[Any, list[Group]] = defaultdict(list)
        late: list[tuple[ObjectPlan, list[Any], list[int]]] = []
        for kind, chosen in by_class.items():
            plan = self._plans.get(kind)
            if plan is None or plan.is_whole:
                continue
            outs = [frames.results[at] for at in chosen]
            for batch in plan.batches:
                parents = [values[at] for at in chosen]
                groups[batch.key, batch.function].append(Group(batch, parents, outs, chosen))
            if plan.late:
                late.append((plan, outs, chosen))
        for some in groups.values():
            resolve_groups(run, some, frames)
        for plan, outs, chosen in late:
            for out, at in zip(outs, chosen, strict=True):
                plan.finish(run, values[at], out, frames, at)

    def read_all(self, values: list[Any]) -> list[Any] | None:
        """Read what need not be waited for, of each object; None where one is unusual."""
        makes = self._makes
        try:
            return [makes[value.__class__](value) for value in values]
        except Exception:  # noqa: BLE001 - a class that is new, or an object that is unusual
            for value in values:
                if value.__class__ not in makes and self._plan(value.__class__) is None:
                    return None
        try:
            return [makes[value.__class__](value) for value in values]
        except Exception:  # noqa: BLE001 - completed one by one, with all checks
            return None

    def reads(self, value: Any) -> Any:
        """Read an object of which nothing is waited for.

        Raises:
            UnusualError: or anything else, where that cannot be.
        """
        plan = self._plan(value.__class__)
        if plan is None or not plan.is_whole:
            raise UnusualError
        return plan.make(value)
