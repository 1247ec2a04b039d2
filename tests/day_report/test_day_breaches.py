"""Breaches of a day: what fired in it, how long it lasted, and what matters most."""

from __future__ import annotations

from flows.day_report.breaches import breaches, carried_over, counted, top
from flows.day_report.window import DAY_NS, Window
from models.spec import SECOND
from tests.day_report.told import DAY_S, alert

DAY = Window(DAY_S * SECOND, DAY_S * SECOND + DAY_NS)

ALERTS = [
    alert(1, "firing", "slow", at=900, since=600, severity="P1"),
    alert(2, "resolved", "slow", at=1_000, since=600, severity="P1"),
    alert(3, "firing", "wrong", at=2_000, since=2_000),
    alert(4, "firing", "wrong", at=2_000, since=1_900, scope="shard:a"),
    alert(5, "resolved", "wrong", at=2_600, since=2_000),
    alert(6, "firing", "told", at=100, since=100, severity="P3"),
    alert(7, "firing", "late", at=86_000, since=85_900, auto_pause=True),
    alert(0, "firing", "old", at=-50, since=-60),
    alert(8, "resolved", "old", at=50, since=-60),
    alert(9, "firing", "next", at=86_400, since=86_300),
]


def test_a_breach_lasts_from_when_its_rule_began_to_hold() -> None:
    """Not from when it fired; one that still holds lasts to the end of the day. Order does not matter."""
    found = breaches(reversed(ALERTS), DAY)
    assert [(one.rule, one.scope, one.seconds, one.end is None) for one in found] == [
        ("slow", "all", 400.0, False),
        ("wrong", "all", 600.0, False),
        ("wrong", "shard:a", 84_500.0, True),
        ("told", "all", 86_300.0, True),
        ("late", "all", 500.0, True),
    ]


def test_p3_is_no_breach_and_what_fired_before_is_told_apart() -> None:
    """The guard counts breaches without P3, too."""
    found = breaches(ALERTS, DAY)
    assert (counted(found, "P0", "P1"), counted(found, "P2"), counted(found, "P3")) == (1, 3, 1)
    assert carried_over(ALERTS, DAY) == 1


def test_the_top_are_the_most_severe_then_the_longest() -> None:
    """Three of them, and never a P3."""
    assert [(one.rule, one.scope) for one in top(breaches(ALERTS, DAY))] == [
        ("slow", "all"), ("wrong", "shard:a"), ("wrong", "all"),
    ]  # fmt: skip
