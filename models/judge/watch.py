"""What is watched of each symbol: how old its trades and bars are, and whether the fallback stands in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from models.desk.desk import Desk
from models.desk.references import name_of
from models.judge import events
from models.judge.bodies import Body, Row, cause_body, row_of
from models.judge.episodes import Episodes
from models.judge.panel import Scores
from models.judge.records import Shard
from models.market.block import Block, Closed
from models.scoring.scorer import FALLBACK
from models.spec import SECOND, Staleness
from models.ticks import Floats

_BAR_S = 5


class Watch:
    """Episodes by symbol: one event where one begins, changes its level, or ends."""

    def __init__(self, ladder: Staleness, saved: Mapping[str, Any]) -> None:
        self._tick_ladder = (ladder.warn_s, ladder.fallback_s)
        self._bar_ladder = (ladder.feature_warn_s, ladder.feature_crit_s)
        self._ticks = Episodes(saved.get("ticks"))
        self._bars = Episodes(saved.get("bars"))
        self._fallback = Episodes(saved.get("fallback"))
        self._model: str = saved.get("model", FALLBACK)  # the last that was no fallback

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        return {
            "ticks": self._ticks.snapshot(),
            "bars": self._bars.snapshot(),
            "fallback": self._fallback.snapshot(),
            "model": self._model,
        }

    def staleness(self, rows: list[Row], block: Block) -> list[Body]:
        """Return the events of symbols whose last trade, or last bar with a trade, crossed a limit."""
        watched = (
            ("staleness.tick", block.age, self._ticks, self._tick_ladder),
            ("staleness.feature", bar_age(block), self._bars, self._bar_ladder),
        )
        return _by_row(
            (change.row, events.staleness(rows[change.row], metric, change, float(age[change.row]), ladder))
            for metric, age, episodes, ladder in watched
            for change in episodes.update(block.code, np.searchsorted(ladder, age, side="left"))
        )

    def fallback(self, rows: list[Row], block: Block, scores: Scores, desk: Desk, shard: Shard) -> list[Body]:
        """Return the events of symbols that began or ceased to be scored by the fallback model.

        Behind them, row by row, stand those of the active model's breaker.
        """
        by_model = desk.model == FALLBACK
        other = scores.fallback & (desk.model not in scores.absent)
        reasons = [scores.guarded, scores.stale, scores.blocked, other]
        level = np.select(reasons, [1, 2, 5, 4 if by_model else 3], 0)
        changes = self._fallback.update(block.code, level)
        self._model = self._model if by_model else desk.model
        model = name_of(self._model)
        told = [(change.row, events.fallback(rows[change.row], change, model)) for change in changes]
        tried = zip(scores.transitions, events.breaker(rows, scores, desk, shard), strict=True)
        return _by_row([*told, *((transition.row, body) for transition, body in tried)])

    def expired(self, closed: Closed, shard: Shard) -> list[Body]:
        """Return the last event of each symbol whose time to live passed; its episodes are over."""
        found = []
        for code, second, offset, limit_s in closed.expired:
            for episodes in (self._ticks, self._bars, self._fallback):
                episodes.end(code)
            cause = cause_body(shard, offset, closed.cause.seq)
            symbol = closed.symbols[code]
            row = row_of(closed.names[code], symbol.venue, ":".join(symbol), (second + 1) * SECOND, cause)
            found.append(events.expired(row, limit_s))
        return found


def bar_age(block: Block) -> Floats:
    """Return the seconds since the end of each symbol's last bar with a trade (five seconds), 0 inside it."""
    end = block.second + 1
    last = end - np.ceil(block.age).astype(np.int64)  # the second of the last trade, exactly
    bar_end = (last // _BAR_S + 1) * _BAR_S
    return np.asarray(np.maximum(end - bar_end, 0), dtype=np.float64)


def _by_row(found: Iterable[tuple[int, Body]]) -> list[Body]:
    """Return the events of each row together, so that the borders of a block do not show in their order."""
    return [body for _, body in sorted(found, key=lambda event: event[0])]
