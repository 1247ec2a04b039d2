"""Every signal is explained by its records and its desk as the flow decided it, and a forged one is found."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from math import sin
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from one_shard import OneShard, trade

from flows.explaining.finding import Found
from flows.explaining.run import Explained, judged
from models.desk.desk import Desk
from models.desk.gate import REASONS, rollout_bucket
from models.judge.explained import Facts, explain
from models.judge.records import Emission
from models.spec import Spec

STALE_AFTER_S = Spec().staleness.fallback_s
FLOOR: dict[str, Any] = {"key": "ml_confid_floor"}
OVER: dict[str, Any] = {"reason": "over"}
STEERING: tuple[tuple[tuple[str, str, dict[str, Any]], ...], ...] = (
    (),
    (("flag.set", "all", FLOOR | {"value": 0.9}),),
    (("flag.set", "all", FLOOR | {"value": 0.0}), ("model.select", "all", {"name": "constant-0.9"})),
    (("kill", "symbol:A", {}),),
    (("unkill", "symbol:A", OVER), ("kill", "model:constant-0.9", {})),
    (("unkill", "model:constant-0.9", OVER), ("canary", "all", {"enabled": True, "symbols": ["A"]})),
    (("canary", "all", {"enabled": False}), ("rollout", "all", {"phase": 0.5})),
    (("rollout", "all", {"phase": "preview"}),),
    (("rollout", "all", {"phase": 1.0}), ("policy.set", "all", {"entry": 0.95, "exit": 0.92})),
    (("policy.set", "all", {"entry": 0.55, "exit": 0.45}), ("model.select", "all", {"name": "ensemble"})),
    (("model.select", "all", {"name": "stub-sine"}), ("kill", "model:stub-sine", {})),
    (("unkill", "model:stub-sine", OVER), ("halt", "all", {})),
    (("kill", "all", {}),),
)  # fmt: skip
"""What is sent before each stretch of the run."""


def made(emissions: list[Any]) -> Iterator[tuple[Found, Desk]]:
    """Yield every signal of emissions as a reader of the topics finds it, and the desk it was made under."""
    for emission in emissions:
        if not isinstance(emission, Emission):
            continue
        bodies: dict[str, list[Any]] = {}
        for record in emission.records:
            if record.topic != "dlq":
                bodies.setdefault(record.topic, []).append(orjson.loads(orjson.dumps(record.body)))
        for signal in bodies.get("signals", []):
            key = signal["symbol"], signal["ts"]
            of = {
                topic: [b for b in found if (b.get("symbol"), b["ts"]) == key]
                for topic, found in bodies.items()
            }
            [row] = [body for body in of["features"] if body["tf"] == "1s"]
            yield Found(signal, 0, of["predictions"], row), emission.desk


@cache
def run() -> list[tuple[Found, Desk]]:
    """Return all signals of a minute of two symbols under every kind of command, B silent for a while."""
    shard, found, second = OneShard(), [], 0
    for stretch, commands in enumerate(STEERING):
        for cmd, scope, args in commands:
            shard.command(cmd, scope, **args)
        for _ in range(5):
            second += 1
            symbols = ("A",) if stretch in (2, 3) else ("A", "B")
            trades = [trade(name, second, 100 + sin(second) * 3) for name in symbols]
            found += list(made(shard.feed(*trades)))
    return found


def test_the_gate_decides_every_row_as_it_was_published() -> None:
    """Whatever was steered: kills, canary, rollout, floor, thresholds, models; and for a silent symbol."""
    explained = [judged(found, desk, STALE_AFTER_S) for found, desk in run()]
    assert [one.differences for one in explained if one.differences] == []
    assert {one.decision.reason for one in explained} == set(REASONS) - {"guard"}


def test_the_steps_lead_to_the_reason_and_no_further() -> None:
    """Those before were passed, those behind were not come to."""
    for found, desk in run():
        one = judged(found, desk, STALE_AFTER_S)
        last = REASONS.index(one.decision.reason)
        assert [step.reason for step in one.steps] == list(REASONS)
        assert [step.applies for step in one.steps] == [False] * last + [True] + [None] * (9 - last)


PROBABILITIES = st.floats(0, 1)
DESKS = st.builds(
    Desk, killed=st.booleans(),
    killed_symbols=st.sampled_from([frozenset(), frozenset({"A"}), frozenset({"x:A"})]),
    killed_models=st.sampled_from([frozenset(), frozenset({"ml-fusion"}), frozenset({"stub-sine"})]),
    canary=st.booleans(), canary_symbols=st.sampled_from([frozenset({"A"}), frozenset({"B"})]),
    fraction=st.sampled_from([0.0, 0.1, 0.5, 1.0]), preview=st.booleans(),
    flags=st.fixed_dictionaries({"ml_confid_floor": PROBABILITIES}),
)  # fmt: skip


def expected(facts: Facts, desk: Desk, bucket: float) -> str:
    """Return the reason by the order of precedence, written down once more."""
    of_model = "ml-fusion" in desk.killed_models or (facts.fallback and "stub-sine" in desk.killed_models)
    if desk.killed or desk.killed_symbols & {"A", "x:A"} or of_model:
        return "killed"
    if facts.guarded:
        return "guard"
    if facts.fallback:
        return "fallback"
    if desk.canary and "A" not in desk.canary_symbols:
        return "canary_symbol"
    if bucket >= desk.fraction:
        return "rollout_bucket"
    if desk.preview:
        return "preview"
    if max(facts.prob, 1 - facts.prob) < desk.flags["ml_confid_floor"]:
        return "confid_floor"
    if facts.prob >= 0.55:
        return "entry"
    return "exit" if facts.prob <= 0.45 else "between"


@given(PROBABILITIES, st.booleans(), st.booleans(), DESKS)
def test_the_first_step_that_applies_is_the_reason(
    prob: float, guarded: bool, fallback: bool, desk: Desk
) -> None:
    """Over all kinds of desks and rows; A has its place at 0.66 of the rollout."""
    facts = Facts("A", "x", prob, guarded, fallback)
    decision, steps = explain(facts, desk)
    assert decision.reason == expected(facts, desk, rollout_bucket("A"))
    assert [step.reason for step in steps if step.applies] == [decision.reason]


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("signal", "BUY", "signal: published 'BUY', should be"),
        ("reason", "preview", "reason: published 'preview', should be"),
        ("advisory", True, "advisory: published True, should be False"),
        ("canary", True, "canary: published True, should be False"),
        ("prob", 0.5, "prob: published 0.5, should be"),
    ],
)
def test_a_signal_that_its_records_do_not_bear_out_is_found(field: str, value: object, told: str) -> None:
    """Where it differs is said."""
    found, desk = next(one for one in run() if one[0].signal["reason"] == "confid_floor")
    forged = found._replace(signal=deepcopy(found.signal) | {field: value})
    assert any(line.startswith(told) for line in judged(forged, desk, STALE_AFTER_S).differences)


def broken(**row: Any) -> Explained:
    """Explain a guarded signal whose feature row has these fields."""
    found, desk = next(one for one in run() if one[0].signal["reason"] == "between")
    signal = found.signal | {"signal": "HOLD", "reason": "guard", "fallback": True, "advisory": True}
    return judged(found._replace(signal=signal, row=found.row | row), desk, STALE_AFTER_S)


def test_a_row_without_a_number_is_told_of_by_its_features() -> None:
    """By name; and a row without a price."""
    values = run()[0][0].row["values"]
    assert broken(values=values | {"rsi_14": None}).notes == ["feature rsi_14 is no finite number"]
    assert (one := broken(price=None)).notes == ["there is no price"]
    assert one.decision.reason == "guard"
    assert one.sentence == ("HOLD because a feature, the price or the score is no finite number.")


def test_a_sentence_says_why() -> None:
    """With the numbers that were compared."""
    said = {one.decision.reason: one.sentence for one in (judged(*pair, STALE_AFTER_S) for pair in run())}
    halted = "; and no orders are placed at all: they are halted."
    assert said["killed"] == f"HOLD because signals are killed (all, by ops){halted}"
    assert said["canary_symbol"].endswith("because the canary is on and B is not one of its symbols.")
    assert said["entry"] == "BUY because the probability 0.9 is not below the entry threshold 0.55."
