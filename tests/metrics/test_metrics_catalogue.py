"""The names: as Prometheus wants them, the owner's among them."""

from __future__ import annotations

import re

import pytest

from connectors.metrics.catalogue import METRICS, SECTIONS

OWNERS = (
    "levibot_model_latency_seconds", "levibot_predict_requests_total", "levibot_fallback_events_total",
    "levibot_features_staleness_seconds", "levibot_market_ticks_per_minute", "levibot_active_model_info",
    "levibot_model_switches_total", "levibot_errors_total", "levibot_latency_ms", "levibot_equity",
    "spark_last_update_timestamp", "spark_dlq_size",
)  # fmt: skip
"""Those that the owner asks for by name."""


def test_the_owners_names_are_at_the_api() -> None:
    """All twelve."""
    assert {name for name in OWNERS if "api" in METRICS[name].on} == set(OWNERS)


def test_no_name_stands_twice() -> None:
    """In two sections one would hide the other."""
    assert len(METRICS) == sum(map(len, SECTIONS.values()))


@pytest.mark.parametrize("name", METRICS)
def test_names_are_as_prometheus_wants_them(name: str) -> None:
    """Suffixes by type, small letters, and a meaning that is a sentence."""
    one = METRICS[name]
    assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
    assert name.endswith("_total") is (one.kind == "counter")
    assert name.endswith("_info") is (one.kind == "info" or name == "python_info")
    assert all(re.fullmatch(r"[a-z_]+", label) and label != "le" for label in one.labels)
    assert one.meaning.rstrip().endswith(".")
    assert one.on
