"""The others and how they are set; all runs over one topic, their bars compared, as rows."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.ground import Ground
from benchmarks.peers import fold_window, plain, quix_venv
from benchmarks.peers.bars import VOLUME, same
from benchmarks.peers.prefix import prefix
from benchmarks.peers.running import Told, topic_run
from benchmarks.results import Row, Target, row
from benchmarks.ticks import TickTopic

PREFIX, QUICK_PREFIX = 300_000, 60_000
OURS = "ours"


class Peer(NamedTuple):
    """Another way to make the bars."""

    what: str
    module: str
    whole: bool  # reads the whole topic, else its first records
    target: Target | None
    settings: str


FOLD = Peer(
    "Bytewax fold_window", "fold_window", False, Target(bound=6.0),
    f"KafkaSource in batches of {fold_window.BATCH:,}, msgspec, key_on, EventClock moved by ticks alone, "
    "ordered=False, no recovery",
)  # fmt: skip
QUIX = Peer(
    "Quix Streams", "quix", False, Target(bound=20.0),
    "tumbling_window(1000).agg(First, Max, Min, Last, Sum, Count).final(), state in RocksDB, no changelog "
    "topics, else its defaults",
)  # fmt: skip
PLAIN = Peer(
    "a plain confluent-kafka loop", "plain", True, None,
    f"consume({plain.BATCH}), orjson, one open bar a symbol in a dictionary",
)  # fmt: skip


def command(module: str) -> list[str]:
    """Return what runs a way, without its arguments."""
    if module == QUIX.module:
        return [str(quix_venv.interpreter()), "-I", str(Path(__file__).with_name("quix.py"))]
    return [sys.executable, "-m", f"benchmarks.peers.{module}"]


class Runs:
    """All runs over one topic."""

    def __init__(self, ground: Ground, ticks: TickTopic) -> None:
        self._ground, self._ticks = ground, ticks
        ground.say(f"windows only: copying the first records, {ticks.what}")
        records = PREFIX if ground.sizes.repeats > 1 else QUICK_PREFIX
        self._first = prefix(ground.broker, ticks, records)
        self._reference = self._run(PLAIN.module, self._first, "for reference").bars
        same(self._reference, self._run(OURS, self._first, "for reference").bars, OURS)
        self._told: dict[str, list[Told]] = {}
        self._bars: dict[str, int] = {}

    def repeat(self, peers: Sequence[Peer], turn: str) -> None:
        """Run everyone once; raise ``BenchmarkError`` where bars are not those of the plain loop."""
        ours = self._run(OURS, self._ticks, turn)
        self._told.setdefault(OURS, []).append(ours)
        for peer in peers:
            told = self._run(peer.module, self._ticks if peer.whole else self._first, turn)
            if peer.whole:
                self._bars[peer.module] = same(told.bars, ours.bars, OURS)
            else:
                self._bars[peer.module] = same(self._reference, told.bars, peer.what)
            self._told.setdefault(peer.module, []).append(told._replace(bars=[]))

    def row(self, peer: Peer) -> Row:
        """Return how we compare with one of them."""
        told = self._told[peer.module]
        version = f"{peer.what} {told[0].version}"
        ours = self._told[OURS]
        read = "all" if peer.whole else f"the first {self._first.records:,}"
        note = (
            f"{version}: {peer.settings}; {read} of {self._ticks.records:,} records; same bars: yes "
            f"({self._bars[peer.module]:,} bars, volumes to {VOLUME:g}); share of the core ours "
            f"{_shares(ours)}, theirs {_shares(told)}"
        )
        name = f"windows only, {self._ticks.what}: ours against {peer.what}"
        return row(
            name, "ticks/s", _rates(ours),
            against=_rates(told), against_what=version, target=peer.target, note=note,
        )  # fmt: skip

    def alone(self, why: str) -> Row:
        """Return ours where Quix Streams could not be run."""
        name = f"windows only, {self._ticks.what}: ours, {QUIX.what} not measured"
        return row(name, "ticks/s", _rates(self._told[OURS]), note=why)

    def _run(self, module: str, ticks: TickTopic, turn: str) -> Told:
        self._ground.say(f"windows only, {module}: {ticks.what}, {turn}")
        return topic_run(self._ground, command(module), ticks)


def _rates(told: Sequence[Told]) -> list[float]:
    return [each.rate for each in told]


def _shares(told: Sequence[Told]) -> str:
    return ", ".join(f"{each.share:.2f}" for each in told)
