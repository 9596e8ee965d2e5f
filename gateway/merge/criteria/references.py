"""What a list of references is asked for."""

from typing import Any, Self

from gateway.adapter import Span
from gateway.merge.criteria.plain import Criteria


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

    def matches(self, row: Any) -> bool:
        """Look for the text."""
        shown = ((row.name or "").casefold(), (row.display_id or "").casefold())
        return any(self.contains in one for one in shown)
