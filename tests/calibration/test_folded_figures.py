"""Figures of folded buckets are, at every prefix, those of a batch over the raw rows."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from calibrated_scores import HORIZON, START
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_figures import assert_same, buckets, plain

from connectors.tick_history import files
from models.desk.desk import Desk
from models.market.block import DOWN, STALE, TIE, UNKNOWN, UP
from models.market.market import Market
from models.monitor.bucket import BUCKET_S, Answered
from models.monitor.calibration.calibration import WINDOWS, Calibration
from models.monitor.calibration.cells import EDGES
from models.monitor.calibration.figures import balance, confid_median
from models.scoring.ml_fusion import MlFusion
from models.scoring.model import ModelRows
from models.spec import Spec
from models.ticks import Floats

KEY = "binance:BTCUSDT"


def bucket(answered: Answered, realised: Floats, number: int) -> tuple[Answered, Floats]:
    """Return what the bucket of that number is given; the first ``HORIZON`` columns lie before the first."""
    first = number * BUCKET_S
    columns = slice(first, first + HORIZON + BUCKET_S)
    part = Answered(answered.version, answered.prob[:, columns], answered.outcome[:, columns])
    return part, realised[:, first + HORIZON : first + HORIZON + BUCKET_S]


def cut(answered: Answered, realised: Floats, seconds: int) -> tuple[Answered, Floats]:
    """Return a bucket of which only so many seconds have come."""
    kept = np.arange(HORIZON + BUCKET_S) < HORIZON + seconds
    part = Answered(
        answered.version,
        np.where(kept, answered.prob, np.nan),
        np.where(kept, answered.outcome, UNKNOWN).astype(np.int8),
    )
    return part, np.where(kept[HORIZON:], realised, np.nan)


def random_rows(seed: int, count: int, scores: str) -> tuple[Answered, Floats]:
    """Return columns of so many buckets, with gaps, ties and stale ends."""
    random = np.random.default_rng(seed)
    shape = (1, HORIZON + count * BUCKET_S)
    prob = {
        "everywhere": lambda: random.random(shape),
        "near one half": lambda: np.clip(random.normal(0.5, 0.02, shape), 0, 1),
        "edges": lambda: random.choice(np.concatenate([EDGES, np.nextafter(EDGES[1:], 0)]), shape),
        "certain": lambda: random.choice([0.0, 1e-18, 1.0], shape),
    }[scores]()
    prob[random.random(shape) < random.choice([0.0, 0.3, 0.99])] = np.nan
    outcome = random.choice([UP, DOWN, TIE, STALE, UNKNOWN], shape, p=[0.4, 0.3, 0.1, 0.1, 0.1])
    realised = np.where(outcome <= STALE, np.nan, random.normal(0, 1e-4, shape))
    realised[outcome == TIE] = 0.0
    return Answered("v", prob, outcome.astype(np.int8)), realised


def assert_prefix(calibration: Calibration, answered: Answered, realised: Floats, seconds: int) -> None:
    """Assert that the windows of all seconds so far hold what a batch over them gives."""
    known, hour = slice(HORIZON, HORIZON + seconds), -(-seconds // BUCKET_S) * BUCKET_S - 3_600
    last = slice(HORIZON + max(0, hour), HORIZON + seconds)
    for window, rows in zip(WINDOWS, (last, known), strict=True):
        expected, found = plain(answered, realised, rows), calibration.figures(KEY, window)
        if expected["said"] == 0:
            assert found is None
        else:
            assert_same(found, expected)
            assert json.loads(json.dumps(found, allow_nan=False)) == found
            assert found is not None and found["buckets"] == buckets(answered, rows)


@settings(max_examples=8)
@given(
    seed=st.integers(0, 2**32),
    scores=st.sampled_from(("everywhere", "near one half", "edges", "certain")),
    count=st.integers(1, 14),
    part=st.integers(1, BUCKET_S - 1),
)
def test_every_prefix_of_random_rows(seed: int, scores: str, count: int, part: int) -> None:
    """Bucket by bucket, and in the midst of one."""
    answered, realised = random_rows(seed, count, scores)
    calibration = Calibration(HORIZON)

    for number in range(count):
        some = Calibration(HORIZON, calibration.snapshot())
        some.fold(START + number * BUCKET_S, [KEY], *cut(*bucket(answered, realised, number), part))
        assert_prefix(some, answered, realised, number * BUCKET_S + part)
        calibration.fold(START + number * BUCKET_S, [KEY], *bucket(answered, realised, number))
        assert_prefix(calibration, answered, realised, (number + 1) * BUCKET_S)


def test_one_buckets_own_counts_sum_to_the_day() -> None:
    """A reader of the records can add them for any period."""
    answered, realised = random_rows(7, 12, "near one half")
    calibration, told = Calibration(HORIZON), []
    for number in range(12):
        calibration.fold(START + number * BUCKET_S, [KEY], *bucket(answered, realised, number))
        told.append(calibration.tally(KEY))

    day = calibration.figures(KEY, "24h")
    assert day is not None
    assert all(one is not None for one in told)
    for name in ("said", "n", "up"):
        assert sum(one[name] for one in told) == day[name]  # type: ignore[index, literal-required]
    assert sum(one["hits"] for one in told) / day["n"] == day["hit_rate"]  # type: ignore[index]
    assert sum(one["realised"] for one in told) == pytest.approx(day["realised"], abs=1e-15)  # type: ignore[index]
    for b in range(10):
        each = [one["buckets"][b] for one in told]  # type: ignore[index]
        assert {k: sum(row[k] for row in each) for k in each[0]} == day["buckets"][b]  # type: ignore[literal-required]


def test_without_an_outcome_there_is_nothing_to_judge() -> None:
    """None, not 0; what was said is still counted."""
    prob = np.full((1, HORIZON + BUCKET_S), 0.62)
    outcome = np.full(prob.shape, TIE, dtype=np.int8)
    calibration = Calibration(HORIZON)

    calibration.fold(START, [KEY], Answered("v", prob, outcome), np.zeros((1, BUCKET_S)))

    found = calibration.figures(KEY, "24h")
    assert found is not None
    assert {name for name, value in found.items() if value is None} == {
        "n_eff", "hit_rate", "brier", "log_loss", "ece", "ece_equal_mass", "parts",
    }  # fmt: skip
    assert (found["said"], found["n"], found["deciles"], found["balance"]) == (BUCKET_S, 0, [], "piled_up")
    assert found["confid_median"] == pytest.approx(0.63, abs=0.011)


def test_signal_parts_are_means_over_the_rows() -> None:
    """Of all rows that closed, in units of 2**-40."""
    answered, realised = random_rows(1, 2, "everywhere")
    calibration = Calibration(HORIZON)
    for number, rows in enumerate((100, 300)):
        sums = np.array([[rows * 2**39, rows * 2**38, 0]])
        calibration.fold(
            START + number * BUCKET_S, [KEY], *bucket(answered, realised, number), np.array([rows]), sums
        )

    found = calibration.figures(KEY, "1h")

    assert found is not None
    assert found["parts"] == {"rsi": 0.5, "macd": 0.25, "trend": 0.0}
    assert found["seconds"] == 2 * BUCKET_S


@pytest.mark.parametrize(
    ("counts", "grade"),
    [
        ((5, 3, 2), "balanced"),
        ((6, 3, 1), "skewed"),
        ((8, 1, 1), "skewed"),
        ((81, 10, 9), "piled_up"),
        ((0, 0, 0), None),
    ],
)
def test_balance_is_graded_between_one_half_and_eight_tenths(counts: tuple[int, ...], grade: str) -> None:
    """Half of the scores there in one bucket is still balanced, four fifths still skewed."""
    said = np.zeros(42, dtype=np.int64)
    said[[22, 32, 37]] = counts
    said[0] = 1_000  # lies outside and does not count

    assert balance(said) == grade


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50))
def test_the_median_confidence_is_that_of_the_rows_within_a_cell(scores: list[float]) -> None:
    """Between the lower and the upper median, off by the width of a cell at most."""
    prob = np.array(scores)
    confid = np.sort(np.maximum(prob, 1 - prob))
    middle = confid[[(len(confid) - 1) // 2, len(confid) // 2]]
    calibration, columns = Calibration(HORIZON), np.full((1, HORIZON + BUCKET_S), np.nan)
    columns[0, HORIZON : HORIZON + len(prob)] = prob
    unknown = np.full(columns.shape, UNKNOWN, dtype=np.int8)

    calibration.fold(START, [KEY], Answered("v", columns, unknown), np.full((1, BUCKET_S), np.nan))

    found = calibration.figures(KEY, "1h")
    assert found is not None
    assert middle[0] - 0.0501 <= found["confid_median"] <= middle[1] + 0.0501


def test_the_median_confidence_of_an_even_spread() -> None:
    """All cells between 0.4 and 0.6 equally full: 0.55."""
    said = np.zeros(42, dtype=np.int64)
    said[11:31] = 7

    assert confid_median(said) == pytest.approx(0.55)


def recorded(folder: Path, seconds: int) -> tuple[int, Answered, Floats]:
    """Return the first second of a bucket and the columns of ml-fusion on recorded BTCUSDT from there."""
    spec, model = Spec(), MlFusion()
    market, columns = Market(spec, Desk()), ([], [], [], [])
    first = None
    for batch in files([folder / "full_day" / "btcusdt_20220115_00-12h.parquet"], "BTCUSDT").batches():
        for closed in market.step([batch]):
            block = closed.block
            if block is None:
                continue
            first = int(block.second[0]) if first is None else first
            weights = np.full((len(block), 3), 1 / 3)
            prob = model.predict(ModelRows(block.x, block.second, block.code, weights))
            for column, values in zip(
                columns, (block.second, prob, block.outcome, block.realised), strict=True
            ):
                column.append(values)
        if first is not None and int(columns[0][-1][-1]) > first + seconds + BUCKET_S:
            break
    second, prob, outcome, realised = (np.concatenate(column) for column in columns)
    assert first is not None and (np.diff(second) == 1).all()
    start = -(-first // BUCKET_S) * BUCKET_S
    place = start - first + np.arange(-HORIZON, seconds)
    there = place >= 0
    said = np.where(place >= HORIZON, prob[place - HORIZON], np.nan)
    became = np.where(there, outcome[place], UNKNOWN).astype(np.int8)
    moved = np.where(there, realised[place], np.nan)
    return start, Answered("ml-fusion-1.2", said[None], became[None]), moved[None]


@pytest.mark.real_data
@pytest.mark.parametrize("hours", [1, pytest.param(11, marks=pytest.mark.slow)])
def test_every_prefix_of_recorded_prices(real_data: Path, hours: int) -> None:
    """BTCUSDT, one row a second, as the built-in model scored it."""
    start, answered, realised = recorded(real_data, hours * 3_600)
    calibration = Calibration(HORIZON)

    for number in range(hours * 12):
        calibration.fold(start + number * BUCKET_S, [KEY], *bucket(answered, realised, number))
        assert_prefix(calibration, answered, realised, (number + 1) * BUCKET_S)
    assert calibration.figures(KEY, "24h")["n"] > hours * 3_000  # type: ignore[index]
