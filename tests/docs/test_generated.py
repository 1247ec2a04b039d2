"""What the documents take from the code is up to date, and what they point at exists."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors import start_values
from connectors.kafka.topics import planned
from connectors.settings import Settings
from docs.render import ROOT, pages
from docs.settings_page import PART_OF_PAPER, PART_OF_SPEC

DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
OTHER: dict[str, Any] = {
    "kafka_security_protocol": "SSL", "kafka_sasl_mechanism": "PLAIN", "kafka_sasl_username": "u",
    "kafka_sasl_password": "p", "kafka_ssl_ca_location": "ca.pem", "kafka_ssl_key_password": "p",
    "kafka_ssl_certificate_location": "own.pem", "kafka_ssl_key_location": "own.key",
    "kafka_bootstrap": "elsewhere:9092", "tick_topics": "trades", "control_topic": "orders",
    "topic_suffix": "-b", "partitions": 5, "recorded_ticks": True, "redis_url": "redis://elsewhere/0",
    "instance": 1, "of": 2, "output_transactions": True, "recovery_dir": "elsewhere", "epoch_ms": 500,
    "models_dir": "elsewhere", "registry_file": "elsewhere.json",
    "stuck_after_s": 60.0, "compare_suppressed": True, "failpoint": "open.read:1",
    "api_host": "::1", "api_port": 1, "flow_host": "::1", "flow_port": 1, "stale_after_s": 9.0,
    "offline_after_s": 9.0, "levibot_build_sha": "1", "admin_secret": "s",
    "admin_key": "k" * 16, "trader_key": "t" * 16, "viewer_key": "v" * 16, "ip_allowlist": "::1",
    "trusted_proxies": "::1", "session_minutes": 5, "ack_timeout_s": 5.0, "control_per_minute": 5,
    "audit_file": "elsewhere.log",
    "disorder_ms": 5, "grace_ms": 5, "max_skew_ms": 5, "symbol_ttl_s": 61, "model": "constant-0.5",
    "extra_models": "constant-0.5", "feature_ml_scoring": 0.1, "canary_symbol": "BTCUSDT",
    "canary_timeframe": "1m", "ml_confid_floor": 0.6, "poll_interval_ms": 1_000,
    "ml_signal_weights": "1,2,3", "audit_ml_bucket": False, "audit_ml_signal_parts": False,
    "flags_file": "flags.yaml", "rules_file": "rules.yml", "run_dir": "elsewhere", "log_format": "json",
    "log_level": "debug", "start": "latest", "account_suffix": "-b", "paper_port": 1,
    "guard_port": 1, "guard_silent_after_s": 60.0, "guard_acts": False, "canary_policy_file": "policy.json",
    "paper_start_balance": "2000", "paper_maker_bps": 1.0, "paper_taker_bps": 1.0, "paper_slippage_bps": 1.0,
    "paper_liquidity": "maker", "paper_latency_ms": 1, "paper_equity_fraction": 0.5,
    "webhook_url": "http://127.0.0.1:1/x", "webhook_port": 1,
    "paper_behind_after_s": 5.0, "reports_dir": "elsewhere",
    "predict_per_minute": 1, "limiter_url": "redis://elsewhere/0",
}  # fmt: skip
"""Another value than the default for every setting."""


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(("path", "page"), pages().items(), ids=lambda value: getattr(value, "name", ""))
def test_generated_parts_are_up_to_date(path: Path, page: str) -> None:
    """The picture is the dataflow's, the topics are the plan's, the settings are the class's."""
    assert path.read_text(encoding="utf-8") == page, "run: .venv/bin/python -m docs.render"


def test_every_setting_says_what_it_means() -> None:
    """A setting without a docstring would have no meaning on the page."""
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_topics_are_kept_as_the_readme_says() -> None:
    """A week; account, guard and gateway without limit, and recorded ticks and their journal too."""
    account = {"trades", "account", "journal.paper"}
    guard = {"alerts", "rollout", "audit.guard", "journal.guard", "audit.gateway"}
    kept = {plan.name: plan.config["retention.ms"] for plan in planned(Settings(_env_file=None))}
    assert {kept.pop(name) for name in account | guard} == {"-1"}
    assert set(kept.values()) == {str(7 * 86_400_000)}
    recorded = planned(Settings(_env_file=None, recorded_ticks=True))
    without_limit = {p.name for p in recorded if p.config["retention.ms"] == "-1"}
    assert without_limit == {"ticks", "journal", *account, *guard}


FILES = {file: ROOT / "configs" / Path(OTHER[file]).name for file in ("flags_file", "rules_file")}


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_the_marked_settings_are_those_that_change_a_spec(name: str, tmp_path: Path) -> None:
    """And only those: another value gives the stages, or the paper account, another fingerprint."""
    other = OTHER[name]
    if name in FILES:
        other = tmp_path / FILES[name].name
        other.write_text(changed(yaml.safe_load(FILES[name].read_text(encoding="utf-8"))))
    stages, account = fingerprints(**{name: other})
    assert (stages != usual()[0]) is (name in PART_OF_SPEC)
    assert (account != usual()[1]) is (name in PART_OF_PAPER)


def fingerprints(**change: Any) -> tuple[str, str]:
    """Return those of the stages and of the account under the usual settings but these."""
    settings = Settings(_env_file=None, **(FILES | change))
    return start_values.spec(settings).fingerprint(), start_values.paper_spec(settings).fingerprint()


@cache
def usual() -> tuple[str, str]:
    """Return the fingerprints under the usual settings."""
    return fingerprints()


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
