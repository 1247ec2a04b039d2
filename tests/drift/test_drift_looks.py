"""Rolling windows against plain counting: at every bucket, whatever came before."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from drift_cases import BEGIN, WATCHED, bucket_of, trained, wandering
from hypothesis import given, settings
from hypothesis import strategies as st

from models.monitor.drift.declared import Declared
from models.monitor.drift.ladder import Ladder
from models.monitor.drift.limits import Limits
from models.monitor.drift.look import Look, look
from models.monitor.drift.past import Past
from models.monitor.drift.reference import DriftReference
from models.monitor.drift.windows import Windows
from models.ticks import Floats
from models.training.rows import Rows

WARM_UP_S = 900


def looks(reference: DriftReference, rows: Rows) -> list[tuple[int, list[str], Look]]:
    """Return (end, symbols, look) at each bucket that has rows."""
    windows, past = Windows(reference.shape), Past(len(reference.names))
    limits, found = Limits.of(reference, Declared()), []
    for start in np.unique(rows.second // 300 * 300).tolist():
        symbols, counts = bucket_of(reference, rows, start)
        places = windows.put(start, symbols, counts)
        found.append((start + 300, symbols, look(reference, limits, Ladder(), windows, past, start, places)))
    return found


def plain(values: Floats, edges: Floats, expected: Floats) -> tuple[float, float]:
    """Return PSI and KS of values, by the book."""
    edges = edges[np.isfinite(edges)]
    bins = len(edges) + 1
    counts = np.array([(np.searchsorted(edges, values, side="right") == b).sum() for b in range(bins)])
    a, e = (counts + 0.5) / (len(values) + 0.5 * bins), expected[:bins]
    return float(sum((a - e) * np.log(a / e))), float(max(abs(np.cumsum(a - e))))


def compare(reference: DriftReference, rows: Rows) -> int:
    """Compare every look with counting all rows anew; return how many windows were compared."""
    compared = 0
    for end, symbols, found in looks(reference, rows):
        for place, symbol in enumerate(symbols):
            mine = rows.code == rows.symbols.index(symbol)
            since = rows.second[mine].min() + WARM_UP_S
            for key, length, back in (("900", 900, 0), ("3600", 3_600, 0), ("previous", 900, 900)):
                second = rows.second
                inside = mine & (second >= max(end - length, since)) & (second < end)
                before = mine & (second >= max(end - length - back, since)) & (second < end - length)
                seen = found.windows[key]
                enough = inside.sum() >= length / 2 and (not back or before.sum() >= length / 2)
                assert bool(seen.enough[place]) == enough and seen.rows[place] == inside.sum()
                if not enough:
                    assert np.isnan(seen.distances[0][place]).all()
                    continue
                for f, column in enumerate(reference.columns.tolist()):
                    usual = reference.expected[f]
                    if back:
                        usual = shares(rows.x[before, column], reference.edges[f])
                    psi, ks = plain(rows.x[inside, column], reference.edges[f], usual)
                    assert seen.distances[0][place, f] == pytest.approx(psi, abs=1e-12)
                    assert seen.distances[1][place, f] == pytest.approx(ks, abs=1e-12)
                compared += 1
    return compared


def shares(values: Floats, edges: Floats) -> Floats:
    """Return smoothed shares of values."""
    edges = edges[np.isfinite(edges)]
    counts = np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1)
    return np.asarray((counts + 0.5) / (counts.sum() + 0.5 * len(counts)))


def test_every_look_is_what_the_rows_say() -> None:
    """Two symbols over two hours, one of which begins later and trades by halves."""
    rows = wandering(7_500, symbols=2, seed=3)
    late = (rows.code == 1) & ((rows.second < BEGIN + 1_500) | (rows.second % 2 == 0))

    assert compare(trained(), rows.where(~late)) > 60


@settings(max_examples=15)
@given(st.lists(st.tuples(st.integers(0, 5_399), st.integers(1, 700)), max_size=4), st.integers(0, 9))
def test_holes_in_a_bucket_change_nothing(holes: list[tuple[int, int]], seed: int) -> None:
    """A symbol may have no rows for a while; as long as each bucket has some, its life goes on."""
    rows = wandering(5_400, seed=seed)
    kept = rows.second % 300 < 30
    for start, length in holes:
        kept |= (rows.second >= BEGIN + start) & (rows.second < BEGIN + start + length)

    compare(trained(), rows.where(kept))


def test_the_warm_up_of_a_life_is_left_out() -> None:
    """Three buckets at its beginning, and again after a bucket without rows."""
    rows = wandering(9_000, seed=4)
    gone = (rows.second >= BEGIN + 4_500) & (rows.second < BEGIN + 5_100)

    seen = {
        end - BEGIN: int(found.windows["900"].rows[0])
        for end, _, found in looks(trained(), rows.where(~gone))
    }

    assert [seen[end] for end in (300, 900, 1_200, 1_800)] == [0, 0, 300, 900]
    assert [seen[end] for end in (4_500, 5_400, 6_000, 6_300, 6_900)] == [900, 0, 0, 300, 900]


def test_what_was_sustained_is_the_least_of_three_hours() -> None:
    """Now, one and two hours before; unknown until there are three."""
    reference, rows = trained(), wandering(4 * 3_600 + 900, seed=6)
    found = looks(reference, rows)
    hour = np.array([one.windows["3600"].distances[0][0] for _, _, one in found])
    least = np.array([one.windows["sustained"].distances[0][0] for _, _, one in found])

    known = np.isfinite(least[:, 0])
    expected = np.min([hour[24:], hour[12:-12], hour[:-24]], axis=0)
    np.testing.assert_allclose(least[24:], expected, rtol=1e-6)
    # rows count from 900 s on, and half an hour of them is enough
    assert np.flatnonzero(known)[0] == (900 + 1_800) // 300 - 1 + 24


def test_real_ticks(real_data: Path) -> None:
    """Three hours of a recorded day: its prices as features of their own."""
    ticks = pl.read_parquet(real_data / "full_day" / "btcusdt_20220115_00-12h.parquet").sort("timestamp")
    second, last = np.unique(ticks["timestamp"].to_numpy() // 1_000, return_index=True)
    price = np.log(ticks["price"].to_numpy()[last])
    rows = wandering(len(second))
    rows.x[:, 0] = np.diff(price, prepend=price[0])
    rows.x[:, 1] = ticks["quantity"].to_numpy()[last]
    rows.second[:] = second

    assert len(WATCHED) == 4
    assert compare(trained(), rows.where(rows.second < second[0] + 3 * 3_600)) > 60
