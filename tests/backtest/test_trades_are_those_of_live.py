"""What a backtest trades is what the live account trades on the published signals, to the last digit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import orjson
from pure_stages import PureStages
from walks import MODELS

from connectors.codecs.signal import read_progress, read_signal
from flows.backtest.job import ShardJob
from flows.backtest.origins import SimulatedMarket, history_of
from flows.backtest.paper import Chosen, Shard, Trading
from flows.backtest.walking import walk
from flows.backtest.work import Work
from models.backtest.round_trips import RoundTrips
from models.desk.desk import Desk
from models.inputs import Cause, Genesis
from models.judge.records import PROGRESS, SIGNALS, Record
from models.judge.records import Shard as TickShard
from models.paper.account import Account
from models.paper.bodies import TRADES
from models.paper.merge import Merge, Start
from models.paper.spec import PaperSpec
from models.performance.trades import Trade
from models.simulator import MarketSpec, instruments
from models.spec import Spec

MARKET = MarketSpec(instruments=instruments(3), ticks_per_second=2.0, volatility=0.3, silence=0.2)
ORIGIN = SimulatedMarket(MARKET, 7, 1_800.0)
SHARD = TickShard("ticks", 0, 0)
DESK = Desk(flags={"max_open_positions": 2, "max_position_size_usd": 80.0, "max_daily_loss": -4.0})
"""With limits that bind."""
PAPER = PaperSpec()


def published() -> list[Record]:
    """Return what the live stages publish."""
    stages = PureStages(Spec(), SHARD, MODELS)
    stages.step([Genesis(DESK, Cause(0, 0))])
    return [record for batch in history_of(ORIGIN).batches() for record in stages.records([batch])]


def live(records: Sequence[Record]) -> tuple[list[Trade], list[tuple[int, str, str]], list[float]]:
    """Return round trips, blocked orders and marks of equity of the account that reads these records."""
    merge, account = Merge({SHARD.key: Start(0, False, 0, 0, 0)}), Account(PAPER)
    for offset, record in enumerate(records):
        if record.topic == SIGNALS:
            said = read_signal(orjson.dumps(record.body))
            merge.signal(SHARD.key, offset, said.ordinal, said.second, said.quote)
        elif record.topic == PROGRESS:
            told = read_progress(orjson.dumps(record.body))
            merge.progress(SHARD.key, offset, told.second, told.signals)
    account.step([Genesis(DESK, Cause(0, 0))])
    trips, blocked, marks, second = RoundTrips(), [], [], 0
    while (found := merge.next(second)) is not None:
        for record in account.step([merge.take(found, 0)])[0].records:
            assert isinstance(record.body, dict)
            body = record.body
            if record.topic == TRADES and body["event"] == "fill":
                trips.take(body)
            elif record.topic == TRADES:
                blocked.append((body["ts"], body["symbol"], body["reason"]))
            elif body["event"] == "minute":
                marks.append(float(body["equity"]))
        second = found + 1
    return trips.closed, blocked, marks


def test_trades_and_equity_are_those_of_the_live_account(tmp_path: Path) -> None:
    """Of three symbols under one account with tight limits, as far as the last closed second goes."""
    job = ShardJob(
        shard=SHARD.key, origin=ORIGIN, sources=[], spec=Spec(), desk=DESK.as_dict(), version="1"
    )  # fmt: skip
    found = walk(job, MODELS, tmp_path / "w", lambda *_: None)
    chosen = Chosen(Shard(job, found, Work(tmp_path / "w")), (0, 1, 2), found.first_second)
    result = Trading([chosen], PAPER).result("portfolio", 0, {}, lambda *_: None)
    trades, blocked, marks = live(published())
    assert len(trades) > 5
    assert result.trades[: len(trades)] == trades
    assert len(result.trades) - len(trades) <= 3  # in the last seconds, which live has not closed yet
    assert np.array_equal(result.equity.strategy[1 : 1 + len(marks)], marks)
    assert {reason for _, _, reason in blocked} <= set(result.blocked)
    assert sum(result.blocked.values()) >= len(blocked) > 0
