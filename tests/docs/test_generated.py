"""What the documents take from the code is up to date, and what they point at exists."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors import start_values
from connectors.kafka.topics import planned
from connectors.settings import Settings
from docs.render import PART_OF_SPEC, ROOT, pages

DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
OTHER: dict[str, Any] = {
    "kafka_bootstrap": "elsewhere:9092", "tick_topics": "trades", "control_topic": "orders",
    "topic_suffix": "-b", "partitions": 5, "recorded_ticks": True, "redis_url": "redis://elsewhere/0",
    "instance": 1, "of": 2, "output_transactions": True, "recovery_dir": "elsewhere", "epoch_ms": 500,
    "models_dir": "elsewhere", "registry_file": "elsewhere.json",
    "stuck_after_s": 60.0, "compare_suppressed": True, "failpoint": "open.read:1",
    "api_host": "::1", "api_port": 1, "flow_host": "::1", "flow_port": 1, "stale_after_s": 9.0,
    "offline_after_s": 9.0, "levibot_build_sha": "1", "admin_secret": "s", "admin_key": "k",
    "disorder_ms": 5, "grace_ms": 5, "max_skew_ms": 5, "symbol_ttl_s": 61, "model": "constant-0.5",
    "extra_models": "constant-0.5", "feature_ml_scoring": 0.1, "canary_symbol": "BTCUSDT",
    "canary_timeframe": "1m", "ml_confid_floor": 0.6, "poll_interval_ms": 1_000,
    "ml_signal_weights": "1,2,3", "audit_ml_bucket": False, "audit_ml_signal_parts": False,
    "flags_file": "flags.yaml", "rules_file": "rules.yml", "run_dir": "elsewhere", "log_format": "json",
    "log_level": "debug", "start": "latest",
}  # fmt: skip
"""Another value than the default for every setting."""


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize("path", list(pages()), ids=lambda path: path.name)
def test_generated_parts_are_up_to_date(path: Path) -> None:
    """The picture is the dataflow's, the topics are the plan's, the settings are the class's."""
    assert path.read_text(encoding="utf-8") == pages()[path], "run: .venv/bin/python -m docs.render"


def test_every_setting_says_what_it_means() -> None:
    """A setting without a docstring would have no meaning on the page."""
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_every_topic_is_kept_for_a_week_unless_ticks_are_recorded() -> None:
    """As the README says: then tick topics and journal are kept without limit."""
    kept = {plan.name: plan.config["retention.ms"] for plan in planned(Settings(_env_file=None))}
    assert set(kept.values()) == {str(7 * 86_400_000)}
    recorded = planned(Settings(_env_file=None, recorded_ticks=True))
    assert {p.name for p in recorded if p.config["retention.ms"] == "-1"} == {"ticks", "journal"}


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_the_starred_settings_are_those_that_change_the_spec(name: str, tmp_path: Path) -> None:
    """And only those: another value gives the stages another fingerprint."""
    files = {file: ROOT / "configs" / Path(OTHER[file]).name for file in ("flags_file", "rules_file")}
    other = OTHER[name]
    if name in files:
        other = tmp_path / files[name].name
        other.write_text(changed(yaml.safe_load(files[name].read_text(encoding="utf-8"))))
    before, after = (
        start_values.spec(Settings(_env_file=None, **(files | change))).fingerprint()
        for change in ({}, {name: other})
    )
    assert (after != before) is (name in PART_OF_SPEC)


def changed(config: dict[str, Any]) -> str:
    """Return a config file with one other value."""
    if "staleness" in config:
        config["staleness"]["tick"]["warn"] += 1
    else:
        config["entry"] += 0.01
    return yaml.safe_dump(config)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_the_documents_point_at_exists(document: Path) -> None:
    """Links to files, and files named in passing."""
    text = document.read_text(encoding="utf-8")
    links = [document.parent / link.partition("#")[0] for link in re.findall(r"\]\(([^):]+)\)", text)]
    named = [
        ROOT / path for path in re.findall(r"`((?:models|connectors|flows|api|docs)/[\w./]+\.\w+)`", text)
    ]
    assert [str(path) for path in [*links, *named] if not path.exists()] == []
