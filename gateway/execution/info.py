"""What resolvers are told of their field; made in full only when it is read."""
# graphql-core's generics are told in part only.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from functools import cache
from typing import TYPE_CHECKING, Any

from graphql import GraphQLResolveInfo
from graphql.pyutils import Path, gather_with_cancel
from graphql.type.definition import GraphQLResolveInfoHelpers
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import (
    _OperationContextAwareGraphQLResolveInfo as RawInfo,  # pyright: ignore[reportPrivateUsage]
)
from strawberry.types import Info
from strawberry.types.field import StrawberryField

from gateway.execution.run import Run, see_end

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from gateway.execution.field import Field


async def _gather(awaited: "Sequence[Awaitable[Any]]") -> list[Any]:
    return await gather_with_cancel(*awaited)


_HELPERS = GraphQLResolveInfoHelpers(gather=_gather, track=see_end)


def raw_info(run: Run, field: "Field", path: Path) -> Any:
    """Return what graphql-core tells a resolver, or what Strawberry makes of it."""
    planner = field.planner
    target = planner.target
    is_core = target.config is None
    told: tuple[Any, ...] = (
        field.name,
        field.nodes,
        field.type,
        field.parent,
        path,
        target.schema,
        planner.definitions,
        run.root,
        planner.operation,
        run.sources() if is_core else run.variables,
        run.context,
        optimized_is_awaitable,
        None,
        _HELPERS,
    )
    return GraphQLResolveInfo(*told) if is_core else RawInfo._make((*told, None))


@cache
def info_class(stock: type[Info]) -> type[Info]:
    """Return a class of infos that are made of the run, for a schema whose infos are `stock`."""

    class CompiledInfo(stock):
        """Strawberry's info; `remembered` is a dict for what is the same in each run of a plan."""

        def __init__(self, run: Run, field: "Field", path: Path, own: StrawberryField) -> None:
            # Not by the dataclass's own way: most resolvers read the context alone.
            self.__dict__.update(_run=run, _planned=field, _path=path, _field=own)

        @property
        def _raw_info(  # pyright: ignore[reportIncompatibleVariableOverride]
            self,
        ) -> Any:
            told = self.__dict__
            if "_raw" not in told:
                told["_raw"] = raw_info(told["_run"], told["_planned"], told["_path"])
            return told["_raw"]

        @property
        def context(self) -> Any:
            return self.__dict__["_run"].context

        @property
        def remembered(self) -> dict[str, Any]:
            return self.__dict__["_planned"].remembered

    return CompiledInfo
