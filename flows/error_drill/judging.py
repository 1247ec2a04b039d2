"""When all is well again, and what was told on the way: out of records alone, with the broker's times, ms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from flows.error_drill.heard import Note
from models.spec import SECOND

HOLD = "HOLD"
TICK = "staleness.tick"


def own_again(
    signals: Iterable[Note], symbols: Sequence[str], end: int, *, trading: bool = False
) -> int | None:
    """Return when the last symbol had its model's own answer again, for good; None where one has not.

    A symbol is well with its first signal from ``end`` on behind the last bad one. Bad is the fallback's
    answer, and where it must be ``trading`` also HOLD.
    """
    well: dict[str, int | None] = dict.fromkeys(symbols)
    for note in sorted(signals, key=lambda note: (note.ms, note.body["ts"])):
        symbol = note.body["symbol"]
        if note.ms < end:
            continue
        if note.body["fallback"] or (trading and note.body["signal"] == HOLD):
            well[symbol] = None
        elif well.get(symbol) is None:
            well[symbol] = note.ms
    found = [ms for ms in well.values() if ms is not None]
    return max(found) if len(found) == len(well) else None


def episodes_over(events: Iterable[Note], end: int) -> int | None:
    """Return when the last episode of staleness ended, not before ``end``; None where one is open."""
    last = end
    stale: set[str] = set()
    for note in sorted(events, key=lambda note: note.ms):
        if note.body["metric"] != TICK:
            continue
        if note.body["event"] == "crossed":
            stale.add(note.body["symbol"])
        else:
            stale.discard(note.body["symbol"])
            last = max(last, note.ms)
    return None if stale else last


def latest(*times: int | None) -> int | None:
    """Return the last of several times, None where one of them has not come."""
    return None if None in times else max(one for one in times if one is not None)


def fallbacks(signals: Iterable[Note]) -> list[Note]:
    """Return the signals that the fallback answered."""
    return [note for note in signals if note.body["fallback"]]


def within(notes: Sequence[Note], seconds: float) -> int:
    """Return how many notes are of the first so many seconds of log time, counted from the earliest."""
    first = min((note.body["ts"] for note in notes), default=0)
    return sum(note.body["ts"] < first + seconds * SECOND for note in notes)


def orders(signals: Iterable[Note]) -> int:
    """Return how many of some signals could become an order."""
    return sum(note.body["signal"] != HOLD and not note.body["advisory"] for note in signals)


def reasons(letters: Iterable[Note]) -> dict[str, int]:
    """Return how many dead letters there are of each reason."""
    return dict(sorted(Counter(note.body["reason"] for note in letters).items()))


def repeated(letters: Iterable[Note]) -> int:
    """Return how many dead letters are there more than once, by where their record lies."""
    places = Counter(
        (n.body["topic"], n.body["partition"], n.body["offset"], n.body["place"]) for n in letters
    )
    return sum(count - 1 for count in places.values())


def fired(alerts: Iterable[Note]) -> list[str]:
    """Return the rules that fired, the first first, each once."""
    names = (note.body["rule"] for note in alerts if note.body["event"] == "firing")
    return list(dict.fromkeys(names))


def still(alerts: Iterable[Note]) -> list[str]:
    """Return the rules that have fired and not resolved."""
    state: dict[tuple[str, str], str] = {}
    for note in sorted(alerts, key=lambda note: note.ms):
        state[note.body["rule"], note.body["scope"]] = note.body["event"]
    return sorted({rule for (rule, _), event in state.items() if event == "firing"})
