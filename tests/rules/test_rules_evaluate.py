"""Rules on log time against a naive oracle that recomputes every second, and their timelines."""

from __future__ import annotations

import random
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws.how_many import examples
from rules.written import rule

from models.rules.evaluate import Firing, Rules, Sample
from models.rules.rule import Rule

PAIR, OTHER = "model_symbol:m/binance:A", "model_symbol:m/binance:B"
SECONDS = 40


class Told(NamedTuple):
    """A firing without its rule."""

    second: int
    kind: str
    name: str
    key: str
    since: int
    evidence: tuple[Any, ...]


def told(firings: list[Firing]) -> list[Told]:
    """Return firings as comparable values."""
    return [Told(f.second, f.kind, f.rule.name, f.scope_key, f.since, tuple(f.evidence)) for f in firings]


def psi(value: float | None, limit: float | None = None, n: int | None = None, key: str = PAIR) -> Sample:
    """Return a sample of a pair's PSI."""
    return Sample("drift.psi", key, value, limit, n)


def oracle(rules: list[Rule], log: dict[int, list[Sample]], end: int) -> list[Told]:
    """Walk every second of every rule and key from the beginning of the series."""
    found = []
    keys = sorted({sample.scope_key for samples in log.values() for sample in samples})
    for place, one in enumerate(rules):
        for key in keys:
            found += [(t.second, place, t) for t in _course(one, key, log, end)]
    return [t for _, _, t in sorted(found, key=lambda f: (f[0], f[1], f[2].key))]


def _course(one: Rule, key: str, log: dict[int, list[Sample]], end: int) -> list[Told]:
    found: list[Told] = []
    in_force: Sample | None = None
    before = False  # whether it held at the second before
    held, since, fired = None, 0, False
    for second in range(end + 1):
        if before:
            assert held is not None
            held += 1
        for sample in log.get(second, []):
            if (sample.metric, sample.scope_key) == (one.metric, key):
                in_force = sample
        if in_force is None or in_force.value is None:
            before = False
            continue
        before = one.holds(in_force.value, in_force.limit)
        evidence = (in_force.value, in_force.limit, in_force.n)
        if before:
            if held is None:
                held, since = 0, second
            if held >= one.for_s and not fired:
                fired = True
                found.append(Told(second, "fired", one.name, key, since, evidence))
        else:
            if fired:
                found.append(Told(second, "resolved", one.name, key, since, evidence))
            held, fired = None, False
    return found


VALUES = st.sampled_from([None, 0.1, 0.2, 0.25, 0.3, 0.35])
SAMPLES = st.lists(
    st.tuples(st.integers(0, SECONDS), st.sampled_from([PAIR, OTHER]), VALUES, st.sampled_from([None, 0.22])),
    max_size=30,
    unique_by=lambda s: s[:2],
)


@examples(20)
@given(
    drawn=SAMPLES, durations=st.lists(st.integers(0, 12), min_size=3, max_size=3),
    ops=st.lists(st.sampled_from([">", ">=", "<", "<="]), min_size=3, max_size=3),
    empty=st.sets(st.integers(0, SECONDS)), restores=st.sets(st.integers(0, SECONDS)), seed=st.integers(0, 9),
)  # fmt: skip
def test_rules_are_the_oracle_over_the_whole_series(
    drawn: list[Any], durations: list[int], ops: list[str], empty: set[int], restores: set[int], seed: int
) -> None:
    """In any order within a second, with or without steps for silent seconds, through snapshots."""
    rules = [
        rule(name=f"r{i}", op=op, value=(0.2, 0.25, 0.3)[i], **{"for": f"{durations[i]}s"})
        for i, op in enumerate(ops)
    ]
    log: dict[int, list[Sample]] = {}
    for n, (second, key, value, limit) in enumerate(drawn):
        log.setdefault(second, []).append(psi(value, limit, n, key))
    state, found = Rules(rules), []
    for second in sorted({*log, *empty, SECONDS}):
        if second in restores:
            saved = msgspec.msgpack.decode(msgspec.msgpack.encode(state.snapshot()))
            state = Rules(rules, saved)
        samples = log.get(second, [])
        found += state.step(second, random.Random(seed).sample(samples, len(samples)))
    assert told(found) == oracle(rules, log, SECONDS)


def test_a_rule_fires_once_an_episode_and_again_in_the_next() -> None:
    """At the sample itself where it needs no time."""
    # second  0    1    2    3    4
    # psi    .31  .40  .30  .29  .31     value 0.3, strictly above
    state = Rules([rule()])
    steps = [state.step(i, [psi(v)]) for i, v in enumerate([0.31, 0.40, 0.30, 0.29, 0.31])]
    assert [[(f.kind, f.evidence.value) for f in step] for step in steps] == [
        [("fired", 0.31)], [], [("resolved", 0.30)], [], [("fired", 0.31)],
    ]  # fmt: skip


def test_a_rule_fires_at_its_second_however_late_it_is_asked() -> None:
    """Held from 100 on: at 280, though the next step is at 1000, and is told with what was known at 280."""
    state = Rules([rule(**{"for": "3m"})])
    assert state.step(100, [psi(0.4, n=1)]) == []
    assert told(state.step(1_000, [psi(0.1, n=2)])) == [
        Told(280, "fired", "psi", PAIR, 100, (0.4, None, 1)),
        Told(1_000, "resolved", "psi", PAIR, 100, (0.1, None, 2)),
    ]


@pytest.mark.parametrize(("value", "kinds"), [(0.1, []), (0.4, ["fired"]), (None, [])])
def test_it_must_still_hold_at_the_last_second_of_its_time(value: float | None, kinds: list[str]) -> None:
    """A value that ends it, or none, at that very second comes first."""
    state = Rules([rule(**{"for": "3m"})])
    state.step(100, [psi(0.4)])
    assert [f.kind for f in state.step(280, [psi(value)])] == kinds


def test_no_data_neither_fires_nor_resolves_and_stops_a_running_time() -> None:
    """60 s held, 500 s of nothing, 120 s more: fired at 780, resolved by a value and not by a None."""
    state = Rules([rule(**{"for": "3m"})])
    log = {100: 0.4, 160: None, 660: 0.4, 800: None, 900: 0.5, 950: float("nan"), 990: 0.2}
    found = [f for second, value in log.items() for f in state.step(second, [psi(value)])]
    assert [(f.second, f.kind, f.since) for f in found] == [(780, "fired", 100), (990, "resolved", 100)]


def test_a_ladder_is_several_rules_that_are_told_each_by_itself() -> None:
    """In the order of the file, all at one second."""
    ladder = [rule(name=f"above_{v}".replace(".", "_"), value=v) for v in (0.15, 0.25, 0.3)]
    state = Rules(ladder)
    assert [f.rule.name for f in state.step(0, [psi(0.31)])] == ["above_0_15", "above_0_25", "above_0_3"]
    assert [f.rule.name for f in state.step(1, [psi(0.2)])] == ["above_0_25", "above_0_3"]
    assert [rule.name for rule, _, _ in state.open()] == ["above_0_15"]


def test_a_value_that_chance_explains_does_not_fire() -> None:
    """0.4 is over 0.3, but not over what the same model without drift would show."""
    state = Rules([rule()])
    assert state.step(0, [psi(0.4, limit=0.45)]) == []
    assert [f.kind for f in state.step(1, [psi(0.4, limit=0.35)])] == ["fired"]
    assert [f.kind for f in state.step(2, [psi(0.4, limit=0.41)])] == ["resolved"]


def test_what_is_measured_of_another_scope_is_another_thing() -> None:
    """The same metric of a shard does not touch the rule of symbols."""
    by_symbol = rule(metric="staleness.tick", scope="symbol", value=60)
    state = Rules([by_symbol])
    assert state.step(0, [Sample("staleness.tick", "shard:ticks/0", 100.0)]) == []
    assert len(state.step(1, [Sample("staleness.tick", "symbol:binance:A", 100.0)])) == 1
    assert state.step(2, [Sample("dlq.size", "all", 100.0)]) == []


def test_of_several_samples_of_one_second_the_worst_counts() -> None:
    """So that their order says nothing; a None among them says nothing either."""
    same = [psi(0.4, n=1), psi(None), psi(0.5, limit=0.6, n=2), psi(0.35, n=3)]
    for order in (same, same[::-1]):
        assert told(Rules([rule()]).step(0, order)) == [Told(0, "fired", "psi", PAIR, 0, (0.4, None, 1))]
    low = rule(op="<", value=0.2)
    for order in ([psi(0.15), psi(0.1)], [psi(0.1), psi(0.15), psi(0.3)]):
        assert Rules([low]).step(0, order)[0].evidence.value == 0.1


def test_a_second_is_stepped_once() -> None:
    """A clock that goes back is an error of the caller's."""
    state = Rules([rule()])
    state.step(5)
    for second in (5, 4):
        with pytest.raises(ValueError, match="once a second"):
            state.step(second)


def test_what_is_no_more_is_forgotten() -> None:
    """An expired symbol's episode ends; one that had not fired ends silently."""
    state = Rules([rule(), rule(name="later", **{"for": "3m"})])
    state.step(0, [psi(0.4), psi(0.4, key=OTHER)])
    assert [(f.kind, f.rule.name, f.scope_key) for f in state.forget(1, PAIR)] == [("resolved", "psi", PAIR)]
    assert state.forget(1, PAIR) == []
    assert [f.scope_key for f in state.step(500)] == [OTHER]


def test_a_rule_whose_condition_was_changed_begins_anew() -> None:
    """Another severity is the same condition; another value is not."""
    state = Rules([rule()])
    state.step(0, [psi(0.4)])
    assert len(Rules([rule(severity="P1")], state.snapshot()).open()) == 1
    assert Rules([rule(value=0.2)], state.snapshot()).open() == []


def test_only_what_holds_takes_room() -> None:
    """A thousand healthy pairs leave nothing in the state."""
    state = Rules([rule()])
    state.step(0, [psi(0.1, key=f"model_symbol:m/v:{i}") for i in range(1_000)])
    assert state.snapshot() == {"second": 0, "rules": []}
