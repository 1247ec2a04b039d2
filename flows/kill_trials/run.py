"""The trials, one after another, and then a kill that outlives a crash of everything."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import NamedTuple

from connectors.kafka.control_sender import Sender
from connectors.kafka.topics import shards
from flows.chaos.worker import Worker
from flows.kill_trials.backlog import Backlog
from flows.kill_trials.ground import Ground
from flows.kill_trials.watch import Watch
from flows.kill_trials.words import Shard, Trial, Word, judged

AHEAD = 10
"""Kills that do not count: every topic is new, and Kafka opens the indexes of its partitions once."""
FIRST, LEAST, MORE = 120_000, 20_000, 100_000
"""Ticks at the start; of a shard, below which there are more; and how many more."""
HELD = 50
"""Signals that each shard publishes under a kill before it ends."""
OPEN_S = 60.0
BEHIND = 10
"""Niceness of the one who watches: reading every signal takes a core, and must not be the flow's."""
Told = Callable[[int, str], None]


class Restart(NamedTuple):
    """A kill across the death of everything: signals published under it by the new process, and not held."""

    held: int
    broken: int
    what: str


class Run(NamedTuple):
    """All that was tried."""

    ahead: list[Trial]
    trials: list[Trial]
    restart: Restart


def tried(ground: Ground, count: int, seed: int, told: Told) -> Run:
    """Start the flow under a backlog and try so many kills; ``told`` hears of each."""
    settings = ground.settings
    every = shards(settings)
    worker, backlog = Worker(ground, 0, every), Backlog(settings, seed)
    told(0, "filling the ticks")
    backlog.add(FIRST)
    with closing(worker), closing(Watch(settings, len(every))) as watch:
        told(0, "starting")
        worker.start()
        worker.wait_until_open(OPEN_S)
        os.nice(BEHIND)
        trials = Trials(worker, backlog, watch, Sender(settings, "verify-kill"))
        ahead = [trials.one() for _ in range(AHEAD)]
        found = []
        for number in range(count):
            told(number, "trials")
            found.append(trials.one())
        told(count, "restart of everything")
        return Run(ahead, found, trials.across(ground))


class Trials:
    """Kills a flow that has work to do, and lets it go on."""

    def __init__(self, worker: Worker, backlog: Backlog, watch: Watch, sender: Sender) -> None:
        self._worker, self._backlog, self._watch, self._sender = worker, backlog, watch, sender

    def one(self) -> Trial:
        """Kill while BUYs flow, see HOLDs, and unkill."""
        self._ready()
        kill = self._sent("kill")
        self._under(kill)
        unkill = self._sent("unkill", {"reason": "the next trial"})
        self._buying(unkill)
        return judged(self._watch.sent[kill], self._shards(kill, unkill), self._backlog.ends)

    def across(self, ground: Ground) -> Restart:
        """Kill, end flow, Kafka and Redis as a crash would, and see what the new flow publishes."""
        self._ready()
        kill = self._sent("kill")
        self._under(kill)
        what = self._crash(ground)
        before = {number: len(words) for number, words in self._watch.words.items()}
        self._watch.until(lambda: all(self._more(before)), "signals after the restart")
        unkill = self._sent("unkill", {"reason": "the end"})
        self._buying(unkill)
        behind = {number: self._watch.words[number][at:] for number, at in before.items()}
        late = [self._shard(number, kill, unkill, words).held for number, words in behind.items()]
        return Restart(sum(late), sum(shard.broken for shard in self._shards(kill, unkill).values()), what)

    def _ready(self) -> None:
        """Have a backlog, and BUYs of every shard that have not been looked at yet."""
        if self._backlog.left(self._worker.positions()) < LEAST:
            self._backlog.add(MORE)
        self._watch.begin()
        self._watch.until(
            lambda: all(any(not word.hold for word in words) for words in self._watch.words.values()),
            "a BUY of every shard",
        )

    def _sent(self, cmd: str, args: dict[str, str] | None = None) -> str:
        """Send a command; return its id once it and the entries of all shards have been read."""
        name, watch = self._sender.send(cmd, args).id, self._watch
        watch.until(
            lambda: name in watch.sent and len(watch.taken.get(name, ())) == len(watch.words),
            f"the acknowledgements of {cmd}",
        )
        return name

    def _under(self, kill: str) -> None:
        """Read until every shard has published enough behind its acknowledgement."""
        taken, words = self._watch.taken[kill], self._watch.words
        self._watch.until(
            lambda: all(
                len(said) >= HELD and said[-HELD].seq > taken[number].seq for number, said in words.items()
            ),
            "signals under the kill",
        )

    def _buying(self, unkill: str) -> None:
        """Read until every shard has published a BUY behind the unkill."""
        taken, words = self._watch.taken[unkill], self._watch.words
        self._watch.until(
            lambda: all(
                said and said[-1].seq > taken[number].seq and not said[-1].hold
                for number, said in words.items()
            ),
            "a BUY of every shard after the unkill",
        )

    def _more(self, before: dict[int, int]) -> list[bool]:
        return [len(words) >= before[number] + HELD for number, words in self._watch.words.items()]

    def _shards(self, kill: str, unkill: str) -> dict[int, Shard]:
        return {n: self._shard(n, kill, unkill, words) for n, words in self._watch.words.items()}

    def _shard(self, number: int, kill: str, unkill: str, words: Sequence[Word]) -> Shard:
        return Shard(self._watch.taken[kill][number], self._watch.taken[unkill][number], words)

    def _crash(self, ground: Ground) -> str:
        """Kill the processes and start them again; return which."""
        self._worker.kill()
        ground.redis.kill()
        ground.redis.start()
        if ground.node is not None:
            ground.node.kill()
            ground.node.start()
            self._watch.reconnect()
        self._worker.start()
        self._worker.wait_until_open(OPEN_S)
        return "flow, Kafka and Redis" if ground.node is not None else "flow and Redis"
