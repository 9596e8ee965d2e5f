"""What the vendor says of a write, whatever shape it has."""

from typing import Any

import msgspec
import pytest

from gateway.sources.storyblok import refusals
from schema.types.mutation_errors import Constraint

TAKEN, BLANK = "has already been taken", "can't be blank"
BOTH = {"name": [TAKEN], "color": [BLANK]}
SENTENCES = ["Name has already been taken", "Color can't be blank"]


def read(body: Any) -> list[tuple[str, str, str]]:
    found = refusals.read(422, msgspec.json.encode(body))
    return [(one.field, one.message, one.constraint.name) for one in found]


EXPECTED = [("name", SENTENCES[0], "UNIQUE"), ("color", SENTENCES[1], "REQUIRED")]


@pytest.mark.parametrize(
    "body",
    [
        BOTH,
        {**BOTH, "error": ", ".join(SENTENCES)},
        {**BOTH, "error": TAKEN},
        {"error": BOTH},
        {"errors": BOTH},
        {"errors": {"name": TAKEN, "color": BLANK}},
        {"error": SENTENCES},
        {"errors": SENTENCES},
        {"error": ", ".join(SENTENCES)},
        SENTENCES,
    ],
)
def test_every_shape_tells_the_fields(body: Any) -> None:
    assert read(body) == EXPECTED


LAST = "The last stage of a workflow cannot be deleted, sorry"


@pytest.mark.parametrize(
    "body",
    [
        {"error": LAST},
        {"error": [LAST]},
        {"error": {"base": [LAST]}},
        {"errors": {"base": LAST}},
        {"base": [LAST]},
        [LAST],
        LAST,
    ],
)
def test_what_is_about_the_whole_has_no_field(body: Any) -> None:
    assert read(body) == [("", LAST, "OTHER")]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"workflow_stages.name": [TAKEN]}, ["workflow_stages.name"]),
        ({"workflow_stages[1].name": [TAKEN]}, ["workflow_stages.1.name"]),
        ({"workflow_stages": {"1": {"name": [TAKEN]}}}, ["workflow_stages.1.name"]),
        ({"error": f"Workflow stages name {TAKEN}"}, ["workflow_stages.name"]),
        (
            {"error": f"Workflow stages attributes {BLANK}, Content types {BLANK}"},
            ["workflow_stages_attributes", "content_types"],
        ),
        ({"error": f"Workflow stage ids {BLANK}"}, ["workflow_stage_ids"]),
        ({"error": "Something else, and more"}, [""]),
        ({"name": [TAKEN], "error": "The plan does not let you"}, ["name", ""]),
        ({"never_heard_of": ["is odd"]}, ["never_heard_of"]),
    ],
)
def test_fields_are_dotted(body: Any, fields: list[str]) -> None:
    assert [field for field, _, _ in read(body)] == fields


@pytest.mark.parametrize(
    ("words", "constraint"),
    [
        ("param is missing or the value is empty: workflow", Constraint.REQUIRED),
        ("is too long (maximum is 255 characters)", Constraint.LENGTH),
        ("must be different", Constraint.UNIQUE),
        ("is not included in the list", Constraint.ALLOWED_VALUE),
        ("must exist", Constraint.REFERENCE),
        ("This record could not be found", Constraint.REFERENCE),
        ("is not a number", Constraint.FORMAT),
        ("is invalid", Constraint.FORMAT),
        ("must be greater than 0", Constraint.RANGE),
        ("is odd", Constraint.OTHER),
    ],
)
def test_the_rule_is_read_off_the_words(words: str, constraint: Constraint) -> None:
    assert read({"error": words}) == [("", words, constraint.name)]
    assert read({"errors": {"x": [words]}})[0][2] == constraint.name


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"\xff", b"7", b"null", b"[7, null]", b'{"error": 7}', b"[" * 100_000],
)
def test_a_body_that_makes_no_sense_says_nothing(body: bytes) -> None:
    assert list(refusals.read(422, body)) == []
