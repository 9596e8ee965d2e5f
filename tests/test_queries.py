"""Queries cost as many upstream calls as `tests/queries/*.md` say, and no more."""

from pathlib import Path

import pytest

from tests.costs import CROWD, SPECS, holds, measure, read_spec
from tests.fixtures import Sandbox


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
async def test_a_query_costs_what_it_says(path: Path, sandbox: Sandbox) -> None:
    spec = read_spec(path)
    # The whole crowd takes its time; `make costs` sends it for every query.
    cost = await measure(spec, sandbox, CROWD if spec.name == "works_whole" else 10)
    assert sorted(cost.cold) == sorted(spec.calls)
    assert sorted(cost.crowd) == sorted(spec.calls), "many at once"
    assert cost.again == []
    assert cost.peak <= 8
    assert holds(spec.holds, cost.data), cost.data


def test_every_spec_is_read() -> None:
    assert len(SPECS) >= 15
