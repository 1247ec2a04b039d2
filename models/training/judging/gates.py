"""The verdict on a model: each gate with its figure, its error and one honest sentence; and has it an edge?

A gate compares the figure itself, as the owner of the limit wrote it; the sentence says what the interval
adds. *Edge* asks less and more: not how good the model is, but whether it is certainly better than nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.training.judging.limits import Gates, Limit

if TYPE_CHECKING:
    from models.training.judging.intervals import Interval
    from models.training.judging.metrics import Metrics


@dataclass(frozen=True, slots=True)
class Gate:
    """One figure against its limit."""

    value: float
    low: float | None
    high: float | None
    limit: Limit
    sentence: str

    @property
    def passed(self) -> bool:
        """Return whether the figure keeps the limit."""
        return self.limit.holds(self.value)

    def as_dict(self) -> dict[str, Any]:
        """Return it as it stands in a card."""
        limit, interval = self.limit.as_dict(), {"low": self.low, "high": self.high}
        return {
            "value": self.value,
            **interval,
            **limit,
            "passed": self.passed,
            "sentence": self.sentence,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """All gates, and the question behind them."""

    gates: dict[str, Gate]  # accuracy, ece, inference_p95_ms
    edge: bool
    edge_sentence: str

    @property
    def passed(self) -> bool:
        """Return whether every gate is passed."""
        return all(gate.passed for gate in self.gates.values())

    def as_dict(self) -> dict[str, Any]:
        """Return the card's ``gates``."""
        return {**{name: gate.as_dict() for name, gate in self.gates.items()}, "passed": self.passed}

    def edge_dict(self) -> dict[str, Any]:
        """Return the card's ``edge``."""
        return {"found": self.edge, "sentence": self.edge_sentence}


def judge(gates: Gates, test: Metrics, p95_ms: float) -> Verdict:
    """Return the verdict on the figures of the test part and the p95 of one row's prediction."""
    accuracy, error = test.accuracy, test.ece
    found = {
        "accuracy": Gate(
            accuracy.value, accuracy.low, accuracy.high, gates.accuracy, _accuracy(gates.accuracy, test)
        ),
        "ece": Gate(error.value, error.low, error.high, gates.ece, _calibration(gates.ece, test)),
        "inference_p95_ms": Gate(
            p95_ms, None, None, gates.inference_p95_ms, _speed(gates.inference_p95_ms, p95_ms)
        ),
    }
    return Verdict(found, *_edge(test))


def against_chance(test: Metrics) -> str:
    """Return how an accuracy compares with knowing nothing."""
    accuracy, majority = test.accuracy, test.base.majority
    if accuracy.low is None or accuracy.high is None:
        return "too short a history to tell it from chance"
    if accuracy.low > majority:
        return f"better than always naming the commoner side ({majority:.3f})"
    if accuracy.high < min(majority, 0.5):
        return "worse than a coin"
    if accuracy.low <= 0.5 <= accuracy.high:
        return "no better than a coin"
    return f"no better than always naming the commoner side ({majority:.3f})"


def _accuracy(limit: Limit, test: Metrics) -> str:
    interval, verdict = test.accuracy, _kept(limit, test.accuracy.value)
    doubt = ""
    if interval.low is not None and limit.holds(interval.value) and not limit.holds(interval.low):
        doubt = ", though its interval reaches below that"
    return f"accuracy {with_interval(interval)}: {against_chance(test)}; {verdict}{doubt}"


def _calibration(limit: Limit, test: Metrics) -> str:
    error, floor = test.ece, test.ece_floor
    if error.value <= floor.q95:
        meaning = "cannot be told from perfect calibration"
    else:
        meaning = "more than chance explains"
    seen = (
        f"a perfectly calibrated model would show {floor.median:.3f}, in one case of 20 over {floor.q95:.3f}"
    )
    return f"ECE {with_interval(error)}: {meaning} ({seen}); {_kept(limit, error.value)}"


def _speed(limit: Limit, p95_ms: float) -> str:
    return f"one row takes {p95_ms:.3g} ms at the 95th percentile; {_kept(limit, p95_ms)}"


def _kept(limit: Limit, value: float) -> str:
    return f"{'passes' if limit.holds(value) else 'fails'} the gate {limit}"


def _edge(test: Metrics) -> tuple[bool, str]:
    accuracy, area = test.accuracy.low, test.auc.low if test.auc else None
    if accuracy is None or area is None:
        return False, "edge unknown: the test data are too short for intervals"
    beats, ranks = accuracy > test.base.majority, area > 0.5
    nothing = f"{test.base.majority:.3f} of always naming the commoner side"
    figures = (
        f"accuracy at least {accuracy:.3f} against {nothing}, "
        f"AUC at least {area:.3f} against 0.5 (low ends of 95 % intervals)"
    )
    if beats and ranks:
        return True, f"an edge on the test data: {figures}"
    short = " and ".join(name for name, good in (("accuracy", beats), ("AUC", ranks)) if not good)
    return False, f"no edge shown: {short} not above chance; {figures}"


def with_interval(interval: Interval) -> str:
    """Return a figure, its interval and what its rows are worth, in words."""
    if interval.low is None or interval.high is None or interval.n_effective is None:
        return f"{interval.value:.3f} (no interval)"
    worth = f"{interval.n:,} rows worth {interval.n_effective:,.0f} independent ones"
    return f"{interval.value:.3f}, 95 % interval {interval.low:.3f} to {interval.high:.3f} ({worth})"
