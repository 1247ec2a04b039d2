"""``levibot replay --compare``: yesterday's run again, held against what it published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from flows.cli import application
from models.judge.records import FEATURES, SIGNALS
from models.market.schema import NAMES
from tests.recording.runs import OneShard, Output, one_shard, written

pytestmark = pytest.mark.slow

EPOCH_MS = 1_700_000_000_000
"""The broker's time of a run's first records; each further one of a topic comes a second later."""
FIRST_COLUMN = NAMES[0]


@pytest.fixture(scope="module")
def shards() -> list[OneShard]:
    """Two shards of a run with late, doubled and damaged ticks, a kill and beats."""
    return [timed(one_shard(0, size=7)), timed(one_shard(1, size=100))]


def timed(one: OneShard) -> OneShard:
    """Return a shard whose output topics got a record a second, by the broker's time."""
    return replace(
        one,
        outputs={
            topic: [output._replace(ts_ms=EPOCH_MS + 1_000 * n) for n, output in enumerate(found)]
            for topic, found in one.outputs.items()
        },
    )


def run(*arguments: object) -> tuple[int, str]:
    """Run the command; return its exit code and what it printed."""
    done = CliRunner().invoke(application(), ["replay", *map(str, arguments)], catch_exceptions=False)
    return done.exit_code, done.output


def compared(folder: Path, *more: object) -> tuple[int, dict[str, Any]]:
    """Compare a recording; return the exit code and the report."""
    code, text = run(folder, "--compare", "--out", folder / "reports", "--json", *more)
    return code, orjson.loads(text)


def test_an_undisturbed_run_is_equal_in_every_respect(shards: list[OneShard], tmp_path: Path) -> None:
    """Records, signals, feature rows; exit 0, and the report is what was printed."""
    written(tmp_path, shards)
    code, found = compared(tmp_path)
    path = Path(found.pop("report"))
    assert (code, found["equal"], found["first"], found["pnl"]) == (0, True, None, None)
    assert {row["recorded"] - row["equal"] for row in found["topics"]} == {0}
    signals = sum(len(one.outputs[SIGNALS]) for one in shards)
    assert sum(found["signals"]["live"].values()) == signals
    assert found["signals"]["live"] == found["signals"]["replay"]
    features = found["features"]
    assert (features["mismatch"], features["missing"], features["extra"]) == (0, 0, 0)
    assert features["rows"] > 0.9 * signals
    assert features["features"] == {name: {"mismatch": 0, "smape": 0.0, "largest": 0.0} for name in NAMES}
    assert path.name == f"replay_{datetime.fromisoformat(found['made_at']).astimezone(UTC):%Y%m%d}.json"
    assert orjson.loads(path.read_bytes()) == found


def test_a_window_compares_the_last_records_only(shards: list[OneShard], tmp_path: Path) -> None:
    """Counted back from the newest of all, by the broker's time; the replay begins at the beginning."""
    written(tmp_path, shards)
    last = max(len(found) for one in shards for found in one.outputs.values()) - 1
    code, found = compared(tmp_path, "--last", "4m")
    assert code == 0
    assert found["window"] == {
        "since_ms": EPOCH_MS + (last - 240) * 1_000,
        "until_ms": EPOCH_MS + last * 1_000,
    }
    rows = {(row["topic"], row["partition"]): row for row in found["topics"]}
    for one in shards:
        kept = len(one.outputs[SIGNALS]) - (last - 240)
        assert rows[SIGNALS, one.shard.number]["recorded"] == rows[SIGNALS, one.shard.number]["equal"] == kept
    assert 0 < found["features"]["rows"] < 300
    assert found["features"]["consistent"]


def with_features(one: OneShard, change: Callable[[list[Output]], list[Output]]) -> OneShard:
    """Return a shard whose ``features`` topic holds something else."""
    return replace(one, outputs=one.outputs | {FEATURES: change(list(one.outputs[FEATURES]))})


def body(output: Output) -> dict[str, Any]:
    """Return what a record says."""
    found: dict[str, Any] = orjson.loads(output.value or b"")
    return found


def seconds(found: list[Output]) -> list[int]:
    """Return the places of the one-second rows."""
    return [place for place, output in enumerate(found) if body(output)["tf"] == "1s"]


def test_each_planted_deviation_of_a_feature_row_is_told(shards: list[OneShard], tmp_path: Path) -> None:
    """A changed value is a mismatch, a lost row missing, a row nobody computes extra; exit 1."""

    def change(found: list[Output]) -> list[Output]:
        at, lost, _ = seconds(found)[20:80:25]
        changed = body(found[at])
        changed["values"][FIRST_COLUMN] += 1.0
        alien = body(found[lost]) | {"symbol": "DOGEUSDT"}
        found[at] = found[at]._replace(value=orjson.dumps(changed))
        found[lost] = found[lost]._replace(value=orjson.dumps(alien))
        return found

    written(tmp_path, [with_features(shards[0], change), shards[1]])
    code, found = compared(tmp_path)
    features = found["features"]
    assert (code, found["equal"], features["consistent"]) == (1, False, False)
    assert (features["mismatch"], features["missing"], features["extra"]) == (1, 1, 1)
    one = body(shards[0].outputs[FEATURES][seconds(shards[0].outputs[FEATURES])[20]])
    true = one["values"][FIRST_COLUMN]
    told = features["features"].pop(FIRST_COLUMN)
    smape = 100 * 2 * abs(true + 1.0 - true) / (abs(true + 1.0) + abs(true)) / features["rows"]
    assert told["mismatch"] == 1
    assert told["smape"] == pytest.approx(smape, rel=1e-12)
    assert told["largest"] == pytest.approx(1.0, rel=1e-12)
    assert {(row["mismatch"], row["smape"]) for row in features["features"].values()} == {(0, 0.0)}
    assert features["first"] == {
        "ts": one["ts"], "symbol": one["symbol"], "feature": FIRST_COLUMN, "live": true + 1.0, "offline": true
    }  # fmt: skip
    assert found["first"]["topic"] == FEATURES


def test_a_signal_that_was_otherwise_is_named(shards: list[OneShard], tmp_path: Path) -> None:
    """Exit 1 with topic, partition, ordinal and both values, on the screen and in the report."""
    signals = list(shards[0].outputs[SIGNALS])
    live = body(signals[30])
    assert live["signal"] == "BUY"
    signals[30] = signals[30]._replace(value=orjson.dumps(live | {"signal": "SELL"}))
    written(tmp_path, [replace(shards[0], outputs=shards[0].outputs | {SIGNALS: signals}), shards[1]])
    code, text = run(tmp_path, "--compare", "--out", tmp_path / "reports")
    assert code == 1
    assert "signals/0, ordinal 30: signal differs" in text
    assert '"SELL"' in text and '"BUY"' in text
    [report] = (tmp_path / "reports").iterdir()
    found = orjson.loads(report.read_bytes())
    assert (found["signals"]["live"]["SELL"], found["signals"]["different"]) == (1, 1)
    assert found["features"]["consistent"]


def test_the_same_day_has_one_report(shards: list[OneShard], tmp_path: Path) -> None:
    """The newest."""
    for name, number in (("first", 0), ("second", 1)):
        written(tmp_path / name, [shards[number]])
        assert run(tmp_path / name, "--compare", "--out", tmp_path / "reports")[0] == 0
    [report] = (tmp_path / "reports").iterdir()
    assert orjson.loads(report.read_bytes())["source"] == str(tmp_path / "second")


def test_without_outputs_there_is_nothing_to_compare(shards: list[OneShard], tmp_path: Path) -> None:
    """Exit 2, which is neither equal nor different; and no report."""
    written(tmp_path, [replace(shards[0], outputs={})])
    code, text = run(tmp_path, "--compare", "--out", tmp_path / "reports")
    assert (code, text) == (
        2, "replay: no output was published or recorded: there is nothing to compare\n"
    )  # fmt: skip
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--compare", "--last", "yesterday"), "such as 0s, 3m or 3h"),
        (("--last", "24h", "."), "without --compare"),
        ((), "without --compare it takes a DIR"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: tuple[str, ...], why: str, tmp_path: Path) -> None:
    """Exit 2, before anything is read."""
    code, text = run(*arguments)
    assert code == 2
    assert why in " ".join(text.replace("│", " ").split())


def test_a_report_that_cannot_be_written_is_an_error(shards: list[OneShard], tmp_path: Path) -> None:
    """Exit 2, with what to choose."""
    written(tmp_path, shards[:1])
    (tmp_path / "reports").write_text("a file")
    code, text = run(tmp_path, "--compare", "--out", tmp_path / "reports")
    assert code == 2
    assert "cannot be written" in text and "choose --out" in text
