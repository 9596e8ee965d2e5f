"""Tokens are counted as graphql-core reads them."""

import pytest
from graphql import Lexer, Source, TokenKind
from graphql.error import GraphQLSyntaxError
from hypothesis import given
from hypothesis import strategies as st

from gateway.bounds.tokens import count_lines, count_tokens


def tokens(text: str) -> int | None:
    """Return graphql-core's count; None where it finds no token."""
    lexer = Lexer(Source(text))
    try:
        while lexer.advance().kind is not TokenKind.EOF:
            pass
    except GraphQLSyntaxError:
        return None
    token, count = lexer.token, 0
    while token.prev is not None and token.prev.kind is not TokenKind.SOF:
        token, count = token.prev, count + 1
    return count


@pytest.mark.parametrize(("text", "count"), [
    ("", 0), ("{ a }", 3), ("{a(b:1,c:-2.5e3)}", 11), ("query Q($a:[B!]!=[1]){a @c ...D}", 23),
    ('{a(b:"x y { z", c:"""q " r""")}', 11), ("{a} # b c d", 4), ("#\n#\r#\r\n", 3),
    (r'"\"" a', 2), (r'"\\" a', 2), (r'"""\""" a""" b', 2), (r'"""a\\""" """ b', 2),
    ('"" a', 2), ('"""""" a', 2), ("a" * 64, 2), ('"' + "x" * 200 + '"', 4), ("\ufeff{a}", 3),
])  # fmt: skip
def test_tokens_are_counted(text: str, count: int) -> None:
    assert count_tokens(text) == count


@given(st.lists(st.sampled_from(
    ['"', '""', '"""', "\\", '\\"""', "n", "a b", "{", "}", "...", " ", "\n", "#", "1.5", "-1",
     "$a", ":", "!", ",", "\ufeff"]
)).map("".join))  # fmt: skip
def test_no_token_is_missed(text: str) -> None:
    expected = tokens(text)
    counted = count_tokens(text)
    assert expected is None or counted >= expected


def test_lines_are_counted() -> None:
    assert [count_lines(text) for text in ("", "a\nb", "a\r\nb\rc\n", "\n\r")] == [1, 2, 4, 3]
