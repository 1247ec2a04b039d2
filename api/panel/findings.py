"""One look says whether it is well, and why: what is to be said first, and in which tone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from api.shown.freshness import Plain, is_online

Tone = Literal["bad", "warn", "demo", "note", "good"]
_ORDER: tuple[Tone, ...] = ("demo", "bad", "warn", "note", "good")
NAMED = 3
"""Shards and symbols that are named at most."""


class Finding(NamedTuple):
    """A sentence, and how grave it is."""

    tone: Tone
    text: str


class Whole(NamedTuple):
    """What the findings are made from: parts of the state, and the heads of the shards."""

    heads: Mapping[str, Plain]
    desk: Plain | None
    guard: Plain | None
    guardrails: Plain | None
    symbols: list[Plain]
    now: int
    offline_after_s: float


def redis_down() -> list[Finding]:
    """Return what is said while the view cannot be read."""
    return [
        Finding("demo", "Redis does not answer"),
        Finding("note", "The flow goes on without it; what it does cannot be seen here until Redis is back."),
    ]


def nothing_there() -> list[Finding]:
    """Return what is said before anything was published."""
    return [
        Finding("demo", "Nothing is published yet"),
        Finding("note", "Start the flow with levibot run signals, or all of it at once with levibot demo."),
    ]


def findings(whole: Whole) -> list[Finding]:
    """Return what is to be said of a view, the gravest first; never nothing."""
    if not whole.heads:
        return nothing_there()
    found = [*_shards(whole), *_desk(whole), *_alerts(whole), *_symbols(whole), *_guard(whole)]
    found.sort(key=lambda one: _ORDER.index(one.tone))
    return found if found and found[0].tone != "note" else [_well(whole), *found]


def _well(whole: Whole) -> Finding:
    desk = whole.desk or {}
    n = len(whole.symbols)
    held = desk.get("preview") or desk.get("fraction") == 0
    return Finding("good", f"{'Watching' if held else 'Trading'} {_count(n, 'symbol')}, all fresh")


def _shards(whole: Whole) -> Iterator[Finding]:
    limit = whole.offline_after_s
    silent = [shard for shard, head in whole.heads.items() if not is_online(head, whole.now, limit)]
    if len(silent) == len(whole.heads):
        yield Finding("demo", "The flow is offline")
        yield Finding("note", f"No shard has published for {limit:g} s; what is shown below is old.")
    elif silent:
        what = _count(len(whole.heads), "shard")
        yield Finding("warn", f"{len(silent)} of {what} silent: {_names(silent)}")


def _desk(whole: Whole) -> Iterator[Finding]:
    desk = whole.desk or {}
    known = [head["desk"] for head in whole.heads.values() if not head["gone"]]
    killed = sum(one["killed"] for one in known)
    if killed and desk["killed"]:
        yield Finding("bad", f"Killed by {desk['killed_by'] or 'an operator'}: every signal is HOLD")
    elif killed:
        yield Finding("bad", f"Killed on {killed} of {_count(len(whole.heads), 'shard')}")
    for scope in ("models", "symbols"):
        names = sorted({name for one in known for name in one[f"killed_{scope}"]})
        if names:
            yield Finding("bad", f"Killed {scope}: {_names(names)}")
    if any(one["halted"] for one in known):
        yield Finding("warn", "Halted: no order is made")
    if desk.get("preview"):
        yield Finding("note", "Preview: signals are advisory, no order is made of them.")
    if desk.get("canary"):
        yield Finding("note", f"Canary: {_names(desk['allow_symbols'] or [])} alone may trade.")


def _alerts(whole: Whole) -> Iterator[Finding]:
    firing = (whole.guardrails or {}).get("firing", [])
    for tone, ranks, what in _RANKS:
        rules = [one["rule"] for one in firing if one["severity"] in ranks]
        if rules:
            said = _count(len(rules), "breach", "breaches")
            yield Finding(tone, f"{said}{what}: {_names(sorted(set(rules)))}")


_RANKS: tuple[tuple[Tone, tuple[str, ...], str], ...] = (
    ("bad", ("P0", "P1"), " for somebody to look at now"),
    ("warn", ("P2",), " to be looked at"),
    ("note", ("P3",), " to be known of"),
)
"""What a severity asks of people (S291)."""


def _symbols(whole: Whole) -> Iterator[Finding]:
    stale = [one["symbol"] for one in whole.symbols if one["stale"]]
    if stale and len(stale) == len(whole.symbols):
        yield Finding("warn", "All symbols are stale: no signal is to be acted upon")
    elif stale:
        of = _count(len(whole.symbols), "symbol")
        yield Finding("warn", f"{len(stale)} of {of} stale: {_names(stale)}")


def _guard(whole: Whole) -> Iterator[Finding]:
    if whole.guard is None:
        yield Finding("note", "There is no guard: limits are not watched, and nothing reacts by itself.")
    elif whole.guard["age_s"] > whole.offline_after_s:
        yield Finding("warn", f"The guard is silent for {whole.guard['age_s']:.0f} s: limits are not watched")


def _names(names: list[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _count(n: int, one: str, many: str = "") -> str:
    return f"{n} {one if n == 1 else many or one + 's'}"
