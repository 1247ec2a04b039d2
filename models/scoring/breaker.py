"""Circuit breaker: a model that fails on too many rows is not asked for a while, and then on trial.

===========  ==============================  ==========================================================
state        a row                           until
===========  ==============================  ==========================================================
closed       is scored and counted           over ``share`` of ``rows`` rows failed, among the last ones
open         is blocked and not counted      the clock is ``half_open_after_s`` past the failure
half open    is scored, as a probe           a probe fails: open; the clock moves on without that: closed
===========  ==============================  ==========================================================

The clock is the running maximum of the rows' seconds. Rows that are not there yet count as good, so a model
that fails always is left after ``share * rows`` rows and one more, and one failure of a young shard opens
nothing. The probes are all rows of one second and not a single one, because those are scored in one call and
a model may fail on some symbols only: one row would decide by which symbol comes first. The breaker closes
with the first row of a later second, and nothing of what was counted before it opened is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from models.ticks import Bools, Ints

CLOSED, OPEN, HALF_OPEN = "closed", "open", "half_open"

_NEVER = -(1 << 62)


class Transition(NamedTuple):
    """Row ``row`` of a block found the breaker in state ``before`` and brought it to ``after``."""

    row: int
    before: str
    after: str


class Breaker:
    """The breaker of one shard.

    ``share`` is read as the decimal number it is written as: over 0.05 of 200 rows is 11 rows or more.
    """

    def __init__(
        self, share: float, rows: int, half_open_after_s: int, saved: Mapping[str, Any] | None = None
    ) -> None:
        if not 0 <= share < 1 or rows < 1 or half_open_after_s < 1:
            raise ValueError(
                "a breaker needs a share of 0 to below 1, 1 or more rows, half_open_after_s of 1 or more"
            )
        self._allowed = int(Decimal(str(float(share))) * rows)
        self._rows = rows
        self._wait = half_open_after_s
        saved = saved or {}
        self.state: str = saved.get("state", CLOSED)
        self._clock: int = saved.get("clock", _NEVER)
        self._since: int = saved.get("since", _NEVER)  # clock of the failure, or of the probes
        self._next = 0  # number of the next row that counts
        self._failed: Ints = -np.array(saved.get("ages", []), dtype=np.int64)  # their numbers, ascending

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data; ``ages`` says how many rows ago one failed, oldest first."""
        return {
            "state": self.state,
            "clock": self._clock,
            "since": self._since,
            "ages": (self._next - self._failed[self._failed > self._next - self._rows]).tolist(),
        }

    def step(self, second: Ints, error: Bools, asked: Bools | None = None) -> tuple[Bools, list[Transition]]:
        """Follow n rows in log order: their seconds, and on which the model failed; all (n,).

        Rows of which it was not ``asked``, such as stale ones, are as if they were not there: they say
        nothing for the model either, not even as probes, and are never blocked. By default it was of all.

        Returns (n,) where the model's answer must not be used, and the transitions in order. A first probe
        that fails makes two, of one row. The row that opens it is not blocked: it has no answer anyway. What
        ``error`` says of a blocked row does not matter.
        """
        if asked is not None and not asked.all():
            return self._among(np.flatnonzero(asked), second, error)
        if self.state == CLOSED and not error.any():
            return self._all_well(second)
        blocked, found = np.zeros(len(second), dtype=bool), list[Transition]()
        clock = np.maximum(np.maximum.accumulate(second), self._clock)
        bad, at = np.flatnonzero(error), 0
        while at < len(clock):
            follow = {CLOSED: self._closed, OPEN: self._open, HALF_OPEN: self._half_open}[self.state]
            before, start = self.state, at
            at, row = follow(clock, bad, at)
            blocked[start:at] = before == OPEN
            if row is not None:
                found.append(Transition(row, before, self.state))
        self._clock = int(clock[-1]) if len(clock) else self._clock
        return blocked, found

    def reset(self) -> list[Transition]:
        """Close with nothing counted, as for another model; a transition has row 0."""
        before, self.state = self.state, CLOSED
        self._forget()
        return [] if before == CLOSED else [Transition(0, before, CLOSED)]

    def _among(self, rows: Ints, second: Ints, error: Bools) -> tuple[Bools, list[Transition]]:
        blocked = np.zeros(len(second), dtype=bool)
        blocked[rows], found = self.step(second[rows], error[rows])
        return blocked, [change._replace(row=int(rows[change.row])) for change in found]

    def _all_well(self, second: Ints) -> tuple[Bools, list[Transition]]:
        if len(second):
            self._next += len(second)
            self._clock = max(self._clock, int(second.max()))
        return np.zeros(len(second), dtype=bool), []

    # Each of these takes the rows from ``at`` on in its state, and returns the first row that is left for the
    # next state, and the row of the transition, None where the rows ended before.

    def _closed(self, clock: Ints, bad: Ints, at: int) -> tuple[int, int | None]:
        held = self._failed[self._failed > self._next - self._rows]
        failed = np.concatenate([held, bad[np.searchsorted(bad, at) :] + (self._next - at)])
        close = failed[self._allowed :] - failed[: max(0, len(failed) - self._allowed)] < self._rows
        if not close.any():
            self._next, self._failed = self._next + len(clock) - at, failed
            return len(clock), None
        row = int(failed[self._allowed + int(close.argmax())]) - self._next + at
        return self._to(OPEN, int(clock[row]), row + 1, row)

    def _open(self, clock: Ints, bad: Ints, at: int) -> tuple[int, int | None]:
        row = max(at, int(np.searchsorted(clock, self._since + self._wait)))
        if row == len(clock):
            return row, None
        return self._to(HALF_OPEN, int(clock[row]), row, row)

    def _half_open(self, clock: Ints, bad: Ints, at: int) -> tuple[int, int | None]:
        end = int(np.searchsorted(clock, self._since, side="right"))
        failed = bad[np.searchsorted(bad, at) :]
        if len(failed) and failed[0] < end:
            row = int(failed[0])
            return self._to(OPEN, self._since, row + 1, row)
        return self._to(CLOSED, _NEVER, end, end) if end < len(clock) else (end, None)

    def _to(self, state: str, since: int, at: int, row: int) -> tuple[int, int | None]:
        self._forget()
        self.state, self._since = state, since
        return at, row

    def _forget(self) -> None:
        self._since, self._next = _NEVER, 0
        self._failed = np.empty(0, dtype=np.int64)
