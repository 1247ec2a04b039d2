"""Marathons end to end: 48 hours of event time each on a real Kafka, and the decisions they must come to."""

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
DAY_S = 86_400
CRITICAL = ("ece", "staleness", "drift")


def verified(kafka: RealKafka, case: str) -> dict[str, Any]:
    """Run a case and return what it says, once it holds."""
    command = [LEVIBOT, "verify", "marathon", "--case", case, "--bootstrap", kafka.bootstrap, "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=880, check=False)
    assert done.stdout, done.stderr
    told: dict[str, Any] = orjson.loads(done.stdout)
    [found] = told["cases"]
    assert [one for one in found["looked_at"] if not one["holds"]] == []
    assert done.returncode == 0
    assert [name for name in existing(kafka.bootstrap) if f"-{case}-" in name] == []
    return dict(found)


def hours(found: dict[str, Any]) -> float:
    """Return how long the run took, of the market's time."""
    moves = found["transitions"]
    last = next(move for move in moves if move["event"] == "decision")
    return float(last["ts"] - moves[0]["ts"]) / 3.6e12


@pytest.mark.kafka
@pytest.mark.marathon
@pytest.mark.xdist_group("marathon-promoted")
@pytest.mark.timeout(900)
def test_a_good_challenger_is_promoted_though_the_guard_is_killed(real_kafka: RealKafka) -> None:
    """After 48 hours and over 2,500 minutes of outcomes; its criteria held, and it earned far more."""
    found = verified(real_kafka, "good")
    verdict, last = found["decisions"][0], found["decisions"][-1]
    assert last["decision"] == "PROMOTE"
    assert last["dwell_s"] >= last["dwell_needed_s"] == 2 * DAY_S
    assert last["samples"] > 2_500
    rows = {row["criterion"]: row for row in last["criteria"]}
    assert {rows[name]["outcome"] for name in CRITICAL} == {"success"}
    assert rows["ece"]["value"] == pytest.approx(found["figures"]["ece"], abs=0.005)
    assert rows["ece"]["value"] <= 0.06
    assert verdict["decision"] == "PROMOTE"
    promoted = {row["name"]: row["value"] for row in verdict["gates"]["promote"]}
    assert promoted["sharpe_lead"] > 1.0
    assert promoted["drawdown_ratio"] <= 0.9
    assert hours(found) == pytest.approx(48.0, abs=0.2)


@pytest.mark.kafka
@pytest.mark.crash
@pytest.mark.timeout(900)
def test_a_challenger_that_is_too_bold_is_rolled_back(real_kafka: RealKafka) -> None:
    """At the third failed check in a row, a quarter of an hour in; a second start is refused."""
    found = verified(real_kafka, "faulty")
    last = found["decisions"][-1]
    assert last["reason"] == "ece: 3 failed checks in a row"
    [row] = [row for row in last["criteria"] if row["criterion"] == "ece"]
    assert (row["outcome"], row["counts"]["fails_in_row"]) == ("fail", 3)
    assert row["value"] > 0.06
    assert hours(found) < 1.0


@pytest.mark.kafka
@pytest.mark.marathon
@pytest.mark.xdist_group("marathon-extended")
@pytest.mark.timeout(900)
def test_a_challenger_with_too_little_data_is_extended(real_kafka: RealKafka) -> None:
    """After 48 hours, to 72; the record says what is missing."""
    found = verified(real_kafka, "sparse")
    verdict = found["decisions"][0]
    assert verdict["decision"] == "EXTEND"
    assert hours(found) == pytest.approx(48.0, abs=0.2)
    checks = {row["name"]: row["outcome"] for row in verdict["gates"]["checks"]}
    assert checks["ece"] == "no-data"
    assert any(line.startswith("ece: needs a measurement") for line in verdict["would_change"])
    assert found["figures"]["minutes"] < 200
