"""What a card does not say: the sentences that keep its reader from believing more than was shown."""

from __future__ import annotations

from collections.abc import Sequence

from models.training.judging.metrics import Metrics

DAY_S = 86_400
_FEW = 1_000


def limits_in_words(
    test: Metrics, *, horizon_s: int, symbols: Sequence[str], simulated: bool, recalibrated: bool = False
) -> list[str]:
    """Return the limits of a card with these test figures."""
    worth = test.accuracy.n_effective
    return [
        *_simulated(simulated),
        f"The test part covers {_duration(test.seconds)}; other hours, other days and another mood of the "
        "market may give other figures.",
        *_few(worth),
        f"Intervals keep together what happens within {_duration(test.block_s)}: a mood that lasts longer "
        "makes them too narrow.",
        "Hyper-parameters, calibration and thresholds were chosen on the validation part, so its figures "
        "flatter. The test part was used for nothing but this card; using it again to choose spends it.",
        f"Being right about the next {horizon_s} s is not profit: a move can be smaller than its costs.",
        "Rows whose price did not move or was stale have no outcome and are left out of every figure.",
        f"It was judged on {_names(symbols)} only.",
        *_recalibrated(recalibrated),
    ]


def _simulated(simulated: bool) -> list[str]:
    if not simulated:
        return []
    return [
        "The ticks are simulated: these figures show that training works, and say nothing about a market."
    ]


def _few(worth: float | None) -> list[str]:
    if worth is None:
        return ["The test part is too short for intervals: its figures may be luck."]
    if worth >= _FEW:
        return []
    return [f"The test rows are worth {worth:,.0f} independent outcomes: small differences cannot be seen."]


def _recalibrated(recalibrated: bool) -> list[str]:
    if not recalibrated:
        return []
    return [
        "The model itself is older than these data and was not trained on them; only its calibration and "
        "thresholds were. Its own training data may overlap the test part: see the card of its first bundle."
    ]


def _names(symbols: Sequence[str]) -> str:
    if len(symbols) <= 5:
        return ", ".join(symbols)
    return f"{', '.join(symbols[:5])} and {len(symbols) - 5} more"


def _duration(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} s"
    if seconds < 7_200:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3_600:.1f} hours" if seconds < 2 * DAY_S else f"{seconds / DAY_S:.1f} days"
