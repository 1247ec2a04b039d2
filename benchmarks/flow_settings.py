"""The settings of a flow over a tick topic, with output, journal and control topics of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.brokers import Broker
from benchmarks.ticks import TickTopic, instance
from connectors.embedded import free_port
from connectors.settings import Settings, environment

SECRET = "a secret for benchmarks alone"
_CONFIGS = Path(__file__).parent.parent / "configs"


def flow_settings(broker: Broker, ticks: TickTopic, redis_url: str, tag: str) -> dict[str, Any]:
    """Return the settings by name; ``tag`` ends the names of the flow's own topics."""
    return {
        **instance(broker, ticks.name),
        "topic_suffix": f"-{tag}",
        "control_topic": f"control-{tag}",
        "redis_url": redis_url,
        "admin_secret": SECRET,
        "flow_host": "127.0.0.1",
        "flow_port": free_port(),
        "flags_file": str(_CONFIGS / "flags.yaml"),
        "rules_file": str(_CONFIGS / "rules.yml"),
        "log_format": "json",
        "start": "earliest",
    }


def as_environment(values: dict[str, Any]) -> dict[str, str]:
    """Return the environment of a process with these settings and no others of ours."""
    known = environment()
    foreign = {name: value for name, value in known.items() if name.lower() not in Settings.model_fields}
    return foreign | {name.upper(): str(value) for name, value in values.items()}
