"""No key without a scope, no secret in a key, and no two answers under one key."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.cache.keys import Key, Scope
from schema.types.source import Source

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
PARTS = st.lists(
    st.recursive(
        TEXTS | st.integers(-3, 3) | st.none() | st.booleans() | st.binary(max_size=3),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=2),
    ),
    max_size=3,
)
ASKS = st.tuples(
    st.sampled_from(Source),
    st.lists(TEXTS.filter(bool), min_size=1, max_size=3),
    TEXTS,
    TEXTS,
    PARTS,
)
Ask = tuple[Source, list[str], str, str, list[Any]]


def key(ask: Ask) -> Key:
    source, identity, kind, name, parts = ask
    return Scope.of(source, *identity).key(kind, name, *parts)


@given(ASKS, ASKS)
def test_what_differs_has_different_keys(one: Ask, other: Ask) -> None:
    # Python holds 1 and True for equal; the keys need not.
    assert one == other or key(one) != key(other)


@pytest.mark.parametrize(("one", "other"), [
    ((["ab"], "k", "n", []), (["a", "b"], "k", "n", [])),
    ((["a", "bc"], "k", "n", []), (["ab", "c"], "k", "n", [])),
    ((["a"], "k:n", "", []), (["a"], "k", "n:", [])),
    ((["a"], "k", "n", ["x"]), (["a"], "k", "nx", [])),
    ((["a"], "k", "n", ["x", "y"]), (["a"], "k", "n", [["x", "y"]])),
    ((["a"], "k", "n", [["x"], "y"]), (["a"], "k", "n", ["x", ["y"]])),
    ((["a"], "k", "n", ["1"]), (["a"], "k", "n", [1])),
    ((["a"], "k", "n", [True]), (["a"], "k", "n", [1])),
    ((["a"], "k", "n", [None]), (["a"], "k", "n", [])),
    ((["a"], "k", "n", [{"x": "y"}]), (["a"], "k", "n", [["x", "y"]])),
])  # fmt: skip
def test_texts_are_not_run_together(one: Any, other: Any) -> None:
    assert key((Source.ESPER, *one)) != key((Source.ESPER, *other))


def test_the_same_ask_has_the_same_key() -> None:
    keys = [
        Scope.of(Source.ESPER, "address", "token").key("call", "/a", [("b", "1")], {"x": 1, "y": 2})
        for _ in range(2)
    ]
    again = Scope.of(Source.ESPER, "address", "token").key(
        "call", "/a", (["b", "1"],), {"y": 2, "x": 1}
    )
    assert keys[0] == keys[1] == again


def test_each_credential_and_each_source_has_keys_of_its_own() -> None:
    scopes = [
        Scope.of(Source.ESPER, "address", "token"),
        Scope.of(Source.DEVREV, "address", "token"),
        Scope.of(Source.ESPER, "address", "other"),
        Scope.of(Source.ESPER, "other", "token"),
    ]
    assert len({scope.key("call", "/a") for scope in scopes}) == 4


def test_only_the_kind_and_the_name_are_shown() -> None:
    got = Scope.of(Source.ESPER, "address", "s3cret").key("call", "/a/{b}", {"b": "an id"}, "query")
    assert re.fullmatch(r"call:/a/\{b\}:[0-9a-f]{32}", str(got))
    assert not any(word in f"{got!r}" for word in ("s3cret", "an id", "query", "address"))


def test_a_scope_shows_nothing() -> None:
    assert "s3cret" not in repr(Scope.of(Source.ESPER, "s3cret"))


@pytest.mark.parametrize("texts", [(), ("",), ("address", ""), ("", "token")])
def test_no_scope_without_an_identity(texts: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="ESPER has no identity"):
        Scope.of(Source.ESPER, *texts)


def test_neither_is_made_by_hand() -> None:
    with pytest.raises(TypeError, match=r"Scope\.key"):
        Key("abc")
    with pytest.raises(TypeError, match=r"Scope\.key"):
        Key()
    with pytest.raises(TypeError, match=r"Scope\.of"):
        Scope()
    with pytest.raises(TypeError, match=r"Scope\.of"):
        Scope(Source.ESPER, "token")
