"""``levibot backtest`` from its options to what is printed."""

from __future__ import annotations

import typer

from connectors.settings import settings
from flows.backtest import baselines
from flows.backtest.asked import Asked
from flows.backtest.progress import bar
from flows.backtest.run import Written, backtest
from flows.backtest.telling import tell


def test_and_tell(asked: Asked, *, as_json: bool) -> None:
    """Run the backtest and print it; exit with 1 where a result fell below its baseline, 2 where unclear."""
    try:
        with bar(visible=not as_json) as told:
            written = backtest(asked, settings(), told)
    except KeyboardInterrupt as interrupt:
        typer.echo("\nbacktest: interrupted; the same command goes on from there", err=True)
        raise typer.Exit(130) from interrupt
    if asked.store is not None:
        baselines.store(asked.store, [one.result for one in written])
    tell(written, as_json=as_json)
    raise typer.Exit(_code(written))


def _code(written: list[Written]) -> int:
    verdicts = {one.result.baseline.verdict for one in written if one.result.baseline is not None}
    if "fell" in verdicts:
        return 1
    return 2 if "unclear" in verdicts else 0
