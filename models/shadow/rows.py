"""What two models said of the same rows, as columns made of the records of ``signals``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from models.scoring.scorer import FALLBACK as STAND_IN
from models.spec import SECOND
from models.ticks import Bools, Floats, Ints

PAIRED, FALLBACK, UNPAIRED, OTHER = 0, 1, 2, 3
"""What a row is: both models said something; neither but the fallback; one of them nothing; other models."""

_NOTHING = float("nan")


class Pair(NamedTuple):
    """Whom a comparison is between: the name or the version of each, empty for whoever it is."""

    active: str = ""
    challenger: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """Closed seconds of symbols, one entry a row; of each symbol in the order of its seconds."""

    symbols: tuple[str, ...]  # ``venue:name``
    code: Ints  # place in ``symbols``
    second: Ints  # the second that closed
    price: Floats  # last trade carried forward, NaN where there is none
    traded: Bools  # whether the symbol traded in this second
    active: Floats  # probability that the price is higher one horizon later, NaN where ``kind`` is not PAIRED
    challenger: Floats
    same: Bools  # both want the same: BUY, SELL or HOLD
    kind: npt.NDArray[np.int8]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.code)

    def __getitem__(self, part: slice) -> Rows:
        """Return a run of the rows."""
        return Rows(
            self.symbols, self.code[part], self.second[part], self.price[part], self.traded[part],
            self.active[part], self.challenger[part], self.same[part], self.kind[part],
        )  # fmt: skip


def rows_of(signals: Iterable[Mapping[str, Any]], pair: Pair = Pair()) -> Rows:  # noqa: B008  a constant
    """Return records of ``signals`` as rows of a pair of models, in their order.

    The incumbent's word stands in ``incumbent`` where the challenger decided, else it is the record's own;
    the challenger's is ``shadow``.
    """
    codes: dict[str, int] = {}
    found = [_row(signal, pair, codes) for signal in signals]
    columns = zip(*found, strict=True) if found else [()] * 8
    code, second, price, traded, active, challenger, same, kind = columns
    return Rows(
        tuple(codes), _ints(code), _ints(second), _floats(price), np.array(traded, dtype=np.bool_),
        _floats(active), _floats(challenger), np.array(same, dtype=np.bool_), np.array(kind, dtype=np.int8),
    )  # fmt: skip


def _row(signal: Mapping[str, Any], pair: Pair, codes: dict[str, int]) -> tuple[Any, ...]:
    name = f"{signal['venue']}:{signal['symbol']}"
    price = signal["price"]
    head = (
        codes.setdefault(name, len(codes)), signal["ts"] // SECOND - 1, _NOTHING if price is None else price,
        signal["open"] is not None,
    )  # fmt: skip
    active, challenger = signal.get("incumbent") or signal, signal["shadow"]
    kind = _kind(signal, active, challenger, pair)
    if kind != PAIRED:
        return *head, _NOTHING, _NOTHING, False, kind
    return *head, active["prob"], challenger["prob"], active["wanted"] == challenger["wanted"], kind


def _kind(
    signal: Mapping[str, Any],
    active: Mapping[str, Any],
    challenger: Mapping[str, Any] | None,
    pair: Pair,
) -> int:
    if active["model"] == STAND_IN:
        return FALLBACK
    if challenger is None or challenger["prob"] is None or active["prob"] is None:
        return UNPAIRED
    if signal.get("arm") == "challenger" and active is signal:
        return UNPAIRED  # the challenger decided and nothing is known of the incumbent
    meant = _is(active, pair.active) and _is(challenger, pair.challenger)
    return PAIRED if meant else OTHER


def _is(word: Mapping[str, Any], wanted: str) -> bool:
    return wanted in ("", word["model"], word["model_version"])


def _ints(values: Any) -> Ints:
    return np.array(values, dtype=np.int64)


def _floats(values: Any) -> Floats:
    return np.array(values, dtype=np.float64)
