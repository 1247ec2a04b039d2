"""Doing a job: what it makes is in its folder afterwards, whole."""

from __future__ import annotations

from pathlib import Path

import orjson

from connectors.bundles import atomic
from connectors.settings import Settings
from flows.backtest.errors import BacktestError
from flows.backtest.job import ShardJob, TradingJob
from flows.backtest.models import loaded
from flows.backtest.paper import trade
from flows.backtest.walking import Told, walk
from models.performance.result import Result
from models.performance.result_file import as_dict, from_dict

_RESULT = "result.json"


def act(job: ShardJob | TradingJob, folder: Path, config: Settings, told: Told) -> None:
    """Walk a shard, or let an account walk; the work of shards lies beside ``folder``."""
    if isinstance(job, ShardJob):
        walk(job, loaded(job.held_desk, job.spec, config, folder.parent), folder, told)
    else:
        atomic.write(folder / _RESULT, orjson.dumps(as_dict(trade(job, folder.parent, told))))


def result_in(folder: Path) -> Result:
    """Return the result that a job left; raise ``BacktestError`` where it left none."""
    try:
        return from_dict(orjson.loads((folder / _RESULT).read_bytes()))
    except FileNotFoundError as error:
        raise BacktestError("a process ended without a result; run the command again") from error
