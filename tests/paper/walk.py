"""A walk through seconds for tests: say what is quoted and wanted, read what the account made of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from control.examples import command

from models.desk.desk import Desk
from models.desk.gate import BUY, HOLD, SELL
from models.inputs import Cause, Genesis, Taken
from models.paper.account import Account, Booked
from models.paper.inputs import AccountInput, Frame, Quote, Second, ShardBehind
from models.paper.spec import PaperSpec
from models.spec import SECOND

START = 1_700_006_400  # 2023-11-15 00:00:00 UTC, a midnight
FLAGS = {"max_daily_loss": -200.0, "max_position_size_usd": 2000.0, "max_open_positions": 5}
SHARD = "ticks/0000"
_UNGATED = {BUY: "entry", SELL: "exit", HOLD: "between"}

Body = dict[str, Any]


def quote(
    symbol: str,
    price: float,
    wanted: int = HOLD,
    reason: str = "",
    *,
    traded: bool = True,
    model: str = "ml-fusion",
    challenger: str = "",
    shadow: int = HOLD,
) -> Quote:
    """Return a quote that opened at its price, where it traded, with the reason of a gate that lets pass."""
    opened = price if traded else None
    return Quote(symbol, price, opened, wanted, reason or _UNGATED[wanted], model, challenger, shadow)


class Walk:
    """An account that is led through one second after another."""

    def __init__(self, spec: PaperSpec | None = None, *, start: int = START, **flags: float) -> None:
        self.account = Account(spec or PaperSpec())
        self.at = start  # the next second
        self.seq = 0
        self.inputs: list[AccountInput] = []
        self.booked: list[Booked] = []
        self._take(Genesis(Desk(flags={**FLAGS, **flags}), Cause(0, 0)))

    def _take(self, one: AccountInput) -> list[Body]:
        self.inputs.append(one)
        [booked] = self.account.step([one])
        self.booked.append(booked)
        return [record.body for record in booked.records if isinstance(record.body, dict)]

    def second(self, *quotes: Quote, shard: str = SHARD) -> list[Body]:
        """Let one second pass on one shard."""
        return self.frames(Frame(shard, self.at, quotes))

    def frames(self, *frames: Frame) -> list[Body]:
        """Let one second pass with these frames."""
        self.seq += 1
        self.at += 1
        return self._take(Second(self.at - 1, frames, Cause(10 * self.seq, self.seq)))

    def seconds(self, count: int, *quotes: Quote) -> list[Body]:
        """Let several seconds pass alike."""
        return [body for _ in range(count) for body in self.second(*quotes)]

    def command(self, cmd: str, scope: str = "all", **args: Any) -> list[Body]:
        """Let a command be taken in."""
        self.seq += 1
        sent = command(cmd, args, scope=scope, n=self.seq)
        return self._take(Taken(sent, self.at * SECOND, Cause(10 * self.seq, self.seq)))

    def behind(self, shard: str, behind: bool = True) -> None:
        """Let the account go on without a shard, or have it back."""
        self._take(ShardBehind(shard, behind, Cause(10 * self.seq, self.seq)))

    def said(self, topic: str) -> list[Body]:
        """Return the bodies of a topic so far."""
        records = [record for booked in self.booked for record in booked.records]
        return [record.body for record in records if record.topic == topic]  # type: ignore[misc]

    @property
    def trades(self) -> list[Body]:
        """Return the records of ``trades`` so far."""
        return self.said("trades")


def events(bodies: Sequence[Body]) -> list[tuple[str, str, str]]:
    """Return event, side and reason of trades among some records."""
    return [(body["event"], body["side"], body["reason"]) for body in bodies if "side" in body]
