"""Walk: one shard's ticks through the stages that run live, into rows of what was decided.

The stages are those of the signals flow up to the gate, in its order; what is left out is only the making of
records. So a row says what the signal of its second says, and a test compares them byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from models.backtest.decided import Decided
from models.backtest.waiting import Waiting
from models.backtest.watching import CalibrationPoint, DriftPoint, Watching
from models.desk.desk import Desk
from models.desk.gate import Decisions
from models.inputs import Input, TickBatch
from models.judge.deciding import Deciding
from models.judge.panel import Scores
from models.market.block import Block, Closed
from models.market.ledger import Totals
from models.market.market import Market
from models.scoring.model import Model
from models.scoring.scorer import ScoredBlock, Scorer
from models.spec import SECOND, Spec
from models.ticks import Symbol


class MarketStage(Protocol):
    """The stage from ticks to feature rows."""

    def step(self, inputs: list[Input]) -> list[Closed]:
        """Take inputs in order and return what each released."""

    def snapshot(self) -> dict[str, Any]:
        """Return the whole state."""


MakeMarket = Callable[[Spec, Desk, dict[str, Any] | None], MarketStage]


def live_market(spec: Spec, desk: Desk, saved: dict[str, Any] | None) -> MarketStage:
    """Return the stage that runs live."""
    return Market(spec, desk, saved)


class Walk:
    """The walking state of one shard, under a desk that does not change.

    ``market`` makes the first stage; another than the live one stands there only to show what a fault does.
    """

    def __init__(
        self,
        spec: Spec,
        desk: Desk,
        models: Mapping[str, Model],
        saved: Mapping[str, Any] | None = None,
        market: MakeMarket = live_market,
    ) -> None:
        saved = saved or {}
        self._grace = spec.grace
        self._market = market(spec, desk, saved.get("market"))
        self._scorer = Scorer(spec, models)
        self._deciding = Deciding(spec, saved.get("deciding"))
        self._watching = Watching(spec, desk, models, saved.get("watching"))
        self._waiting = Waiting(saved.get("waiting"))
        self._log_ts: int = saved.get("log_ts", 0)
        self._points: list[CalibrationPoint | DriftPoint] = []
        self.symbols: list[Symbol] = [Symbol(*symbol) for symbol in saved.get("symbols", ())]
        self.ledger = Totals(*saved.get("ledger", ()))

    def snapshot(self) -> dict[str, Any]:
        """Return the whole state as plain data and arrays; what is ready is to be taken before."""
        return {
            "market": self._market.snapshot(),
            "deciding": self._deciding.snapshot(),
            "watching": self._watching.snapshot(),
            "waiting": self._waiting.snapshot(),
            "log_ts": self._log_ts,
            "symbols": [tuple(symbol) for symbol in self.symbols],
            "ledger": tuple(self.ledger),
        }

    @property
    def waiting(self) -> int:
        """Return how many rows are held."""
        return self._waiting.count

    @property
    def outcomes(self) -> dict[str, int]:
        """Return how many predictions met an outcome, and of which kind."""
        return self._watching.counts

    def step(self, batch: TickBatch) -> None:
        """Take the next records."""
        for scored in self._scorer.step(self._market.step([batch])):
            self._one(scored)

    def take(self, *, end: bool = False) -> Decided:
        """Return the rows that no other can come before any more; at the end, all that are left."""
        return self._waiting.take(None if end else (self._log_ts - self._grace) // SECOND)

    def points(self) -> list[CalibrationPoint | DriftPoint]:
        """Return what the monitors found since the last call."""
        found, self._points = self._points, []
        return found

    def _one(self, scored: ScoredBlock) -> None:
        closed = scored.closed
        self._log_ts, self.symbols, self.ledger = closed.log_ts, closed.symbols, closed.ledger
        if closed.block is not None and scored.answers is not None:
            _, scores, gate = self._deciding.step(closed, closed.block, scored.answers)
            self._waiting.put(_rows(closed.block, scores, gate))
            self._watching.write(closed.block, scores)
        self._points += self._watching.closed(closed)


def _rows(block: Block, scores: Scores, gate: Decisions) -> Decided:
    return Decided(
        second=block.second,
        code=block.code.astype("i4"),
        price=block.price,
        open=block.bar.open,
        wanted=gate.wanted,
        signal=gate.signal,
        reason=gate.reason,
        prob=scores.prob,
        fallback=scores.fallback,
    )
