"""Records of ``signals`` as two models leave them, and what they come to, worked out one by one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

SECOND = 1_000_000_000
START = 1_700_006_400
BLOCK_S, HORIZON_S, STALE_S = 600, 60, 5
Body = dict[str, Any]


def signal(second: int, price: float, active: float, challenger: float | None, **more: Any) -> Body:
    """Return a signal of a second counted from the start, of a symbol that traded in it."""
    shadow = {"model": "young", "model_version": "young-1", "prob": challenger, "wanted": _wanted(challenger)}
    return {
        "symbol": "COIN",
        "venue": "here",
        "ts": (START + second + 1) * SECOND,
        "prob": active,
        "model": "old",
        "model_version": "old-1",
        "wanted": _wanted(active),
        "price": price,
        "open": price,
        "arm": "incumbent",
        "incumbent": None,
        "shadow": None if challenger is None else shadow,
    } | more


def _wanted(prob: float | None) -> str:
    if prob is None:
        return "HOLD"
    return "BUY" if prob >= 0.55 else "SELL" if prob <= 0.45 else "HOLD"


def expected(signals: Iterable[Mapping[str, Any]]) -> dict[int, dict[str, float]]:
    """Return sums by block, of signals that are all of the same pair; oldest first in each symbol."""
    found: dict[int, dict[str, float]] = {}
    seen: dict[tuple[str, int], Mapping[str, Any]] = {}
    traded: dict[str, int] = {}
    ages: dict[tuple[str, int], float] = {}
    for one in signals:
        second = one["ts"] // SECOND - 1
        if one["open"] is not None:
            traded[one["symbol"]] = second
        seen[one["symbol"], second] = one
        ages[one["symbol"], second] = second - traded.get(one["symbol"], -math.inf)
        found.setdefault(second // BLOCK_S, {})
        before = seen.get((one["symbol"], second - HORIZON_S))
        if before is not None and before["shadow"] is not None:
            age = max(ages[one["symbol"], at] for at in (second, second - HORIZON_S))
            _add(found[second // BLOCK_S], before, one, second, age)
    return found


def _add(
    sums: dict[str, float], before: Mapping[str, Any], now: Mapping[str, Any], second: int, age: float
) -> None:
    def more(name: str, value: float = 1.0) -> None:
        sums[name] = sums.get(name, 0.0) + value

    if age >= STALE_S:
        more("stale")
    elif now["price"] == before["price"]:
        more("ties")
    else:
        _pair(more, before, now["price"] > before["price"], second)


def _pair(more: Any, before: Mapping[str, Any], up: bool, second: int) -> None:
    old, young = before["prob"], before["shadow"]["prob"]
    more("n")
    more("agree", (old >= 0.5) == (young >= 0.5))
    more("same", before["wanted"] == before["shadow"]["wanted"])
    more("brier_active", (old - up) ** 2)
    more("brier_challenger", (young - up) ** 2)
    for arm, prob in (("active", old), ("challenger", young)):
        place = min(int(prob * 10), 9)
        more(f"n of {arm} {place}")
        more(f"prob of {arm} {place}", prob)
        more(f"up of {arm} {place}", up)
    more("log_loss_active", -math.log(old if up else 1 - old))
    more("log_loss_challenger", -math.log(young if up else 1 - young))
    if (second - HORIZON_S) // BLOCK_S == second // BLOCK_S:
        more("bet", (young - up) ** 2 - (old - up) ** 2)
        more("stake", max(abs((young - y) ** 2 - (old - y) ** 2) for y in (0, 1)))


def wave(seconds: Sequence[int], symbol: str = "COIN", seed: int = 0) -> list[Body]:
    """Return signals of a price that wanders in ticks, with seconds without a trade among them."""
    found = []
    for k in seconds:
        wild = math.sin(12.9898 * (k + 1) + seed) * 43_758.5453
        part = wild - math.floor(wild)
        price = round(100 + 2 * math.sin(k / 37 + seed) + part / 4, 1)
        quiet = part < 0.2 or 300 < k % 400 < 310
        old, young = 0.5 + 0.3 * math.sin(k / 11), 0.5 + 0.3 * math.sin(k / 13 + seed)
        found.append(signal(k, price, old, young, symbol=symbol) | ({"open": None} if quiet else {}))
    return found
