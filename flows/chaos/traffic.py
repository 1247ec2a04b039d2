"""What goes on meanwhile: a live market on the tick topic, and an operator who never rests."""

from __future__ import annotations

import random
import threading
import time
import uuid
from types import TracebackType
from typing import Any, Self

import orjson

from connectors.embedded.child import Child
from connectors.kafka.clients import exact_producer
from flows.chaos.arena import Arena
from flows.chaos.worker import LEVIBOT
from models.control.commands import Command
from models.control.signature import role_key, sign

SYMBOLS = ("BTCUSDT", "ETHUSDT", "XRPUSDT", "SOLUSDT", "ADAUSDT", "DOGEUSDT")
FAULTY = ("--late", "0.01", "--duplicate", "0.01", "--corrupt", "0.005", "--future", "0.002")
ACTOR, ROLE = "chaos", "admin"
SHORTEST_S, LONGEST_S = 0.02, 0.5


class Market:
    """A simulated live market with late, repeated, corrupt and future-dated records among its ticks."""

    def __init__(self, arena: Arena, seed: int, rate: float) -> None:
        simulate = [LEVIBOT, "feed", "simulate", "--symbols", ",".join(SYMBOLS), "--rate", str(rate)]
        command = [*simulate, "--seed", str(seed), *FAULTY, "--json"]
        self._child = Child("the feed", command, log=arena.scratch / "feed.log", env=arena.env())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.stop()


class Operator:
    """Sends a random signed command every 20 to 500 ms, whether anyone is there to take it or not."""

    def __init__(self, arena: Arena, seed: int) -> None:
        self.sent = 0
        self._random = random.Random(seed)  # noqa: S311  not for secrets
        self._topic = arena.settings.control_topic
        self._key = role_key(arena.values["admin_secret"], ROLE)
        self._client = exact_producer(arena.settings.kafka_bootstrap, linger_ms=0)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work, name="operator", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._thread.join()
        self._client.flush(30)

    def _work(self) -> None:
        while not self._ending.wait(self._random.uniform(SHORTEST_S, LONGEST_S)):
            self.sent += 1
            cmd, scope, args = self._choice()
            command = Command(
                id=uuid.uuid4().hex, ts=time.time_ns(), actor=ACTOR, n=self.sent, role=ROLE, cmd=cmd,
                scope=scope, args=args,
            )  # fmt: skip
            record = command.as_dict() | {"sig": sign(command, self._key)}
            self._client.produce(self._topic, orjson.dumps(record), ACTOR, partition=0)
            self._client.poll(0)

    def _choice(self) -> tuple[str, str, dict[str, Any]]:
        symbol = self._random.choice(SYMBOLS)
        reason = {"reason": "chaos"}
        side, notional = self._random.choice(("buy", "sell")), self._random.choice((0, 20, 75))
        order = {"symbol": symbol, "side": side, "notional_usd": notional or (side == "buy") * 10}
        choices: list[tuple[str, str, dict[str, Any]]] = [
            ("kill", "all", reason),
            ("unkill", "all", reason),
            ("unkill", "all", reason),
            ("kill", f"symbol:{symbol}", reason),
            ("unkill", f"symbol:{symbol}", reason),
            ("canary", "all", {"enabled": self._random.random() < 0.5, "symbols": [symbol]}),
            ("paper.order", "all", order),
            ("paper.close", "all", {}),
            ("flag.set", "all", {"key": "ml_confid_floor", "value": self._random.random() / 4}),
        ]
        return self._random.choice(choices)
