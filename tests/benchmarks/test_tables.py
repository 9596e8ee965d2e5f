"""What was measured is told truly: tables, targets, picture."""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

import pytest

from tests.benchmarks import picture, rivals, servers
from tests.benchmarks.cells import Cell, middle
from tests.benchmarks.growth import OBJECTS, Growth, by_ids, of_several
from tests.benchmarks.life import Life
from tests.benchmarks.table import Results, markdown, number
from tests.benchmarks.targets import EXECUTED, FIRST, FLOORS, WHOLE, Target
from tests.benchmarks.workloads import WORKLOADS

LIFE = Life(
    start=1.0, start_cpu=0.5, memory=90.0, alone=2, crowd=2, call=120.0, raw=64.0
)  # fmt: skip


def cell(cpu: float, *, calls: float = 0, p50: float = 1.0) -> Cell:
    return Cell(cpu=cpu, rate=1e6 / cpu, p50=p50, p99=2.0, calls=calls, memory=80.4, count=100)


def fast(cpu: float) -> dict[str, Cell]:
    return {
        servers.GATEWAY: cell(cpu, calls=2),
        servers.WHOLE: cell(cpu / 2),
        rivals.STRAWBERRY: cell(cpu * 100),
        rivals.MERCURIUS: cell(cpu * 5),
        servers.CONSTANT: cell(cpu / 2),
        servers.RELAY: cell(cpu / 2),
    }


def growth(each_of_many: float) -> Growth:
    steps = [(f"{n:,}", cell(n * (each_of_many if n == OBJECTS[-1] else 2.0))) for n in OBJECTS]
    return Growth("Objects", "objects", steps, OBJECTS)


RESULTS = Results({name: fast(100.0) for name in WORKLOADS}, LIFE, [growth(2.0)])


def missed(results: Results) -> list[Target]:
    return [one for one in results.targets() if not one.is_met]


def test_the_median_of_each_figure_is_told() -> None:
    some = [cell(3.0, p50=9.0), cell(1.0, p50=7.0), cell(2.0, p50=8.0)]
    assert (middle(some).cpu, middle(some).p50, middle(some).rate) == (2.0, 8.0, 500_000)


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (0, "0"),
        (0.0123, "0.01"),
        (0.123, "0.12"),
        (4.567, "4.57"),
        (12.34, "12.3"),
        (1234.5, "1,234"),
    ],
)
def test_figures_have_three_digits_at_most(figure: float, text: str) -> None:
    assert number(figure) == text


def test_every_cell_and_every_table_is_written() -> None:
    text = markdown(RESULTS)
    for name, workload in WORKLOADS.items():
        assert f"### {name}: {workload.title}" in text
    row = f"| {rivals.MERCURIUS} | 500 | 5.00x | 2,000 | 1.00 | 2.00 | 0 | 80 |"
    assert text.count(row) == len(WORKLOADS)
    assert "| 10,000 | 20,000 | 50.0 | 1.00 | 2.00 | 0 | 2.00 |" in text
    assert "| memory after all workloads | 90 MB |" in text
    assert text.endswith("|\n")
    assert "Nothing else ran" in text
    assert "Before, 3.2 other processes" in markdown(RESULTS._replace(others=3.21))


def test_every_target_is_told_and_met_where_the_gateway_is_fast_enough() -> None:
    of_life, of_growth, calls_and_time = 4, 1, 2
    ratios = 2 * (len(EXECUTED) + len(WHOLE) + len(FIRST)) + len(FLOORS)
    assert len(RESULTS.targets()) == ratios + calls_and_time + of_life + of_growth
    assert missed(RESULTS) == []


def test_a_slow_gateway_misses_its_targets() -> None:
    slow: dict[str, dict[str, Cell]] = {
        "W1": {**fast(100.0), servers.WHOLE: cell(99.0)},
        "W3": {**fast(100.0), servers.GATEWAY: cell(100.0, p50=3.5)},
        "W2c": {**fast(100.0), servers.GATEWAY: cell(100.0, calls=4)},
    }
    what = {one.what: one.measured for one in missed(Results(slow, None, []))}
    assert what["W1 as it comes: CPU by that of a constant"] == "1.98x"
    assert what["W3: p50 after the slowest source"] == "2.50 ms"
    assert what["W2c: upstream calls"] == "4.00"


def only(results: Results) -> Sequence[str]:
    return [f"{one.what}: {one.measured}" for one in missed(results)]


def test_what_is_measured_once_has_targets() -> None:
    assert only(Results({}, LIFE, [])) == []
    assert only(Results({}, LIFE._replace(start=1.6), [])) == ["start to first answer: 1.60 s"]
    assert only(Results({}, LIFE._replace(memory=121), [])) == [
        "memory after all workloads: 121.00 MB"
    ]
    assert only(Results({}, LIFE._replace(call=130), [])) == [
        "one upstream call: CPU by that of raw aiohttp: 2.03x"
    ]
    assert only(Results({}, LIFE._replace(crowd=3), [])) == [
        "upstream calls of 1,000 callers of one cold query: 3"
    ]


def test_an_object_costs_the_same_among_many() -> None:
    assert only(Results({}, None, [growth(2.4)])) == []
    assert only(Results({}, None, [growth(2.6)])) == [
        "CPU of an object among 10,000 by that of one among 100: 1.30x"
    ]


def test_the_picture_has_a_bar_for_each_cell() -> None:
    root = ET.fromstring(picture.svg(RESULTS.cells))  # noqa: S314 - our own
    bars = [one for one in root if one.tag.endswith("rect")]
    servers_drawn = len(fast(1.0))
    assert len(bars) == 1 + servers_drawn + servers_drawn * len(WORKLOADS)
    widths = [float(one.attrib["width"]) for one in bars[-servers_drawn:]]
    # In the legend's order: the gateway, whole, Strawberry, Mercurius, the constant.
    assert widths[2] > widths[3] > widths[0] > widths[1] == widths[4]


def test_objects_are_asked_for_at_most_200_in_a_field() -> None:
    query, variables = by_ids([str(n) for n in range(450)])
    assert [len(part) for part in variables.values()] == [200, 200, 50]
    assert all(f"${name}: [ID!]!" in query for name in variables)
    asked = [one for part in variables.values() for one in part]
    assert asked == [str(n) for n in range(450)]


def test_other_selections_are_other_requests() -> None:
    requests = of_several(WORKLOADS["W4"].query, 8)
    assert len(set(requests)) == 8
    assert all(f" title{at}: title " in one.decode() for at, one in enumerate(requests))
