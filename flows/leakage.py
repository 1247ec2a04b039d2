"""Running the checks for leakage over tick histories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from connectors.feed.meter import Meter
from connectors.tick_history import TickHistory
from models.desk.desk import Desk
from models.inputs import TickBatch
from models.leakage.stage import StageMaker
from models.market.market import Market
from models.spec import Spec


class Check(Protocol):
    """A check that goes through histories batch by batch."""

    def begin(self) -> None:
        """Begin another history."""

    def take(self, batch: TickBatch) -> None:
        """Check the next batch."""

    def finish(self) -> None:
        """Check what is left of the history."""


def market_of(spec: Spec) -> StageMaker:
    """Return what makes the stage that is checked: the one that makes features live."""

    def made(saved: dict[str, Any] | None) -> Market:
        return Market(spec, Desk(), saved)

    return made


def go_through(check: Check, histories: Sequence[TickHistory], label: str, *, visible: bool) -> None:
    """Give every history to a check, with a progress bar."""
    records = 0
    with Meter(label, visible=visible) as meter:
        for number, history in enumerate(histories):
            check.begin()
            for batch in history.batches():
                check.take(batch)
                records += len(batch)
                share = history.share
                meter.update(records, None if share is None else (number + share) / len(histories))
            check.finish()
