"""Logs of the account in which everything happens: moods of models, kills, orders by hand, shards behind."""

from __future__ import annotations

from random import Random
from typing import Any

from control.examples import command
from hypothesis import strategies as st
from paper.walk import FLAGS, START

from models.desk.desk import Desk
from models.desk.gate import BUY, HOLD, REASONS, SELL
from models.inputs import Cause, Genesis, Taken
from models.paper.inputs import AccountInput, Frame, Quote, Second, ShardBehind
from models.spec import SECOND

SHARDS = {"t/0000": ("A", "v:B"), "t/0001": ("C",)}
WORDS = {BUY: "entry", SELL: "exit", HOLD: "between"}
SCOPES = ("all", "symbol:A", "symbol:v:B", "model:ml-fusion", "model:lgbm")
ORDERS = (("buy", 50), ("buy", 777.77), ("buy", 0.5), ("sell", 0), ("sell", 33.33), ("sell", 5_000))
COMMANDS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    *(("kill", scope, {}) for scope in SCOPES),
    *(("unkill", scope, {"reason": "x"}) for scope in (*SCOPES, "all", "all")),
    ("halt", "all", {}), *(("resume", "all", {"reason": "x"}),) * 3,
    *(("flag.set", "all", {"key": "max_open_positions", "value": value}) for value in (1, 5)),
    *(("flag.set", "all", {"key": "max_position_size_usd", "value": value}) for value in (150.5, 2_000.0)),
    *(("flag.set", "all", {"key": "max_daily_loss", "value": value}) for value in (-3.0, -200.0, -200.0)),
    ("paper.close", "all", {}), ("paper.close", "all", {"symbol": "A"}),
    *(("paper.order", "all", {"symbol": symbol, "side": side, "notional_usd": notional})
      for symbol in ("A", "v:B", "C", "D") for side, notional in ORDERS),
)  # fmt: skip


class Story:
    """Tells a log from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._at = START - self._random.randint(1, 200)  # a midnight is ahead
        self._prices = {symbol: self._random.choice([100.0, 3.3333, 0.0007]) for symbol in ("A", "v:B", "C")}
        self._moods = dict.fromkeys(self._prices, (HOLD, HOLD, ""))
        self._held: dict[str, list[Frame]] = {shard: [] for shard in SHARDS}
        self._behind: set[str] = set()

    def tell(self, length: int) -> list[AccountInput]:
        """Return a log of so many inputs."""
        begun = Genesis(Desk(flags=FLAGS), Cause(0, 0), {"trades": 3})
        return [begun, *(self._next(seq) for seq in range(1, length))]

    def _next(self, seq: int) -> AccountInput:
        cause, dice = Cause(seq * 10, seq), self._random.random()
        if dice < 0.02:
            shard = self._random.choice(sorted(SHARDS))
            self._behind ^= {shard}
            return ShardBehind(shard, shard in self._behind, cause)
        if dice < 0.12:
            cmd, scope, args = self._random.choice(COMMANDS)
            return Taken(command(cmd, args, scope=scope, n=seq), self._at * SECOND, cause)
        self._at += self._random.choice([1] * 20 + [2, 61])
        return Second(self._at, tuple(self._frames()), cause)

    def _frames(self) -> list[Frame]:
        """A shard that is behind is held back, and comes late and in its order."""
        found = []
        for shard, symbols in SHARDS.items():
            quotes = tuple(self._quote(symbol) for symbol in symbols if self._random.random() < 0.9)
            if shard in self._behind:
                self._held[shard].append(Frame(shard, self._at, quotes, late=True))
                continue
            found += [*self._held[shard], Frame(shard, self._at, quotes)]
            self._held[shard] = []
        return found

    def _quote(self, symbol: str) -> Quote:
        random = self._random
        price = self._prices[symbol] = round(self._prices[symbol] * (1 + random.gauss(0, 0.004)), 7)
        if random.random() < 0.3:
            words = random.choice([BUY, BUY, HOLD, SELL]), random.choice([BUY, BUY, HOLD, SELL])
            self._moods[symbol] = (*words, random.choice(["", ""] * 6 + list(REASONS)))
        wanted, shadow, gate = self._moods[symbol]
        reason = WORDS[wanted] if gate in ("", *WORDS.values()) else gate
        opened = random.choice([price, price * 1.001, None])
        models = random.choice(["ml-fusion", "ml-fusion", "stub-sine"]), random.choice(["lgbm", "other"])
        return Quote(symbol, price, opened, wanted, reason, *models, shadow)


def logs() -> st.SearchStrategy[list[AccountInput]]:
    """Logs, short and long."""
    lengths = st.sampled_from([3, 30, 100, 300, 400])
    return st.builds(lambda seed, length: Story(seed).tell(length), st.integers(0), lengths)
