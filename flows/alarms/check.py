"""The check: the rest of a history watched as it is, then with shifts put in."""

from __future__ import annotations

import numpy as np

from flows.alarms import inflating
from flows.alarms.finding import BEFORE_S, LONGEST_S, Delays, Finder
from flows.alarms.history import History, Residue, residue_of
from flows.alarms.rate import Rate, rate_of
from flows.alarms.result import Checked, Power, power_of
from flows.alarms.shifts import drawn
from flows.alarms.watching import is_alarm, watched
from flows.training.progress import Told
from models.monitor.drift.declared import Declared
from models.monitor.drift.drift import Drift
from models.monitor.drift.findings import Event
from models.monitor.drift.looks import WINDOWS_S
from models.monitor.drift.residuals import CLOCK
from models.ticks import Bools

DAY_S = 86_400
INFLATED_AFTER_S = 4 * 3_600
"""ADWIN compares what comes with what was: so much of it at least."""


def checked(
    history: History, declared: Declared, shifts: int, seed: int, told: Told
) -> tuple[Checked, list[Event]]:
    """Return what was found and the alarms of the history as it is; ``shifts`` of 0 looks for none."""
    residue = residue_of(history)
    told(0.0, "counting alarms")
    alarms = alarms_of(history, declared, residue)
    rate: Rate = rate_of(len(alarms), history.seconds / DAY_S, declared.per_day)
    told(0.2, "looking for shifts")
    powers, unable = _powers(history, declared, residue, shifts, seed, told) if shifts else ((), ())
    return Checked(rate, powers, _unjudged(history, declared), unable, history.hours), alarms


def alarms_of(history: History, declared: Declared, residue: Residue) -> list[Event]:
    """Return the alarms of the history as it is."""
    drift = Drift(history.reference, declared, history.horizon_s)
    events = watched(drift, history.first, history.symbols, history.counts, residue)
    return [event for event in events if is_alarm(event)]


def _powers(
    history: History, declared: Declared, residue: Residue, count: int, seed: int, told: Told
) -> tuple[tuple[Power, ...], tuple[str, ...]]:
    rng = np.random.default_rng(seed)
    finder = Finder(history, declared)
    made, unable = drawn(history, count, rng, (BEFORE_S, _room(history)))
    found: dict[str, list[Delays]] = {}
    for number, shift in enumerate(made):
        found.setdefault(shift.kind, []).append(finder.delays(shift))
        told(0.2 + 0.75 * number / len(made), "looking for shifts")
    delta = declared.delta(history.horizon_s, CLOCK)
    low, high = history.first + INFLATED_AFTER_S, history.first + history.seconds // 2
    for _ in range(count // 2 if high > low else 0):
        at = int(rng.integers(low, high))
        found.setdefault("inflated", []).append(inflating.delays(residue, at, delta))
    return tuple(power_of(kind, delays) for kind, delays in found.items()), tuple(unable)


def _room(history: History) -> int:
    """Return the seconds to leave behind a shift: half of a short history, else enough to look for it."""
    return min(LONGEST_S + LONGEST_S // 3, (history.seconds - BEFORE_S) // 2)


def _unjudged(history: History, declared: Declared) -> tuple[str, ...]:
    at = history.limits(declared).at
    limits = np.stack([at[str(length)][distance] for length in WINDOWS_S for distance in (0, 1)])
    none: Bools = np.asarray(np.isinf(limits).all(axis=0))
    return tuple(
        name for name, missing in zip(history.reference.names, none.tolist(), strict=True) if missing
    )
