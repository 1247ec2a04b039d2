"""Law 4 as users try it: ``levibot verify kill`` on a real Kafka, under a backlog, across a crash."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from connectors.embedded import RealKafka
from connectors.kafka.topics import existing

LEVIBOT = str(Path(sys.executable).with_name("levibot"))
ROOT = Path(__file__).parents[2]


@pytest.mark.kafka
@pytest.mark.crash
@pytest.mark.timeout(180)
def test_kills_under_a_backlog_on_a_real_kafka(real_kafka: RealKafka) -> None:
    """Nothing but HOLD behind an acknowledgement, after flow and Redis were killed too; no topic is left.

    How fast it is, is for a quiet machine to say: an exit code of 1 must be the time alone.
    """
    command = [LEVIBOT, "verify", "kill", "--trials", "3", "--bootstrap", real_kafka.bootstrap, "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=170, check=False)
    assert done.stdout, done.stderr
    told: dict[str, Any] = orjson.loads(done.stdout)
    assert (told["trials"], told["broken"], told["trials_without_backlog"]) == (3, 0, 0)
    assert done.returncode == (told["last_order_ms"]["p99"] > told["within_ms"])
    assert told["held"] >= 3 * 4 * 50
    assert told["restart"]["held"] >= 4 * 50
    assert told["restart"] == {"held": told["restart"]["held"], "broken": 0, "what": "flow and Redis"}
    assert [name for name in existing(real_kafka.bootstrap) if "-kill-" in name] == []


@pytest.mark.slow
def test_without_a_broker_it_could_not_be_checked() -> None:
    """Exit code 2, and what to do."""
    command = [LEVIBOT, "verify", "kill", "--bootstrap", "127.0.0.1:1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "no broker answers at 127.0.0.1:1" in done.stderr
