"""Faults: what goes wrong on purpose, and which request it strikes."""

from collections.abc import MutableMapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta

Json = MutableMapping[str, Any]

Kind = Literal[
    "latency", "hang", "status", "redirect", "reset", "truncate", "cut", "drip", "endless",
    "gzip_bomb", "html", "empty", "array", "garbage",
    "wrong_type", "null_field", "missing_field", "unknown_enum", "repeat", "drop", "reorder",
]  # fmt: skip

_OF_THE_ANSWER = {
    "truncate", "cut", "drip", "wrong_type", "null_field", "missing_field", "unknown_enum",
    "repeat", "drop", "reorder",
}  # fmt: skip
"""Kinds that spoil the real answer, so that the request is carried out whatever `when` says."""

HeaderText = Annotated[str, Meta(pattern=r"^[!-~]([ -~]*[!-~])?$", max_length=200)]


class Fault(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One fault.

    Attributes:
        source: the emulator, such as "esper".
        kind: what goes wrong.
        route: only on this route, parameters in braces; None is any.
        method: only with this method; None is any.
        when: "before" anything is applied, or "after".
        times: how often; None is until removed.
        seconds: of latency; pause between bytes of a drip.
        status: of the answer. retry_after: its header. body: its JSON body.
        location: where a redirect leads.
        field: the name of the field of every row that is spoiled, at any depth.
    """

    source: str
    kind: Kind
    route: str | None = None
    method: str | None = None
    when: Literal["before", "after"] = "before"
    times: Annotated[int, Meta(ge=1)] | None = None
    seconds: Annotated[float, Meta(ge=0)] = 0.2
    status: Annotated[int, Meta(ge=200, le=599)] = 500
    retry_after: HeaderText | int | float | None = None
    body: Any = UNSET
    location: str = "http://127.0.0.1:9/elsewhere"
    field: str = "name"

    @property
    def needs_answer(self) -> bool:
        """Whether the request is carried out before the fault strikes."""
        return self.when == "after" or self.kind in _OF_THE_ANSWER


class Faults:
    """The faults that are set; each request takes at most one, the oldest that matches."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Set a fault."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Remove all faults."""
        self._faults.clear()

    def take(self, source: str, method: str, route: str) -> Fault | None:
        """Return the fault that strikes a request, using up one of its times."""
        for fault in self._faults:
            if (
                fault.source == source
                and fault.route in {None, route}
                and fault.method in {None, method}
            ):
                if fault.times is not None:
                    fault.times -= 1
                    if not fault.times:
                        self._faults.remove(fault)
                return fault
        return None
