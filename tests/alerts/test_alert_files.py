"""Prometheus' rule files: the owner's alerts, one for every rule, each with its place in the runbook."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from promtool import DEPLOYED, ROOT, Plain, alerts_of, cases, load, promtool

from connectors.metrics.catalogue import METRICS
from connectors.profile_file import profile_named, profile_names
from connectors.rules_file import reactions, rules_of
from models.rules.rule import Rule

CONFIGS = ROOT / "configs"
BASE = reactions(CONFIGS / "rules.yml")
OUTSIDE = rules_of(CONFIGS / "rules.yml").outside
PROFILES = {name: profile_named(CONFIGS / "profiles", name) for name in profile_names(CONFIGS / "profiles")}
FILES = [DEPLOYED / "alerts.yml", *sorted((DEPLOYED / "profiles").glob("*.yml"))]
LOADED = alerts_of(FILES[0])
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
ELSEWHERE = {"up"}
"""Series of Prometheus itself."""
every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)

OWNERS = {  # sections 000 and 001 of the owner's documents: beyond what, and for how long
    "DataStale60s": ("> 60", "3m"),
    "LatencyP95High": ("> 300", "5m"),
    "PredictErrorSpike": ("> 0.01", "5m"),
    "TicksDrop": ("< 30", "3m"),
    "SSENoTicks": ("<= 0", "1m"),
    "TradingErrorsSpike": ("> 0", "0s"),
    "DailyLossNearLimit": (">= 0.9", "0s"),
    "EngineLatencyHigh": ("> 250", "3m"),
}


def test_the_alerts_that_are_loaded_are_at_least_twenty() -> None:
    """With those of processes that cannot tell of themselves."""
    assert len(LOADED) >= 20
    assert LOADED.keys() >= {
        "ExecutorOffline",
        "SignalsDown",
        "RedisDown",
        "GuardDown",
        "PaperDown",
        "ApiDown",
    }
    assert LOADED["Watchdog"]["expr"] == "(vector(1)) >= 1"


@pytest.mark.parametrize("name", list(OWNERS))
def test_an_alert_of_the_owners_has_the_owners_number(name: str) -> None:
    """And time."""
    beyond, for_ = OWNERS[name]
    assert LOADED[name]["expr"].endswith(f") {beyond}")
    assert LOADED[name]["for"] == for_


@every_file
def test_an_alert_tells_what_and_where_to_read_on(path: Path) -> None:
    """Severity, time, a summary, the value, and a heading of the runbook that says how it ends."""
    for name, alert in alerts_of(path).items():
        assert alert["labels"]["severity"] in ("P0", "P1", "P2", "P3")
        assert re.fullmatch(r"\d+[smhd]", alert["for"])
        told = alert["annotations"]
        assert told["summary"]
        assert "{{ $value" in told["description"]
        assert told["runbook_url"] == f"docs/runbook.md#{name.lower()}"
        section = re.search(rf"^### {name}\n(.*?)(?=^##|\Z)", RUNBOOK, re.MULTILINE | re.DOTALL)
        assert section is not None, name
        assert all(part in section[1] for part in ("**Means**", "**Do**", "**Ends**")), name


def test_every_heading_of_an_alert_has_one() -> None:
    """The runbook is about nothing that is no more."""
    headings = set(re.findall(r"^### (\S+)$", RUNBOOK, re.MULTILINE))
    assert headings == {name for path in FILES for name in alerts_of(path)}


def by_rule(path: Path) -> dict[str, Plain]:
    """Return the alerts of a file that come from rules, by rule."""
    return {alert["labels"]["rule"]: alert for alert in alerts_of(path).values() if "rule" in alert["labels"]}


def same(rule: Rule, alert: Plain) -> bool:
    """Return whether an alert has the number, time and severity of a rule."""
    number = re.search(r"\) (>=|<=|>|<) ([\d.e+-]+)(?:\) unless .*)?$", alert["expr"])
    assert number is not None, alert["expr"]
    seconds = int(alert["for"][:-1]) * {"s": 1, "m": 60, "h": 3_600, "d": 86_400}[alert["for"][-1]]
    told = (number[1], float(number[2]), seconds, alert["labels"]["severity"])
    return told == (rule.op, rule.value, rule.for_s, rule.severity)


@pytest.mark.parametrize("name", list(PROFILES))
def test_a_profiles_file_has_an_alert_for_each_rule_in_force(name: str) -> None:
    """And no other, but those from outside."""
    found = by_rule(DEPLOYED / "profiles" / f"{name}.yml")
    rules = {rule.name: rule for rule in PROFILES[name].in_force(BASE)}
    assert found.keys() == rules.keys()
    assert [one for one, rule in rules.items() if not same(rule, found[one])] == []


def test_the_loaded_file_has_the_base_and_two_profiles() -> None:
    """Those of go-live and of the production runbook, which the owner's names come from."""
    rules = {rule.name: rule for rule in (*BASE, *PROFILES["golive"].rules, *PROFILES["runbook"].rules)}
    found = by_rule(FILES[0])
    assert found.keys() == rules.keys()
    assert [one for one, rule in rules.items() if not same(rule, found[one])] == []


@every_file
def test_what_is_seen_from_outside_is_in_every_file(path: Path) -> None:
    """Each once."""
    found = [name for name, alert in alerts_of(path).items() if "rule" not in alert["labels"]]
    assert found == [one.alert for one in OUTSIDE]


@every_file
def test_an_alert_asks_for_metrics_that_there_are(path: Path) -> None:
    """By name, and with labels that they have."""
    for name, alert in alerts_of(path).items():
        for metric, matchers in re.findall(r"\b([a-z_]+_[a-z_]+|up)(?:\{([^}]*)\})", alert["expr"]):
            if metric in ELSEWHERE:
                continue
            described = METRICS.get(metric.removesuffix("_bucket"))
            assert described is not None, f"{name}: {metric}"
            labels = {*described.labels, "job", *(["le"] if described.kind == "histogram" else [])}
            assert set(re.findall(r"(\w+)=", matchers)) <= labels, f"{name}: {metric}"
            jobs = re.findall(r'job=~?"([^"]+)"', matchers)
            assert not jobs or set(jobs[0].split("|")) <= set(described.on), f"{name}: {metric}"


@every_file
def test_prometheus_takes_the_file(path: Path) -> None:
    """As it will at its start."""
    done = promtool("check", "rules", str(path))
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_has_cases_in_which_it_fires_and_does_not() -> None:
    """In the file that is loaded, else in the first profile's that has it."""
    written = cases()
    named = {name for _, name in written}
    assert named == {name for path in FILES for name in alerts_of(path)}
    for (_, name), each in written.items():
        seen = [c["exp_samples"][0]["value"] for one in each for c in one["tests"][0]["promql_expr_test"]]
        if name != "Watchdog":
            assert (seen[0] == 0 and max(seen) > 0 and seen[-1] == 0) or len(each) > 1, name


def test_prometheus_is_told_to_load_the_file() -> None:
    """Not those of the profiles as well, which would tell everything twice."""
    globs = load(DEPLOYED / "prometheus.yml")["rule_files"]
    found = {path for one in globs for path in DEPLOYED.glob(one)}
    assert found == {FILES[0]}
