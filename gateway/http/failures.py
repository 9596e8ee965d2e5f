"""How errors are shown: ours as they are, the caller's as they are, everything else masked."""

import logging
from typing import Any

from graphql import GraphQLError

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
        _log.error("a field failed", exc_info=original)
        formatted["message"] = _MASKED
        formatted["extensions"] = {"code": ErrorCode.INTERNAL.value}
    return formatted


def _is_callers(error: GraphQLError, original: Exception | None) -> bool:
    """Tell whether graphql-core itself found the request wrong, before any resolver ran."""
    if original is None or isinstance(original, GraphQLError):
        return True
    return error.path is None and bool(error.nodes) and isinstance(original, ValueError)
