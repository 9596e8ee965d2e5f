"""The bodies of Outreach's answers: JSON:API documents and errors."""

from collections.abc import Sequence
from typing import Any, cast

from starlette.responses import Response

from gateway.sandbox.answer import Answer

MEDIA_TYPE = "application/vnd.api+json"

Error = dict[str, Any]

_TITLES = {
    "validationError": "Validation Error",
    "validationDataTooLongError": "Validation Data Too Long Error",
    "validationDuplicateValueError": "Validation Duplicate Value Error",
}


class RefusedError(Exception):
    """A parameter makes no sense.

    Args:
        detail: what is wrong with it.
        parameter: its name.
        status: of the answer. code: the error's id.
    """

    def __init__(
        self, detail: str, parameter: str, status: int = 422, code: str = "validationError"
    ) -> None:
        super().__init__(detail)
        self.parameter = parameter
        self.status = status
        self.code = code


class InvalidError(Exception):
    """A body is wrong: everything that is, and the status of the answer."""

    def __init__(self, wrongs: Sequence[Error], status: int = 422) -> None:
        super().__init__(f"{len(wrongs)} errors")
        self.errors = wrongs
        self.status = status


class ForbiddenError(Exception):
    """The token, or its user, may not do this; `code` is the error's id."""

    def __init__(self, detail: str, code: str, title: str) -> None:
        super().__init__(detail)
        self.code = code
        self.title = title


def good(body: dict[str, Any]) -> Response:
    """Return 200 with a document."""
    return Answer(body, media_type=MEDIA_TYPE)


def created(body: dict[str, Any]) -> Response:
    """Return 201 with a document."""
    return Answer(body, 201, media_type=MEDIA_TYPE)


def wrong(detail: str, pointer: str | None = None, code: str = "validationError") -> Error:
    """Return one thing that is wrong with a body, and where; not every error tells where."""
    error: Error = {"id": code, "title": _TITLES[code], "detail": detail}
    return error if pointer is None else {**error, "source": {"pointer": pointer}}


def invalid(error: InvalidError) -> Response:
    """Return the answer to a body that is wrong."""
    return Answer({"errors": error.errors}, error.status, media_type=MEDIA_TYPE)


def bad(status: int, code: str, title: str, **more: Any) -> Response:
    """Return an error; its `id` is a code, the same for each error of a kind."""
    error = {"id": code, "title": title, **more}
    return Answer({"errors": [error]}, status, media_type=MEDIA_TYPE)


def refused(error: RefusedError) -> Response:
    """Return the answer to a bad parameter."""
    title = "Validation Error" if error.code == "validationError" else "Bad Request"
    source = {"parameter": error.parameter}
    return bad(error.status, error.code, title, detail=str(error), source=source)


def with_text_ids(value: Any) -> Any:
    """Return a document whose resources' ids are texts, as strict JSON:API has them."""
    if isinstance(value, list):
        return [with_text_ids(one) for one in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    fields = cast("dict[str, Any]", value)
    return {
        name: str(one) if name == "id" and "type" in fields else with_text_ids(one)
        for name, one in fields.items()
    }
