"""No document of 100 kB or less takes more than a bounded number of steps to read."""

import cProfile
import pstats
from typing import Any

import pytest
from graphql import GraphQLError, parse

from gateway.bounds import Judge, Limits
from gateway.execution import Engine
from gateway.execution.documents import Document
from gateway.http.failures import shown
from schema import build
from tests.bounds.worst import BEYOND, WITHIN, Make, largest

JUDGE = Judge(Limits())
MOST_CALLS = 400_000
"""Calls of functions; so many take some 35 ms."""


def is_within(text: str) -> bool:
    try:
        return JUDGE.text(text) is None and not JUDGE.document(parse(text))
    except GraphQLError:
        return True  # it is read up to there


def read(text: str) -> tuple[Document, list[Any], int]:
    """Return what becomes of a document, how its errors are shown, and the calls that it takes."""
    engine = Engine(build(), judge=JUDGE)
    engine.document("{ __typename }")
    profile = cProfile.Profile()
    with profile:
        document = engine.document(text)
        errors = [shown(error) for error in document.errors]
    return document, errors, pstats.Stats(profile).total_calls  # type: ignore[attr-defined]


@pytest.mark.parametrize("make", WITHIN.values(), ids=WITHIN.keys())
def test_what_is_within_bounds_takes_few_steps(make: Make) -> None:
    _, _, calls = read(largest(make, is_within))
    assert calls < MOST_CALLS


@pytest.mark.parametrize("text", BEYOND.values(), ids=BEYOND.keys())
def test_what_is_beyond_bounds_is_refused_in_few_steps(text: str) -> None:
    document, [error], calls = read(text)
    assert not document.operations
    assert error["extensions"]["code"] == "TOO_LARGE"
    assert error["extensions"]["requested"] > error["extensions"]["allowed"]
    assert calls < MOST_CALLS


def test_a_long_document_within_bounds_has_an_answer() -> None:
    document, errors, _ = read('{ node(id: "' + "x" * 60_000 + '") { id } }')
    assert document.operations
    assert not errors
