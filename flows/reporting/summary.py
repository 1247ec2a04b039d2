"""The head of a report: the verdict in one line, the figures that matter most, and how sure they are."""

from __future__ import annotations

from typing import NamedTuple

from flows.reporting.tables.comparison import GRADED, interval
from flows.reporting.tables.units import figure
from flows.reporting.words import UNKNOWN, count, duration, percent, plain
from models.performance.figures import MEANINGS, Figures
from models.performance.result import Result


class Card(NamedTuple):
    """One figure, what it is compared with, and its grade."""

    label: str
    value: str
    note: str
    grade: str


class Verdict(NamedTuple):
    """A word, its style (``good``, ``bad``, ``open``) and the sentence behind it."""

    word: str
    style: str
    why: str


_VERDICTS = {True: ("Gate passed", "good"), False: ("Gate failed", "bad"), None: ("Gate not judged", "open")}
_HELD = {"holds": ("Baseline held", "good"), "fell": ("Fell below the baseline", "bad"),
         "unclear": ("Baseline not comparable", "open")}  # fmt: skip


def verdicts(result: Result) -> list[Verdict]:
    """Return what was asked of the result: the gate, and the baseline where there was one."""
    found = [Verdict(*_VERDICTS[result.gate.passed], sentence(result.gate.why))]
    if result.baseline is not None:
        found.append(Verdict(*_HELD[result.baseline.verdict], sentence(result.baseline.why)))
    return found


def cards(result: Result) -> list[Card]:
    """Return the figures at the head, in words."""
    metrics, held = result.metrics, figure(result.metrics, "average_hold_s")
    return [
        _card(result, "total_return", f"buy & hold {figure(result.benchmark, 'total_return')}"),
        _card(result, "sharpe", _interval(result, "sharpe")),
        _card(result, "max_drawdown", f"buy & hold {figure(result.benchmark, 'max_drawdown')}"),
        _card(result, "trades", f"held {held} on average" if metrics.get("trades") else "none was closed"),
        _card(result, "hit_rate", _interval(result, "hit_rate")),
        _card(result, "average_trade_pct", "of its entry, after costs"),
        _card(result, "cost_share", "fees and slippage over the profit before them"),
        _chance(result),
    ]


def basis(metrics: Figures) -> str:
    """Return what returns the figures are made of, as a sentence."""
    if not metrics.get("periods"):
        return "There are no returns to make figures of."
    return (
        f"Figures are made of {count(metrics.get('periods'))} returns over "
        f"{duration(metrics.get('period_s'))} each, {count(metrics.get('periods_per_year'))} of which make a "
        "year: markets that never close."
    )


def resampled(result: Result) -> str:
    """Return how the intervals were made, as a sentence; empty where there are none."""
    how = result.resampling
    if not result.intervals or not how.draws:
        return ""
    return (
        f"Intervals hold {percent(how.level, 0)} of {how.draws:,} draws of a stationary bootstrap "
        f"(mean block {plain(how.mean_block, 1)} returns, {plain(how.mean_block_trades, 1)} trades; seed "
        f"{how.seed}). They know nothing of markets that this period did not have."
    )


def significance(result: Result) -> str:
    """Return how the profit compares with entries at random, as a sentence."""
    found = result.significance
    if found is None or found.p_value is None:
        why = found.why if found else "entries at random were not asked for"
        return f"Not compared with entries at random: {why}."
    return (
        f"As many trades, held as long, but entered at random: {percent(found.better_than, 1)} of "
        f"{found.runs:,} such runs earned less (p = {plain(found.p_value, 3)}, seed {found.seed})."
    )


def _card(result: Result, name: str, note: str) -> Card:
    grade = result.grades.get(GRADED.get(name, "")) or ""
    return Card(MEANINGS[name].label, figure(result.metrics, name), note, grade)


def _interval(result: Result, name: str) -> str:
    words = interval(result, name)
    return "no interval" if words == UNKNOWN else f"{percent(result.resampling.level, 0)}: {words}"


def _chance(result: Result) -> Card:
    found = result.significance
    value = plain(found.p_value, 3) if found else UNKNOWN
    return Card("p-value", value, "of entries at random", "")


def sentence(words: str) -> str:
    """Return words as a sentence: with a capital and a full stop."""
    words = words.removeprefix("passed: ").removeprefix("failed: ")  # the verdict says so already
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "!", "?")) else ".")
