"""A challenger that comes, decides for its share, is killed, lost, replaced, promoted: whose answer when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import orjson
import pytest
from oracle.stages import BUNDLES

from models.desk import changes
from models.desk.desk import Desk
from models.desk.news import LOST, READY, REFUSED, News
from models.judge import arms, deciding
from models.scoring.absent import Absent
from models.spec import SECOND, Spec
from tests.verifier import product
from tests.verifier.product import Written, rules_of
from verifier.findings import DIFFERENT, NOT_HELD, NUMBERING
from verifier.history import History
from verifier.report import ShardReport
from verifier.run import check_shard

SPEC = Spec(models=("stub-sine", "ml-fusion", "constant-0.9", "constant-0.2"))
START = 1_700_000_000
LOW, HIGH = "ETHUSDT", "BTCUSDT"  # at a third and at four fifths of all symbols
ONE, TWO = BUNDLES
STEP_S = 3

Step = Callable[[Written], None]


def sent(cmd: str, scope: str = "all", **args: Any) -> Step:
    """Return a step that takes a command in."""
    return lambda written: written.command(cmd, scope, **args)


def challenging(name: str) -> Step:
    """Return a step that selects a challenger."""
    return sent("model.select", name=name, **{"as": "challenger"})


def share(phase: object, **more: Any) -> Step:
    """Return a step that gives the challenger its share."""
    return sent("rollout", phase=phase, of="challenger", **more)


def news(kind: str, reference: str) -> Step:
    """Return a step that takes in what became of a bundle."""
    told = {"version": "1", "entry": 0.6, "exit": 0.4, "reason": "hash"}
    return lambda written: written.news(News(kind, reference, told))


OURS, RIVAL, TRAINED = "constant-0.9", "constant-0.2", "trained"
STEPS: tuple[tuple[Step, str, str], ...] = (
    # what happens, and then who decides for the lower and for the higher symbol
    (sent("flag.set", key="audit_ml_bucket", value=True), OURS, OURS),
    (share(0.5), OURS, OURS),  # refused: there is no challenger
    (challenging(RIVAL), OURS, OURS),
    (share(0.1), OURS, OURS),
    (share(0.5), RIVAL, OURS),
    (share(1.0), RIVAL, RIVAL),
    (share(1.0, symbols=[HIGH]), OURS, RIVAL),
    (share(1.0, symbols=None), RIVAL, RIVAL),
    (sent("rollback"), OURS, OURS),
    (sent("rollback"), OURS, OURS),
    (share(0.5), RIVAL, OURS),
    (sent("kill", f"model:{RIVAL}"), "killed", OURS),
    (sent("kill", "symbol:BTCUSDT"), "killed", "killed"),
    (sent("unkill", f"model:{RIVAL}", reason="drill"), RIVAL, "killed"),
    (sent("unkill", "symbol:BTCUSDT", reason="drill"), RIVAL, OURS),
    (sent("kill", f"model:{OURS}"), "killed", "killed"),
    (sent("unkill", f"model:{OURS}", reason="drill"), RIVAL, OURS),
    (share("preview"), OURS, OURS),
    (share(1.0), RIVAL, RIVAL),
    (challenging("ml-fusion"), OURS, OURS),  # another one begins without a share
    (challenging(ONE), OURS, OURS),
    (share(0.5), OURS, OURS),  # not there yet
    (news(READY, ONE), TRAINED, OURS),
    (news(LOST, ONE), OURS, OURS),
    (challenging(ONE), OURS, OURS),
    (news(REFUSED, ONE), OURS, OURS),
    (share(1.0), OURS, OURS),  # refused
    (challenging(ONE), OURS, OURS),
    (news(READY, ONE), OURS, OURS),
    (challenging(OURS), OURS, OURS),  # refused: the model itself
    (share(0.5), TRAINED, OURS),
    (sent("model.promote", name=ONE), TRAINED, OURS),
    (news(READY, ONE), TRAINED, TRAINED),
    (share(1.0), TRAINED, TRAINED),  # refused: none is left
    (challenging(OURS), TRAINED, TRAINED),
    (share(0.5), OURS, TRAINED),
    (challenging("none"), TRAINED, TRAINED),
    (challenging("stub-sine"), TRAINED, TRAINED),
    (share(1.0), TRAINED, TRAINED),  # the fallback decides nothing
)  # fmt: skip


def story() -> Written:
    """Return two symbols that trade each second while the steps are taken, and then stand still."""
    written = Written().begin(Desk(model=OURS))
    for step, (happens, _, _) in enumerate(STEPS):
        happens(written)
        for second in range(step * STEP_S, (step + 1) * STEP_S):
            trade(written, second)
    challenging(RIVAL)(written)
    share(1.0)(written)
    end = len(STEPS) * STEP_S
    trade(written, end)
    written.beat((START + end + 120) * SECOND)
    return written


def trade(written: Written, second: int) -> None:
    """Let both symbols trade half a second behind a second."""
    for name in (LOW, HIGH):
        ts = (START + second) * SECOND + SECOND // 2
        tick = {"symbol": name, "ts": ts, "price": 100.0 + (second * 7) % 13, "qty": 1.0}
        written.tick(tick, ts // 1_000_000)


@cache
def sound() -> History:
    """Return the run in which nothing is wrong."""
    return story().run(SPEC)


def check(history: History) -> ShardReport:
    """Check a run under its own rules."""
    return check_shard(history, rules_of(SPEC))


def signals(history: History) -> list[dict[str, Any]]:
    """Return the signals of a run."""
    return [orjson.loads(record.value or b"") for record in history.outputs["signals"].records]


def test_who_decides_follows_the_commands_and_the_verifier_agrees() -> None:
    """Step by step: of each the last second that closed in it."""
    found = {
        (s["symbol"], s["ts"] // SECOND - START): "killed" if s["reason"] == "killed" else s["model"]
        for s in signals(sound())
    }
    report = check(sound())

    for step, (_, low, high) in enumerate(STEPS):
        at = (step + 1) * STEP_S - 1
        assert (found[LOW, at], found[HIGH, at]) == (low, high), step
    assert (report.exit_code, report.findings.examples, report.unjudged) == (0, [], [])
    assert report.killed_signals > 4 * STEP_S


def changed(topic: str, place: int, **fields: Any) -> History:
    """Return the sound run with other fields in one record."""
    was = sound().outputs[topic]
    records = list(was.records)
    told = orjson.loads(records[place].value or b"") | fields
    records[place] = records[place]._replace(value=orjson.dumps(told))
    return replace(sound(), outputs={**sound().outputs, topic: replace(was, records=records)})


def at(step: int, symbol: str) -> int:
    """Return the place of a signal of the last second of a step."""
    end = (START + (step + 1) * STEP_S - 1) * SECOND
    places = [i for i, s in enumerate(signals(sound())) if (s["symbol"], s["ts"]) == (symbol, end)]
    return places[0]


HALF, KILLED = 4, 11
OTHER = {"model": OURS, "model_version": "x", "prob": 0.9, "wanted": "BUY"}


@pytest.mark.parametrize(
    ("symbol", "fields", "named"),
    [
        (LOW, {"arm": "incumbent", "incumbent": None}, "arm is 'incumbent', must be 'challenger'"),
        (LOW, {"arm": "nobody"}, "arm is 'nobody', must be 'challenger'"),
        (LOW, {"prob": 0.25, "confid": 0.75}, "prob is 0.25, must be 0.2"),
        (LOW, {"model": OURS}, "model is 'constant-0.9', must be 'constant-0.2'"),
        (LOW, {"incumbent": None}, "incumbent.model is missing, must be 'constant-0.9'"),
        (LOW, {"incumbent": OTHER | {"prob": 0.5}}, "incumbent.prob is 0.5, must be 0.9"),
        (LOW, {"shadow": None}, "shadow.model is missing, must be 'constant-0.2'"),
        (HIGH, {"arm": "challenger"}, "arm is 'challenger', must be 'incumbent'"),
        (HIGH, {"incumbent": OTHER}, "incumbent is {"),
        (HIGH, {"prob": 0.95, "confid": 0.95}, "prob is 0.95, must be 0.9"),
        (HIGH, {"shadow": OTHER | {"model": RIVAL, "prob": 0.9}}, "shadow.prob is 0.9, must be 0.2"),
    ],
)
def test_a_signal_that_says_otherwise_is_named(symbol: str, fields: dict[str, Any], named: str) -> None:
    """Of the step in which the challenger decides for half of the symbols."""
    report = check(changed("signals", at(HALF, symbol), **fields))

    assert dict(report.findings.counts) == {(DIFFERENT, "signals"): 1}
    assert named in report.findings.examples[0].text


def test_a_word_of_a_killed_challenger_is_named() -> None:
    """By the kill of the model alone."""
    report = check(changed("signals", at(KILLED, LOW), signal="SELL", reason="exit", advisory=False))

    assert set(report.findings.counts) == {(NOT_HELD, "signals"), (DIFFERENT, "signals")}
    assert "under the kill of journal/0" in " ".join(one.text for one in report.findings.examples)


def test_a_score_that_is_not_the_one_that_counted_is_named() -> None:
    """On the topic audit."""
    scores = sound().outputs["audit"].records
    told = [orjson.loads(record.value or b"") for record in scores]
    place = next(i for i, one in enumerate(told) if one["model"] == RIVAL)

    report = check(changed("audit", place, model=OURS))

    assert dict(report.findings.counts) == {(DIFFERENT, "audit"): 1}


def test_without_some_predictions_whose_answer_it_is_stays_open() -> None:
    """What is left is checked."""
    was = sound().outputs["predictions"]
    gone = replace(was, records=was.records[200:], low=200)

    report = check(replace(sound(), outputs={**sound().outputs, "predictions": gone}))

    assert dict(report.findings.counts) == {}
    assert NUMBERING not in {kind for kind, _ in report.findings.counts}


def test_a_challenger_that_was_gone_at_a_restart_is_stood_in_for_by_the_fallback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Until the journal says so; nobody but the product can tell, so its flag is taken as published."""
    monkeypatch.setitem(product.BUNDLES, ONE, Absent(ONE))
    written = Written().begin(Desk(model=OURS, challenger=ONE, share=0.5, bundles=(ONE,)))
    for second in range(8):
        trade(written, second)
        if second == 4:
            news(LOST, ONE)(written)
    history = written.run(SPEC)

    found = [(s["model"], s["reason"]) for s in signals(history) if s["symbol"] == LOW]
    assert found == [("stub-sine", "fallback")] * 4 + [(OURS, "entry")] * 3
    assert check(history).findings.examples == []


FAULTS: dict[str, Callable[[Any], Any]] = {
    "the share is turned round": lambda real: lambda scores, desk, mask: real(scores, desk, ~mask),
    "all symbols are of every share": lambda real: (
        lambda scores, desk, mask: real(scores, desk, np.ones_like(mask))
    ),
    "the challenger never decides": lambda _: lambda scores, desk, mask: scores,
    "stale rows are decided too": lambda real: (
        lambda scores, desk, mask: real(replace(scores, usable=np.ones_like(scores.usable)), desk, mask)
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_product_that_decides_otherwise_is_found_out(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The verifier knows the rule by itself."""
    monkeypatch.setattr(deciding, "counted", FAULTS[fault](arms.counted))

    assert (DIFFERENT, "signals") in check(story().run(SPEC)).findings.counts


def test_a_rollback_that_leaves_the_share_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """It must end the challenger's decisions at once."""
    monkeypatch.setitem(changes.CHANGES, "rollback", lambda desk, command: {"fraction": 0.0})

    assert (DIFFERENT, "signals") in check(story().run(SPEC)).findings.counts
