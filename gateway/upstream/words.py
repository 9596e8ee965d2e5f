"""What of a vendor's words a caller is told: one line of plain text, no address and no secret."""

import re
from collections.abc import Collection, Sequence
from urllib.parse import quote

from msgspec import structs

from gateway.errors import Complaint

_LONGEST = 300
_MOST = 20

_ADDRESS = re.compile(
    r"([a-z][a-z0-9+.-]{0,20}:)?//\S+|\b([a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}(:[0-9]+)?/\S*",
    re.IGNORECASE,
)
_CREDENTIAL = re.compile(
    r"\b(bearer|basic) +\S{8,}"
    r"|[\w-]{0,40}(token|secret|password|passwd|key)\b[\"']?[ ]?[:=][ ]?\S+",
    re.IGNORECASE,
)
_STACK = re.compile(r"traceback \(|\n[ \t]*at \S+ ?\(|\bfile \"[^\"]*\", line", re.IGNORECASE)
"""Where a stack begins."""
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_HIDDEN = "[...]"
_SHORTEST_SECRET = 4
_SCHEMES = {"bearer", "token", "basic"}


def cleaned(said: Sequence[Complaint], secrets: Collection[str]) -> list[Complaint]:
    """Clean complaints of what a caller must not see.

    Args:
        said: as the vendor worded them; the first twenty are taken.
        secrets: values that must not be shown, such as the headers of the credential.
    """
    told = {word for one in secrets for word in one.split() if word.lower() not in _SCHEMES}
    words = told | {quote(word, safe="") for word in told}
    # One may be a part of another.
    hidden = sorted((one for one in words if len(one) >= _SHORTEST_SECRET), key=len, reverse=True)
    return [
        structs.replace(one, message=_clean(one.message, hidden), field=one.field[:_LONGEST])
        for one in said[:_MOST]
    ]


def _clean(text: str, hidden: Sequence[str]) -> str:
    for word in hidden:  # in the whole text: a secret that is cut in two is not found
        text = re.sub(re.escape(word), _HIDDEN, text, flags=re.IGNORECASE)
    text = _STACK.split(text[: 10 * _LONGEST], maxsplit=1)[0]
    text = _CREDENTIAL.sub(_HIDDEN, _ADDRESS.sub(_HIDDEN, text))
    text = _BLANKS.sub(" ", text).strip()
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
