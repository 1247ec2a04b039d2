"""``levibot verify rollout``: how often a good challenger is rolled back, and a faulty one is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Table

from connectors.profile_file import FOLDER, profile_named
from connectors.settings import settings
from flows.expected import expected
from flows.training.progress import stage

if TYPE_CHECKING:
    from flows.rollout_trials.result import Result, Share


def verify_rollout(
    seeds: Annotated[int, typer.Option(min=1, help="Simulated runs of each kind of challenger.")] = 500,
    hours: Annotated[float, typer.Option(min=2.0, max=264.0, help="Length of a run, event time.")] = 48.0,
    first_seed: Annotated[int, typer.Option("--first-seed", min=0, help="Seed of the first run.")] = 0,
    profile: Annotated[str, typer.Option(help="Whose plan and gates are followed.")] = "marathon",
    processes: Annotated[int, typer.Option(min=1, max=64, help="Runs at a time.")] = 1,
    literal: Annotated[
        bool, typer.Option("--literal", help="Read the gates of the verdict as written, chance included.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Run many simulated rollouts of a good and of a faulty challenger, and count what becomes of them.

    In each run two models score every second of the same simulated prices,
    with outcomes of 60 s that overlap. The one challenger sees as much as
    the model in use, with errors of its own; the probabilities of the other
    are off by a tenth, which costs it about 0.01 in Brier score: the effect
    that is declared to be found. Their scores go through the comparison, the
    rollout machine and the verdict of the flow; all else is in order.

    It holds if less than 1 % of the good ones are rolled back, and more than
    95 % of the faulty ones. Shares have exact 95 % intervals (Clopper and
    Pearson). About a third of a second a seed. With --literal it does not
    hold, as two equal books differ in Sharpe ratio by chance.

    Examples: levibot verify rollout --seeds 20;
    levibot verify rollout --seeds 500 --processes 2;
    levibot verify rollout --seeds 100 --literal

    Exit codes: 0 it holds, 1 it does not, 2 it could not be checked.
    """
    from flows.rollout_trials.result import result_of  # noqa: PLC0415
    from flows.rollout_trials.running import tried  # noqa: PLC0415

    with expected("verify rollout"):
        followed = profile_named(settings().rules_file.parent / FOLDER, profile)
        numbers = range(first_seed, first_seed + seeds)
        with stage("verify rollout", visible=not as_json) as told:
            done = 0

            def count(more: int) -> None:
                nonlocal done
                done += more
                told(done / seeds, f"{done} of {seeds} seeds")

            found = result_of(
                numbers, hours, tried(numbers, hours, followed, processes, count, literal=literal)
            )
    if as_json:
        typer.echo(orjson.dumps(found.as_dict()))
    else:
        _show(found)
    raise typer.Exit(0 if found.holds else 1)


def _show(found: Result) -> None:
    table = Table("challenger", "rolled back", "promoted", "extended", "called worse", "Brier", box=None)
    for name, of in found.kinds:
        shares = (*of.shares.values(), of.rule)
        table.add_row(name, *(_words(share) for share in shares), f"{of.brier:+.4f}")
    Console(width=150).print(table)
    for name, of in found.kinds:
        if of.causes:
            causes = ", ".join(f"{cause} {count}" for cause, count in of.causes.items())
            typer.echo(f"{name}: rolled back by {causes}; after {of.rolled_back_hours:.3g} h (median)")
    first, last = found.seeds[0], found.seeds[-1]
    held = "it holds" if found.holds else "it does not hold"
    typer.echo(
        f"{held}: seeds {first} to {last}, {found.hours:g} h each; wanted: under 1 % of the good rolled "
        "back, over 95 % of the faulty"
    )


def _words(share: Share) -> str:
    return f"{share.times} of {share.of} ({share.low:.1%} - {share.high:.1%})"
