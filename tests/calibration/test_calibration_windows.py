"""Windows of tallies: what log time keeps, lets go and remembers across a restart, to the bit."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
import numpy as np
import pytest
from calibrated_scores import HORIZON, START
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.recovery.state import pack as to_wire
from connectors.recovery.state import unpack as from_wire
from models.market.block import DOWN, UP
from models.monitor.bucket import BUCKET_S, Answered
from models.monitor.calibration.calibration import WINDOWS, Calibration
from models.monitor.calibration.packing import pack, unpack
from models.monitor.calibration.tally import WIDTH, Tally, tallies
from models.monitor.calibration.window import Windows
from models.ticks import Floats, Ints

HOUR = 3_600
NO_MOVE = np.zeros((1, BUCKET_S))


def drawn(seed: int, k: int = 1) -> tuple[Answered, Floats]:
    """Return a bucket of k symbols whose scores fill about twelve cells."""
    random = np.random.default_rng(seed)
    shape = (k, HORIZON + BUCKET_S)
    prob = np.clip(random.normal(0.5, 0.014, shape), 0, 1)
    outcome = random.choice([UP, DOWN], shape).astype(np.int8)
    return Answered("v", prob, outcome), random.normal(0, 1e-4, (k, BUCKET_S))


@cache
def row(seed: int) -> Ints:
    """Return a bucket's statistics."""
    one = np.ones(1, dtype=np.int64)
    return tallies(*drawn(seed), HORIZON, one * BUCKET_S, np.full((1, 3), 150 << 40))[0]


def said(row: Ints) -> int:
    """Return how many rows had a score."""
    return int(Tally(row).said.sum())


@given(st.lists(st.integers(0, 50), min_size=1, max_size=6), st.randoms())
@settings(max_examples=20)
def test_the_order_of_adding_changes_nothing(seeds: list[int], random: Any) -> None:
    """Sums are whole numbers."""
    shuffled = random.sample(seeds, len(seeds))

    total, other = (sum(row(seed) for seed in order) for order in (seeds, shuffled))

    assert np.array_equal(total, other)  # type: ignore[arg-type]


@given(st.data())
def test_packing_loses_nothing(data: st.DataObject) -> None:
    """Whatever the values, the largest and negative ones too, where a cell has rows."""
    values = st.integers(-(2**62), 2**62)
    whole = row(3).copy()
    filled = np.flatnonzero(whole)
    at = data.draw(st.lists(st.sampled_from(filled[filled >= 42].tolist()), max_size=5))
    for place in at:
        whole[place] = data.draw(values)

    assert np.array_equal(unpack(pack(whole)), whole)


def test_a_bucket_leaves_the_hour_after_an_hour() -> None:
    """
    buckets   |0|1| ... |11|12|      an hour at the end of 11 holds 0 .. 11, at the end of 12 holds 1 .. 12
    """
    windows = Windows()
    for number in range(13):
        windows.add(START + number * BUCKET_S, row(number))
        kept = range(max(0, number - 11), number + 1)
        assert np.array_equal(windows.last_hour, sum(row(n) for n in kept))  # type: ignore[arg-type]


def test_an_hour_leaves_the_day_when_the_24th_after_it_begins() -> None:
    """
    hours     |0|1| ... |23|24|      the day is the running hour and 23 before it
    """
    windows = Windows()
    for hour in range(26):
        for quarter in (0, 3, 11):
            windows.add(START + hour * HOUR + quarter * BUCKET_S, row(hour))
            kept = [*range(max(0, hour - 23), hour)] * 3 + [hour] * (1 + (0, 3, 11).index(quarter))
            assert np.array_equal(windows.last_day, sum(row(h) for h in kept))  # type: ignore[arg-type]


def test_log_time_alone_empties_the_windows_of_a_silent_symbol() -> None:
    """An hour after its last bucket it has no hour, a day after no day."""
    windows = Windows()
    windows.add(START, row(0))

    for end, hour, day in [(HOUR, 300, 300), (HOUR + BUCKET_S, 0, 300), (24 * HOUR, 0, 300)]:
        windows.advance(START + end)
        assert (said(windows.last_hour), said(windows.last_day)) == (hour, day)
    assert windows

    windows.advance(START + 24 * HOUR + BUCKET_S)
    assert not windows
    assert not windows.last_day.any() and not windows.last_hour.any()


def folded(calibration: Calibration, number: int, keys: list[str]) -> Calibration:
    """Fold the bucket of that number, of these symbols."""
    answered, realised = drawn(number, len(keys))
    calibration.fold(START + number * BUCKET_S, keys, answered, realised)
    return calibration


def test_a_restart_between_any_two_buckets_changes_no_bit() -> None:
    """Through the bytes of a snapshot, over the end of an hour, with a symbol that comes and goes."""
    going, broken = Calibration(HORIZON), Calibration(HORIZON)
    for number in range(30):
        keys = [":A", "venue:B"] if number % 3 else [":A"]
        folded(going, number, keys)
        broken = Calibration(HORIZON, from_wire(to_wire(folded(broken, number, keys).snapshot())))

        assert to_wire(broken.snapshot()) == to_wire(going.snapshot())
        for key in keys:
            assert broken.tally(key) == going.tally(key) is not None
            for window in WINDOWS:
                assert broken.figures(key, window) == going.figures(key, window) is not None


def test_two_from_one_snapshot_do_not_disturb_each_other() -> None:
    """A snapshot is a copy."""
    saved = folded(Calibration(HORIZON), 0, [":A"]).snapshot()
    one, other = Calibration(HORIZON, saved), Calibration(HORIZON, saved)

    folded(one, 1, [":A"])

    assert to_wire(other.snapshot()) == to_wire(saved)
    assert other.figures(":A", "1h") != one.figures(":A", "1h")


def test_symbols_do_not_mix() -> None:
    """Together or apart, each has its own figures."""
    answered, realised = drawn(5, 3)
    together = Calibration(HORIZON)
    together.fold(START, [":A", ":B", ":C"], answered, realised)

    for i, key in enumerate((":A", ":B", ":C")):
        alone = Calibration(HORIZON)
        alone.fold(START, [key], Answered("v", answered.prob[[i]], answered.outcome[[i]]), realised[[i]])
        assert alone.figures(key, "24h") == together.figures(key, "24h")


def test_a_symbol_of_which_nothing_is_said_for_a_day_is_forgotten() -> None:
    """Its state goes with it; one that was never scored never had any."""
    calibration = folded(Calibration(HORIZON), 0, [":A"])
    silent = Answered("v", np.full((1, 360), np.nan), np.full((1, 360), UP, dtype=np.int8))
    calibration.fold(START + BUCKET_S, [":B"], silent, NO_MOVE)
    assert calibration.keys == (":A",)
    assert calibration.tally(":A") is None

    folded(calibration, 287, [":C"])
    assert calibration.keys == (":A", ":C")

    folded(calibration, 288, [":C"])
    assert calibration.keys == (":C",)
    assert calibration.figures(":A", "24h") is None


def test_log_time_passes_without_a_bucket() -> None:
    """Of a model that says nothing any more."""
    calibration = folded(Calibration(HORIZON), 0, [":A"])

    calibration.advance(START + 2 * HOUR)

    assert calibration.figures(":A", "1h") is None and calibration.tally(":A") is None
    assert calibration.figures(":A", "24h") is not None


@pytest.mark.parametrize("start", [START - BUCKET_S, START, START + 1])
def test_buckets_out_of_order_are_refused(start: int) -> None:
    """Each is counted once."""
    calibration = folded(Calibration(HORIZON), 0, [":A"])

    with pytest.raises(ValueError, match="does not follow"):
        calibration.fold(start, [":A"], *drawn(1))


def test_columns_of_another_horizon_are_refused() -> None:
    """They would be read at the wrong seconds."""
    with pytest.raises(ValueError, match=r"\(1, 360\).* instead of \(1, 330\)"):
        Calibration(30).fold(START, [":A"], *drawn(1))


def test_a_day_of_a_usual_model_is_a_few_kilobytes() -> None:
    """Scores in about twelve cells an hour, with returns and signal parts."""
    windows = Windows()
    for number in range(24 * 12):
        windows.add(START + number * BUCKET_S, row(number))

    saved = windows.snapshot()
    cells = [int((Tally(unpack(packed)).said > 0).sum()) for _, packed in saved["hours"]]
    size = len(msgspec.msgpack.encode(saved))
    print(f"{size} bytes, {np.mean(cells):.1f} cells an hour, {len(saved['hours'])} hours")

    assert (len(saved["buckets"]), len(saved["hours"])) == (12, 23)
    assert size < 6_500
    assert WIDTH < 300
