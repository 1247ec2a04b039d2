"""The file of stored baselines: what earlier backtests earned, by symbol, to hold later ones against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from connectors.bundles import atomic
from flows.backtest.errors import BacktestError
from models.performance.baseline import Finding, against, baseline_of
from models.performance.result import Result

FORMAT = 1


def store(path: Path, results: Sequence[Result]) -> None:
    """Write the baselines of results, in place of what was there."""
    stored = {"format": FORMAT, "baselines": [baseline_of(result) for result in results]}
    try:
        atomic.write(path, orjson.dumps(stored, option=orjson.OPT_INDENT_2) + b"\n")
    except OSError as error:
        raise BacktestError(f"{path}: cannot be written ({error.strerror}); name another file") from error


def read(path: Path) -> dict[str, Mapping[str, Any]]:
    """Return the baselines by symbol; raise ``BacktestError`` where the file is none of them."""
    again = "store them again: levibot backtest --store-baseline"
    try:
        stored = orjson.loads(path.read_bytes())
        if stored["format"] != FORMAT:
            raise BacktestError(f"{path}: has format {stored['format']}, not {FORMAT}: {again} {path}")
        return {one["symbol"]: one for one in stored["baselines"]}
    except OSError as error:
        why = f"{path}: cannot be read ({error.strerror})"
        raise BacktestError(f"{why}; store one: levibot backtest --store-baseline {path}") from error
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise BacktestError(f"{path}: is no file of baselines: {again} {path}") from error


def checked(stored: Mapping[str, Mapping[str, Any]], result: Result) -> Finding:
    """Return how a result holds against the baseline of its symbol."""
    if result.symbol in stored:
        return against(stored[result.symbol], result)
    there = ", ".join(sorted(stored)) or "none"
    return Finding(
        verdict="unclear",
        sharpe=result.metrics["sharpe"],
        baseline_sharpe=None,
        least=None,
        why=f"there is no baseline of {result.symbol}; there are: {there}",
    )
