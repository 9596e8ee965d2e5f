"""Global ids: one spelling each, and nothing else is accepted."""

from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.types.ids import GlobalId, InvalidIdError, Kind
from schema.types.source import Source

IDS = st.builds(
    GlobalId,
    st.sampled_from(Source),
    st.sampled_from(Kind),
    st.text(st.characters(exclude_characters=":", exclude_categories=["Cs"]), max_size=20),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
)


@given(IDS)
def test_what_is_written_is_read(one: GlobalId) -> None:
    assert GlobalId.parse(str(one)) == one


@given(IDS, st.data())
def test_no_other_spelling_is_read(one: GlobalId, data: st.DataObject) -> None:
    text = str(one)
    at = data.draw(st.integers(0, len(text)))
    other = text[:at] + data.draw(st.sampled_from(["=", "A", " ", "\n", "é", "-", "~"])) + text[at:]
    try:
        parsed = GlobalId.parse(other)
    except InvalidIdError:
        return
    assert str(parsed) == other


@pytest.mark.parametrize("text", [
    "", "x", "=", "1", "stage", "é", "\x00", "A" * 500,
    *(urlsafe_b64encode(plain.encode()).decode().rstrip("=") for plain in (
        "esper", "esper:stage", "esper:stage:", "esper:stage::", "salesforce:stage::1",
        "esper:thing::1", "ESPER:stage::1", ":::", "esper:stage:1",
    )),
    urlsafe_b64encode(b"esper:stage::\xff").decode().rstrip("="),
])  # fmt: skip
def test_strangers_are_refused(text: str) -> None:
    with pytest.raises(InvalidIdError, match="is not an id of this graph"):
        GlobalId.parse(text)
