"""Law 4: kill wins. Behind a kill there is nothing but HOLD until an attributed unkill, however inputs come.

Run with models that would always trade, on the pure stages; the words are read from the published records.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from control.examples import SECRET, TS, command, signed
from hypothesis import given, settings
from hypothesis import strategies as st
from laws.kill_runs import (
    BUYER,
    MODELS,
    RIVAL,
    Body,
    Event,
    Quiet,
    Stages,
    Tick,
    brakes,
    inputs_of,
    run,
    taken,
)

from models.control.commands import BadCommandError, Command, parse
from models.control.verdict import Refusal, judge
from models.inputs import Cause
from models.spec import SECOND
from models.ticks import Symbol


def check_law(events: Sequence[Event], signals: Sequence[Body]) -> None:
    """Assert the law for every signal, from the place where each command took effect."""
    in_force = brakes(events)
    for signal in signals:
        said = (signal["signal"], signal["reason"], signal["advisory"])
        if in_force[signal["caused_by"]["seq"]].holds(signal):
            assert said == ("HOLD", "killed", True), signal
        else:
            assert signal["reason"] != "killed", signal


GAPS = st.sampled_from([0, 300_000_000, SECOND, SECOND, 2 * SECOND, 2 * SECOND, 63 * SECOND])
SCOPES = ("all", "all", *(f"model:{name}" for name in MODELS), "symbol:A", "symbol:B")
SENT = st.one_of(
    st.tuples(st.just("kill"), st.just({}), st.sampled_from(SCOPES)),
    st.tuples(st.just("unkill"), st.just({"reason": "over"}), st.sampled_from(SCOPES)),
    st.tuples(st.just("model.select"), st.sampled_from([{"name": m} for m in MODELS]), st.just("all")),
    st.tuples(st.just("rollout"), st.sampled_from([{"phase": 0}, {"phase": "preview"}]), st.just("all")),
    st.tuples(st.just("canary"), st.sampled_from([{"enabled": e} for e in (True, False)]), st.just("all")),
    st.tuples(st.just("resume"), st.just({"reason": "no unkill"}), st.just("all")),
    st.tuples(st.just("policy.set"), st.just({"entry": 1.0, "exit": 0.0}), st.just("all")),
    st.tuples(
        st.just("model.select"), st.sampled_from([{"name": m, "as": "challenger"} for m in MODELS]),
        st.just("all"),
    ),
    st.tuples(
        st.just("rollout"), st.sampled_from([{"phase": p, "of": "challenger"} for p in (0.5, 1.0, 1.0)]),
        st.just("all"),
    ),
    st.tuples(st.just("rollback"), st.just({}), st.just("all")),
)  # fmt: skip
MOVES = st.lists(
    st.one_of(
        st.builds(Tick, symbol=st.integers(0, 2), after=GAPS),
        st.builds(Tick, symbol=st.integers(0, 2), after=GAPS),
        st.builds(Quiet, after=GAPS),
        st.tuples(SENT, st.integers(0, 3)),  # with how many numbers back, if not a new one
    ),
    min_size=4,
    max_size=25,
)


def events_of(moves: Sequence[Any]) -> list[Event]:
    """Return moves as events, commands numbered; some carry the number of an earlier one."""
    events: list[Event] = []
    n = 0
    for move in moves:
        if isinstance(move, tuple):
            (cmd, args, scope), back = move
            one = command(cmd, args, scope=scope, n=n if back < 3 else max(n - 1, 0))
            n += back < 3
            events.append(parse(one.as_dict()))
        else:
            events.append(move)
    return events


@settings(derandomize=True, deadline=None, max_examples=100)
@given(
    moves=MOVES, height=st.sampled_from([1, 2, 7, 100]), size=st.sampled_from([1, 3, 100]),
    restart_every=st.sampled_from([0, 1, 2]),
)  # fmt: skip
def test_behind_a_kill_there_is_only_hold_at_any_batching_and_across_restarts(
    moves: list[Any], height: int, size: int, restart_every: int
) -> None:
    """Random ticks, silences and commands of every scope, some sent twice; the batching changes no signal."""
    events = events_of(moves)
    signals = run(events, height, size, restart_every)
    check_law(events, signals)
    assert signals == run(events)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(moves=MOVES, place=st.integers(0, 25))
def test_what_ticks_released_before_a_kill_is_untouched(moves: list[Any], place: int) -> None:
    """A kill anywhere leaves all signals in front of its place as they are, and turns all behind to HOLD."""
    ticks = [move for move in moves if not isinstance(move, tuple)]
    kill = command("kill")
    before, after = ticks[:place], ticks[place:]
    events = [*before, kill, *after]
    released = run(before)
    signals = run(events, height=100, size=100)
    assert signals[: len(released)] == released
    assert {s["signal"] for s in signals[len(released) :]} <= {"HOLD"}
    assert len(signals) == len(run(ticks))


MINUTE = [Tick(0, SECOND) for _ in range(10)]


@pytest.mark.parametrize("height", [1, 3, 100])
@pytest.mark.parametrize("place", range(2, 10))
def test_the_place_of_a_kill_is_exact(place: int, height: int) -> None:
    """The tick before it still buys, the tick behind it holds; the cause of each signal says which."""
    kill = command("kill")
    events = [*MINUTE[:place], kill, *MINUTE[place:]]
    assert taken(events) == [(Cause(place, 1), kill)]
    said = [
        (s["signal"], s["reason"], s["advisory"], s["caused_by"]["offset"], s["caused_by"]["seq"])
        for s in run(events, height, size=100)
    ]
    assert said == [
        *(("BUY", "entry", False, offset, 0) for offset in range(2, place + 1)),
        *(("HOLD", "killed", True, offset, 1) for offset in range(place + 1, 11)),
    ]


def test_an_acknowledgement_carries_the_place() -> None:
    """The emission of a kill names the command and the cause from which it is in force."""
    stages = Stages()
    inputs = inputs_of([*MINUTE[:3], command("kill", n=7)], height=100)
    (ack,) = stages.judge.step(stages.scorer.step(stages.market.step(inputs[1:])))
    assert (ack.command_id, ack.cause, ack.desk.killed, ack.records) == ("ada-7", Cause(3, 1), True, [])


def by_symbol(events: Sequence[Event]) -> dict[str, set[tuple[str, str]]]:
    """Return what is said of each symbol behind the last command."""
    last = taken(events)[-1][0].seq
    found: dict[str, set[tuple[str, str]]] = {}
    for s in run(events, height=100):
        if s["caused_by"]["seq"] >= last:
            found.setdefault(s["symbol"], set()).add((s["signal"], s["reason"]))
    return found


ROUND = [Tick(symbol, SECOND) for _ in range(3) for symbol in range(3)]
BUYS, HOLDS, SELLS = ("BUY", "entry"), ("HOLD", "killed"), ("SELL", "fallback")


def test_a_kill_of_one_symbol_holds_that_symbol() -> None:
    """The others trade on; its own unkill releases it."""
    kill = command("kill", scope="symbol:B")
    assert by_symbol([*ROUND, kill, *ROUND]) == {"A": {BUYS}, "B": {HOLDS}, "C": {BUYS}}
    unkill = command("unkill", {"reason": "over"}, scope="symbol:B", n=2)
    assert by_symbol([*ROUND, kill, *ROUND, unkill, *ROUND]) == {"A": {BUYS}, "B": {BUYS}, "C": {BUYS}}


def test_a_kill_of_the_active_model_holds_everything_until_another_is_selected() -> None:
    """The fallback's word does not slip through either, while the killed model is the active one."""
    kill = command("kill", scope=f"model:{BUYER.name}")
    stale = [*ROUND, Quiet(70 * SECOND)]
    assert by_symbol([*ROUND, kill, *stale]) == {"A": {HOLDS}, "B": {HOLDS}, "C": {HOLDS}}
    select = command("model.select", {"name": "stub-sine"}, n=2)
    assert by_symbol([*ROUND, kill, select, *ROUND]) == {"A": {SELLS}, "B": {SELLS}, "C": {SELLS}}


def test_a_killed_fallback_is_never_heard() -> None:
    """Rows that the killed model would answer for another are HOLD; the active model trades on."""
    kill = command("kill", scope="model:stub-sine")
    assert by_symbol([*ROUND, kill, *ROUND]) == {"A": {BUYS}, "B": {BUYS}, "C": {BUYS}}
    quiet = [Quiet(SECOND)] * 61
    assert by_symbol([*ROUND, *quiet, kill, Quiet(5 * SECOND)]) == {"A": {HOLDS}, "B": {HOLDS}, "C": {HOLDS}}


SHARED = [
    command("model.select", {"name": RIVAL.name, "as": "challenger"}, n=1),
    command("rollout", {"phase": 1.0, "of": "challenger"}, n=2),
]  # fmt: skip


@pytest.mark.parametrize("scope", ["all", f"model:{RIVAL.name}", f"model:{BUYER.name}"])
def test_a_challenger_that_decides_is_held_by_a_kill_of_all_of_itself_and_of_the_incumbent(
    scope: str,
) -> None:
    """A rollback, another share or a promotion does not let its word through."""
    everything = {"A": {HOLDS}, "B": {HOLDS}, "C": {HOLDS}}
    killed = [*ROUND, *SHARED, *ROUND, command("kill", scope=scope, n=3)]

    assert by_symbol([*ROUND, *SHARED, *ROUND]) == {"A": {BUYS}, "B": {BUYS}, "C": {BUYS}}
    assert by_symbol([*killed, *ROUND]) == everything
    if scope != f"model:{RIVAL.name}":
        assert by_symbol([*killed, command("rollback", n=4), *ROUND]) == everything


def test_a_kill_of_the_challenger_ends_with_its_share() -> None:
    """What the incumbent decides again is not held."""
    events = [*ROUND, *SHARED, *ROUND, command("kill", scope=f"model:{RIVAL.name}", n=3), *ROUND]
    assert by_symbol([*events, command("rollback", n=4), *ROUND]) == {"A": {BUYS}, "B": {BUYS}, "C": {BUYS}}


@pytest.mark.parametrize(
    ("scope", "held"),
    [
        ("symbol:BTC", {"binance:BTC", "bybit:BTC"}),
        ("symbol:binance:BTC", {"binance:BTC"}),
        ("symbol:bybit:BTC", {"bybit:BTC"}),
    ],
)
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_symbol_of_two_venues_is_killed_by_its_name_on_both(
    scope: str, held: set[str], order: tuple[int, int]
) -> None:
    """Which venue was seen first gives the short name, but must not decide what a kill holds."""
    venues = (Symbol("binance", "BTC"), Symbol("bybit", "BTC"))
    both = [Tick(symbol, SECOND) for _ in range(3) for symbol in order]
    stages = Stages()
    stages.signals(inputs_of(both, 100, venues))
    end = inputs_of([*both, command("kill", scope=scope), *both], 100, venues)
    signals = stages.signals(end[1:])
    assert {s["venue"] for s in signals} == {"binance", "bybit"}
    assert {f"{s['venue']}:BTC" for s in signals if s["reason"] == "killed"} == held
    assert {s["signal"] for s in signals if f"{s['venue']}:BTC" in held} == {"HOLD"}


@pytest.mark.parametrize("args", [{}, {"reason": ""}, {"reason": "  "}, {"reason": 1}, {"why": "over"}])
def test_an_unkill_without_a_reason_is_refused(args: Body) -> None:
    """Neither the schema nor the verdict on a signed record lets it pass."""
    unkill = command("unkill", args)
    with pytest.raises(BadCommandError, match="argument"):
        parse(unkill.as_dict())
    assert isinstance(judge(signed(unkill), TS, SECRET), Refusal)


@pytest.mark.parametrize(
    "other",
    [
        command("resume", {"reason": "x"}, n=2), command("rollout", {"phase": 1.0}, n=2),
        command("rollback", n=2), command("canary", {"enabled": False}, n=2),
        command("model.select", {"name": "stub-sine"}, n=2),
        command("policy.set", {"entry": 1, "exit": 0}, n=2),
        command("flag.set", {"key": "ml_confid_floor", "value": 0}, n=2), command("halt", n=2),
        command("unkill", {"reason": "x"}, scope="symbol:A", n=2), command("unkill", {"reason": "late"}, n=1),
    ],
    ids=lambda one: f"{one.cmd} {one.scope}",
)  # fmt: skip
def test_nothing_but_an_unkill_of_all_ends_a_kill_of_all(other: Command) -> None:
    """No other command, narrower unkill or unkill with a used number lets a signal through."""
    events = [*ROUND, command("kill", n=1), *ROUND, other, *ROUND]
    assert by_symbol(events) == {"A": {HOLDS}, "B": {HOLDS}, "C": {HOLDS}}
    unkill = command("unkill", {"reason": "over"}, n=3)
    behind = [s["reason"] for s in run([*events, unkill, *ROUND]) if s["caused_by"]["seq"] == 3]
    assert behind
    assert "killed" not in behind
