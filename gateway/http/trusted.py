"""Trusted documents: those of an operator's list are run, and nothing else."""

from collections.abc import Mapping

from msgspec.structs import replace

from gateway.http.asked import Asked
from gateway.http.refusals import BadRequestError, NotRunError
from schema.types.errors import ErrorCode

_NOT_LISTED = (
    "Only documents that an operator has listed are run here, and this is none of them. Ask by "
    "`documentId`, or by exactly the text that is listed."
)

_DIFFERS = "`query` is not the document that is named; send one of the two."


class Trusted:
    """Lets through what is listed, asked for by a name or by its text.

    Args:
        listed: texts of documents by name: "sha256:..." of each, and the ids that manifests have.
    """

    def __init__(self, listed: Mapping[str, str]) -> None:
        self._listed = listed
        self._texts = frozenset(listed.values())

    async def resolve(self, asked: Asked) -> Asked:
        """Return what is asked with its document's text.

        Raises:
            BadRequestError: if that is not listed.
        """
        name = asked.document
        if name is None:
            if asked.query in self._texts:
                return asked
            raise _not_listed()
        text = self._listed.get(name)
        if text is None and asked.document_id is None:
            # Apollo's clients may take their names from a manifest, where they are no hashes.
            text = self._listed.get(name.removeprefix("sha256:"))
        if text is None:
            raise _not_listed()
        if asked.query and asked.query != text:
            raise BadRequestError(400, _DIFFERS)
        return replace(asked, query=text)


def _not_listed() -> NotRunError:
    return NotRunError(403, _NOT_LISTED, code=ErrorCode.FORBIDDEN.value)
