"""Explaining one signal: what it was made of, what the gate makes of that now, and whether both agree."""

from __future__ import annotations

from contextlib import closing
from typing import Any, NamedTuple

from connectors import start_values
from connectors.kafka.clients import reader
from connectors.kafka.topics import shards
from connectors.settings import Settings
from flows.explaining.desk_then import desk_at
from flows.explaining.finding import Found, find
from flows.explaining.partition_log import Told
from models.desk.desk import Desk
from models.judge.explained import Decision, Facts, Step, explain, sentence
from models.judge.heard import CHALLENGER

Plain = dict[str, Any]


class Explained(NamedTuple):
    """A published signal, the gate's decision on the same row, and where the two differ."""

    found: Found
    desk: Desk
    decision: Decision
    steps: list[Step]
    sentence: str
    notes: list[str]
    differences: list[str]


def explained(settings: Settings, symbol: str, moment: int | None, told: Told) -> Explained:
    """Explain the signal of a symbol at a moment (ns; None: the latest).

    Raises ``ExplainError`` where there is none, ``TopicsError`` or ``BrokerError`` without a broker.
    """
    spec = start_values.spec(settings)
    shards(settings)  # says so in one line where no broker answers
    with closing(reader(settings.kafka_bootstrap)) as client:
        found = find(settings, client, symbol, moment, told)
        seq = found.signal["caused_by"]["seq"]
        desk = desk_at(settings, client, found.partition, seq, spec.models, told)
    return judged(found, desk, spec.staleness.fallback_s)


def judged(found: Found, desk: Desk, stale_after_s: float) -> Explained:
    """Return what the gate makes of the records of a second under a desk, beside what was published."""
    signal = found.signal
    notes, broken = _row_notes(found, desk, stale_after_s), _unusable(found.row)
    by_challenger = signal["arm"] == CHALLENGER
    guarded = (broken or _silent_model(found, stale_after_s)) and not by_challenger
    facts = Facts(signal["symbol"], signal["venue"], signal["prob"], guarded, signal["fallback"])
    decision, steps = explain(facts, desk)
    differences = _differences(found, decision, desk, must_fall_back=bool(notes) and not by_challenger)
    return Explained(found, desk, decision, steps, sentence(facts, desk, decision), notes, differences)


def _unusable(row: Plain) -> bool:
    return row["price"] is None or any(value is None for value in row["values"].values())


def _silent_model(found: Found, stale_after_s: float) -> bool:
    """Return whether the model gave no number for a usable row: no record but the signal tells it."""
    return bool(found.signal["reason"] == "guard" and found.row["age_s"] <= stale_after_s)


def _row_notes(found: Found, desk: Desk, stale_after_s: float) -> list[str]:
    """Return what is to be seen of a row that no model could answer."""
    row = found.row
    bad = [name for name, value in row["values"].items() if value is None]
    notes = [f"feature {name} is no finite number" for name in bad]
    if row["price"] is None:
        notes.append("there is no price")
    if row["age_s"] > stale_after_s:
        notes.append(f"the last trade is {row['age_s']:.3f} s old, over {stale_after_s:g} s")
    if "@" in desk.model and desk.model not in desk.bundles:
        notes.append(f"{desk.model} is not loaded")
    return notes


def _differences(found: Found, decision: Decision, desk: Desk, *, must_fall_back: bool) -> list[str]:
    """Return, a line each, where the published signal is not what its records and the gate say."""
    signal = found.signal
    pairs = [(name, signal[name], value) for name, value in decision._asdict().items()]
    pairs.append(("canary", signal["canary"], desk.canary))
    role = "challenger" if signal["arm"] == CHALLENGER else "active"
    pairs += [("prob", signal["prob"], one["prob"]) for one in found.predictions if one["role"] == role]
    if must_fall_back:
        pairs.append(("fallback", signal["fallback"], True))
    return [f"{name}: published {was!r}, should be {now!r}" for name, was, now in pairs if was != now]
