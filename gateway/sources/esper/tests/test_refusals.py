"""Why a write was refused, in any shape that it may be told."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import Complaint
from gateway.sources.esper.refusals import read
from schema.types.mutation_errors import Constraint

BLANK = "This field may not be blank."
DETAIL = "The pipeline has an active run."
REQUIRED, OTHER = Constraint.REQUIRED, Constraint.OTHER


def said(body: Any) -> list[tuple[str, str, Constraint]]:
    found = read(400, json.dumps(body).encode())
    return [(one.field, one.message, one.constraint) for one in found]


@pytest.mark.parametrize(
    "body",
    [
        {"code": 0, "message": f"name: {BLANK}", "content": {"name": [BLANK]}},
        {"errors": [f"name: {BLANK}"], "message": "Invalid input.", "status": 400},
        {"errors": {"name": [BLANK]}, "message": "Invalid input."},
        {"meta": {"name": [BLANK]}},
        {"name": [BLANK]},
    ],
)
def test_a_complaint_of_a_field(body: Any) -> None:
    assert said(body) == [("name", BLANK, REQUIRED)]


@pytest.mark.parametrize(
    "body",
    [
        {"code": 400, "message": DETAIL, "content": {}},
        {"code": 400, "message": DETAIL, "content": None},
        {"errors": [DETAIL], "message": DETAIL, "status": 401},
        {"errors": [], "message": DETAIL, "status": 401},
        {"detail": DETAIL},
        {"detail": [DETAIL]},
        {"non_field_errors": [DETAIL]},
        {"meta": {"non_field_errors": [DETAIL]}},
        {"errors": [f"non_field_errors: {DETAIL}"]},
        [DETAIL],
    ],
)
def test_a_complaint_of_no_field(body: Any) -> None:
    assert said(body) == [("", DETAIL, OTHER)]


def test_an_object_in_an_answer_is_no_complaint() -> None:
    body = {"code": 1, "message": "No.", "content": {"id": "x", "name": "A stage"}}
    assert said(body) == [("", "No.", OTHER)]


def test_several_complaints() -> None:
    body = {"name": [BLANK, "No."], "timeout_seconds": ["A valid integer is required.", 5, ""]}
    assert said(body) == [
        ("name", BLANK, REQUIRED),
        ("name", "No.", OTHER),
        ("timeout_seconds", "A valid integer is required.", Constraint.FORMAT),
    ]


@pytest.mark.parametrize(
    ("words", "constraint"),
    [
        ("This field is required.", Constraint.REQUIRED),
        ("This field may not be null.", Constraint.REQUIRED),
        ("Ensure this field has no more than 255 characters.", Constraint.LENGTH),
        ("Ensure this value is less than or equal to 2147483647.", Constraint.RANGE),
        ("Ensure this value is greater than or equal to 0.", Constraint.RANGE),
        ('"x" is not a valid choice.', Constraint.ALLOWED_VALUE),
        ("Must be a valid UUID.", Constraint.FORMAT),
        ("Not a valid string.", Constraint.FORMAT),
        ("JSON parse error - Expecting value", Constraint.FORMAT),
        ('Invalid pk "x" - object does not exist.', Constraint.REFERENCE),
        ("Not found.", Constraint.REFERENCE),
        ("The target list is of another pipeline.", Constraint.REFERENCE),
        ("stage with this name already exists.", Constraint.UNIQUE),
        ("The fields name, pipeline must make a unique set; must be unique.", Constraint.UNIQUE),
        ("Stage create error", Constraint.OTHER),
    ],
)
def test_the_rule_is_read_off_the_words(words: str, constraint: Constraint) -> None:
    assert said({"detail": words}) == [("", words, constraint)]


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b"5", b"null", b"[[[" * 9999, b"{}"])
def test_a_body_without_sense_says_nothing(body: bytes) -> None:
    assert list(read(400, body)) == []


_KEYS = st.sampled_from(["content", "errors", "meta", "detail", "message", "name", ""]) | st.text()
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(_KEYS, inner),
)


@given(_JSON)
def test_any_body_is_read(body: Any) -> None:
    for one in read(400, json.dumps(body).encode()):
        assert isinstance(one, Complaint)
        assert one.message.strip()
