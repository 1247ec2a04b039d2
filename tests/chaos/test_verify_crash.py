"""Law 3 as users try it: ``levibot verify crash`` kills a running flow and accounts for every record."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

LEVIBOT = str(Path(sys.executable).with_name("levibot"))
ROOT = Path(__file__).parents[2]
NOTHING = (
    "lost", "duplicated", "different", "out of order per symbol", "non-HOLD under kill", "broken numbering",
    "other bytes than the replay",
)  # fmt: skip


def crashed(*options: str, kills: int) -> dict[str, Any]:
    """Run the command, which must find everything in order, and return what it says."""
    command = [LEVIBOT, "verify", "crash", "--kills", str(kills), "--json", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    told: dict[str, Any] = orjson.loads(done.stdout)
    figures = told["figures"]
    assert (told["exit_code"], figures["kills"], sum(told["killed"].values())) == (0, kills, kills)
    assert [figures[name] for name in NOTHING] == [0] * len(NOTHING)
    assert min(figures["tick records"], figures["commands sent"], figures["records expected"]) > 0
    assert figures["records compared with a replay"] > figures["records expected"]  # those of the account
    assert figures["kills of the paper account"] == round(kills / 3)
    return told


@pytest.mark.kafka
@pytest.mark.crash
@pytest.mark.timeout(560)
def test_ten_kills_on_a_real_kafka_change_nothing(kafka_jars: Path) -> None:
    """None of its records missing, doubled, different or out of order, and each kill is accounted for."""
    told = crashed("--seed", "3", kills=10)
    assert told["seed"] == 3
    assert len(told["recovery_s"]) >= 10
    assert sum(told["disturbed"].values()) == 2


@pytest.mark.embedded
@pytest.mark.crash
@pytest.mark.timeout(300)
def test_kills_on_the_embedded_broker_change_nothing() -> None:
    """The same where there is no Kafka."""
    crashed("--embedded", "--seed", "5", kills=3)
