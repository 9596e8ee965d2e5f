"""Parses documents into what is read of them later, and no more."""

from graphql import DocumentNode, Location, Source, Token
from graphql.language.parser import Parser, nested_too_deeply_error


class Place(Location):
    """Where a node stands in its source: without the tokens there, which hold all others."""

    __slots__ = ()

    def __init__(  # pyright: ignore[reportMissingSuperCall]
        self, start: int, end: int, source: Source
    ) -> None:
        self.start = start
        self.end = end
        self.source = source


class _Parser(Parser):
    """graphql-core's, for documents that are not to outlive their last use."""

    _place: Place | None = None
    """The last one; a node that holds one other node alone stands in the same place."""

    def loc(self, start_token: Token) -> Location:
        start, end = start_token.start, self._lexer.last_token.end
        place = self._place
        if place is None or place.start != start or place.end != end:
            place = self._place = Place(start, end, self._lexer.source)
        return place

    def unlink(self) -> None:
        """Let the tokens go, each of which holds its neighbours."""
        token: Token | None = self._lexer.token
        while token is not None:
            before = token.prev
            token.next = token.prev = None
            token = before


def parse(text: str) -> DocumentNode:
    """Return a document, as graphql-core parses it, but for the tokens of its places.

    It holds no circle: it is gone as soon as nobody holds it.

    Raises:
        GraphQLSyntaxError: if it is none.
    """
    parser = _Parser(text)
    try:
        return parser.parse_document()
    except RecursionError:
        pass
    finally:
        parser.unlink()
    raise nested_too_deeply_error(parser)
