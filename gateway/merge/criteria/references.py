"""What a list of references is asked for."""

from collections.abc import Iterator
from typing import Self

from gateway.adapter import Span
from gateway.merge.criteria.plain import Condition, Criteria


class ReferenceCriteria(Criteria, frozen=True, kw_only=True):
    """Of references of one source, by name; `contains` looks at display ids too."""

    @classmethod
    def of(cls, search: str | None) -> Self:
        """Read the arguments of a list."""
        return cls(
            sources=None,
            names=None,
            contains=(search or "").casefold(),
            starts_with="",
            created=Span(),
            updated=Span(),
            order="name",
            descending=False,
        )

    def conditions(self) -> Iterator[Condition]:
        """Look for the text."""
        yield lambda row: any(
            self.contains in (one or "").casefold() for one in (row.name, row.display_id)
        )
