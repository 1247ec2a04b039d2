"""The rules file of the product: its numbers, its pages, and that it is read strictly."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors.config_file import ConfigError
from connectors.profile_file import profile_named, profile_names
from connectors.rules_file import reactions, rules_of
from connectors.settings import Settings
from connectors.start_values import gates, spec
from models.rules.metrics import METRICS
from models.rules.page import rules_page
from models.rules.rule import ACTIONS
from models.spec import BreakerLimits, Staleness

ROOT = Path(__file__).parents[2]
FILE = ROOT / "configs" / "rules.yml"
RULES = {rule.name: rule for rule in reactions(FILE)}
FOLDER = ROOT / "configs" / "profiles"
PROFILES = [profile_named(FOLDER, name) for name in profile_names(FOLDER)]


def test_the_page_of_the_rules_is_up_to_date() -> None:
    """``docs/rules.md`` is written by ``rules_page`` from the file."""
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == rules_page(reactions(FILE))


@pytest.mark.parametrize("name", list(RULES))
def test_every_rule_has_its_page_of_the_runbook(name: str) -> None:
    """The file is there and has a heading of that anchor, with what it means and how it ends."""
    page, _, anchor = RULES[name].runbook.partition("#")
    sections = _sections((ROOT / page).read_text(encoding="utf-8"))
    assert anchor in sections
    assert "**Means**" in sections[anchor] and "**Ends**" in sections[anchor]


def _sections(text: str) -> dict[str, str]:
    """Return the text of each section by its anchor, as GitHub makes it."""
    parts = re.split(r"^#{2,3} (.+)$", text, flags=re.MULTILINE)[1:]
    return {
        re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-"): body
        for heading, body in zip(parts[::2], parts[1::2], strict=True)
    }


def test_every_metric_and_every_action_is_used() -> None:
    """What no rule looks at and no profile asks for, or no rule does, would be there for nothing."""
    asked = {one.metric for profile in PROFILES for one in (*profile.rules, *profile.criteria)}
    assert {rule.metric for rule in RULES.values()} | asked == set(METRICS)
    assert {action for rule in RULES.values() for action in rule.actions} == set(ACTIONS)


def test_the_owners_numbers() -> None:
    """Those of the requirements, as strict as they are written there."""
    conditions = {name: rule.condition for name, rule in RULES.items()}
    assert conditions["ece_alert"] == "calibration.ece of model_symbol > 0.06"
    assert conditions["ece_tighten"] == "calibration.ece of model_symbol > 0.07"
    assert RULES["ece_tighten"].args == {"entry": 0.01, "exit": -0.01}
    assert conditions["low_confidence"] == "calibration.confid_median of model_symbol < 0.4 for 3h"
    assert conditions["drift_kill"] == "drift.psi of model_symbol > 0.3"
    assert RULES["drift_kill"].actions == ("alert", "kill", "retrain.requested")
    assert conditions["tick_stale"] == "staleness.tick of symbol > 60.0 for 3m"
    assert conditions["feature_kill"] == "staleness.feature of shard > 1800.0"
    assert conditions["dlq_preview"] == "dlq.size of all > 5.0 for 1h"
    assert conditions["errors_spike"] == "errors.rate of all > 0.01 for 5m"
    assert conditions["scores_low"] == "scores.per_minute of all < 5.0 for 1h"
    assert conditions["ticks_drop"] == "ticks.per_minute of all < 30.0 for 3m"


def test_a_rule_that_acts_also_alerts() -> None:
    """Nothing is done in silence, but the fallback, which has events of its own."""
    silent = [r.name for r in RULES.values() if "alert" not in r.actions and r.actions != ("fallback",)]
    assert silent == []


def test_what_stops_trading_is_of_the_highest_severity() -> None:
    """A kill is P0 (kill on); every P0 does something about it."""
    assert all(rule.severity == "P0" for rule in RULES.values() if "kill" in rule.actions)
    assert all(len(rule.actions) > 1 for rule in RULES.values() if rule.severity == "P0")


def test_the_stages_and_monitors_are_given_the_files_numbers() -> None:
    """Staleness and breaker through the spec, the monitors by themselves."""
    config = Settings(_env_file=None, rules_file=FILE)
    assert spec(config).staleness == Staleness(
        warn_s=30, fallback_s=60, feature_warn_s=900, feature_crit_s=1_800
    )
    assert spec(config).breaker == BreakerLimits(share=0.05, rows=200, half_open_after_s=30)
    assert rules_of(config.rules_file).monitors.model_dump() == {
        "drift": {
            "false_alarms_per_day": 1, "pairs": 64,
            "ladder": {"watch": 0.15, "gate": 0.2, "alert": 0.25, "kill": 0.3},
        },
        "calibration": {"rarity": 0.0001, "least_n_eff": 60},
    }  # fmt: skip


def _set(raw: Any, path: str, value: Any) -> None:
    *way, last = path.split(".")
    for step in way:
        raw = raw[step]
    raw[last] = value


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("staleness.feature.crit", 0, "staleness.feature.crit"),
        ("staleness.feature.fallback", 60, "staleness.feature.fallback"),
        ("breaker.share", 1, "breaker.share"),
        ("breaker.rows", 0, "breaker.rows"),
        ("breaker.half_open_after_s", 0.5, "breaker.half_open_after_s"),
        ("monitors.drift.pairs", 0, "monitors.drift.pairs"),
        ("monitors.drift.false_alarms_per_day", 0, "false_alarms_per_day"),
        ("monitors.drift.ladder.alert", 0.35, "monitors.drift.ladder"),
        ("monitors.calibration.rarity", 0.7, "monitors.calibration.rarity"),
        ("monitors.ks", {}, "monitors.ks"),
        ("reactions", {}, "reactions"),
        ("reactions", ["alert"], "reactions"),
    ],
)
def test_a_bad_section_is_refused_by_its_name(path: str, value: Any, said: str, tmp_path: Path) -> None:
    """With the file, by everyone who reads it."""
    raw = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    _set(raw, path, value)
    config = Settings(_env_file=None, rules_file=_written(raw, tmp_path))
    for read in (spec, gates, lambda config: reactions(config.rules_file)):
        with pytest.raises(ConfigError, match=rf"(?s)rules\.yml.*{re.escape(said)}"):
            read(config)


def test_a_bad_reaction_is_found_at_the_start_and_not_when_it_is_needed(tmp_path: Path) -> None:
    """The spec of the flow reads them too."""
    raw = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    raw["reactions"][3]["op"] = "=>"
    with pytest.raises(ConfigError, match=r"rules\.yml: rule 'drift_watch': field 'op' must be >, >="):
        spec(Settings(_env_file=None, rules_file=_written(raw, tmp_path)))


def test_the_fallback_has_one_number(tmp_path: Path) -> None:
    """A rule cannot say another than the one by which the shard acts."""
    raw = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    raw["staleness"]["tick"]["fallback"] = 90
    with pytest.raises(ConfigError, match="rule 'tick_fallback': the fallback is the shard's own doing"):
        reactions(_written(raw, tmp_path))


def _written(raw: Any, folder: Path) -> Path:
    path = folder / "rules.yml"
    path.write_text(yaml.safe_dump(raw), encoding="utf-8")
    return path
