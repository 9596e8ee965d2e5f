"""Judges the fields of an input, and gathers all that is wrong with them."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from strawberry import UNSET

from gateway.adapter.port import Adapter
from gateway.errors import Complaint, Invalid, Path
from schema.types.ids import GlobalId, InvalidIdError, Kind
from schema.types.mutation_errors import Constraint
from schema.types.source import Source

T = TypeVar("T")

_MOST = 20
"""Complaints that are told: a list of ids may have thousands of bad ones."""


def told(value: T | None) -> T | None:
    """Return a field of a create; None where it is absent."""
    return None if value is UNSET else value


class Judge:
    """Judges one input for one source. Nothing is raised before `done`.

    Args:
        adapter: the source.
        at: where the input stands in the mutation's arguments.
    """

    def __init__(self, adapter: Adapter, at: Path = ("input",)) -> None:
        self._adapter = adapter
        self._at = at
        self._complaints: list[Complaint] = []

    def wrong(self, message: str, constraint: Constraint, *field: str) -> None:
        """Note what is wrong with a field.

        Args:
            message: a sentence for the caller, without the field's name, such as "It is empty.".
            constraint: the rule that it breaks.
            field: its names below the input, a list's place among them; none is the whole input.
        """
        path = (*self._at, *field)
        words = f"`{'.'.join(path)}`: {message}"
        self._complaints.append(Complaint(message=words, constraint=constraint, path=path))

    def text(
        self, value: str | None, *field: str, longest: int, may_be_empty: bool = False
    ) -> None:
        """Judge a text: not null, not only spaces unless it may be, and not too long."""
        if value is None:
            self.wrong("It cannot be null.", Constraint.REQUIRED, *field)
        elif not may_be_empty and not value.strip():
            self.wrong("It is empty.", Constraint.REQUIRED, *field)
        elif len(value) > longest:
            words = f"It has {len(value)} characters; {longest} are allowed."
            self.wrong(words, Constraint.LENGTH, *field)

    def id(
        self,
        text: str,
        kind: Kind,
        *field: str,
        own: Callable[[str], GlobalId] | None = None,
    ) -> GlobalId | None:
        """Read the id of an object of this source.

        Args:
            text: a global id.
            kind: of what.
            field: where it stands below the input.
            own: makes the id of a text that is the vendor's own id, where those are taken too.

        Returns:
            An id whose form the vendor gives to such ids; None if it is wrong.
        """
        source = self._adapter.id
        try:
            found = GlobalId.parse(text)
        except InvalidIdError as error:
            found = None if own is None else own(text)
            if found is None or not self._adapter.owns(found):
                self.wrong(str(error), Constraint.FORMAT, *field)
                return None
        if found.source is not source:
            words = f"It is an id of {found.source.name}; one of {source.name} is needed."
            self.wrong(words, Constraint.WRONG_SOURCE, *field)
        elif found.kind is not kind:
            words = f"It is the id of a {found.kind}; the id of a {kind} is needed."
            self.wrong(words, Constraint.REFERENCE, *field)
        elif not self._adapter.owns(found):
            self.wrong(f"{source.name} gives no such id.", Constraint.FORMAT, *field)
        else:
            return found
        return None

    def ids(
        self,
        texts: Sequence[str],
        kind: Kind,
        *field: str,
        own: Callable[[str], GlobalId] | None = None,
    ) -> list[GlobalId]:
        """Read a list of ids, each as `id` does; those that are wrong are left out."""
        read = [
            self.id(text, kind, *field, str(place), own=own) for place, text in enumerate(texts)
        ]
        return [one for one in read if one is not None]

    def refuse_blocks(self, patch: object) -> None:
        """Refuse what a patch has for objects of other sources alone.

        Args:
            patch: an input that has a field of the name of each source, such as `esper`, for what
                only its objects have; an absent one is None or unset.
        """
        own = self._adapter.id
        for source in Source:
            block = source.name.lower()
            if source is not own and told(getattr(patch, block, None)) is not None:
                words = f"It is for {source.name} alone; this object is {own.name}'s."
                self.wrong(words, Constraint.WRONG_SOURCE, block)

    def refuse_nothing(self, changes: object) -> None:
        """Refuse an update that changes nothing, if nothing else is wrong with it.

        Args:
            changes: what is to be changed; false where that is nothing.
        """
        if not changes and not self._complaints:
            self.wrong("It changes nothing.", Constraint.REQUIRED)

    def done(self) -> None:
        """Raise errors.Invalid if anything was wrong; the first twenty things are told."""
        if self._complaints:
            raise Invalid(self._complaints[:_MOST], self._adapter.id)
