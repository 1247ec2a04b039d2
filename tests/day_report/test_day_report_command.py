"""``levibot report day`` off a broker: the files, the exit codes, and what is said where nothing is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from connectors.embedded import EmbeddedBroker
from connectors.kafka.clients import producer
from connectors.settings import settings
from flows.commands.report import app
from models.spec import SECOND
from tests.day_report.told import DAY_S, alert, score
from tests.slo.bodies import START, body

pytestmark = [pytest.mark.embedded, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
LATE_S = DAY_S - START
"""From the beginning of the records of service levels to the day."""


@pytest.fixture(scope="module")
def broker() -> Iterator[EmbeddedBroker]:
    """Topics of a day that is not over, without those of a guard but one."""
    with EmbeddedBroker({"slo": 2, "audit": 2, "alerts": 1, "calibration": 1, "staleness": 1}) as found:
        sender = producer(found.bootstrap, linger_ms=0)
        for second in range(0, 60, 10):
            told = body(LATE_S + second, counts={"rows": 10, "errors": 5})
            sender.produce("slo", orjson.dumps(told), partition=0)
        sender.produce(
            "slo", orjson.dumps(body(LATE_S - 50, "ticks/0001", counts={"rows": 990})), partition=1
        )
        for second in range(30):
            sender.produce("audit", orjson.dumps(score(second)), partition=second % 2)
        sender.produce("audit", orjson.dumps(score(-1)), partition=1)
        sender.produce("alerts", orjson.dumps(alert(1, "firing", "errors_red", at=20, since=20)), partition=0)
        assert sender.flush(20) == 0
        yield found


@pytest.fixture(autouse=True)
def environment(broker: EmbeddedBroker, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The settings of that broker, and the profiles of the product."""
    monkeypatch.setenv("KAFKA_BOOTSTRAP", broker.bootstrap)
    monkeypatch.setenv("RULES_FILE", str(ROOT / "configs" / "rules.yml"))
    settings.cache_clear()
    yield
    settings.cache_clear()


def run(*arguments: object) -> tuple[int, str]:
    """Run the command; return its exit code and what it printed."""
    done = CliRunner().invoke(app, ["day", *map(str, arguments)], catch_exceptions=False)
    return done.exit_code, done.output


def test_a_day_is_read_from_the_topics_and_kept(tmp_path: Path) -> None:
    """Half of the day's rows failed: NO-GO, exit 1. What is of the day before does not count."""
    code, text = run("--date", "2023-11-15", "--out", tmp_path, "--json")
    found = orjson.loads(text)
    assert (code, found["criteria"]["answer"]) == (1, "NO-GO")
    assert [Path(name).name for name in found["files"]] == [
        "24H_REPORT_20231115.md", "24H_REPORT_20231115.json"
    ]  # fmt: skip
    rows = {row["name"]: row for row in found["summary"]}
    assert (rows["error rate"]["value"], rows["error rate"]["n"], rows["error rate"]["state"]) == (
        0.5, 60, "critical",
    )  # fmt: skip
    assert found["cardinality"]["total"] == 30
    assert found["breaches"]["top"][0]["rule"] == "errors_red"
    assert found["missing_topics"] == ["audit.guard", "rollout"]
    kept = orjson.loads((tmp_path / "24H_REPORT_20231115.json").read_bytes())
    assert kept == {name: value for name, value in found.items() if name != "files"}
    assert "# 24-hour report: 2023-11-15" in (tmp_path / "24H_REPORT_20231115.md").read_text()


def test_a_stretch_ends_with_the_newest_record(tmp_path: Path) -> None:
    """The last two minutes hold the record of the other shard, too: 30 errors of 1,050 rows."""
    _, text = run("--last", "2m", "--out", tmp_path, "--json")
    found = orjson.loads(text)
    assert found["to_ts"] == (DAY_S + 50) * SECOND + 1
    [rate] = [row for row in found["summary"] if row["name"] == "error rate"]
    assert (rate["value"], rate["n"]) == (30 / 1_050, 1_050)


def test_a_day_of_which_nothing_is_known_cannot_be_reported(tmp_path: Path) -> None:
    """Exit 2 and no file; as for a profile, a gate or a day that there is not."""
    for wrong in (("--date", "2023-01-01"), ("--profile", "none"), ("--gate", "none"), ("--date", "today")):
        code, _ = run(*wrong, "--out", tmp_path)
        assert code == 2
    assert list(tmp_path.iterdir()) == []
