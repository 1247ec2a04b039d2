"""A backtest from its first tick to its files."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import orjson

from connectors import start_values
from connectors.bundles import atomic
from connectors.settings import Settings
from flows.backtest import baselines
from flows.backtest.acting import result_in
from flows.backtest.asked import Asked
from flows.backtest.errors import BacktestError
from flows.backtest.job import ShardJob, TradingJob
from flows.backtest.manifest import manifest
from flows.backtest.models import with_model
from flows.backtest.origins import history_of, origins
from flows.backtest.paper import Chosen, Shard, shard_of
from flows.backtest.processes import Task, done
from flows.backtest.walking import Told as Progress
from flows.reporting.page import page
from models.performance.result import Result
from models.performance.result_file import as_dict
from models.spec import SECOND

WORK = ".work"
"""Folder of unfinished walks, beside the results."""
PORTFOLIO = "portfolio"
DAY_S = 86_400


class Written(NamedTuple):
    """A result and its files."""

    result: Result
    json: Path
    html: Path


def backtest(asked: Asked, config: Settings, told: Progress) -> list[Written]:
    """Walk all shards and write a result for each symbol, and of several at the same time one for all.

    What was walked before an interruption is not walked again. Raises what the options, the ticks or the
    model may have wrong with them, with a message that says what to do.
    """
    stored = baselines.read(asked.check) if asked.check is not None else None
    work, halves = asked.out / WORK, Halves(told)
    walks = _walks(asked, config)
    done(_tasks(work, walks), config, asked.processes, halves.first)
    accounts = _accounts(asked, [shard_of(walk, work) for walk in walks], config)
    done(_tasks(work, accounts), config, asked.processes, halves.second)
    results = [result_in(work / job.key) for job in accounts]
    written = [_written(asked.out, _judged(one, stored)) for one in results]
    _clear(work, [*walks, *accounts])
    return written


class Halves:
    """Tells how far two steps are as the halves of one: walking the ticks, and walking the accounts."""

    def __init__(self, told: Progress) -> None:
        self._told = told
        self._records = 0

    def first(self, records: int, share: float | None) -> None:
        """Hear how far the first is."""
        self._records = records
        self._told(records, None if share is None else share / 2)

    def second(self, _records: int, share: float | None) -> None:
        """Hear how far the second is."""
        self._told(self._records, None if share is None else (1 + share) / 2)


def _tasks(work: Path, jobs: Sequence[ShardJob | TradingJob]) -> list[Task]:
    return [Task(job.shard if isinstance(job, ShardJob) else job.symbol, job, work / job.key) for job in jobs]


def _clear(work: Path, jobs: Sequence[ShardJob | TradingJob]) -> None:
    for job in jobs:
        shutil.rmtree(work / job.key, ignore_errors=True)
        (work / f"{job.key}.json").unlink(missing_ok=True)
    with suppress(OSError):  # other work may be left in it
        work.rmdir()


def _walks(asked: Asked, config: Settings) -> list[ShardJob]:
    where = origins(asked.ticks, config, together=asked.together)
    desk, spec = with_model(start_values.desk(config), start_values.spec(config), config, asked.model)
    return [
        ShardJob(
            shard=f"backtest/{place:04d}",
            origin=origin,
            sources=history_of(origin).sources(),
            spec=spec,
            desk=desk.as_dict(),
            version=version("levibot"),
        )
        for place, origin in enumerate(where)
    ]


def _accounts(asked: Asked, shards: Sequence[Shard], config: Settings) -> list[TradingJob]:
    """Return an account for each symbol, and of several at the same time one for all."""
    chosen = _chosen(asked, shards)
    plain = TradingJob(
        symbol=PORTFOLIO,
        walks=[one.shard.job for one in chosen],
        chosen=[(place, one.codes, one.first_second) for place, one in enumerate(chosen)],
        paper=start_values.paper_spec(config),
        seed=asked.seed,
        manifest=manifest(asked, shards, start_values.paper_spec(config)),
    )
    names = [name for one in chosen for name in one.names]
    single = [
        msgspec.structs.replace(
            plain,
            symbol=_shown(one.shard.names[code], names),
            walks=[one.shard.job],
            chosen=[(0, (code,), one.first_second)],
        )
        for one in chosen
        for code in one.codes
    ]
    # an account over days that have nothing to do with each other would say nothing
    overlap = max(one.first_second for one in chosen) < min(one.shard.walked.last_second for one in chosen)
    return [*single, plain] if len(single) > 1 and overlap else single


def _chosen(asked: Asked, shards: Sequence[Shard]) -> list[Chosen]:
    """Return the symbols that were asked for; raise ``BacktestError`` for one on no shard, or on two."""
    every = [name for shard in shards for name in shard.names]
    for name in every:
        if every.count(name) > 1:
            raise BacktestError(f"{name} is in files of several symbols: read them as one with --together")
    wanted = [name for name in every if not asked.symbols or _is_named(name, asked.symbols)]
    for name in asked.symbols:
        if not any(_is_named(one, [name]) for one in every):
            raise BacktestError(f"no ticks of {name}; there are {', '.join(sorted(every)) or 'none'}")
    last = max(shard.walked.last_second for shard in shards)
    since = None if asked.days is None else last + 1 - round(asked.days * DAY_S)
    return [one for shard in shards if (one := _of(shard, wanted, since)) is not None]


def _of(shard: Shard, wanted: Sequence[str], since: int | None) -> Chosen | None:
    codes = tuple(code for code, name in enumerate(shard.names) if name in wanted)
    first = max(shard.walked.first_second, since or 0)
    return Chosen(shard, codes, first) if codes and first <= shard.walked.last_second else None


def _shown(full: str, every: Sequence[str]) -> str:
    """Return the plain name of a symbol, with its venue where another venue has one of that name."""
    plain = full.rpartition(":")[2]
    return plain if [name.rpartition(":")[2] for name in every].count(plain) == 1 else full


def _is_named(full: str, names: Sequence[str]) -> bool:
    return full in names or full.rpartition(":")[2] in names


def _judged(result: Result, stored: Mapping[str, Mapping[str, Any]] | None) -> Result:
    return result if stored is None else replace(result, baseline=baselines.checked(stored, result))


def _written(out: Path, result: Result) -> Written:
    """Write the JSON and the page of a result, each in one step."""
    day = datetime.fromtimestamp((result.to_ts - 1) / SECOND, UTC)
    stem = f"{result.symbol.replace('/', '-').replace(':', '-')}_{day:%Y-%m-%d}"
    found = Written(result, out / f"{stem}.json", out / f"{stem}.html")
    atomic.write(found.json, orjson.dumps(as_dict(result)) + b"\n")
    atomic.write(found.html, page(result).encode())
    return found
