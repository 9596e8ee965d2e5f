"""The benchmark: `make bench`, or `python -m tests.benchmarks --only W1,W5`."""

import argparse
import os
import sys
import time
from contextlib import ExitStack

from tests.benchmarks import machine
from tests.benchmarks.cells import ROUNDS, by_turns
from tests.benchmarks.lineup import Lineup
from tests.benchmarks.upstream import Upstream
from tests.benchmarks.workloads import WORKLOADS


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", default="", help="some of its parts, such as W1,W5")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="of which the median is taken")
    parser.add_argument("--without-peers", action="store_true", help="the gateway and its floor")
    return parser.parse_args()


def main() -> int:
    """Measure, and print what was measured."""
    options = _options()
    machine.check()
    machine.raise_file_limit()
    chosen = [
        w for w in WORKLOADS.values() if not options.only or w.name in options.only.split(",")
    ]
    _, core = machine.cores()
    os.sched_setaffinity(0, {core})
    with ExitStack() as stack:
        upstream = stack.enter_context(Upstream(core))
        lineup = stack.enter_context(
            Lineup(upstream, with_peers=not options.without_peers, with_node=True)
        )
        for workload in chosen:
            since = time.perf_counter()
            print(f"{workload.name}: {workload.title}")  # noqa: T201 - its purpose
            by_turns(lineup.of(workload), workload.callers, upstream, rounds=options.rounds)
            print(f"    {time.perf_counter() - since:.0f} s")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
