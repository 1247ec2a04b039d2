"""The commands against records of the stage itself, so that neither goes its own way."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import orjson
import pytest
from pure_stages import PureStages

from connectors.codecs import Decoder
from models.inputs import Cause, TickBatch
from models.judge.records import Shard
from models.monitor.bodies import About, drift_body
from models.monitor.bucket import Bucket
from models.monitor.drift.findings import FeatureLevel, Levels, WindowLevels
from models.monitor.lines.drift_lines import drift_line
from models.scoring.registry import load_all
from models.simulator import MarketSpec, instruments, simulate
from models.spec import Spec
from models.ticks import Symbol
from tests.monitoring.monitor_records import NS, START_S, Plain
from tests.monitoring.monitor_runs import recorded_run, told

SPEC = Spec(models=("stub-sine", "ml-fusion"))
SHARD = Shard("ticks", 0, 0)
TICKS = 6_000  # of two symbols, two a second each: 25 minutes


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recorded run of what the stages publish of a simulated market."""
    stages, decoder = PureStages(SPEC, SHARD, load_all(SPEC.models)), Decoder()
    market = MarketSpec(instruments=instruments(2), ticks_per_second=2.0)
    found: dict[str, list[Plain]] = {topic: [] for topic in ("calibration", "drift", "audit")}
    stream = simulate(market, 3, START_S * NS)
    for start in range(0, TICKS, 500):
        ticks = list(islice(stream, 500))
        values: list[bytes | None] = [tick.value for tick in ticks]
        log_ts = np.array([tick.record_ts for tick in ticks])
        offsets = np.arange(start, start + len(ticks))
        for record in stages.records([TickBatch(offsets, log_ts, values, decoder.decode(values), 0)]):
            if record.topic in found and isinstance(record.body, dict):
                found[record.topic].append(record.body)
    return recorded_run(
        tmp_path_factory.mktemp("run"), {topic: [records] for topic, records in found.items()}
    )


def test_calibration_is_shown_and_sums_to_itself(run: Path, tmp_path: Path) -> None:
    """The hour's figures cover the whole run, and so do the sums of its buckets: they are the same."""
    found = told("calibration", "--run", run, "--window", "1h", "--diagram", tmp_path / "x.png")

    lines = {line["symbol"]: line for line in found["calibration"] if line["model"] == "ml-fusion"}
    assert lines.keys() == {"BTCUSDT", "ETHUSDT", None}
    both, parts = lines[None]["figures"], [lines[s]["figures"] for s in ("BTCUSDT", "ETHUSDT")]
    assert both["n"] == sum(part["n"] for part in parts) > 1_000
    assert both["ece"]["value"] <= sum(part["n"] * part["ece"]["value"] for part in parts) / both["n"]
    assert both["ece"]["floor"] < both["ece"]["limit"]
    drawn = told("calibration", "--run", run, "--diagram", tmp_path / "x.png", "--model", "ml-fusion")
    summed = _json(Path(drawn["diagram"]).with_suffix(".json"))["models"][0]
    assert (summed["n"], summed["said"]) == (both["n"], both["said"])
    assert summed["ece"] == pytest.approx(both["ece"]["value"], abs=1e-9)


def test_scores_are_summed_up(run: Path, tmp_path: Path) -> None:
    """One a symbol and five seconds; buckets by the score, for the flag that tells them is off."""
    found = told("audit", "--run", run, "--limit", 400, "--out", tmp_path / "audit.json")

    items = _json(tmp_path / "audit.json")["items"]
    assert found["count"] == len(items) == 400
    tenth = [min(int(item["context"]["prob"] * 10), 9) for item in items]
    assert [one["count"] for one in found["buckets"]] == np.bincount(tenth, minlength=10).tolist()
    assert {item["ts"] % (5 * NS) for item in items} == {0}


def test_levels_are_read_as_they_are_published() -> None:
    """Two features of an hour, one of them beyond its limit; a quarter of an hour without enough rows."""
    calm = FeatureLevel(0.02, 0.01, 0.2, 0.1, 3.0, "ok")
    drifted = FeatureLevel(0.31, 0.2, 0.2, 0.1, None, "kill")
    hour = WindowLevels(3_000, False, {"a": calm, "b": drifted})
    finding = Levels(
        "binance:BTCUSDT", START_S, {"3600": hour, "900": WindowLevels(9, True, {})}, hour, ("b", "a")
    )
    bucket = Bucket(START_S - 300, Cause(1, 2), (), (), {}, np.empty((0, 300)), np.empty(0), np.empty(0), {})
    about = About(SHARD, bucket, "lgbm@" + 64 * "a", "1")

    record = drift_body(about, Symbol("binance", "BTCUSDT"), "BTCUSDT", [finding])

    line, short = drift_line(record, "3600", 5), drift_line(record, "900", 5)
    assert (line.level, line.rows, line.ts) == ("kill", 3_000, START_S * NS)
    assert [(f.name, f.psi, f.previous, f.expected_days) for f in line.top] == [
        ("b", 0.31, 0.31, None), ("a", 0.02, 0.02, 3.0),
    ]  # fmt: skip
    assert (short.level, short.rows, short.insufficient_data, short.top) == (None, 9, True, [])


def _json(path: Path) -> Plain:
    found: Plain = orjson.loads(path.read_bytes())
    return found
