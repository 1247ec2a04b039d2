"""A shard fed with JSON records through the real codec and stages, for tests of what is shown of it."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, sleep
from typing import Any

import numpy as np
import orjson
from pure_stages import PureStages

from connectors.codecs import Decoder
from connectors.redis.view import ShardView
from models.control.commands import parse
from models.inputs import Beat, Cause, Input, Taken, TickBatch
from models.judge.records import Emission, Observed, Shard
from models.scoring.registry import load_all
from models.spec import SECOND, Spec

START = 1_700_000_000 * SECOND
MODELS = ("stub-sine", "ml-fusion", "constant-0.9")


def at(second: float) -> int:
    """Return the time that many seconds after the start of the test's day, ns."""
    return START + round(second * 1_000) * 1_000_000


def trade(symbol: str, second: float, price: float, **more: Any) -> dict[str, Any]:
    """Return a canonical trade of one unit."""
    return {"symbol": symbol, "ts": at(second), "price": price, "qty": 1.0, "side": "buy", **more}


class OneShard:
    """All stages of one shard, and the view of all they emitted."""

    def __init__(self, topic: str = "ticks", partition: int = 0, *, spec: Spec | None = None) -> None:
        self.shard = Shard(topic, partition, partition)
        self.view = ShardView(self.shard)
        self._spec = spec or Spec(models=MODELS)
        self._stages = PureStages(self._spec, self.shard, load_all(self._spec.models))
        self._decoder = Decoder()
        self._offset = self._commands = 0

    def feed(self, *records: dict[str, Any] | bytes) -> list[Emission | Observed]:
        """Take in records as one batch; each arrives at its own ``ts``, other bytes with the one before."""
        values = [r if isinstance(r, bytes) else orjson.dumps(r) for r in records]
        log_ts = [r["ts"] if isinstance(r, dict) else START for r in records]
        offsets = np.arange(self._offset, self._offset + len(values))
        self._offset += len(values)
        return self._step(
            TickBatch(offsets, np.array(log_ts), values, self._decoder.decode(values), self._commands)
        )

    def beat(self, second: float) -> list[Emission | Observed]:
        """Move log time on without a tick."""
        return self._step(Beat(at(second), self._cause()))

    def command(self, cmd: str, scope: str = "all", **args: Any) -> list[Emission | Observed]:
        """Take in an operator's command."""
        n = self._commands = self._commands + 1
        command = parse(
            {"id": f"c{n}", "ts": START, "actor": "ops", "n": n, "role": "admin"}
            | {"cmd": cmd, "scope": scope, "args": args}
        )
        return self._step(Taken(command, START, self._cause()))

    def _cause(self) -> Cause:
        return Cause(self._offset, self._commands)

    def _step(self, one: Input) -> list[Emission | Observed]:
        emitted = self._stages.step([one])
        for each in emitted:
            self.view.update(each)
        return emitted


def until(holds: Callable[[], Any], seconds: float = 20.0) -> None:
    """Wait for something that another thread or process is about to do."""
    deadline = monotonic() + seconds
    while not holds():
        assert monotonic() < deadline, "it did not happen"
        sleep(0.005)
