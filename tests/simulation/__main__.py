"""``python -m tests.simulation``: simulate many runs with crashes and say whether the promises held.

The kept seeds of ``corpus.txt`` are run first. Exit code 0: all held. 1: one was broken; its seed is
printed, and ``--seed SEED --runs 1`` repeats it. 2: bad usage. ``--without`` leaves a safeguard of the
product out, to see how soon that is found.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import fields

import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.simulation.corpus import seeds
from tests.simulation.errors import BrokenError
from tests.simulation.plan import plan_of
from tests.simulation.rules import Rules
from tests.simulation.run import Outcome, run

SAFEGUARDS = [field.name for field in fields(Rules)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the simulation and return the exit code."""
    options = _options(arguments)
    rules = Rules(**dict.fromkeys(options.without, False))
    whole = {"only": True, "never": False}.get(options.stages)
    given = {} if whole is None else {"whole": whole}
    console = Console(stderr=True)
    total: Counter[str] = Counter()
    began = time.perf_counter()
    for number, seed in enumerate(_shown(_seeds(options), console), 1):
        try:
            total += _counts(run(plan_of(seed, **given), rules))
        except BrokenError as broken:
            _tell(options, broken=seed, runs=number, seconds=time.perf_counter() - began, why=str(broken))
            return 1
    _tell(options, runs=total["runs"], seconds=time.perf_counter() - began, counts=dict(total))
    return 0


def _seeds(options: argparse.Namespace) -> list[int]:
    first = [] if options.without or options.runs == 1 else seeds()
    return [*first, *range(options.seed, options.seed + options.runs)]


def _counts(outcome: Outcome) -> Counter[str]:
    return outcome.happened + Counter(runs=1, lives=outcome.lives, records=outcome.records)


def _shown(every: list[int], console: Console) -> Iterator[int]:
    """Yield seeds, with a bar on a terminal."""
    columns = (TextColumn("simulating"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        yield from bar.track(every)


def _tell(options: argparse.Namespace, **told: object) -> None:
    seconds, runs = told["seconds"], told["runs"]
    told["runs_per_minute"] = round(60 * runs / seconds)  # type: ignore[operator]
    if options.json:
        print(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
    elif "broken" in told:
        print(f"broken in run {runs}, seed {told['broken']}: {told['why']}")
        more = [f"--stages {options.stages}", *(f"--without {rule}" for rule in options.without)]
        print(f"again: python -m tests.simulation --seed {told['broken']} --runs 1 {' '.join(more)}")
    else:
        happened = ", ".join(f"{count} {what}" for what, count in sorted(told["counts"].items()))  # type: ignore[attr-defined]
        print(f"all promises held: {happened}")
        print(f"{told['runs_per_minute']} runs a minute")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--runs", type=_positive, default=1_000, help="how many seeds to run (1000)")
    parser.add_argument("--seed", type=int, default=1, help="the first seed (1)")
    parser.add_argument(
        "--stages", choices=("some", "only", "never"), default="some",
        help="in which runs the product's own stages work; else a small stage that tells all it has seen",
    )  # fmt: skip
    parser.add_argument(
        "--without", action="append", choices=SAFEGUARDS, default=[], help="leave a safeguard out"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return parser.parse_args(arguments)


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("must be a number from 1 on")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
