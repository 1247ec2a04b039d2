"""A challenger with a share of the symbols: whose answer a signal has, and what stays as it was."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from judge.published import Story, after, trade
from oracle.stages import BUNDLES, Line

from models.desk.desk import Desk
from models.desk.gate import rollout_bucket
from models.scoring.absent import Absent
from models.scoring.model import ModelRows
from models.scoring.registry import load_all
from models.spec import Spec
from models.ticks import Floats, Symbol

MODELS = ("stub-sine", "ml-fusion", "constant-0.9", "constant-0.2", "river-logistic", "ensemble")
TRAINED = next(iter(BUNDLES))
SHARED = Desk(model="constant-0.9", challenger="constant-0.2", share=0.5)

Body = dict[str, Any]


class Sometimes:
    """A model that has no answer at even seconds."""

    name, version = "sometimes", "sometimes-1"

    def predict(self, rows: ModelRows) -> Floats:
        """Return 0.3, or what is no number."""
        return np.where(rows.second % 2 == 0, math.nan, 0.3)


def symbols_by_share() -> tuple[Symbol, Symbol]:
    """Return one symbol inside a half, and one outside."""
    names = [f"COIN{i}" for i in range(40)]
    inside = next(name for name in names if rollout_bucket(name) < 0.5)
    outside = next(name for name in names if rollout_bucket(name) >= 0.5)
    return Symbol("here", inside), Symbol("here", outside)


INSIDE, OUTSIDE = symbols_by_share()


def both(seconds: int = 3) -> Story:
    """Return a story of a trade a second of a symbol of the share and of one beside it."""
    story = Story()
    for k in range(seconds):
        story.record(k + 0.5, trade(k + 0.5, symbol=INSIDE), trade(k + 0.5, symbol=OUTSIDE))
    return story


def told(story: Story, desk: Desk, **models: Any) -> Line:
    """Return the stages after a story, with further models among those loaded."""
    return Line(Spec(models=MODELS), desk, {**load_all(MODELS), **BUNDLES, **models}).run(story.log)


def of(line: Line, symbol: Symbol) -> list[Body]:
    """Return the signals of a symbol."""
    return [body for body in line.on("signals") if body["symbol"] == symbol.name]


def test_the_challenger_decides_for_its_share_alone() -> None:
    """A signal says whose answer it has, and the other side's beside it."""
    line = told(both().beat(4), SHARED)
    low = {"model": "constant-0.2", "model_version": "constant-0.2-1.0", "prob": 0.2, "wanted": "SELL"}
    high = {"model": "constant-0.9", "model_version": "constant-0.9-1.0", "prob": 0.9, "wanted": "BUY"}
    shown = (
        "signal",
        "wanted",
        "reason",
        "prob",
        "confid",
        "ml_bucket",
        "model",
        "model_version",
        "advisory",
    )

    for signal in of(line, INSIDE):
        assert [signal[name] for name in shown] == [
            "SELL", "SELL", "exit", 0.2, 0.8, 2, "constant-0.2", "constant-0.2-1.0", False,
        ]  # fmt: skip
        assert (signal["arm"], signal["shadow"], signal["incumbent"]) == ("challenger", low, high)
    for signal in of(line, OUTSIDE):
        assert [signal[name] for name in shown] == [
            "BUY", "BUY", "entry", 0.9, 0.9, 9, "constant-0.9", "constant-0.9-1.0", False,
        ]  # fmt: skip
        assert (signal["arm"], signal["shadow"], signal["incumbent"]) == ("incumbent", low, None)


def test_predictions_are_pairs_as_if_nobody_decided() -> None:
    """The same records with and without a share: the incumbent is active on every row."""
    story, shadow = both(70).beat(140), Desk(model="constant-0.9", challenger="constant-0.2")
    shared, unshared = told(story, SHARED), told(story, shadow)

    for topic in ("predictions", "features", "fallback", "staleness", "calibration", "drift"):
        assert shared.on(topic) == unshared.on(topic)
    assert {(b["role"], b["model"]) for b in shared.on("predictions") if after(b["ts"]) < 60} == {
        ("active", "constant-0.9"), ("challenger", "constant-0.2"),
    }  # fmt: skip


def test_a_score_looked_back_at_is_the_one_that_counted() -> None:
    """On the topic audit, and in the hits of what is shown."""
    line = told(both(5).beat(6), SHARED)

    found = {body["symbol"]: (body["model"], body["context"]["prob"]) for body in line.on("audit")}
    assert found == {INSIDE.name: ("constant-0.2", 0.2), OUTSIDE.name: ("constant-0.9", 0.9)}


def test_hits_count_the_answers_that_counted() -> None:
    """The price of both falls: the challenger was right, the incumbent wrong."""
    story = Story()
    for k in range(64):
        price = 100.0 - k
        story.record(k + 0.5, trade(k + 0.5, price, symbol=INSIDE), trade(k + 0.5, price, symbol=OUTSIDE))
    outcomes = told(story.beat(64), SHARED).emissions[-1].outcomes

    assert outcomes["matured"] == 2 * outcomes["hits"] > 0


def test_a_row_of_which_it_says_nothing_is_the_incumbents() -> None:
    """Row by row."""
    line = told(
        both(4).beat(4), Desk(model="constant-0.9", challenger="sometimes", share=1.0), sometimes=Sometimes()
    )

    for signal in line.on("signals"):
        silent = (after(signal["ts"]) - 1) % 2 == 0
        assert signal["arm"] == ("incumbent" if silent else "challenger")
        assert signal["prob"] == (0.9 if silent else 0.3)
        assert (signal["shadow"] is None, signal["incumbent"] is None) == (silent, silent)
        assert (signal["fallback"], signal["advisory"]) == (False, False)


def test_its_errors_open_no_breaker_of_the_incumbent() -> None:
    """However many they are; and the incumbent's breaker is not closed by its good answers."""
    story = both(300).beat(300)
    well = told(story, Desk(model="constant-0.9", challenger="sometimes", share=1.0), sometimes=Sometimes())
    ill = told(story, Desk(model="sometimes", challenger="constant-0.9", share=1.0), sometimes=Sometimes())

    assert [body for body in well.on("fallback") if body["event"] == "breaker"] == []
    assert [body["state"] for body in ill.on("fallback") if body["event"] == "breaker"][:1] == ["open"]
    assert {(s["arm"], s["model"], s["fallback"]) for s in ill.on("signals")} == {
        ("challenger", "constant-0.9", False)
    }


def test_a_stale_or_unusable_row_is_the_fallbacks() -> None:
    """The challenger's answer to it would be as stale."""
    line = told(both().beat(70), SHARED)
    late = [s for s in of(line, INSIDE) if after(s["ts"]) > 64]

    assert {(s["arm"], s["model"], s["fallback"], s["advisory"], s["reason"]) for s in late} == {
        ("incumbent", "stub-sine", True, True, "fallback")
    }


def test_the_fallback_model_decides_nothing() -> None:
    """It only ever stands in, flagged."""
    line = told(both().beat(4), Desk(model="constant-0.9", challenger="stub-sine", share=1.0))

    assert {(s["arm"], s["model"]) for s in line.on("signals")} == {("incumbent", "constant-0.9")}


def test_a_challenger_that_is_not_loaded_decides_nothing() -> None:
    """Though it is named, with a share."""
    line = told(both().beat(4), Desk(model="constant-0.9", challenger=TRAINED, share=1.0))

    assert {(s["arm"], s["model"], s["shadow"], s["incumbent"]) for s in line.on("signals")} == {
        ("incumbent", "constant-0.9", None, None)
    }


def test_for_a_challenger_that_is_lost_without_news_yet_the_fallback_stands_in_flagged() -> None:
    """Those rows may have been published with its answer, and there must be as many of them."""
    desk = Desk(model="constant-0.9", challenger=TRAINED, share=0.5, bundles=(TRAINED,))
    line = told(both().beat(4), desk, **{TRAINED: Absent(TRAINED)})
    there = told(both().beat(4), desk)

    assert {(s["arm"], s["model"], s["fallback"], s["reason"], s["advisory"]) for s in of(line, INSIDE)} == {
        ("challenger", "stub-sine", True, "fallback", True)
    }
    assert {(s["arm"], s["model"]) for s in of(line, OUTSIDE)} == {("incumbent", "constant-0.9")}
    assert [s["shadow"] for s in line.on("signals")] == [None] * len(line.on("signals"))
    assert len(line.records) == len(there.records)
    said = {(p["ts"], p["symbol"]): p["prob"] for p in line.on("predictions") if p["role"] == "challenger"}
    assert [s["prob"] for s in of(line, INSIDE)] == [said[s["ts"], s["symbol"]] for s in of(line, INSIDE)]


def test_symbols_narrow_the_share() -> None:
    """To those that are in both."""
    desk = Desk(
        model="constant-0.9", challenger="constant-0.2", share=1.0, share_symbols=frozenset({OUTSIDE.name})
    )
    line = told(both().beat(4), desk)

    assert {s["arm"] for s in of(line, INSIDE)} == {"incumbent"}
    assert {s["arm"] for s in of(line, OUTSIDE)} == {"challenger"}


def test_a_kill_of_the_challenger_holds_its_share() -> None:
    """Also where the incumbent would answer in its place; the rest goes on."""
    killed = Desk(
        model="constant-0.9", challenger="sometimes", share=0.5, killed_models=frozenset({"sometimes"})
    )
    line = told(both().beat(4), killed, sometimes=Sometimes())

    assert {(s["signal"], s["reason"], s["advisory"]) for s in of(line, INSIDE)} == {("HOLD", "killed", True)}
    assert {(s["signal"], s["reason"], s["advisory"]) for s in of(line, OUTSIDE)} == {("BUY", "entry", False)}


@pytest.mark.parametrize("kill", [{"killed": True}, {"killed_models": frozenset({"constant-0.9"})}])
def test_a_kill_of_all_or_of_the_incumbent_holds_the_share_too(kill: Any) -> None:
    """Nothing slips through by another model's mouth."""
    desk = Desk(model="constant-0.9", challenger="constant-0.2", share=1.0, **kill)

    assert {(s["signal"], s["reason"]) for s in told(both().beat(4), desk).on("signals")} == {
        ("HOLD", "killed")
    }


def test_the_gate_is_the_same_for_both() -> None:
    """Rollout of the model, preview, canary and the confidence floor bind the challenger's answers too."""
    for more, reason, signal in (
        ({"fraction": 0.0}, "rollout_bucket", "SELL"), ({"preview": True}, "preview", "SELL"),
        ({"canary": True}, "canary_symbol", "SELL"),
        ({"flags": {"ml_confid_floor": 0.85}}, "confid_floor", "HOLD"),
    ):  # fmt: skip
        desk = Desk(model="constant-0.9", challenger="constant-0.2", share=0.5, **more)
        found = of(told(both().beat(4), desk), INSIDE)
        assert {(s["arm"], s["reason"], s["signal"]) for s in found} == {("challenger", reason, signal)}


def test_its_doubt_is_its_own() -> None:
    """One minus its confidence; an ensemble's is the spread of its members."""
    members = {"constant-0.2": 1.0, "constant-0.9": 1.0}
    mixed = Desk(model="constant-0.9", challenger="ensemble", share=0.5, members=members)

    plain, spread = (of(told(both().beat(4), desk), INSIDE)[-1] for desk in (SHARED, mixed))

    assert plain["uncertainty"] == 1.0 - 0.8
    assert (spread["prob"], spread["uncertainty"]) == (0.55, pytest.approx(0.35, abs=1e-15))
    assert of(told(both().beat(4), mixed), OUTSIDE)[-1]["uncertainty"] == 1.0 - 0.9


def test_a_share_begins_grows_and_ends_with_its_commands() -> None:
    """From one second to the next; a rollback is as quick."""
    story = Story()
    story.record(0.5, trade(0.5, symbol=INSIDE)).beat(2)
    story.order("model.select", name="constant-0.2", **{"as": "challenger"}).beat(3)
    story.order("rollout", phase=0.5, of="challenger").beat(4)
    story.order("rollback").beat(5)
    story.order("rollout", phase=1.0, of="challenger").beat(6)
    story.order("model.promote", name="constant-0.2").beat(7)
    line = told(story, Desk(model="constant-0.9"))

    assert [(s["arm"], s["model"], s["advisory"]) for s in line.on("signals")] == [
        ("incumbent", "constant-0.9", False), ("incumbent", "constant-0.9", False),
        ("challenger", "constant-0.2", False), ("incumbent", "constant-0.9", False),
        ("challenger", "constant-0.2", False), ("incumbent", "constant-0.2", False),
    ]  # fmt: skip
