"""Counts the tokens of a text: a pass of one regular expression, far quicker than reading it."""

import re

_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\"""|\\|"(?!""))*+(?:""")?'  # a block string
    r'|"(?:[^"\\\r\n]|\\.)*+"?'
    r"|#[^\r\n]*+"
    r"|[_A-Za-z][_0-9A-Za-z]*+"
    r"|-?[0-9]++(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+"
    r"|\.\.\."
    r"|[^\s,\ufeff]"
)
"""Any token, comments among them. What is no token at all counts as one for each letter."""

_LONG = 64
"""Letters that cost about as much to read as a token does: a long one counts once for each."""

_LINE = re.compile(r"\r\n|\n|\r")


def count_tokens(text: str) -> int:
    """Return the tokens of a text; long ones, such as strings, count more than once."""
    found = _TOKEN.findall(text)
    return len(found) + sum(len(one) // _LONG for one in found if len(one) >= _LONG)


def count_lines(text: str) -> int:
    """Return the lines of a text: each error looks for its own through all of them."""
    return len(_LINE.findall(text)) + 1
