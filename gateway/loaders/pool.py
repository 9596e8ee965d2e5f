"""The loaders of one request, made at first need."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from gateway.adapter import Adapter
from gateway.errors import UpstreamFailure
from gateway.loaders.getters import Getter
from gateway.loaders.loader import Loader
from gateway.upstream.trace import Log, Trace


class Pool:
    """Loaders by their place.

    Args:
        log: told of every call.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._loaders: dict[Hashable, Loader[Any, Any]] = {}

    def _loader(
        self,
        place: Hashable,
        adapter: Adapter,
        getter: Getter,
        known: dict[Any, Any] | None = None,
    ) -> Loader[Any, Any]:
        """Return the loader of a place, which fetches by a source's method.

        Args:
            place: what tells it from others.
            adapter: the source, whose deadline bounds each fetch.
            getter: its method.
            known: where values are kept, if they are not the loader's own.
        """
        if place not in self._loaders:

            async def fetch(
                keys: Sequence[Any], trace: Trace
            ) -> Mapping[Any, Any | UpstreamFailure]:
                async with adapter.deadline():
                    return await getter(keys, trace)

            self._loaders[place] = Loader(fetch, self._log, known)
        return self._loaders[place]

    @property
    def is_open(self) -> bool:
        """Whether there are any."""
        return bool(self._loaders)

    async def close(self) -> None:
        """Stop what nobody waits for any more, and let go of all loaders.

        A loader's method may lead back to here; unless that circle is broken, whatever a request
        has read stays until the collector comes.
        """
        for loader in self._loaders.values():
            await loader.close()
        self._loaders.clear()
