"""Sums of counters of parts that may each begin anew: what a part had counted before is kept."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

Vector = tuple[float, ...]


class Rising:
    """Never falls while it lives; a part that is gone stays counted."""

    def __init__(self) -> None:
        self._parts: dict[tuple[Hashable, str], tuple[Vector, Vector]] = {}  # what was before, what is now

    def total(self, key: Hashable, parts: Mapping[str, Sequence[float]]) -> Vector:
        """Return the sum of what all parts have counted under a key, element by element."""
        for part, values in parts.items():
            now = tuple(map(float, values))
            before, last = self._parts.get((key, part), ((0.0,) * len(now), (0.0,) * len(now)))
            if any(new < old for new, old in zip(now, last, strict=True)):
                before = _sum(before, last)
            self._parts[key, part] = before, now
        every = [_sum(*both) for (known, _), both in self._parts.items() if known == key]
        found: Vector = ()
        for one in every:
            found = _sum(found, one) if found else one
        return found


def _sum(one: Vector, other: Vector) -> Vector:
    return tuple(a + b for a, b in zip(one, other, strict=True))
