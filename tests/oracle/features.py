"""Every feature from a plain list of seconds, each computed from its whole window by its definition."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple, TypeVar

RETURN_CAP = 0.1
"""One-second log returns count in a volatility as at most this."""


Number = TypeVar("Number", int, float)


class Traded(NamedTuple):
    """A used trade, its side as told or inferred."""

    price: float
    lots: int
    side: int


class Second(NamedTuple):
    """A closed second of a symbol's life; ``close`` is carried forward where nothing traded."""

    number: int
    close: float
    trades: Sequence[Traded]


class Past:
    """The life of a symbol up to and including one of its closed seconds, the ``length``-th."""

    def __init__(self, first_price: float, life: Sequence[Second], length: int) -> None:
        self.first_price = first_price
        self._life, self._length = life, length

    @property
    def seconds(self) -> Sequence[Second]:
        """Return the closed seconds, oldest first."""
        return self._life[: self._length]

    def close(self, back: int) -> float:
        """Return the close so many seconds ago; before the life, its first price."""
        at = self._length - 1 - back
        return self._life[at].close if at >= 0 else self.first_price

    def trades(self, span: int) -> list[Traded]:
        """Return all trades of the last ``span`` seconds."""
        window = self._life[max(self._length - span, 0) : self._length]
        return [trade for second in window for trade in second.trades]

    def fives(self) -> list[tuple[float, int]]:
        """Return log close and lots of every five-second bar that has ended, oldest first."""
        life = self.seconds
        ends = [i for i, second in enumerate(life) if (second.number + 1) % 5 == 0]
        return [(math.log(life[i].close), _lots(life[max(i - 4, 0) : i + 1])) for i in ends]


def _lots(seconds: Sequence[Second]) -> int:
    return sum(trade.lots for second in seconds for trade in second.trades)


def second_features(past: Past, age: float) -> dict[str, float]:
    """Return the features on one-second bars; ``age`` is that of the last trade at the window end."""
    return {
        **{f"ret_{span}s": log_return(past, span) for span in (1, 5, 15, 30, 60, 300)},
        **{f"vol_{span}s": volatility(past, span) for span in (60, 300)},
        **{f"imbalance_{span}s": imbalance(past, span) for span in (5, 10, 30, 60)},
        **{f"intensity_{span}s": len(past.trades(span)) / span for span in (10, 60)},
        **{f"vwap_dev_{span}s": vwap_deviation(past, span) for span in (10, 60)},
        "range_60s": price_range(past),
        "since_trade_s": age,
        "vol_ratio": volatility_ratio(past),
        "intensity_ratio": intensity_ratio(past),
        "size_ratio": size_ratio(past),
        "range_place_60s": range_place(past),
        "efficiency_60s": efficiency(past),
        "bounce_60s": bounce(past),
        "sentiment": 0.0,
    }


def log_return(past: Past, span: int) -> float:
    """Return ln(close now / close ``span`` seconds ago)."""
    return math.log(past.close(0) / past.close(span))


def volatility(past: Past, span: int) -> float:
    """Return the root mean square of the one-second log returns."""
    moves = [math.log(past.close(i) / past.close(i + 1)) for i in range(span)]
    return math.sqrt(math.fsum(min(abs(move), RETURN_CAP) ** 2 for move in moves) / span)


def units(price: float) -> int:
    """Return a log price in 1e-12: ratios of small moves are those of the moves as they are counted."""
    return round(math.log(price) / 1e-12)


def steps(past: Past, span: int, back: int = 0) -> list[int]:
    """Return the last one-second moves up to ``back`` seconds ago, in 1e-12."""
    return [units(past.close(back + i)) - units(past.close(back + i + 1)) for i in range(span)]


def capped_moves(past: Past, span: int, back: int = 0) -> list[int]:
    """Return them in 1e-9, cut at the cap."""
    cap = round(RETURN_CAP * 1e9)
    return [max(min(round(step / 1_000), cap), -cap) for step in steps(past, span, back)]


def volatility_ratio(past: Past) -> float:
    """Return the volatility of 15 s over that of 300 s, 0 without a move."""
    recent, long = (Fraction(sum(m * m for m in capped_moves(past, span)), span) for span in (15, 300))
    return math.sqrt(recent / long) if long else 0.0


def imbalance(past: Past, span: int) -> float:
    """Return (bought - sold) / traded, 0 where nothing traded."""
    trades = past.trades(span)
    traded = sum(trade.lots for trade in trades)
    return float(Fraction(sum(trade.lots * trade.side for trade in trades), traded)) if traded else 0.0


def vwap_deviation(past: Past, span: int) -> float:
    """Return ln(close / volume-weighted price), 0 where nothing traded."""
    trades = past.trades(span)
    lots = sum(trade.lots for trade in trades)
    paid = sum(Fraction(trade.price) * trade.lots for trade in trades)
    return math.log(Fraction(past.close(0)) * lots / paid) if lots else 0.0


def price_range(past: Past) -> float:
    """Return ln(highest / lowest price of 60 s), 0 where nothing traded."""
    prices = [trade.price for trade in past.trades(60)]
    return math.log(max(prices) / min(prices)) if prices else 0.0


def intensity_ratio(past: Past) -> float:
    """Return trades per second of 10 s over those of 60 s, 0 where nothing traded."""
    recent, minute = len(past.trades(10)), len(past.trades(60))
    return (recent / 10) / (minute / 60) if minute else 0.0


def size_ratio(past: Past) -> float:
    """Return ln(mean lots of a trade in 10 s / in 60 s), 0 where nothing traded in 10 s."""
    recent, minute = ([trade.lots for trade in past.trades(span)] for span in (10, 60))
    if not sum(recent):
        return 0.0
    return math.log(Fraction(sum(recent), len(recent)) / Fraction(sum(minute), len(minute)))


def range_place(past: Past) -> float:
    """Return where the close is from lowest (0) to highest (1) price of 60 s, 0.5 where they are one."""
    prices = [trade.price for trade in past.trades(60)]
    if not prices or max(prices) == min(prices):
        return 0.5
    return (past.close(0) - min(prices)) / (max(prices) - min(prices))


def efficiency(past: Past) -> float:
    """Return how far 60 s led over the length of their path, 0 without a move."""
    path = steps(past, 60)
    return float(Fraction(sum(path), sum(map(abs, path)))) if any(path) else 0.0


def bounce(past: Past) -> float:
    """Return the correlation of moves with the one before each, about a mean of zero; 0 without a move."""
    moves, before = capped_moves(past, 60), capped_moves(past, 60, back=1)
    squares = sum(move * move for move in [*moves, *before])
    products = sum(a * b for a, b in zip(moves, before, strict=True))
    return float(Fraction(2 * products, squares)) if squares else 0.0


def five_features(past: Past) -> dict[str, float]:
    """Return the features at the last five-second bar that ended; before the first, a market at rest."""
    fives = past.fives()
    if not fives:
        return dict.fromkeys(("macd", "macd_hist", "trend_120s", "volume_z", "bollinger_24"), 0.0) | {
            "rsi_14": 50.0
        }
    start = math.log(past.first_price)
    closes = [close for close, _ in fives]
    macd = _macd(closes, start)
    return {
        "rsi_14": rsi(closes, start),
        "macd": macd[-1],
        "macd_hist": macd[-1] - average(macd, 9, 0.0)[-1],
        "trend_120s": closes[-1] - math.fsum(_last(closes, 24, start)) / 24,
        "volume_z": z_score(_last([math.log(1 + lots) for _, lots in fives], 60, 0.0)),
        "bollinger_24": band_place(
            _last([round(close / 1e-12) for close in closes], 24, round(start / 1e-12))
        ),
    }


def rsi(closes: Sequence[float], start: float) -> float:
    """Return Cutler's index over the last 14 changes of the log close, 50 without a change."""
    last = _last(closes, 15, start)
    changes = [b - a for a, b in pairwise(last)]
    gains = math.fsum(change for change in changes if change > 0)
    losses = -math.fsum(change for change in changes if change < 0)
    return 100 * gains / (gains + losses) if gains + losses else 50.0


def _macd(closes: Sequence[float], start: float) -> list[float]:
    fast, slow = average(closes, 12, start), average(closes, 26, start)
    return [a - b for a, b in zip(fast, slow, strict=True)]


def average(values: Sequence[float], bars: int, start: float) -> list[float]:
    """Return the exponential average with weight 2 / (bars + 1) after each value."""
    result, now = [], start
    for value in values:
        now += (value - now) * 2 / (bars + 1)
        result.append(now)
    return result


def band_place(values: Sequence[int]) -> float:
    """Return how many times two population deviations the last value is from the mean, 0 where none vary."""
    distances = [value - Fraction(sum(values), len(values)) for value in values]
    variance = sum(distance**2 for distance in distances) / len(values)
    return float(distances[-1]) / (2 * math.sqrt(variance)) if variance else 0.0


def z_score(values: Sequence[float]) -> float:
    """Return how many population deviations the last value is from the mean, 0 where none vary."""
    mean = math.fsum(values) / len(values)
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))
    return (values[-1] - mean) / deviation if max(values) > min(values) else 0.0


def _last(values: Sequence[Number], count: int, before: Number) -> list[Number]:
    """Return the last ``count`` values; ``before`` stands for those that are missing."""
    return [before] * max(count - len(values), 0) + list(values[-count:])
