"""The rule of the stream and the alert of Prometheus fire and resolve at the same samples.

Of what is a value in both. Where a value is missing they differ, and are meant to: the stream waits, an alert
of Prometheus ends, and what is down is told of by an alert of its own.
"""

from __future__ import annotations

import random
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from promtool import DEPLOYED, ROOT, alerts_of, passed

from connectors.profile_file import profile_named
from connectors.rules_file import reactions
from flows.alerting.names import alert_name
from models.rules.evaluate import Rules, Sample
from models.rules.rule import Rule

EVERY_S, STEPS = 15, 400
GOLIVE = profile_named(ROOT / "configs" / "profiles", "golive")
RULES = {rule.name: rule for rule in GOLIVE.in_force(reactions(ROOT / "configs" / "rules.yml"))}
ALERTS = alerts_of(DEPLOYED / "profiles" / "golive.yml")
ECE = 'levibot_calibration_ece{job="api",model="m",symbol="BTCUSDT",window="24h"}'
PSI = 'levibot_drift_psi{job="api",model="m",symbol="BTCUSDT",feature="rsi_14"}'
STALENESS = 'levibot_features_staleness_seconds{job="api",symbol="BTCUSDT"}'
MEASURE = 'levibot_measure{job="api",metric="staleness.tick"}'
TICKS = 'levibot_market_ticks_per_minute{job="api",symbol="BTCUSDT"}'
DLQ, BREAKER = 'spark_dlq_size{job="api"}', 'levibot_breaker_open{job="api",shard="ticks/0000"}'
PAIR, SYMBOL, SHARD = "model_symbol:m/BTCUSDT", "symbol:BTCUSDT", "shard:ticks/0000"

SAME = {  # the series behind a rule, whose it is, its limit's series, and values on both sides of the number
    "tick_warn": (STALENESS, SYMBOL, "", (29.5, 30.0, 30.5)),
    "tick_stale": (STALENESS, SYMBOL, "", (59.5, 60.0, 60.5)),
    "feed_stale": (MEASURE, SHARD, "", (60.0, 61.0, 62.0)),
    "feature_warn": (STALENESS, SYMBOL, "", (899.0, 900.0, 901.0)),
    "dlq_target": (DLQ, "all", "", (1.0, 2.0, 3.0)),
    "ticks_drop": (TICKS, "all", "", (29.0, 30.0, 31.0)),
    "ticks_none": (TICKS, "all", "", (0.0, 0.0, 1.0)),
    "breaker_open": (BREAKER, SHARD, "", (0.0, 0.5, 1.0)),
    "ece_alert": (ECE, PAIR, ECE.replace("_ece", "_ece_limit"), (0.059, 0.06, 0.061)),
    "ece_tighten": (ECE, PAIR, ECE.replace("_ece", "_ece_limit"), (0.07, 0.071, 0.09)),
    "drift_watch": (PSI, PAIR, PSI.replace("_psi", "_psi_limit"), (0.149, 0.15, 0.151)),
    "drift_kill": (PSI, PAIR, PSI.replace("_psi", "_psi_limit"), (0.3, 0.301, 0.31)),
}  # fmt: skip


def stretches(draw: random.Random, values: tuple[float, ...], longest: int) -> list[float]:
    """Return values that stay for a while, some for longer than the longest rule needs."""

    def each() -> Any:
        while True:
            yield from [draw.choice(values)] * draw.choice((1, 2, draw.randrange(3, longest)))

    return list(islice(each(), STEPS))


def in_stream(rule: Rule, key: str, values: list[float], limits: list[float | None]) -> list[int]:
    """Return whether the rule of the stream is firing behind each sample."""
    rules, firing = Rules([rule]), []
    for place, (value, limit) in enumerate(zip(values, limits, strict=True)):
        rules.step(place * EVERY_S, [Sample(rule.metric, key, value, limit)])
        firing.append(len(rules.open()))
    return firing


def case(alert: str, series: dict[str, list[float]], firing: list[int]) -> dict[str, Any]:
    """Return a case of Prometheus' tool that asks at every sample."""
    asked = f'count(ALERTS{{alertname="{alert}",alertstate="firing"}}) or vector(0)'
    return {
        "interval": f"{EVERY_S}s",
        "input_series": [
            {"series": name, "values": " ".join(map(repr, values))} for name, values in series.items()
        ],
        "promql_expr_test": [
            {
                "expr": asked,
                "eval_time": f"{place * EVERY_S}s",
                "exp_samples": [{"labels": "{}", "value": on}],
            }
            for place, on in enumerate(firing)
        ],
    }


@pytest.mark.slow
def test_stream_and_prometheus_agree(tmp_path: Path) -> None:
    """At each of 400 samples, on both sides of the number and on it, within the limit and beyond it."""
    trials = []
    for name, (series, key, limited, values) in SAME.items():
        draw, rule = random.Random(name), RULES[name]
        found = stretches(draw, values, max(4, rule.for_s // EVERY_S * 2))
        limits = stretches(draw, (values[0] / 2, values[2] * 2, values[2]), 8) if limited else None
        firing = in_stream(rule, key, found, [*limits] if limits else [None] * STEPS)
        assert 0 < sum(firing) < STEPS, name
        told = {series: found, **({limited: limits} if limits else {})}
        written = {"evaluation_interval": f"{EVERY_S}s", "tests": [case(alert_name(name), told, firing)]}
        trials.append((name, ALERTS[alert_name(name)], [written]))
    assert passed(trials, tmp_path) == dict.fromkeys(SAME, True)


@pytest.mark.parametrize("name", list(SAME))
def test_what_is_compared_is_in_force(name: str) -> None:
    """As an alert under the name of its rule."""
    assert ALERTS[alert_name(name)]["labels"]["rule"] == name
