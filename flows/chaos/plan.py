"""Which kills and disturbances come, in which order: random, but from a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connectors.failpoints import POINTS

RANDOM, STARTING, COMMIT = "at random", "while starting", "at a commit to disk"

HIGHEST = {"open.locked": 1, "open": 2, "journal": 8, "sink": 50, "snapshot": 6}
"""How often a point of each kind may be passed before the process dies there."""
COMMITS = 14


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill: where, and at which passing of that place."""

    where: str
    count: int = 1

    @property
    def failpoint(self) -> str:
        """Return the setting that makes a process die there, "" for none."""
        return f"{self.where}:{self.count}" if self.where in POINTS else ""


def kills(count: int, aimed: Sequence[str], rng: random.Random) -> Iterator[Kill]:
    """Yield so many kills: four fifths aimed, each place as often as the others, the rest at random."""
    places = [aimed[i % len(aimed)] for i in range(round(count * 0.8))]
    places += [rng.choice((RANDOM, STARTING)) for _ in range(count - len(places))]
    rng.shuffle(places)
    for where in places:
        highest = COMMITS if where == COMMIT else HIGHEST.get(where, HIGHEST.get(where.partition(".")[0], 1))
        yield Kill(where, rng.randint(1, highest))


def disturbances(names: list[str], every: int, count: int, rng: random.Random) -> dict[int, str]:
    """Return before which kill which disturbance comes: all names in turn, one for so many kills."""
    order = list(names)
    rng.shuffle(order)
    places = range(every // 2, count, every)
    return {place: order[i % len(order)] for i, place in enumerate(places)} if order else {}
