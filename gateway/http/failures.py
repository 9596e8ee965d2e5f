"""How errors are shown: ours as they are, the caller's as they are, everything else masked."""

import logging
from typing import Any

from graphql import FieldNode, GraphQLError

from gateway.errors import Failure
from schema.types.errors import ErrorCode

_log = logging.getLogger("stagegraph.errors")

_MASKED = "Something went wrong inside the gateway; its log has the details."


def shown(error: GraphQLError) -> dict[str, Any]:
    """Return an error as clients see it; one of ours that nobody foresaw is logged and masked."""
    formatted: dict[str, Any] = {**error.formatted}
    original = error.original_error
    if isinstance(original, Failure):
        formatted["message"] = original.message
        formatted["extensions"] = original.extensions()
    elif _is_callers(error, original):
        formatted["extensions"] = {"code": ErrorCode.VALIDATION.value}
    else:
        formatted |= masked(original or error)
    return formatted


def masked(error: Exception) -> dict[str, Any]:
    """Return what clients see of an error that nobody foresaw, and log it."""
    _log.error("a request failed", exc_info=error)
    return {"message": _MASKED, "extensions": {"code": ErrorCode.INTERNAL.value}}


def _is_callers(error: GraphQLError, original: Exception | None) -> bool:
    """Tell whether graphql-core found the request wrong, and not what a resolver made of it."""
    if original is not None and not isinstance(original, GraphQLError):
        return error.path is None and bool(error.nodes) and isinstance(original, ValueError)
    if error.path is None:
        return True
    # A wrong argument stands at its value; a value that no resolver may return stands at its field.
    nodes = error.nodes or ()
    return bool(nodes) and not any(isinstance(node, FieldNode) for node in nodes)
