"""The JSON result of a backtest, read for a report: everything in it may have been written by anybody."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import orjson

from models.performance.result import Result
from models.performance.result_file import ResultError, from_dict

LATEST = 4_102_444_800 * 10**9
"""2100-01-01 in ns: a time beyond it is in another unit."""
MOST = 1e15
"""Money beyond it cannot be drawn to the cent."""


class ReportError(ValueError):
    """The file cannot be reported on; the message says why and what to do."""


def read_result(path: Path) -> Result:
    """Return the result in a file; raise ``ReportError`` where it is none, or ``OSError``."""
    try:
        result = from_dict(orjson.loads(path.read_bytes()))
    except orjson.JSONDecodeError as error:
        raise ReportError(
            f"{path} is not JSON: {error}. Give the file that `levibot backtest` wrote"
        ) from error
    except ResultError as error:
        raise ReportError(f"{path}: {error}") from error
    refuse_undrawable(result, path)
    return result


def refuse_undrawable(result: Result, path: Path) -> None:
    """Raise ``ReportError`` where times or money are nothing that a chart could show."""
    curves = result.equity
    if any(not 0 <= ts <= LATEST for ts in _times(result)):
        raise ReportError(f"{path} has a time outside of 1970 to 2100: times are UTC nanoseconds")
    if any(later <= earlier for earlier, later in pairwise(curves.ts)):
        raise ReportError(f"{path}: the times of `$.equity` do not ascend")
    if any(abs(value) > MOST for values in (curves.strategy, curves.benchmark) for value in values):
        raise ReportError(f"{path}: `$.equity` has a value beyond {MOST:.0e}")


def _times(result: Result) -> Iterator[int]:
    yield from (result.from_ts, result.to_ts, *result.equity.ts, *result.returns.ts)
    yield from (one.ts for one in result.calibration)
    yield from (one.ts for one in result.drift)
    yield from (ts for trade in result.trades for ts in (trade.opened_ts, trade.closed_ts))
