"""The bounds of a request, and what is said of one that is over them."""

from graphql import GraphQLError
from msgspec import Struct

from gateway.errors import Excess


class Limits(Struct, frozen=True, kw_only=True):
    """How much of each a document may have.

    Attributes:
        tokens: of the text; also its lines, and its fields once fragments are written out.
        depth: fields inside fields.
        aliases: of one operation, fragments written out.
        root_fields: of one operation, fragments written out.
        directives: of one operation, fragments written out.
        fragments: that are defined.
        cost: upstream calls that an operation may be estimated to make, and may make.
        values: that its answer may have, as estimated.
    """

    tokens: int = 1000
    depth: int = 20
    aliases: int = 100
    root_fields: int = 20
    directives: int = 50
    fragments: int = 50
    cost: int = 250
    values: int = 250_000


def excess(bound: str, words: str, *, allowed: int, requested: int) -> GraphQLError:
    """Return the error of a document that is over a bound.

    Args:
        bound: its name, as in `Limits`.
        words: what is counted, such as "The document has {} tokens", with a place for the number.
        allowed: how many there may be.
        requested: how many there are.
    """
    message = f"{words.format(requested)}; {allowed} are allowed."
    failure = Excess(message, bound=bound, allowed=allowed, requested=requested)
    return GraphQLError(message, original_error=failure)
