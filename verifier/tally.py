"""What a model said in some time and what became of it, as whole numbers: sums are exact in any order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from verifier.buckets import LENGTH_S

ONE = 2**40
"""Scores and returns are added up in units of 1 / ONE."""
TENTHS = 10


@dataclass(frozen=True, slots=True)
class Near:
    """A number as it was computed another way: equal to what is no further off than rounding explains."""

    value: float
    within: float

    def __eq__(self, other: object) -> bool:
        return isinstance(other, int | float) and abs(other - self.value) <= self.within

    def __hash__(self) -> int:
        return hash(self.value)

    def __repr__(self) -> str:
        return repr(self.value)


@dataclass(slots=True)
class Tenth:
    """Scores from one tenth to the next; ``prob`` is the sum of the n."""

    said: int = 0
    n: int = 0
    up: int = 0
    prob: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return it as records tell it."""
        return {"said": self.said, "n": self.n, "up": self.up, "prob": self.prob / ONE}


@dataclass(slots=True)
class Tally:
    """One model on one symbol."""

    tenths: list[Tenth] = field(default_factory=lambda: [Tenth() for _ in range(TENTHS)])
    hits: int = 0
    realised: int = 0
    square: int = 0
    buckets: int = 0
    """Stretches of five minutes in which something was said."""

    @property
    def said(self) -> int:
        """Return how many scores there are."""
        return sum(tenth.said for tenth in self.tenths)

    @property
    def n(self) -> int:
        """Return how many of them met an outcome."""
        return sum(tenth.n for tenth in self.tenths)

    @property
    def up(self) -> int:
        """Return how many of those went up."""
        return sum(tenth.up for tenth in self.tenths)

    def take(self, prob: float, up: bool | None, move: float | None) -> None:
        """Count a score; ``move`` is the log return it met, None where there is none."""
        tenth = self.tenths[min(int(prob * TENTHS), TENTHS - 1)]
        tenth.said += 1
        self.realised += round(((prob > 0.5) - (prob < 0.5)) * (move or 0.0) * ONE)
        if up is None:
            return
        tenth.n += 1
        tenth.up += up
        tenth.prob += round(prob * ONE)
        self.hits += (prob >= 0.5) == up
        self.square += round((prob - up) * (prob - up) * ONE)

    def add(self, other: Tally) -> None:
        """Count what another tally has counted."""
        for mine, more in zip(self.tenths, other.tenths, strict=True):
            mine.said += more.said
            mine.n += more.n
            mine.up += more.up
            mine.prob += more.prob
        self.hits += other.hits
        self.realised += other.realised
        self.square += other.square
        self.buckets += other.buckets

    def bucket(self, path: str) -> dict[str, Any]:
        """Return the fields of a bucket's counts, by their paths in the record."""
        if not self.said:
            return {path: None}
        tenths = {f"{path}.buckets.{i}": tenth.as_dict() for i, tenth in enumerate(self.tenths)}
        return {f"{path}.hits": self.hits, **self._counts(path), **tenths}

    def window(self, path: str) -> dict[str, Any]:
        """Return the fields of a window's figures that are plain sums and shares."""
        if not self.said:
            return {path: None}
        n = self.n
        shares = {
            "seconds": self.buckets * LENGTH_S,
            "hit_rate": self.hits / n if n else None,
            **({"brier.value": Near(self.square / ONE / n, 1e-9)} if n else {"brier": None}),
        }
        return {f"{path}.{name}": value for name, value in shares.items()} | self._counts(path)

    def _counts(self, path: str) -> dict[str, Any]:
        # prices were rounded to 1e-12 of their logarithm before the return was taken
        earned = Near(self.realised / ONE, 4e-12 * self.said)
        counts = {"said": self.said, "n": self.n, "up": self.up, "realised": earned}
        return {f"{path}.{name}": value for name, value in counts.items()}
