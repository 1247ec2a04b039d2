"""What a backtest prints: a table of its results, or JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import orjson
import typer
from rich.console import Console
from rich.table import Table

from flows.backtest.run import Written
from models.performance.result import Result

_HEAD = ("symbol", "trades", "return", "holding", "Sharpe", "drawdown", "p", "gate")
_GATE = {True: "passed", False: "failed", None: "unclear"}


def tell(written: Sequence[Written], *, as_json: bool) -> None:
    """Print what was found and where it is."""
    if as_json:
        typer.echo(orjson.dumps([_plain(one) for one in written]))
        return
    Console().print(_table([one.result for one in written]))
    for one in written:
        for caveat in one.result.caveats:
            typer.echo(f"{one.result.symbol}: {caveat}")
        if one.result.baseline is not None:
            typer.echo(f"{one.result.symbol}: {one.result.baseline.verdict}: {one.result.baseline.why}")
        typer.echo(f"{one.result.symbol}: {one.html} and {one.json.name}")


def _plain(one: Written) -> dict[str, Any]:
    result = one.result
    return {
        "symbol": result.symbol,
        "json": str(one.json),
        "html": str(one.html),
        "from_ts": result.from_ts,
        "to_ts": result.to_ts,
        "model": result.model,
        "metrics": dict(result.metrics),
        "benchmark": dict(result.benchmark),
        "p_value": result.significance.p_value if result.significance else None,
        "gate": result.gate.passed,
        "baseline": msgspec.to_builtins(result.baseline),
        "caveats": result.caveats,
        "blocked": dict(result.blocked),
    }


def _table(results: Sequence[Result]) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0))
    for name in _HEAD:
        table.add_column(name, justify="left" if name in ("symbol", "gate") else "right", no_wrap=True)
    for one in results:
        ours, theirs = one.metrics, one.benchmark
        chance = one.significance.p_value if one.significance else None
        table.add_row(
            one.symbol,
            f"{ours['trades']:,}",
            _share(ours["total_return"]),
            _share(theirs["total_return"]),
            _number(ours["sharpe"]),
            _share(ours["max_drawdown"]),
            _number(chance),
            _GATE[one.gate.passed],
        )
    return table


def _share(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.2f} %"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
