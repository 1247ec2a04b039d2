"""The warm-up check: it finds for each feature when it is warm, and a window that is too short."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from models.inputs import TickBatch
from models.leakage.warmup import Warm, WarmUp
from models.market.schema import FEATURES, NAMES, Feature
from models.ticks import Decoded, Symbol
from tests.leakage.planted import history, sound

LEAD_S = 6


@cache
def batches(seconds: float, symbols: int = 2) -> tuple[TickBatch, ...]:
    """Return the batches of a history, made once."""
    return tuple(history(seconds, symbols).batches())


def warm(taken: Sequence[TickBatch], features: Sequence[Feature] = FEATURES) -> dict[str, Warm]:
    """Return the verdicts by name."""
    check = WarmUp(sound, LEAD_S, features)
    for batch in taken:
        check.take(batch)
    return {one.name: one for one in check.result()}


def test_every_window_is_as_long_as_it_must_be() -> None:
    """Returns are warm exactly at their span, sums a second earlier, what is held some seconds later."""
    found = warm(batches(7_200))

    assert all(one.judged and one.holds for one in found.values())
    assert {name: found[name].found for name in ("ret_1s", "ret_60s", "ret_300s", "bounce_60s")} == {
        "ret_1s": 1, "ret_60s": 60, "ret_300s": 300, "bounce_60s": 61,
    }  # fmt: skip
    assert {name: found[name].found for name in ("imbalance_5s", "intensity_60s", "range_60s")} == {
        "imbalance_5s": 4, "intensity_60s": 59, "range_60s": 59,
    }  # fmt: skip
    assert 70 <= (found["rsi_14"].found or 0) <= 74
    assert found["sentiment"].found == found["since_trade_s"].found == 0


def test_what_is_a_window_is_exact_behind_it() -> None:
    """Only exponential averages keep a trace of what lies further back."""
    found = warm(batches(7_200))

    assert {name for name, one in found.items() if one.worst > 0} <= {"macd", "macd_hist"}


def test_a_window_that_is_too_short_is_found() -> None:
    """By a second, or by far; the others are not blamed."""
    short = {"ret_300s": 299, "vol_300s": 120, "macd": 130}
    declared = [f._replace(window=short.get(f.name, f.window)) for f in FEATURES]

    found = warm(batches(7_200), declared)

    assert {name for name, one in found.items() if not one.holds} == set(short)
    assert found["vol_300s"].found == 300 and found["vol_300s"].worst > found["vol_300s"].tolerance


def test_a_history_that_is_too_short_is_not_judged() -> None:
    """Neither one in which nothing could begin later, nor one in which the later beginning is too near."""
    for seconds in (600, 1_000):
        found = warm(batches(seconds))
        assert not found["macd"].judged
        assert all(one.holds for one in found.values())


def test_what_a_check_needs_is_enough() -> None:
    """It says how long a history must be."""
    needed = WarmUp(sound, LEAD_S).needs_s

    assert all(one.judged for one in warm(batches(needed)).values())


def without_sides(taken: Sequence[TickBatch]) -> Iterator[TickBatch]:
    """Yield the batches as a feed that names no sides would give them."""
    for batch in taken:
        d = batch.decoded
        ticks = replace(d.ticks, side=np.zeros_like(d.ticks.side))
        yield replace(batch, decoded=Decoded(ticks, d.skipped, d.invalid))


def test_a_feed_without_sides_is_warm_as_soon() -> None:
    """From the first trade on whose side the tick rule can tell."""
    assert all(one.judged and one.holds for one in warm(list(without_sides(batches(7_200)))).values())


def on_two_venues(taken: Sequence[TickBatch]) -> Iterator[TickBatch]:
    """Yield the batches with both symbols under one name, on venues of their own."""
    for batch in taken:
        d = batch.decoded
        named = tuple(Symbol("one" if s.name == "BTCUSDT" else "other", "BTCUSDT") for s in d.ticks.symbols)
        yield replace(batch, decoded=replace(d, ticks=replace(d.ticks, symbols=named)))


def test_two_venues_with_one_name_are_told_apart() -> None:
    """The later one is shown by its venue, and which that is depends on where a history begins."""
    assert all(one.judged and one.holds for one in warm(list(on_two_venues(batches(7_200)))).values())


def test_several_histories_are_checked_as_one() -> None:
    """Each begins anew; the verdict is over all of them."""
    check = WarmUp(sound, LEAD_S)
    for symbols in (1, 2):
        check.begin()
        for batch in batches(2_400, symbols):
            check.take(batch)
        check.finish()

    assert check.starts == 2
    assert all(one.judged and one.holds for one in check.result())
    assert [one.name for one in check.result()] == list(NAMES)
