"""Records of every kind, made by the real stages: faults, commands, silences and the end of a life."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import orjson
from monitor.watched_model import NAME, WatchedModel
from pure_stages import PureStages

from connectors.codecs import Decoder
from connectors.codecs.wire import Encoded, encode
from models.control.commands import parse
from models.desk.desk import Desk
from models.inputs import Beat, Cause, Genesis, Input, Taken, TickBatch
from models.judge.records import FALLBACK, MONITORED, Shard
from models.scoring.registry import load_all
from models.spec import SECOND, Spec
from tests.one_shard import START, at, trade

SPEC = Spec(
    models=("stub-sine", "ml-fusion", "constant-0.99", "ensemble", "river-logistic"),
    symbol_ttl_s=90,
    max_symbols=3,
)
LONG = b"x" * ((1 << 20) + 1)


def command(n: int, cmd: str, scope: str = "all", **args: Any) -> dict[str, Any]:
    """Return an operator's command as plain data."""
    return {
        "id": f"c{n}", "ts": START, "actor": "ops", "n": n, "role": "admin", "cmd": cmd, "scope": scope,
        "args": args,
    }  # fmt: skip


COMMANDS = (
    command(1, "canary", enabled=True, symbols=["BTCUSDT"]),
    command(2, "kill", "symbol:BTCUSDT", reason="drill"),
    command(3, "unkill", "symbol:BTCUSDT", reason="drill is over"),
    command(4, "rollout", phase=0.1),
    command(5, "rollout", phase=1.0),
    command(6, "canary", enabled=False),
    command(7, "flag.set", key="ml_confid_floor", value=0.9),
    command(8, "model.select", name="constant-0.99"),
    command(9, "policy.set", entry=1.0, exit=0.995),
    command(10, "model.select", name="stub-sine"),
    command(11, "rollout", phase="preview"),
    command(12, "kill"),
)


def market() -> Iterable[bytes]:
    """Yield twelve seconds of two symbols, on two venues."""
    for i in range(60):
        yield orjson.dumps(trade("BTCUSDT", i / 5, 60_000 + i % 7, trade_id=i))
        yield orjson.dumps(trade("BTCUSDT", i / 5, 60_001.5, side="sell", trade_id=i, exchange="kraken"))


def faults() -> Iterable[bytes]:
    """Yield a record for every reason to reject, and one with two rejects."""
    good = trade("BTCUSDT", 12, 1.0)
    bad = [
        {"symbol": "BTC USDT"}, {"ts": 1}, {"price": "free"}, {"qty": -1}, {"side": "up"}, {"trade_id": -1},
        {"ts": at(60)}, {"ts": at(1)}, {"trade_id": 500}, {"trade_id": 500},
    ]  # fmt: skip
    yield from (orjson.dumps(good | fault) for fault in bad)
    yield orjson.dumps([good | {"price": 0}, good | {"qty": 0}])
    yield from (b'{"symbol":', b'{"weather":"fine"}', LONG)


def records() -> list[Encoded]:
    """Return everything that one shard publishes over a life of two minutes."""
    models = load_all(SPEC.models)
    eventful = PureStages(SPEC, Shard("ticks", 3, 3), models).records(_inputs())
    return [*map(encode, eventful), *monitored()]


def monitored() -> Iterable[Encoded]:
    """Yield what a day's end shows of a trained model that failed, and whose features have drifted."""
    begin = START // SECOND
    failing = WatchedModel(failing=range(begin + 100, begin + 150))
    stages = PureStages(Spec(), Shard("ticks", 3, 3), load_all(Spec().models) | {NAME: failing})
    stages.step([Genesis(Desk(model=NAME, bundles=(NAME,)), Cause(0, 1))])
    decoder, midnight = Decoder(), -begin % 86_400
    for first in range(0, midnight + 600, 1_000):
        ticks = [trade("ETHUSDT", second, 3_000 + second % 13) for second in range(first, first + 1_000, 10)]
        values = [orjson.dumps(tick) for tick in ticks]
        offsets, stamps = np.arange(first, first + 1_000, 10), np.array([tick["ts"] for tick in ticks])
        for record in stages.records([TickBatch(offsets, stamps, values, decoder.decode(values), 1)]):
            if record.topic in (*MONITORED, FALLBACK):
                yield encode(record)


def _inputs() -> list[Input]:
    """Commands fall one a second into the market; then faults, and silence until all have expired."""
    ticks, seq = list(market()), 1
    inputs: list[Input] = [Genesis(Desk(challenger="constant-0.99", share=0.5), Cause(0, seq))]
    for second in range(12):
        inputs.append(_batch(ticks[second * 10 : second * 10 + 10], second * 10, seq))
        seq += 1
        inputs.append(Taken(parse(COMMANDS[second]), at(second), Cause(second * 10 + 10, seq)))
    unkill = parse(command(13, "unkill", reason="all well"))
    inputs.append(Taken(unkill, at(12), Cause(len(ticks), seq + 1)))
    select = parse(command(14, "model.select", name="ml-fusion"))
    inputs.append(Taken(select, at(12), Cause(len(ticks), seq + 2)))
    wrong = list(faults())
    inputs.append(_batch(wrong, len(ticks), seq + 2))
    end = len(ticks) + len(wrong)
    beats = [Beat(at(second), Cause(end, seq + second - 10)) for second in range(13, 80)]
    back = _batch([orjson.dumps(trade("BTCUSDT", 79, 60_000.0))], end, beats[-1].cause.seq)
    last = Beat(at(300), Cause(end + 1, back.seq + 1))
    return [*inputs, *beats, back, last]


def _batch(values: list[bytes], offset: int, seq: int) -> TickBatch:
    times = [_time(value) for value in values]
    offsets = np.arange(offset, offset + len(values))
    return TickBatch(offsets, np.array(times), values, Decoder().decode(values), seq)


def _time(value: bytes) -> int:
    """Return the time at which a record arrives: its own, but for the faults."""
    try:
        ts = orjson.loads(value)["ts"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        ts = at(12)
    return int(ts) if at(0) <= ts <= at(12) or ts == at(79) else at(12)
