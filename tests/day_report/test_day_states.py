"""How figures stand: the owner's table of target, warn and critical, out of the profile alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.profile_file import read_profile
from connectors.rules_file import reactions
from flows.day_report.states import rules_of, state

CONFIGS = Path(__file__).parents[2] / "configs"
SPARK = read_profile(CONFIGS / "profiles" / "spark.yml")
BASE = reactions(CONFIGS / "rules.yml")


@pytest.mark.parametrize(
    ("metric", "value", "wanted"),
    [
        ("latency.score_e2e_p95_ms", 1_000.0, "target"),
        ("latency.score_e2e_p95_ms", 1_000.1, "warn"),
        ("latency.score_e2e_p95_ms", 1_500.1, "critical"),
        ("staleness.tick", 30.0, "target"),
        ("staleness.tick", 31.0, "warn"),
        ("staleness.tick", 61.0, "critical"),
        ("errors.rate", 0.01, "target"),
        ("errors.rate", 0.02, "warn"),
        ("errors.rate", 0.021, "critical"),
        ("scores.per_minute", 10.0, "target"),
        ("scores.per_minute", 5.0, "warn"),
        ("scores.per_minute", 4.9, "critical"),
        ("confid.median", 0.55, "target"),
        ("confid.median", 0.5, "warn"),
        ("confid.median", 0.44, "critical"),
        ("dlq.size", 2.0, "target"),
        ("dlq.size", 3.0, "warn"),
        ("errors.rate", None, "no data"),
    ],
)
def test_figures_stand_as_the_table_says(metric: str, value: float | None, wanted: str) -> None:
    """S238 to S242 and S262, with the operators as they are written."""
    assert state(rules_of(SPARK, BASE, metric), value) == wanted


def test_a_metric_without_a_rule_stands_nowhere() -> None:
    """And one that the profile has none for stands by the base's rules."""
    assert state(rules_of(SPARK, BASE, "memory.rss_bytes"), 1.0) == "no rule"
    assert state(rules_of(SPARK, BASE, "breaker.open"), 1.0) == "critical"
