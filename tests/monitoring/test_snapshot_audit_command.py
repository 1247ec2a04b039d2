"""``levibot snapshot audit``: the newest scores of all partitions in one file, whole or not at all."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from connectors.embedded import EmbeddedBroker
from connectors.kafka.clients import producer
from tests.monitoring.monitor_records import START_S, Plain, score
from tests.monitoring.monitor_runs import levibot, recorded_run, told


def shards(count: int = 40) -> list[list[Plain]]:
    """Return the scores of two shards, each five seconds; another item stands among them."""
    first = [score("BTCUSDT", START_S + 5 * i, i / count, (i / 10, -i / 10, 0.5)) for i in range(count)]
    second = [score("ETHUSDT", START_S + 5 * i, 0.55) for i in range(count)]
    refused = {**score("ETHUSDT", START_S, 0.5), "action": "command.refused"}
    return [first, [*second[:-3], refused, *second[-3:]]]


def test_the_newest_scores_of_all_shards_are_written(tmp_path: Path) -> None:
    """In order of time and symbol, with what they come to."""
    run, out = recorded_run(tmp_path / "run", {"audit": shards()}), tmp_path / "new" / "audit.json"

    found = told("audit", "--run", run, "--limit", 20, "--out", out)

    written = orjson.loads(out.read_bytes())
    first, second = shards()
    pairs = zip(first[-10:], [*second[-13:-4], *second[-3:]][-10:], strict=True)
    assert written["items"] == [item for pair in pairs for item in pair]
    assert {"path": str(out), **written["summary"]} == found
    assert (found["count"], found["symbols"]) == (20, {"BTCUSDT": 10, "ETHUSDT": 10})
    assert [b["count"] for b in found["buckets"]] == [0, 0, 0, 0, 0, 10, 0, 2, 4, 4]
    assert found["signal_parts"]["count"] == 10
    assert found["signal_parts"]["correlations"][0] == pytest.approx([1.0, -1.0, None])


def test_the_table_tells_buckets_and_parts(tmp_path: Path) -> None:
    """And where the file is."""
    run, out = recorded_run(tmp_path / "run", {"audit": shards()}), tmp_path / "audit.json"

    shown = levibot("audit", "--run", run, "--out", out)

    assert shown.exit_code == 0, shown.output
    rows = [" ".join(line.split()) for line in shown.stdout.splitlines()]
    assert "0.5-0.6 44 55.0%" in rows
    assert "rsi 1.950 1.00 -1.00 -" in rows
    assert "80 scores of 2 symbols, 2026-11-21 00:00:00 to 2026-11-21 00:03:15 UTC: " in shown.stdout


def test_the_file_of_the_day_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its name in UTC; nothing else is left in the folder."""
    run = recorded_run(tmp_path / "run", {"audit": shards()})
    monkeypatch.chdir(tmp_path)
    days = {f"{datetime.now(UTC):%Y%m%d}"}

    told("audit", "--run", run)
    found = told("audit", "--run", run, "--limit", 1)

    days.add(f"{datetime.now(UTC):%Y%m%d}")
    assert {path.name for path in Path("data").iterdir()} <= {f"audit_snapshot_{day}.json" for day in days}
    assert len(orjson.loads(Path(found["path"]).read_bytes())["items"]) == 1


def test_no_scores_make_no_file(tmp_path: Path) -> None:
    """Exit code 2, in one line."""
    run, out = recorded_run(tmp_path / "run", {"audit": [[]]}), tmp_path / "audit.json"

    result = levibot("audit", "--run", run, "--out", out)

    assert result.exit_code == 2 and not out.exists()
    assert result.stderr == "snapshot audit: no scores on the audit topic yet: nothing was written\n"


@pytest.mark.embedded
def test_it_reads_the_topic_backwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many of each partition as it takes."""
    with EmbeddedBroker({"audit": 2}) as broker:
        sender = producer(broker.bootstrap, linger_ms=0)
        for partition, shard in enumerate(shards(600)):
            for body in shard:
                sender.produce("audit", orjson.dumps(body), partition=partition)
        assert sender.flush(20) == 0
        monkeypatch.setenv("KAFKA_BOOTSTRAP", broker.bootstrap)
        found = told("audit", "--limit", 700, "--out", tmp_path / "audit.json")

    assert (found["count"], found["symbols"]) == (700, {"BTCUSDT": 350, "ETHUSDT": 350})
    assert found["to_ts"] == (START_S + 5 * 599) * 10**9
