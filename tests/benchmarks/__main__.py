"""The benchmark: `make bench`, or `python -m tests.benchmarks --only W1,W5`."""

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.benchmarks import growth, machine, picture, rivals
from tests.benchmarks.cells import ROUNDS, Cell, by_turns
from tests.benchmarks.life import Life, live
from tests.benchmarks.lineup import Lineup, UnequalError
from tests.benchmarks.table import Results, markdown
from tests.benchmarks.upstream import Upstream
from tests.benchmarks.workloads import STAGES_BY_ID, WORKLOADS

HERE = Path(__file__).parent
LIFE, GROWTH = "life", "growth"
PARTS = [*WORKLOADS, LIFE, GROWTH]


def _parts(text: str) -> list[str]:
    chosen = [one.strip() for one in text.split(",") if one.strip()]
    unknown = [one for one in chosen if one not in PARTS]
    if unknown:
        message = f"no part is called {', '.join(unknown)}; there are {', '.join(PARTS)}"
        raise argparse.ArgumentTypeError(message)
    return chosen or PARTS


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "--only", type=_parts, default=PARTS, help="some of its parts: " + ", ".join(PARTS)
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="of which the median is taken")
    parser.add_argument("--without-peers", action="store_true", help="the gateway and its floors")
    parser.add_argument(
        "--write", action="store_true", help="write results.md and results.svg of this folder"
    )
    return parser.parse_args()


@contextmanager
def _timed(what: str) -> Iterator[None]:
    since = time.perf_counter()
    print(what, flush=True)  # noqa: T201 - its purpose
    yield
    print(f"    {time.perf_counter() - since:.0f} s", flush=True)  # noqa: T201


def _measured(upstream: Upstream, lineup: Lineup, options: argparse.Namespace) -> Results:
    cells: dict[str, dict[str, Cell]] = {}
    for workload in WORKLOADS.values():
        if workload.name in options.only:
            with _timed(f"{workload.name}: {workload.title}"):
                contestants = lineup.of(workload)
                cells[workload.name] = by_turns(
                    contestants, workload.callers, upstream, rounds=options.rounds
                )
    life: Life | None = None
    if LIFE in options.only:
        with _timed("Start, memory, crowd, one call"):
            upstream.delay(0)
            life = live(lineup, upstream, options.rounds)
    growths: list[growth.Growth] = []
    if GROWTH in options.only:
        with _timed("Growth"):
            growths.append(growth.sources(lineup, upstream, options.rounds))
            growths.append(growth.callers(lineup, upstream, options.rounds))
            growths.append(growth.selections(lineup, upstream, options.rounds))
            growths += growth.objects_and_lists(upstream, options.rounds)
    return Results(cells, life, growths)


def main() -> int:
    """Measure, print the tables, and write them if asked to."""
    options = _options()
    others = machine.others_load()
    try:
        machine.check()
        machine.raise_file_limit()
        missing = rivals.missing()
        if missing:
            print(missing, file=sys.stderr)  # noqa: T201
        with ExitStack() as stack:
            upstream = stack.enter_context(Upstream(machine.bind_to_load()))
            asks_by_id = {"W6", LIFE} & set(options.only)
            lineup = Lineup(
                upstream,
                with_peers=not options.without_peers,
                with_node=missing is None,
                stages_by_id=STAGES_BY_ID if asks_by_id else 0,
            )
            stack.enter_context(lineup)
            results = _measured(upstream, lineup, options)
    except (machine.NoAccountsError, UnequalError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        return 130
    text = markdown(results._replace(others=others))
    print(f"\n{text}")  # noqa: T201
    if options.write:
        (HERE / "results.md").write_text(text, encoding="utf-8")
        (HERE / "results.svg").write_text(picture.svg(results.cells), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
