"""What must hold at the end of a run, read from the logs alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import orjson

from connectors.codecs.wire import place
from models.desk.news import LOST
from models.journal.entry import COMMAND, Entry
from models.judge.records import AUDIT, MONITORED, PREDICTIONS, SIGNALS, Shard
from models.market.ledger import Totals
from tests.simulation.broker import Broker
from tests.simulation.errors import BrokenError
from tests.simulation.plan import Plan
from tests.simulation.replay import Outputs, Replay, entries, published


def check(
    plan: Plan, broker: Broker, shard: Shard, accepted: list[int], last: tuple[Any, Totals] | None
) -> int:
    """Raise ``BrokenError`` where a promise of a shard is broken; return the number of its records."""
    found, replay, folded = published(broker, shard), Replay(plan, broker, shard), entries(broker, shard)
    lost = {entry.payload["reference"] for entry in folded if entry.kind == LOST}
    _same(_without_lost(found, replay.outputs, lost) if plan.losses else found, replay.outputs)
    taken = [entry.ctl_offset for entry in folded if entry.kind == COMMAND]
    _expect(taken == accepted, f"commands {accepted} were accepted, {taken} taken in")
    _expect(replay.ledger.read == replay.items, f"{replay.items} items, but the books say {replay.ledger}")
    if last is not None and last[0] == replay.cause:
        _expect(last[1] == replay.ledger, f"the books said {last[1]}, a replay {replay.ledger}")
    _in_order(found)
    _hold_under_a_kill(found, folded)
    return sum(map(len, found.values()))


def _expect(holds: bool, what: str) -> None:
    if not holds:
        raise BrokenError(what)


def _same(found: Outputs, expected: Outputs) -> None:
    """No record is missing, doubled, different or out of order."""
    for topic, wanted in expected.items():
        for place_, (one, other) in enumerate(zip(found[topic], wanted, strict=False)):
            _expect(one == other, f"{topic} {place_}: published {one}, replayed {other}")
        counts = (len(found[topic]), len(wanted))
        _expect(counts[0] == counts[1], f"{topic}: {counts[0]} records published, {counts[1]} replayed")


def _without_lost(found: Outputs, expected: Outputs, lost: set[str]) -> Outputs:
    """Return what is published with the replay's word where the fallback stood in for a bundle that was gone.

    Those rows were taken in, but not published, by a process that died, and the next one had no such bundle.
    A replay that has it answers them with it; all but what the model said must still be the same. Nor does
    what was published of the monitors know of the model any more.
    """
    same = {
        **dict.fromkeys((SIGNALS, PREDICTIONS, AUDIT), _stood_in),
        **dict.fromkeys(MONITORED, lambda one, other: _of_lost(one, other, lost)),
    }
    return found | {
        topic: [
            (key, other[1] if excused(value, other[1]) else value, headers)
            for (key, value, headers), other in zip(found[topic], expected[topic], strict=True)
        ]
        for topic, excused in same.items()
        if len(found[topic]) == len(expected[topic])
    }


_OF_THE_BUCKET = ("id", "symbol", "ts", "kind", "reference", "caused_by", "ordinal")


def _of_lost(published: bytes | None, replayed: bytes | None, lost: set[str]) -> bool:
    one, other = orjson.loads(published or b""), orjson.loads(replayed or b"")
    return one["reference"] in lost and all(one[name] == other[name] for name in _OF_THE_BUCKET)


_OF_THE_ROW = ("symbol", "venue", "ts", "horizon_s", "price", "role", "feature_id", "caused_by", "ordinal")


def _stood_in(published: bytes | None, replayed: bytes | None) -> bool:
    one, other = orjson.loads(published or b""), orjson.loads(replayed or b"")
    said, instead = one.get("context", one), other.get("context", other)  # of a score that is looked back at
    flagged = said.get("fallback") is True and not instead.get("fallback") and one.get("advisory", True)
    return flagged and all(one.get(name) == other.get(name) for name in _OF_THE_ROW)


def _in_order(found: Outputs) -> None:
    """Ordinals count from 0 on; the signals of a symbol follow one another in time."""
    for topic, records in found.items():
        ordinals = [place(value, headers).ordinal for _, value, headers in records]
        _expect(ordinals == list(range(len(records))), f"{topic}: ordinals are {ordinals}")
    times: Mapping[bytes, list[int]] = defaultdict(list)
    for key, value, _ in found[SIGNALS]:
        times[key].append(orjson.loads(value)["ts"])
    for key, ts in times.items():
        _expect(all(a < b for a, b in pairwise(ts)), f"signals of {key!r} at {ts}")


def _hold_under_a_kill(found: Outputs, folded: list[Entry]) -> None:
    """What a kill's place in the journal precedes is HOLD, as far as an unkill's."""
    in_force = killed_scopes(folded)
    for _, value, _ in found[SIGNALS]:
        signal = orjson.loads(value)
        if in_force[signal["caused_by"]["seq"]] & {"all", f"symbol:{signal['symbol']}"}:
            _expect(signal["signal"] == "HOLD" and signal["advisory"], f"under a kill: {signal}")


def killed_scopes(folded: list[Entry]) -> list[frozenset[str]]:
    """Return the scopes under a kill behind so many entries, told from the commands alone."""
    scopes: frozenset[str] = frozenset()
    found, last = [scopes], -1
    for entry in folded:
        command = entry.payload.get("command", {"n": -1, "cmd": ""})
        if command["n"] > last:
            last = command["n"]
            one = {command.get("scope", "")}
            scopes = scopes | one if command["cmd"] == "kill" else scopes
            scopes = scopes - one if command["cmd"] == "unkill" else scopes
        found.append(scopes)
    return found
