"""How commands set a challenger, give it its share and end it: a table of every transition."""

from __future__ import annotations

from typing import Any

import pytest
from control.examples import DIGEST, command

from models.desk.desk import Desk, take_in
from models.desk.news import LOST, READY, REFUSED, News, take_news

MODELS = ("stub-sine", "ml-fusion", "river-logistic")
MODEL, RIVAL, OTHER, MEMBER = (f"{name}@{DIGEST}" for name in ("model", "rival", "other", "member"))
HEARD = {"challenger": RIVAL, "bundles": [RIVAL]}
DECIDING = HEARD | {"share": 0.1, "share_symbols": ["A"], "rolling": "challenger"}
ENDED = {"share": 0.0, "share_symbols": [], "rolling": "model"}
GONE = {"challenger": "", "bundles": [], **ENDED}

Fields = dict[str, Any]


def challenging(name: str) -> tuple[str, Fields]:
    """Return a command that makes a model the challenger."""
    return "model.select", {"name": name, "as": "challenger"}


def share(phase: object, **more: Any) -> tuple[str, Fields]:
    """Return a command that gives the challenger its share."""
    return "rollout", {"phase": phase, "of": "challenger"} | more


TRANSITIONS: tuple[tuple[Fields, tuple[str, Fields], Fields], ...] = (
    # before, (command, arguments), what differs after
    ({}, challenging("river-logistic"), {"challenger": "river-logistic"}),
    ({}, ("model.select", {"name": "stub-sine", "as": "model"}), {"model": "stub-sine", "switches": 1}),
    ({}, challenging(RIVAL), {"wanted_challenger": RIVAL}),
    ({}, challenging("none"), {}),
    (DECIDING, challenging("none"), GONE),
    (DECIDING, challenging(OTHER), GONE | {"wanted_challenger": OTHER}),
    (DECIDING, challenging("stub-sine"), GONE | {"challenger": "stub-sine"}),
    (DECIDING, challenging(RIVAL), {}),
    (
        DECIDING | {"bundles": []},  # lost at a restart
        challenging(RIVAL),
        GONE | {"wanted_challenger": RIVAL},
    ),
    (
        DECIDING | {"members": {RIVAL: 1.0}},
        challenging("none"),
        GONE | {"bundles": [RIVAL]},
    ),
    ({"wanted_challenger": RIVAL}, challenging(RIVAL), {}),
    (
        {"wanted_challenger": RIVAL, "share": 0.1},
        challenging(OTHER),
        {"wanted_challenger": OTHER, "share": 0.0},
    ),
    (
        {"wanted_challenger": RIVAL, "share": 0.1},
        challenging("none"),
        {"wanted_challenger": "", "share": 0.0},
    ),
    # given its share
    (HEARD, share(0.1), {"share": 0.1, "rolling": "challenger"}),
    ({"wanted_challenger": RIVAL}, share(1), {"share": 1.0, "rolling": "challenger"}),
    (DECIDING, share(0.5), {"share": 0.5}),
    (DECIDING, share(0), {"share": 0.0}),
    (DECIDING, share("preview"), {"share": 0.0}),
    ({}, share(0), {"rolling": "challenger"}),
    (DECIDING, share(0.1, symbols=["B", "A"]), {"share_symbols": ["A", "B"]}),
    (DECIDING, share(0.1, symbols=[]), {"share_symbols": []}),
    (DECIDING, share(0.1, symbols=None), {"share_symbols": []}),
    (DECIDING, ("rollout", {"phase": 0.5}), {"fraction": 0.5, "rolling": "model"}),
    (DECIDING, ("rollout", {"phase": 0.5, "of": "model"}), {"fraction": 0.5, "rolling": "model"}),
    # canary symbols of a phase
    ({}, ("rollout", {"phase": 1.0, "symbols": ["B", "A"]}), {"canary": True, "canary_symbols": ["A", "B"]}),
    (
        {},
        ("rollout", {"phase": "preview", "symbols": ["A"]}),
        {"preview": True, "canary": True, "canary_symbols": ["A"]},
    ),
    ({"canary": True}, ("rollout", {"phase": 1.0, "symbols": []}), {"canary": False}),
    ({"canary": True}, ("rollout", {"phase": 1.0, "symbols": None}), {"canary": False}),
    ({"canary": True}, ("rollout", {"phase": 0.5}), {"fraction": 0.5}),
    # ended
    (DECIDING, ("rollback", {}), {"share": 0.0}),
    (DECIDING | {"share": 0.0}, ("rollback", {}), {}),
    (DECIDING | {"rolling": "model"}, ("rollback", {}), {"share": 0.0, "fraction": 0.0}),
    (HEARD | {"preview": True}, ("rollback", {}), {"fraction": 0.0, "preview": False}),
    ({"rolling": "challenger"}, ("rollback", {}), {"fraction": 0.0}),  # of which there is none any more
    ({"rolling": "challenger", "wanted_challenger": RIVAL, "share": 1.0}, ("rollback", {}), {"share": 0.0}),
    # made the model
    (DECIDING, ("model.promote", {"name": RIVAL}), {"wanted": RIVAL, "promoting": True}),
    (
        {"wanted_challenger": RIVAL},
        ("model.promote", {"name": RIVAL}),
        {"wanted": RIVAL, "promoting": True, "wanted_challenger": ""},
    ),
    ({"wanted_challenger": RIVAL}, ("model.select", {"name": OTHER}), {"wanted": OTHER}),
    (
        {"challenger": "river-logistic", "share": 0.5, "rolling": "challenger", "canary": True},
        ("model.promote", {"name": "river-logistic"}),
        {"model": "river-logistic", "switches": 1, "canary": False, "challenger": ""} | ENDED,
    ),
    (
        {"challenger": "stub-sine", "share": 0.5},
        ("model.rollback", {"name": "river-logistic"}),
        {"model": "river-logistic", "switches": 1},
    ),
)  # fmt: skip


def desk(fields: Fields) -> Desk:
    """Return a desk with these fields, the rest as at the start."""
    return Desk.from_dict(Desk().as_dict() | fields)


@pytest.mark.parametrize(("before", "sent", "changes"), TRANSITIONS)
def test_a_command_changes_what_it_says_and_nothing_else(
    before: Fields, sent: tuple[str, Fields], changes: Fields
) -> None:
    """Twice is once."""
    start = desk(before)
    after, refusal = take_in(start, command(*sent, n=7), MODELS)
    again, _ = take_in(after, command(*sent, n=8), MODELS)

    assert refusal is None
    assert after.as_dict() == start.as_dict() | {"numbers": {"admin:ada": 7}} | changes
    assert again.as_dict() == after.as_dict() | {"numbers": {"admin:ada": 8}}


@pytest.mark.parametrize(
    ("before", "sent", "why"),
    [
        (
            {"model": MODEL},
            challenging(MODEL),
            f"'{MODEL}' is the model itself: its challenger must be another one",
        ),
        (
            {"wanted": RIVAL},
            challenging(RIVAL),
            f"'{RIVAL}' is the model itself: its challenger must be another one",
        ),
        (
            {},
            challenging("gpt"),
            "model 'gpt' is not known; known: stub-sine, ml-fusion, river-logistic, NAME@SHA256 of a bundle",
        ),
        (
            {},
            ("model.select", {"name": "none"}),
            "model 'none' is not known; known: stub-sine, ml-fusion, river-logistic, NAME@SHA256 of a bundle",
        ),
        (
            {},
            share(0.1),
            "there is no challenger: select one first (model.select, as: challenger)",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_to_do(
    before: Fields, sent: tuple[str, Fields], why: str
) -> None:
    """Its number is used up, and that is all."""
    after, refusal = take_in(desk(before), command(*sent, n=7), MODELS)

    assert refusal == why
    assert after.as_dict() == desk(before).as_dict() | {"numbers": {"admin:ada": 7}}


def told(kind: str, reference: str, **before: Any) -> Fields:
    """Return what news of a bundle change."""
    start = desk(before)
    news = News(kind, reference, {"version": "1", "entry": 0.7, "exit": 0.3, "reason": "hash"})
    plain = start.as_dict()
    return {name: v for name, v in take_news(start, news).as_dict().items() if plain[name] != v}


def test_a_bundle_that_is_ready_challenges_under_the_thresholds_of_the_desk() -> None:
    """Nothing of the model changes; a share that came in between is its own."""
    before = {"wanted_challenger": RIVAL, "share": 0.1, "model": MODEL, "bundles": [MODEL], "refused": "x"}

    assert told(READY, RIVAL, **before) == {
        "challenger": RIVAL, "wanted_challenger": "", "bundles": [MODEL, RIVAL], "refused": "",
    }  # fmt: skip


def test_both_slots_may_wait_at_once() -> None:
    """Each for its own bundle."""
    waiting = {"wanted": OTHER, "wanted_challenger": RIVAL}

    assert told(READY, RIVAL, **waiting) == {
        "challenger": RIVAL, "wanted_challenger": "", "bundles": [RIVAL],
    }  # fmt: skip
    assert told(READY, OTHER, **waiting) == {
        "model": OTHER, "wanted": "", "bundles": [OTHER], "entry": 0.7, "exit": 0.3, "switches": 1,
    }  # fmt: skip


def test_a_challenger_that_becomes_the_model_leaves_its_place() -> None:
    """With its own thresholds, which it did not have as the challenger; the one before stays loaded."""
    assert told(
        READY, RIVAL, wanted=RIVAL, promoting=True, model=MODEL, canary=True,
        **DECIDING | {"bundles": [MODEL, RIVAL]},
    ) == {
        "model": RIVAL, "wanted": "", "promoting": False, "canary": False, "entry": 0.7, "exit": 0.3,
        "switches": 1, "challenger": "",
    } | ENDED  # fmt: skip


def test_a_model_that_is_ready_leaves_another_challenger_where_it_is() -> None:
    """With its share, and loaded."""
    assert told(READY, OTHER, wanted=OTHER, model=MODEL, **DECIDING | {"bundles": [MODEL, RIVAL]}) == {
        "model": OTHER, "wanted": "", "bundles": [MODEL, OTHER, RIVAL], "entry": 0.7, "exit": 0.3,
        "switches": 1,
    }  # fmt: skip


def test_a_refused_challenger_takes_the_share_with_it_that_it_was_to_have() -> None:
    """Else the next one would have it."""
    waiting = {"wanted_challenger": RIVAL, "share": 0.5, "rolling": "challenger"}

    assert told(REFUSED, RIVAL, **waiting) == {
        "wanted_challenger": "", "refused": f"{RIVAL}: hash", "share": 0.0, "rolling": "model",
    }  # fmt: skip
    assert told(REFUSED, OTHER, **waiting) == told(READY, OTHER, **waiting) == {}


def test_a_lost_challenger_keeps_its_place_without_being_loaded() -> None:
    """So that every shard has the same desk; without answers it decides nothing."""
    assert told(LOST, RIVAL, **DECIDING) == {"bundles": [], "refused": f"{RIVAL}: hash"}


@pytest.mark.parametrize("bundles", [[], [RIVAL, MEMBER]])
def test_a_desk_of_before_has_no_challenger_that_decides(bundles: list[str]) -> None:
    """A snapshot of an older version goes on as it was."""
    new = ("share", "share_symbols", "rolling", "wanted_challenger")
    old = {name: value for name, value in Desk(challenger=RIVAL).as_dict().items() if name not in new}

    found = Desk.from_dict(old | {"bundles": bundles}).as_dict()

    assert [found[name] for name in new] == [0.0, [], "model", ""]
    assert found["challenger"] == RIVAL
