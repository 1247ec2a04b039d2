"""The drift monitor: what it finds, when, and that a restart changes nothing."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import orjson
import pytest
from drift_cases import BEGIN, HOUR, WATCHED, bucket_of, folded, trained, wandering

from models.monitor.drift.declared import Declared
from models.monitor.drift.drift import Drift
from models.monitor.drift.findings import Daily, Event, Finding, Levels
from models.monitor.drift.ladder import Ladder
from models.training.rows import Rows

DECLARED = Declared(1.0, 2)
QUIET = np.empty(0)


def monitor(saved: dict[str, Any] | None = None) -> Drift:
    return Drift(trained(), DECLARED, 60, saved)


def events(found: list[Finding]) -> list[Event]:
    return [one for one in found if isinstance(one, Event)]


def shifted(rows: Rows, begin: int, end: int, by: float, symbol: int = 0) -> Rows:
    """Add to the first feature of a symbol from ``begin`` to ``end``, seconds after the start."""
    second = rows.second - BEGIN
    x = rows.x.copy()
    x[(rows.code == symbol) & (second >= begin) & (second < end), 0] += by
    return Rows(rows.symbols, rows.code, rows.second, x, rows.label, rows.realised)


def test_levels_come_every_quarter_of_an_hour() -> None:
    """Of each symbol with rows; too few rows are told as such and have no feature, so no level."""
    found = [one for one in folded(monitor(), trained(), wandering(2 * HOUR, 2)) if isinstance(one, Levels)]

    assert [(one.end - BEGIN, one.symbol) for one in found[:4]] == [
        (900, "COIN0"), (900, "COIN1"), (1_800, "COIN0"), (1_800, "COIN1"),
    ]  # fmt: skip
    first, last = found[0], found[-1]
    assert first.windows["900"].insufficient_data and first.windows["900"].features == {}
    assert (first.windows["900"].rows, first.top) == (0, ())
    assert not last.windows["3600"].insufficient_data and last.windows["3600"].rows == HOUR
    assert last.windows.keys() == {"900", "3600"} and last.previous.rows == 900
    assert last.windows["3600"].features.keys() == set(WATCHED)
    values = {name: level.psi for name, level in last.windows["3600"].features.items()}
    assert list(last.top) == sorted(values, key=lambda name: -values[name])


def test_an_episode_is_told_once_and_ends_once() -> None:
    """A shift of two deviations in one of two symbols for two hours: crossed once, and recovered once."""
    rows = shifted(wandering(8 * HOUR, 2, seed=7), 2 * HOUR, 4 * HOUR, 2.0, symbol=1)
    told = events(folded(monitor(), trained(), rows))
    psi = [one for one in told if one.detector == "psi"]

    assert {one.symbol for one in told} == {"COIN1"} and {one.feature for one in psi[:1]} == {WATCHED[0]}
    begins = [one for one in psi if one.before == "ok"]
    ends = [one for one in psi if one.kind == "recovered"]
    assert (len(begins), len(ends)) == (1, 1)
    assert psi[0] is begins[0] and psi[-1] is ends[0] and ends[0].level == "ok"
    for before, after in pairwise(psi[:-1]):
        assert (after.kind, after.before) == ("crossed", before.level)
    assert 2 * HOUR < begins[0].end - BEGIN <= 2 * HOUR + 1_800
    assert begins[0].value is not None and begins[0].limit is not None and begins[0].expected_days is not None
    assert begins[0].value >= begins[0].limit and begins[0].expected_days >= 4.0
    assert psi[-2].level == "kill"


def test_a_large_psi_is_no_alarm_where_the_feature_strays_as_far_without_drift() -> None:
    """Without drift the raw values pass 0.3 again and again, and nothing is told."""
    found = folded(monitor(), trained(), wandering(24 * HOUR, seed=9))
    levels = [one for one in found if isinstance(one, Levels)]
    windows = [one.windows["900"].features for one in levels if one.windows["900"].features]

    assert sum(features[WATCHED[3]].psi > 0.3 for features in windows) > len(windows) / 3
    assert {level.level for features in windows for level in features.values()} == {"ok"}
    assert events(found) == []


def test_a_limit_below_the_ladder_is_no_alarm_either() -> None:
    """A shift that is sure but small: PSI above its limit but below 0.15 is ok, and only KS watches."""
    rows = shifted(wandering(5 * HOUR, seed=11), 0, 5 * HOUR, 0.2)
    found = folded(monitor(), trained(), rows)
    last = [one for one in found if isinstance(one, Levels)][-1].windows["3600"].features[WATCHED[0]]

    assert last.psi_limit is not None and last.psi_limit < last.psi < 0.15
    assert last.level == "watch" and last.ks_limit is not None and last.ks >= last.ks_limit
    assert {(one.detector, one.level) for one in events(found) if one.feature == WATCHED[0]} == {
        ("ks", "watch")
    }


def test_the_ladder() -> None:
    """Watch where the target of less than 0.15 is missed, alert above 0.25, kill above 0.3."""
    values = np.array([np.nan, 0.1499, 0.15, 0.25, 0.2501, 0.3, 0.3001])

    assert Ladder().levels(values).tolist() == [0, 0, 1, 1, 2, 2, 3]
    with pytest.raises(ValueError, match="must rise"):
        Ladder(0.3, 0.2, 0.1)


def test_too_few_rows_hold_an_episode_open() -> None:
    """A symbol that all but stops in the middle of an episode neither recovers nor rises."""
    rows = shifted(wandering(8 * HOUR, seed=13), HOUR, 8 * HOUR, 2.0)
    rare = (rows.second >= BEGIN + 3 * HOUR) & (rows.second % 300 > 5)
    told = events(folded(monitor(), trained(), rows.where(~rare)))

    lasting = [one for one in told if one.detector == "psi"]
    assert lasting[0].before == "ok"
    assert all(one.kind == "crossed" and one.end <= BEGIN + 4 * HOUR for one in lasting)


def test_the_day_ends_at_midnight() -> None:
    """With the greatest values of its looks and the number of its events; then it begins anew."""
    rows = shifted(wandering(30 * HOUR, 2, seed=15), 2 * HOUR, 3 * HOUR, 2.0)
    found = folded(monitor(), trained(), rows)
    days = [one for one in found if isinstance(one, Daily)]
    told = [one for one in events(found) if one.kind == "crossed" and one.symbol == "COIN0"]

    assert [(one.symbol, one.end) for one in days] == [("COIN0", BEGIN + 86_400), ("COIN1", BEGIN + 86_400)]
    assert days[0].events == len([one for one in told if one.end <= BEGIN + 86_400]) > 0
    assert days[0].features[WATCHED[0]].psi > 1.0 > days[1].features[WATCHED[0]].psi
    shown = [
        one for one in found if isinstance(one, Levels) and one.symbol == "COIN1" and one.end <= days[0].end
    ]
    for name, maxima in days[1].features.items():
        values = [w.features[name].psi for one in shown for w in one.windows.values() if w.features]
        assert maxima.psi >= max(values)


def test_a_day_that_ends_in_silence_is_told_later() -> None:
    """At the first bucket after midnight, with midnight as its end; a symbol gone for good is forgotten."""
    drift = monitor()
    folded(drift, trained(), wandering(3 * HOUR, 2, seed=17))
    later = BEGIN + 90_000
    found = drift.fold(later, *bucket_of(trained(), wandering(300, begin=later), later), QUIET)

    assert [(one.symbol, one.end) for one in found if isinstance(one, Daily)] == [
        ("COIN0", BEGIN + 86_400), ("COIN1", BEGIN + 86_400),
    ]  # fmt: skip
    assert drift.snapshot()["windows"]["symbols"] == ["COIN0"]


def test_a_restart_at_any_bucket_changes_nothing() -> None:
    """The snapshot holds plain data and arrays, and whatever is found after it is the same."""
    rows = shifted(wandering(26 * HOUR, 2, seed=19), 20 * HOUR, 23 * HOUR, 2.0)
    rng = np.random.default_rng(3)
    residuals = rng.uniform(-1, 1, (26 * 12, 5))
    whole = folded(monitor(), trained(), rows, residuals)
    found: list[Finding] = []
    drift = monitor()
    for number in range(26 * 12):
        start = BEGIN + 300 * number
        found += drift.fold(start, *bucket_of(trained(), rows, start), residuals[number])
        if number % 11 == 0:
            drift = monitor(plain(drift.snapshot()))

    assert repr(found) == repr(whole)
    assert any(isinstance(one, Daily) for one in found) and events(found)


def plain(saved: dict[str, Any]) -> dict[str, Any]:
    """Return a snapshot as it comes back: arrays as they are, all else through JSON."""
    if isinstance(saved, dict):
        assert all(isinstance(key, str) for key in saved)
        return {key: plain(value) for key, value in saved.items()}
    if isinstance(saved, np.ndarray):
        assert saved.dtype != object
        return saved.copy()
    return orjson.loads(orjson.dumps(saved))


def test_symbols_in_another_order_are_the_same_symbols() -> None:
    """What is found of a symbol does not depend on the others, nor on their order."""
    rows = wandering(3 * HOUR, 3, seed=21)
    alone = folded(monitor(), trained(), rows.where(rows.code == 1))
    together = folded(monitor(), trained(), rows)

    assert [one for one in together if getattr(one, "symbol", None) == "COIN1"] == alone


def test_a_symbol_takes_about_eleven_kilobytes() -> None:
    """For thirty features; four of them take a seventh of it."""
    drift = monitor()
    folded(drift, trained(), wandering(HOUR, 20, seed=23))

    saved = drift.snapshot()
    held = sum(
        array.nbytes for part in saved.values() for array in part.values() if isinstance(array, np.ndarray)
    )
    assert held / 20 < 2_000


def test_a_model_without_a_reference() -> None:
    """Only its residuals are watched."""
    drift = Drift(None, DECLARED, 60)
    rng = np.random.default_rng(1)
    found: list[Finding] = []
    for number in range(200):
        residual = rng.choice([-0.5, 0.5], 5) + (0.4 if number >= 100 else 0.0)
        found += drift.fold(BEGIN + 300 * number, ["COIN0"], None, residual)

    first = events(found)[0]
    assert (first.kind, first.symbol, first.detector, first.level) == ("crossed", None, "adwin", "alert")
    assert len(found) == len(events(found)) and found[0].end > BEGIN + 300 * 100  # type: ignore[union-attr]
    assert drift.snapshot().keys() == {"residuals"}
