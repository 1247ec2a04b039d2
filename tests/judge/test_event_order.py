"""Events of one topic come row by row, so that the borders of a batch do not show in their order."""

from __future__ import annotations

import pytest
from judge.published import COIN, MODELS, OTHER, START, Story, at, rising_and_falling, trade
from judge.test_breaker_events import SPEC as TRYING
from judge.test_breaker_events import Failing
from oracle.log import Trade
from oracle.stages import Line

from models.desk.desk import Desk
from models.scoring.registry import load_all
from models.spec import Spec, Staleness

AGING = Spec(
    models=MODELS,
    staleness=Staleness(warn_s=2.0, fallback_s=12.0, feature_warn_s=3.0, feature_crit_s=6.0),
)


def one_falls_silent() -> Story:
    """Return a story in which one symbol trades each second and the other only at the beginning."""
    story = Story().record(0.5, trade(0.5))
    for second in range(1, 30):
        story.record(second + 0.5, trade(second + 0.5, symbol=OTHER))
    return story


def test_both_kinds_of_staleness_come_row_by_row() -> None:
    """Ticks are stale after 3 and 13 s, bars after 9 and 12: neither kind stands behind all of the other."""
    log = one_falls_silent().log
    whole, each = Line(AGING).run(log), Line(AGING).run(log, range(len(log)))

    assert whole.published() == each.published()
    kinds = [(body["metric"], body["level"]) for body in whole.on("staleness") if body["venue"] == COIN.venue]
    assert kinds == [
        ("staleness.tick", "warn"), ("staleness.feature", "warn"), ("staleness.feature", "crit"),
        ("staleness.tick", "crit"),
    ]  # fmt: skip


def test_a_breaker_comes_with_the_row_that_moved_it() -> None:
    """Behind that row's own event, and before those of later rows."""
    log = rising_and_falling(120).log
    models = load_all(TRYING.models) | {"failing": Failing(10, 35)}
    whole, each = (
        Line(TRYING, Desk(model="failing"), models).run(log, cuts) for cuts in ((0,), range(len(log)))
    )

    assert whole.published() == each.published()
    assert [body["event"] for body in whole.on("fallback")] == [
        "enter", "breaker", "enter", "exit", "breaker", "breaker",
    ]  # fmt: skip


@pytest.mark.parametrize(("last_ns", "age"), [(999_999_999, 91.0), (0, 86.0)])
def test_the_bar_of_the_last_trade_is_known_to_the_nanosecond(last_ns: int, age: float) -> None:
    """A trade in the last instant of a bar is not one of the next bar."""
    last = (START + 5 - (last_ns > 0)) * 10**9 + last_ns
    story = Story().record(5.0, Trade(COIN, last, 100.0, 1.0, 1, -1)).beat(97.0)
    line = story.told(spec=Spec(models=MODELS, staleness=Staleness(feature_warn_s=age - 0.5)))

    found = [body for body in line.on("staleness") if body["metric"] == "staleness.feature"]
    assert [(body["ts"], body["age_s"]) for body in found] == [(at(96), age)]
