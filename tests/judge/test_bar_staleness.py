"""Staleness of features: the age of a symbol's last five-second bar with a trade, apart from its ticks'."""

from __future__ import annotations

from judge.published import COIN, MODELS, Story, after

from models.spec import Spec, Staleness

SPEC = Spec(models=MODELS, staleness=Staleness(feature_warn_s=90.0, feature_crit_s=180.0))


def told(*seconds: float, until: float) -> list[tuple[float, str, str, float]]:
    """Return when which level was crossed in which direction, and the age then."""
    line = Story().trades(seconds).beat(until).told(spec=SPEC)
    return [
        (after(body["ts"]), body["event"], body["level"], body["age_s"])
        for body in line.on("staleness")
        if body["metric"] == "staleness.feature"
    ]


def test_the_age_counts_from_the_end_of_the_bar() -> None:
    """The bar of the trade at 2.5 s ends at 5 s: 90 s later it is not over the limit, 91 s later it is."""
    assert told(2.5, until=110) == [(96.0, "crossed", "warn", 91.0)]


def test_both_limits_and_the_way_back_are_told_once() -> None:
    """A trade in a new bar ends the episode at once, for that bar has not ended."""
    assert told(2.5, 250.5, 252.5, until=260) == [
        (96.0, "crossed", "warn", 91.0),
        (186.0, "crossed", "crit", 181.0),
        (251.0, "recovered", "ok", 0.0),
    ]


def test_stale_features_alone_change_no_answer() -> None:
    """The fallback goes by the age of the ticks."""
    line = Story().trades([2.5]).beat(110).told(spec=SPEC)

    assert {body["metric"] for body in line.on("staleness")} == {"staleness.tick", "staleness.feature"}
    assert {body["reason"] for body in line.on("fallback")} == {"stale"}
    assert line.on("fallback")[0]["symbol"] == COIN.name
