"""Knows requests that have come as a whole, and hold nothing that would want to be read."""

import re

_LONGEST = 64_000
"""Bytes of a request that is looked at."""

_LENGTH = b"\ncontent-length:"

_HEAD = re.compile(
    rb"""
    POST\ /graphql\ HTTP/1\.1\r\n
    (?:
        (?i:(?!transfer-encoding|connection|content-length|expect|upgrade|origin)[a-z0-9-]++)
        :[^\0\r\n]*+\r\n
        | (?i:connection):[ ]keep-alive\r\n
        | (?i:content-length):[ ]([0-9]{1,6})\r\n
    )++
    \r\n
    """,
    re.VERBOSE,
)


def is_plain(data: bytes) -> bool:
    """Tell whether bytes are one request to the graph, from its first byte to its last.

    Whatever is not plain is for the parser of HTTP to judge: another way to tell where it ends, a
    length that is told twice, an origin, a protocol to go over to, a connection that is to end.
    """
    found = _HEAD.match(data) if len(data) <= _LONGEST else None
    if found is None or found[1] is None:
        return False
    is_whole = found.end() + int(found[1]) == len(data)
    return is_whole and found[0].lower().count(_LENGTH) == 1
