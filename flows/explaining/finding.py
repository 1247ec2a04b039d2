"""The signal that is asked for, and the records behind it: predictions and the feature row of that second."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import NamedTuple

from connectors.kafka.topics import output, shards
from connectors.settings import Settings
from flows.explaining.errors import ExplainError
from flows.explaining.partition_log import NS, Body, Client, PartitionLog, Plain, Told
from models.judge.records import FEATURES, PREDICTIONS, SIGNALS


class Found(NamedTuple):
    """A signal with the partition it stands in, and what it was made of."""

    signal: Plain
    partition: int
    predictions: list[Plain]
    row: Plain


def find(settings: Settings, client: Client, symbol: str, moment: int | None, told: Told) -> Found:
    """Return the signal of a symbol in force at a moment (ns; None: the latest), with its records.

    Raises ``ExplainError`` naming the nearest there is.
    """
    numbers = [shard.number for shard in shards(settings)]
    logs = [PartitionLog(client, output(SIGNALS, settings), number, told) for number in numbers]
    signal, partition = _signal(logs, symbol, moment)
    ts = int(signal["ts"])

    def of(topic: str) -> list[Plain]:
        log = PartitionLog(client, output(topic, settings), partition, told)
        return [body.plain for body in log.around(ts) if _is(body, symbol) and body.plain["ts"] == ts]

    rows = [plain for plain in of(FEATURES) if plain["tf"] == "1s"]
    if not rows:
        raise ExplainError(f"the feature row of {symbol} at {said(ts)} is gone by retention")
    return Found(signal, partition, of(PREDICTIONS), rows[0])


def said(ts: int) -> str:
    """Return a time in ns for people."""
    return f"{datetime.fromtimestamp(ts // NS, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _signal(logs: list[PartitionLog], symbol: str, moment: int | None) -> tuple[Plain, int]:
    found = _latest(logs, symbol) if moment is None else _at(logs, symbol, moment)
    if found is not None:
        return found
    raise ExplainError(_nearest(logs, symbol, moment))


def _latest(logs: list[PartitionLog], symbol: str) -> tuple[Plain, int] | None:
    newest = [(plain, log.partition) for log in logs if (plain := _newest(log, symbol)) is not None]
    return max(newest, key=lambda one: one[0]["ts"], default=None)


def _newest(log: PartitionLog, symbol: str) -> Plain | None:
    for stretch in log.newest():
        if mine := [body.plain for body in stretch if _is(body, symbol)]:
            return mine[-1]
    return None


def _at(logs: list[PartitionLog], symbol: str, moment: int) -> tuple[Plain, int] | None:
    """Return the signal that was the newest at a moment, if it was made within the second before."""
    for log in logs:
        for body in log.around(moment):
            if _is(body, symbol) and 0 <= moment - body.plain["ts"] < NS:
                return body.plain, log.partition
    return None


def _nearest(logs: list[PartitionLog], symbol: str, moment: int | None) -> str:
    newest = [body for log in logs for body in next(log.newest(), [])]
    if not newest:
        return "there are no signals yet: levibot doctor says why"
    known = sorted({body.symbol for body in newest} | {body.plain["symbol"] for body in newest})
    if symbol not in known:
        near = get_close_matches(symbol.upper(), known, n=3, cutoff=0.3) or known[:10]
        return f"no signal of '{symbol}'; there are, among {len(known)}: {', '.join(near)}"
    assert moment is not None
    times = _times(logs, symbol, moment, (body for body in newest if _is(body, symbol)))
    near_ts = min(times, key=lambda ts: abs(ts - moment))
    return f"no signal of {symbol} at {said(moment)}; the nearest is at {said(near_ts)}"


def _times(logs: list[PartitionLog], symbol: str, moment: int, newest: Iterable[Body]) -> list[int]:
    near = (body for log in logs for body in log.around(moment) if _is(body, symbol))
    firsts = (body for log in logs if (body := log.first()) is not None and _is(body, symbol))
    return [int(body.plain["ts"]) for found in (near, firsts, newest) for body in found]


def _is(body: Body, symbol: str) -> bool:
    plain = body.plain
    return symbol in (body.symbol, plain["symbol"], f"{plain['venue']}:{plain['symbol']}")
