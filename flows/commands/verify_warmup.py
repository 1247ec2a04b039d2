"""``levibot verify warmup``: how long each feature must have seen a symbol, against what its schema says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Table

from connectors.settings import settings
from connectors.start_values import spec
from flows.expected import expected
from flows.tick_options import asks_for_ticks
from flows.ticks import Ticks
from models.spec import SECOND

if TYPE_CHECKING:
    from models.leakage.warmup import Warm


@asks_for_ticks
def verify_warmup(
    asked: Ticks,
    tolerance: Annotated[
        float, typer.Option(min=0.0, help="Difference that counts as none, in standard deviations.")
    ] = 1e-3,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Begin in the middle of the history again and again, and see when each feature has caught up.

    The warm-up of a feature is the time a symbol must have been known until
    the value stays within the tolerance of what it is after the whole past.
    It must not exceed the window that models/market/features.yml declares
    (docs/features.md), with up to 4 s more where a value is held to the end
    of a five-second bar.

    Examples: levibot verify warmup --simulated --hours 2;
    levibot verify warmup --ticks btcusdt.gz --json

    Exit codes: 0 every window is long enough, 1 one is too short, 2 it could
    not be checked, as with a history that is too short.
    """
    from flows.leakage import go_through, market_of  # noqa: PLC0415
    from models.leakage.warmup import WarmUp  # noqa: PLC0415

    config = settings()
    with expected("verify warmup"):
        found = asked.unfiltered(config)
        stage = spec(config)
        check = WarmUp(market_of(stage), -(-stage.max_skew // SECOND) + 1, share=tolerance)
        go_through(check, found, "verify warmup", visible=not as_json)
    warm = check.result()
    holds, judged = all(one.holds for one in warm), all(one.judged for one in warm)
    if as_json:
        told = {"holds": holds and judged, "judged": judged, "starts": check.starts}
        typer.echo(orjson.dumps(told | {"features": [one.as_dict() for one in warm]}))
    else:
        Console().print(_table(warm))
        typer.echo(_words(holds, judged, check.starts, check.needs_s), err=not judged)
    raise typer.Exit(1 if not holds else 0 if judged else 2)


def _table(warm: list[Warm]) -> Table:
    table = Table("feature", "window", "allowed", "found", "worst behind it", "tolerance", "", box=None)
    for one in warm:
        verdict = "not judged" if not one.judged else "" if one.holds else "TOO SHORT"
        found = "-" if one.found is None else f"{one.found} s"
        figures = (f"{one.window} s", f"{one.allowed} s", found, f"{one.worst:.2g}", f"{one.tolerance:.2g}")
        table.add_row(one.name, *figures, verdict)
    return table


def _words(holds: bool, judged: bool, starts: int, needs_s: int) -> str:
    if not holds:
        return "a declared window is too short: the feature still changes behind it"
    if not judged:
        return f"the history is too short to judge every feature: one symbol must trade for {needs_s:,} s"
    return f"every feature is warm within its window ({starts} starts in the middle)"
