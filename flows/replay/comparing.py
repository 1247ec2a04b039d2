"""A replay of a recorded run held against the run: records, signals, PnL, feature rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from connectors.recording.compare import Difference, Pair
from connectors.recording.errors import RecordingError
from connectors.recording.manifest import Recording
from connectors.recording.rows import Output
from connectors.recording.window import newest_recorded
from flows.replay.consistency import consistency
from flows.replay.found import Found, first_difference, plain
from flows.replay.whole import compare_whole
from models.consistency.decisions import DecisionTally
from models.consistency.pairing import Consistency
from models.consistency.pnl import PnlComparison
from models.judge.records import SIGNALS

ACCOUNT = "account"
Told = Callable[[int], None]


class Window(NamedTuple):
    """Record timestamps of the outputs that are compared, ms; ``since_ms`` is None where that is all."""

    since_ms: int | None
    until_ms: int

    @classmethod
    def last(cls, seconds: int | None, newest_ms: int | None) -> Window:
        """Return the last so many seconds before the newest record; raise ``RecordingError`` without one."""
        if newest_ms is None:
            raise RecordingError("no output was published or recorded: there is nothing to compare")
        return cls(None if seconds is None else newest_ms - seconds * 1_000, newest_ms)


@dataclass(frozen=True, slots=True)
class Compared:
    """A run and its replay."""

    window: Window
    found: Found
    signals: DecisionTally
    pnl: PnlComparison
    features: Consistency

    @property
    def first(self) -> Difference | None:
        """Return the first record that differs, by topic in the order in which they are compared."""
        return first_difference(self.found)

    @property
    def equal(self) -> bool:
        """Return whether every record is, and no feature row deviates."""
        return self.first is None and self.features.consistent is not False

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "equal": self.equal,
            "window": self.window._asdict(),
            "first": self.first._asdict() if self.first else None,
            "topics": plain(self.found),
            "signals": self.signals.as_dict(),
            "pnl": self.pnl.as_dict(),
            "features": self.features.as_dict(),
        }


def compared(folder: Path, recording: Recording, last_s: int | None, told: Told) -> Compared:
    """Replay a recording from its beginning, and compare the last seconds of it; None: all.

    ``told`` hears of every tick and entry of the replay, and of every tick of the offline path. Raises
    ``RecordingError`` where the recording is not whole, or holds nothing to compare.
    """
    window = Window.last(last_s, newest_recorded(folder, recording))
    signals, pnl = DecisionTally(), PnlComparison()
    pairs = {SIGNALS: _bodies(signals.take), ACCOUNT: _bodies(pnl.take)}
    found = compare_whole(folder, recording, told, since_ms=window.since_ms, pairs=pairs)
    features = consistency(folder, recording, window.since_ms, told)
    return Compared(window, found, signals, pnl, features)


def _bodies(take: Callable[[dict[str, Any], dict[str, Any] | None], None]) -> Pair:
    def pair(recorded: Output, replayed: Output | None) -> None:
        other = None if replayed is None else orjson.loads(replayed.value or b"{}")
        take(orjson.loads(recorded.value or b"{}"), other)

    return pair
