"""The dashboards: well-formed, the owner's panels by name, every query one that Prometheus understands."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml
from grafana.dashboards import DASHBOARDS, FOLDER, asked, described, queries
from grafana.promtool import checked_rules

from connectors.metrics.catalogue import METRICS
from models.rules.rule import Rule

ROOT = FOLDER.parents[2]
NINE = [
    "Model ECE", "Feature Staleness", "Drift PSI (top 5)", "Drift Events", "Ensemble Weights",
    "Model Uncertainty", "Paper PnL (1D, 7D)", "Sharpe", "MaxDD",
]  # fmt: skip
FIVE = ["SLOTimechart", "RecentActions", "RiskGuardrailsWidget", "Queue DLQ", "ml_bucket distribution"]


def panel(dashboard: str, title: str) -> dict[str, Any]:
    [found] = [one for one in DASHBOARDS[dashboard]["panels"] if one["title"] == title]
    return found


def reds(steps: dict[str, Any]) -> list[float]:
    return [step["value"] for step in steps["steps"] if step["color"] == "red"]


def test_the_two_dashboards_are_the_owners() -> None:
    """Their addresses, and the panels of ML Production by name and in order."""
    assert DASHBOARDS.keys() == {"levibot-realtime", "ml-production"}
    assert {one["uid"] for one in DASHBOARDS.values()} == set(DASHBOARDS)
    production = DASHBOARDS["ml-production"]
    assert production["title"] == "ML Production"
    assert [one["title"] for one in production["panels"]] == NINE + FIVE


@pytest.mark.parametrize("name", DASHBOARDS)
def test_a_dashboard_is_well_formed(name: str) -> None:
    """Panels with ids and titles of their own, within the grid, on the datasource that is provisioned."""
    panels = DASHBOARDS[name]["panels"]
    config = yaml.safe_load((ROOT / "deploy/grafana/provisioning/datasources/prometheus.yml").read_text())
    uids = {one["uid"] for one in config["datasources"]}
    assert len({one["id"] for one in panels}) == len({one["title"] for one in panels}) == len(panels)
    for one in panels:
        assert one["description"]
        assert one["datasource"]["uid"] in uids
        assert {target["datasource"]["uid"] for target in one["targets"]} <= uids
        references = [target["refId"] for target in one["targets"]]
        assert len(set(references)) == len(references) > 0
        place = one["gridPos"]
        assert place["x"] >= 0
        assert place["x"] + place["w"] <= 24
    for one, other in combinations([one["gridPos"] for one in panels], 2):
        apart = (
            one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
            or one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        )  # fmt: skip
        assert apart, (one, other)


def test_the_folder_is_the_one_that_is_provisioned() -> None:
    """Compose mounts it where Grafana looks."""
    config = yaml.safe_load((ROOT / "deploy/grafana/provisioning/dashboards/levibot.yml").read_text())
    [provider] = config["providers"]
    mounts = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["grafana"]["volumes"]
    told = [str(mount) for mount in mounts if provider["options"]["path"] in str(mount)]
    assert len(told) == 1
    assert "deploy/grafana/dashboards" in told[0]


def test_every_query_asks_for_a_metric_that_there_is() -> None:
    """On a process that has it, by labels that it has."""
    known = set(METRICS)
    for name, title, expr in queries():
        assert asked(expr), (name, title, expr)
        for metric, labels in asked(expr):
            one = METRICS[described(metric, known)]
            assert (one.kind == "histogram") is (described(metric, known) != metric), (title, expr)
            jobs = re.split(r"\|", labels.pop("job"))
            assert set(jobs) <= set(one.on), (title, expr)
            assert labels.keys() <= set(one.labels), (title, expr)


def test_what_is_added_up_by_a_label_has_it() -> None:
    """A misspelt label in ``by`` would make one series of all, and no error."""
    known = set(METRICS)
    for _, title, expr in queries():
        labels = {label for metric, _ in asked(expr) for label in METRICS[described(metric, known)].labels}
        for inside in re.findall(r"\bby \(([^)]*)\)", expr):
            assert set(inside.split(", ")) <= labels | {"le", "job"}, (title, expr)


def test_every_legend_names_labels_that_are_left() -> None:
    """Else Grafana would show an empty name."""
    known = set(METRICS)
    for dashboard in DASHBOARDS.values():
        for one in dashboard["panels"]:
            for target in one["targets"]:
                wanted = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
                expr = target["expr"]
                by = [set(inside.split(", ")) - {"le"} for inside in re.findall(r"\bby \(([^)]*)\)", expr)]
                having = by[0] if by else {
                    label for metric, _ in asked(expr) for label in METRICS[described(metric, known)].labels
                } | {"job"}  # fmt: skip
                assert wanted <= having, (one["title"], expr)


def test_prometheus_understands_every_query(tmp_path: Path) -> None:
    """Each as a rule of its own; a broken one is found."""
    rules = [{"record": f"panel:{place}", "expr": expr} for place, (_, _, expr) in enumerate(queries())]
    path = tmp_path / "rules.yml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    code, said = checked_rules(path)
    assert code == 0, said
    path.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": [rules[0] | {"expr": "sum("}]}]}))
    assert checked_rules(path)[0] == 1


LINES = [
    ("ml-production", "Model ECE", 0.07), ("ml-production", "Feature Staleness", 1_800),
    ("ml-production", "Drift PSI (top 5)", 0.3), ("ml-production", "Queue DLQ", 5),
    ("levibot-realtime", "Latency p95", 250), ("levibot-realtime", "Features staleness", 60),
    ("levibot-realtime", "Memory", 4e9),
]  # fmt: skip
"""The owner's critical values: C13, S244, C11, C19, EngineLatencyHigh, DataStale60s, S246."""


@pytest.mark.parametrize(("dashboard", "title", "value"), LINES)
def test_the_red_line_is_where_the_owner_wants_it(dashboard: str, title: str, value: float) -> None:
    """Drawn, and at the owner's critical value."""
    defaults = panel(dashboard, title)["fieldConfig"]["defaults"]
    assert defaults["custom"]["thresholdsStyle"] == {"mode": "line"}
    assert reds(defaults["thresholds"]) == [value]


@pytest.mark.parametrize("dashboard", DASHBOARDS)
def test_the_slo_chart_has_a_red_line_for_each_of_its_three(dashboard: str) -> None:
    """S273: p95 at 1500 ms, staleness at 60 s, errors at 2 %; orange at 1000 ms, 30 s and 1 %."""
    overrides = panel(dashboard, "SLOTimechart")["fieldConfig"]["overrides"]
    found = {
        one["matcher"]["options"]: {has["id"]: has["value"] for has in one["properties"]} for one in overrides
    }
    assert [reds(found[name]["thresholds"]) for name in "ABC"] == [[1_500], [60], [0.02]]
    oranges = [found[name]["thresholds"]["steps"][1]["value"] for name in "ABC"]
    assert oranges == [1_000, 30, 0.01]
    assert [found[name]["custom.thresholdsStyle"]["mode"] for name in "ABC"] == ["line"] * 3
    assert [found[name]["unit"] for name in "ABC"] == ["ms", "s", "percentunit"]


def test_too_few_is_red_below_the_line() -> None:
    """ml.score: under 5 a minute red, under 10 orange, from there on green (S241)."""
    steps = panel("ml-production", "RecentActions")["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert [(step["color"], step["value"]) for step in steps] == [("red", None), ("orange", 5), ("green", 10)]


def test_a_line_of_a_rule_that_does_not_exist_is_refused() -> None:
    """Nobody makes a number up."""
    from flows.dashboards.lines import Lines, lines_of  # noqa: PLC0415

    rule = Rule(
        name="r", metric="dlq.size", scope="all", op="<", value=3, for_s=0, severity="P1", actions=("alert",),
        runbook="",
    )  # fmt: skip
    assert lines_of([rule], "dlq.size", "all") == Lines(None, 3, rising=False)
    steps = lines_of([rule], "dlq.size", "all").steps()["steps"]
    assert [(step["color"], step["value"]) for step in steps] == [("red", None), ("green", 3)]
    with pytest.raises(ValueError, match=r"no rule watches errors\.rate of all"):
        lines_of([rule], "errors.rate", "all")
