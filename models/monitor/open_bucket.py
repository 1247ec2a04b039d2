"""One bucket while it fills: rows of symbols in the columns of its seconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from models.market.block import UNKNOWN
from models.monitor.bucket import BUCKET_S
from models.ticks import Floats, Ints

Array = npt.NDArray[Any]


class Rows(NamedTuple):
    """Rows of one bucket: columns of a block with what was said and what became of it."""

    code: Ints
    second: Ints
    outcome: npt.NDArray[np.int8]
    realised: Floats
    parts: Ints  # (n, 3) in units of 2**-40
    met: Mapping[str, Floats]  # by model: what it had said one horizon before
    places: Mapping[str, Ints]  # by model: (n, features) bins of its drift reference

    def where(self, mask: Array) -> Rows:
        """Return the rows of a mask."""
        met = {name: said[mask] for name, said in self.met.items()}
        places = {name: found[mask] for name, found in self.places.items()}
        return Rows(
            self.code[mask], self.second[mask], self.outcome[mask], self.realised[mask], self.parts[mask],
            met, places,
        )  # fmt: skip


class OpenBucket:
    """Arrays by symbol code, which grow as symbols appear; every write is to a place of its own."""

    def __init__(self, saved: Mapping[str, Any] | None = None) -> None:
        saved = saved or {}
        self.rows: Ints = _copy(saved.get("rows"), np.zeros(0, dtype=np.int64))
        self.parts: Ints = _copy(saved.get("parts"), np.zeros((0, 3), dtype=np.int64))
        self.outcome: npt.NDArray[np.int8] = _copy(saved.get("outcome"), _unknown(0))
        self.realised: Floats = _copy(saved.get("realised"), _nothing(0))
        self.said: dict[str, Floats] = {name: said.copy() for name, said in saved.get("said", {}).items()}
        self.drift: dict[str, Array] = {name: n.copy() for name, n in saved.get("drift", {}).items()}
        self.asked: dict[str, int] = dict(saved.get("asked", {}))  # the last second at which a model was

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        return {
            "rows": self.rows.copy(),
            "parts": self.parts.copy(),
            "outcome": self.outcome.copy(),
            "realised": self.realised.copy(),
            "said": {name: said.copy() for name, said in self.said.items()},
            "drift": {name: counts.copy() for name, counts in self.drift.items()},
            "asked": dict(self.asked),
        }

    def write(self, rows: Rows, symbols: int, bins: Mapping[str, int], asked: Iterable[str]) -> None:
        """Take in rows of codes below ``symbols``; ``bins`` is by model how many a feature has."""
        self._grow(symbols - len(self.rows))
        last = int(rows.second.max())
        self.asked |= {name: max(last, self.asked.get(name, last)) for name in asked}
        self.rows += np.bincount(rows.code, minlength=len(self.rows))
        np.add.at(self.parts, rows.code, rows.parts)
        place = rows.code, rows.second % BUCKET_S
        self.outcome[place], self.realised[place] = rows.outcome, rows.realised
        for name, said in rows.met.items():
            if name not in self.said:
                self.said[name] = _nothing(len(self.rows))
            self.said[name][place] = said
        for name, found in rows.places.items():
            self._count(name, rows.code, found, bins[name])

    def _count(self, name: str, code: Ints, places: Ints, bins: int) -> None:
        """Count which bin each feature's value fell into; -1 is none."""
        features = places.shape[1]
        if name not in self.drift:
            self.drift[name] = np.zeros((len(self.rows), features, bins), dtype=np.uint16)
        at = (code[:, None] * features + np.arange(features)) * bins + places
        found = np.bincount(at[places >= 0], minlength=self.drift[name].size)
        self.drift[name] += found.reshape(self.drift[name].shape).astype(np.uint16)

    def _grow(self, missing: int) -> None:
        if missing <= 0:
            return
        self.rows = np.append(self.rows, np.zeros(missing, dtype=np.int64))
        self.parts = np.concatenate([self.parts, np.zeros((missing, 3), dtype=np.int64)])
        self.outcome = np.concatenate([self.outcome, _unknown(missing)])
        self.realised = np.concatenate([self.realised, _nothing(missing)])
        self.said = {name: np.concatenate([said, _nothing(missing)]) for name, said in self.said.items()}
        self.drift = {
            name: np.concatenate([counts, np.zeros((missing, *counts.shape[1:]), dtype=np.uint16)])
            for name, counts in self.drift.items()
        }


def _copy(saved: Array | None, blank: Array) -> Array:
    return blank if saved is None else saved.copy()


def _nothing(symbols: int) -> Floats:
    return np.full((symbols, BUCKET_S), np.nan)


def _unknown(symbols: int) -> npt.NDArray[np.int8]:
    return np.full((symbols, BUCKET_S), UNKNOWN, dtype=np.int8)
