"""The drift monitor of one model: counts of five minutes and residuals in; levels, events, maxima out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from models.monitor.bucket import BUCKET_S
from models.monitor.drift.day import DAY_S, Day
from models.monitor.drift.declared import Declared
from models.monitor.drift.episodes import Change, Episodes
from models.monitor.drift.findings import Daily, Event, Finding, Levels
from models.monitor.drift.ladder import LEVELS, Ladder
from models.monitor.drift.limits import Limits
from models.monitor.drift.look import look
from models.monitor.drift.looks import ADWIN, COMPARING
from models.monitor.drift.past import Past
from models.monitor.drift.reference import DriftReference
from models.monitor.drift.residuals import CLOCK, Residuals
from models.monitor.drift.seen import Look
from models.monitor.drift.windows import Windows
from models.ticks import Floats, Ints

EVERY_S = 900
"""Between two ``Levels`` of a symbol."""


class Drift:
    """Watches one model. Without a reference, as with built-in ones, only its residuals are watched."""

    def __init__(
        self,
        reference: DriftReference | None,
        declared: Declared,
        horizon_s: int,
        saved: Mapping[str, Any] | None = None,
        ladder: Ladder | None = None,
    ) -> None:
        saved = saved or {}
        self._reference = reference
        self._ladder = ladder or Ladder()
        self._residuals = Residuals(declared.delta(horizon_s, CLOCK), saved.get("residuals"))
        if reference is None:
            return
        self._limits = Limits.of(reference, declared)
        self._windows = Windows(reference.shape, saved.get("windows"))
        self._past = Past(len(reference.names), saved.get("past"))
        self._episodes = Episodes(saved.get("episodes"))
        self._day = Day(len(reference.names), saved.get("day"))

    def fold(
        self, start: int, symbols: Sequence[str], counts: Ints | None, residuals: Floats
    ) -> list[Finding]:
        """Take the bucket that began at ``start`` and return what it shows, in a fixed order.

        ``symbols`` are k keys of those that had rows, ``counts`` their rows by bin (k, F, B), None without a
        reference; ``residuals`` those of :func:`~models.monitor.drift.residuals.residuals`. Buckets come in
        the order of time; one in which no symbol had rows may be left out, if its residuals are.
        """
        found: list[Finding] = []
        if self._reference is not None and counts is not None:
            found += self._ended(start)
            if len(symbols):
                found += self._looked(self._reference, start, symbols, counts)
        found += self._shifted(start + BUCKET_S, residuals)
        if self._reference is not None:
            found += self._ended(start + BUCKET_S)
        return found

    def _looked(
        self, reference: DriftReference, start: int, symbols: Sequence[str], counts: Ints
    ) -> list[Finding]:
        end = start + BUCKET_S
        rows = self._windows.put(start, symbols, counts)
        seen = look(reference, self._limits, self._ladder, self._windows, self._past, start, rows)
        events = [
            self._event(reference, seen, symbols[change.place], end, change)
            for change in self._episodes.update(rows, seen.level, seen.known)
        ]
        crossed = [symbols.index(e.symbol) for e in events if e.kind == "crossed" and e.symbol is not None]
        self._day.add(start, rows, seen.greatest(), crossed)
        if end % EVERY_S:
            return list(events)
        levels = [
            Levels(symbol, end, *seen.levels(reference.names, place)) for place, symbol in enumerate(symbols)
        ]
        return [*levels, *events]

    def _event(self, reference: DriftReference, seen: Look, symbol: str, end: int, change: Change) -> Event:
        worst = seen.worst(change.place, change.detector)
        return Event(
            kind="crossed" if change.level > change.before else "recovered",
            symbol=symbol,
            end=end,
            detector=COMPARING[change.detector],
            level=LEVELS[change.level],
            before=LEVELS[change.before],
            feature=reference.names[worst.feature] if worst else None,
            window=worst.window if worst else None,
            value=worst.value if worst else None,
            limit=worst.limit if worst else None,
            expected_days=worst.days if worst else None,
        )

    def _shifted(self, end: int, residuals: Floats) -> list[Finding]:
        found: list[Finding] = []
        for residual in residuals[np.isfinite(residuals)].tolist():
            shift = self._residuals.update(residual)
            if shift is None:
                continue
            now, before = ("ok", "alert") if shift.over else ("alert", "ok")
            kind = "recovered" if shift.over else "crossed"
            found.append(
                Event(kind, None, end, ADWIN, now, before, None, None, shift.value, shift.before, None)  # type: ignore[arg-type]
            )
        return found

    def _ended(self, now: int) -> list[Finding]:
        """Return the daily findings if a day has ended by ``now``, and forget symbols long silent."""
        assert self._reference is not None
        day = self._day.number
        if day is None or now < (day + 1) * DAY_S:
            return []
        names, symbols = self._reference.names, self._windows.symbols
        found = [
            Daily(symbols[row], (day + 1) * DAY_S, features, events)
            for row, features, events in self._day.end(names)
        ]
        kept = ~self._windows.silent(now - BUCKET_S) | self._episodes.open(len(symbols))
        self._windows.keep(kept)
        self._past.keep(kept)
        self._episodes.keep(kept)
        return list(found)

    def snapshot(self) -> dict[str, Any]:
        """Return the whole state as plain data and arrays."""
        saved: dict[str, Any] = {"residuals": self._residuals.snapshot()}
        if self._reference is None:
            return saved
        saved["windows"] = self._windows.snapshot()
        saved["past"] = self._past.snapshot()
        saved["episodes"] = self._episodes.snapshot()
        saved["day"] = self._day.snapshot()
        return saved
