"""The closed form of what perfect calibration leaves of an ECE: against drawn labels and drawn errors."""

from __future__ import annotations

import numpy as np
import pytest
from calibrated_scores import HORIZON, KINDS, START, bucket, columns
from scipy.signal import lfilter
from scipy.special import ndtr

from models.market.block import UP
from models.monitor.bucket import BUCKET_S, Answered
from models.monitor.calibration.binning import mass_bin_of
from models.monitor.calibration.calibration import Calibration
from models.monitor.calibration.cells import CELLS, cell_of
from models.monitor.calibration.floor import RARITY, Binned, Error, errors_of
from models.monitor.calibration.scatter import folded, scatter_of
from models.monitor.calibration.shapes import Figures
from models.monitor.calibration.tally import LEAST_VARIANCE
from models.monitor.calibration.units import fixed
from models.ticks import Floats
from models.training.judging.calibration_error import mass_bins, width_bins
from models.training.judging.calibration_floor import ece_floors

SECONDS = 2 * 3_600
SHAPES = (
    "a coin", "near one half, jumping", "near one half, slow", "anywhere, jumping", "anywhere, slow",
    "anywhere, quick", "rising", "almost certain", "rare",
)  # fmt: skip


def scores(shape: str) -> Floats:
    """Return scores of two hours, one a second."""
    random = np.random.default_rng(2)
    noise = random.standard_normal(SECONDS)
    slow, quick = (lfilter([np.sqrt(1 - keep**2)], [1, -keep], noise) for keep in (0.999, 0.9))
    return {
        "a coin": np.full(SECONDS, 0.5),
        "near one half, jumping": 0.5 + 0.01 * noise,
        "near one half, slow": 0.5 + 0.02 * slow,
        "anywhere, jumping": random.random(SECONDS),
        "anywhere, slow": ndtr(slow),
        "anywhere, quick": ndtr(quick),
        "rising": np.sort(random.random(SECONDS)),
        "almost certain": ndtr(2.5 * slow),
        "rare": random.beta(1, 30, SECONDS),
    }[shape]  # fmt: skip


def judged(prob: Floats) -> Figures:
    """Return the figures of a model that said this, and of a market that only rose."""
    calibration = Calibration(HORIZON)
    said = np.concatenate([np.full(HORIZON, np.nan), prob])[None]
    for first in range(0, len(prob), BUCKET_S):
        columns = said[:, first : first + HORIZON + BUCKET_S]
        up = np.full(columns.shape, UP, dtype=np.int8)
        calibration.fold(START + first, [":A"], Answered("v", columns, up), np.zeros((1, BUCKET_S)))
    found = calibration.figures(":A", "24h")
    assert found is not None and found["n"] == len(prob)
    return found


@pytest.mark.parametrize("shape", SHAPES)
def test_the_floor_is_the_median_of_drawn_labels(shape: str) -> None:
    """Within a tenth, of 300 draws; and one draw in twenty lies above a limit of that rarity, or fewer."""
    prob = scores(shape)
    places = [width_bins(prob), mass_bins(cell_of(prob).astype(float))]
    drawn = ece_floors(prob, np.arange(SECONDS), HORIZON, places, correlation=0.0, seed=1, draws=300)
    found = judged(prob)

    for kind, floor in zip(("ece", "ece_equal_mass"), drawn, strict=True):
        assert found[kind]["floor"] == pytest.approx(floor.median, rel=0.12 if kind == "ece" else 0.15)  # type: ignore[literal-required]
        assert found[kind]["limit"] > 1.1 * floor.q95  # type: ignore[literal-required]


def test_equal_mass_over_cells_is_that_of_rows_whose_scores_are_cells() -> None:
    """The middle rank decides, as among equal scores."""
    random = np.random.default_rng(0)
    for _ in range(50):
        cells = np.sort(random.integers(0, CELLS, random.integers(1, 80)))
        n = np.bincount(cells, minlength=CELLS)

        assert mass_bin_of(n)[cells].tolist() == mass_bins(cells.astype(float)).tolist()


def covariances() -> dict[str, Floats]:
    """Return errors of one bin, of ten apart, of ten as one, and of ten with something in common."""
    one = np.zeros((10, 10))
    one[4, 4] = 4.0
    return {
        "one": one,
        "apart": np.eye(10),
        "uneven": np.diag(np.arange(10.0)),
        "as one": np.ones((10, 10)),
        "in common": 0.5 * np.eye(10) + 0.5,
        "mostly in common": 0.1 * np.eye(10) + 0.9,
        "neighbours": 0.6 ** np.abs(np.subtract.outer(np.arange(10), np.arange(10))),
    }


@pytest.mark.parametrize("name", covariances())
def test_the_distribution_is_that_of_drawn_errors(name: str) -> None:
    """Mean and deviation exactly; the middle within 7 %, ends from 2 % too low to 11 % too high."""
    covariance = covariances()[name]
    values, vectors = np.linalg.eigh(covariance)
    errors = np.random.default_rng(1).standard_normal((200_000, 10)) * np.sqrt(np.maximum(values, 0))
    drawn = np.abs(errors @ vectors.T).sum(axis=1)

    mean, variance = folded(covariance)
    assert (mean, np.sqrt(variance)) == pytest.approx((drawn.mean(), drawn.std()), rel=0.01)
    found = scatter_of(covariance)
    assert found.quantile(0.5) == pytest.approx(np.quantile(drawn, 0.5), rel=0.07)
    for share in (0.95, 0.975, 0.99, 0.999):
        assert 0.98 < found.quantile(share) / np.quantile(drawn, share) < 1.11


def binned(n: int, up: int, score: float, repeats: float = 1.0) -> Binned:
    """Return one bin of rows that all have a score, each outcome seen so many times."""
    counts = np.zeros((3, 10), dtype=np.int64)
    counts[:, 5] = n, up, n * int(fixed(np.array(score)))
    variance = counts[0] * max(score * (1 - score), LEAST_VARIANCE)
    return Binned(counts[0], counts[1], counts[2], variance, np.diag(variance * repeats))


def error_of(bins: Binned, rarity: float = RARITY) -> Error:
    """Return one error."""
    (found,) = errors_of([bins], rarity)
    return found


def test_the_error_of_one_bin_by_hand() -> None:
    """100 independent rows at 0.5 and 60 ups: 0.1; of a coin, 0.0337 is the median and 0.098 a 95 % end."""
    found = error_of(binned(100, 60, 0.5), rarity=0.05)

    assert found.value == pytest.approx(0.1)
    assert found.floor == pytest.approx(0.6745 * 0.05, rel=0.03)
    assert found.limit == pytest.approx(1.96 * 0.05, rel=0.02)
    assert found.low == pytest.approx(0.1 - 2.24 * 0.05, abs=0.002) or found.low == 0
    assert found.high == pytest.approx(0.1 + 1.96 * 0.05, rel=0.02)


@pytest.mark.parametrize("score", [0.5, 0.9, 1.0])
def test_few_rows_promise_little(score: float) -> None:
    """Three outcomes that came out right say almost nothing, however sure the model was."""
    found = error_of(binned(3, 3, score))

    assert found.low == 0
    assert found.high - found.value > 0.3
    assert found.low <= found.value <= found.high <= 1


def test_a_limit_is_never_above_one() -> None:
    """Nor is anything else: with one row nothing is impossible."""
    found = error_of(binned(1, 0, 0.5, repeats=40))

    assert found.limit == 1.0
    assert max(found) <= 1.0 and min(found) >= 0.0


@pytest.mark.parametrize("off", [0.0, 0.05, 0.2])
def test_the_interval_holds_the_true_error_in_19_of_20_cases(off: float) -> None:
    """Independent rows in three bins, of a model that says too much by ``off``."""
    random, held = np.random.default_rng(4), 0
    score = np.array([0.55, 0.65, 0.75])
    for _ in range(400):
        up = random.binomial(60, score - off)
        n = np.full(3, 60)
        variance = n * score * (1 - score)
        found = error_of(Binned(n, up, fixed(n * score), variance, np.diag(variance)))
        held += found.low <= off <= found.high

    assert held >= 380


@pytest.mark.parametrize("kind", ["a coin", "near one half, slow", "spread, slow", "jumping"])
@pytest.mark.parametrize("off", [0.0, 0.1])
def test_the_interval_holds_the_true_error_where_outcomes_overlap(kind: str, off: float) -> None:
    """Of 60 models that say ``off`` too much, over an hour: at most one in twenty is missed, but for luck."""
    k, count = 60, 12
    prob, steps = KINDS[kind].draw(k, count * BUCKET_S, np.random.default_rng(9))
    calibration, keys = Calibration(HORIZON), [f":{i}" for i in range(k)]
    high = np.minimum(prob + off, 1.0)
    truth = (high - prob)[:, :-HORIZON].mean(axis=1)
    said = columns(high, steps)
    for number in range(count):
        calibration.fold(START + number * BUCKET_S, keys, bucket(said, number), np.zeros((k, BUCKET_S)))

    held = 0
    for i, key in enumerate(keys):
        found = calibration.figures(key, "24h")
        assert found is not None and found["ece"] is not None
        held += found["ece"]["low"] <= truth[i] <= found["ece"]["high"]
    print(f"{kind}, {off:g} too high: {held} of {k}")
    assert held >= 54
