"""One line before a vendor for all clients of one credential."""

from collections import OrderedDict
from collections.abc import Callable
from weakref import WeakValueDictionary

from gateway.cache.keys import Key
from gateway.upstream.pace import Pace

_MOST = 1000
"""Lines that are remembered while no client has them, so that their windows are kept to."""


class Paces:
    """Lines by the credential that they are of."""

    def __init__(self) -> None:
        self._all: WeakValueDictionary[Key, Pace] = WeakValueDictionary()
        self._latest: OrderedDict[Key, Pace] = OrderedDict()

    def of(self, name: Key, make: Callable[[], Pace]) -> Pace:
        """Return the line of a name, and make it if there is none.

        Args:
            name: under the scope of a credential.
            make: makes it.
        """
        pace = self._all.get(name)
        if pace is None:
            pace = self._all[name] = make()
        self._latest[name] = pace
        self._latest.move_to_end(name)
        if len(self._latest) > _MOST:
            self._latest.popitem(last=False)
        return pace

    def __len__(self) -> int:
        return len(self._all)
