"""The result of a backtest as one value: what its JSON file holds and its page shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from models.performance.baseline import Finding
from models.performance.figures import Figures
from models.performance.gate import SharpeGate
from models.performance.trades import Trade

FORMAT = 1

Number = float | None
"""A figure that may be missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Significance:
    """How the strategy's profit compares with entries at random; None where it could not be asked."""

    p_value: Number
    better_than: Number  # share of the random runs that earned less
    runs: int
    seed: int
    strategy: Number = None  # profit of the strategy's trades on the prices of the comparison
    random_mean: Number = None
    why: str = ""  # in words, also why there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class Resampling:
    """How the intervals were made: a stationary bootstrap of the returns, and of the trades."""

    level: float = 0.95
    draws: int = 0
    seed: int = 0
    mean_block: Number = None  # periods
    mean_block_trades: Number = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CostCase:
    """The figures of the same signals under a multiple of the fees and the slippage."""

    multiple: float
    metrics: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """Equity of the strategy and of buying and holding, at the same times (UTC ns), all of one length."""

    ts: list[int]
    strategy: list[float]
    benchmark: list[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Returns by calendar month, day or hour (UTC); ``ts`` is the beginning of each."""

    period: Literal["month", "day", "hour"]
    ts: list[int]
    strategy: list[float]
    benchmark: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationPoint:
    """The calibration of an hour: its error, what chance alone would show, and the Brier score."""

    ts: int
    n: int
    ece: Number
    floor: Number
    brier: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftPoint:
    """The worst PSI of a while, and whose it was."""

    ts: int
    worst_psi: Number
    feature: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One backtest of one symbol, or of several under one account; the fields are those of its file."""

    format: int = FORMAT
    symbol: str
    from_ts: int
    to_ts: int
    model: str
    currency: str = "USD"
    metrics: Figures
    benchmark: Figures
    intervals: Mapping[str, tuple[float, float]]
    resampling: Resampling = field(default_factory=Resampling)
    significance: Significance | None
    costs: list[CostCase]
    gate: SharpeGate
    grades: Mapping[str, str | None]
    caveats: list[str] = field(default_factory=list)
    equity: Curves
    returns: Calendar
    trades: list[Trade]
    blocked: Mapping[str, int]
    calibration: list[CalibrationPoint] = field(default_factory=list)
    drift: list[DriftPoint] = field(default_factory=list)
    ledger: Mapping[str, Any] = field(default_factory=dict)
    manifest: Mapping[str, Any] = field(default_factory=dict)
    baseline: Finding | None = None
