"""Law 2, replay is live, over the files of a run: the same dataflow publishes the same bytes again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pytest
import typer
from typer.testing import CliRunner

from connectors.recording.parts import read_parts
from connectors.recording.rows import OUTPUTS, Output, outputs
from flows.commands.replay import replay
from flows.commands.verify_replay import verify_replay
from models.judge.records import DLQ, FEATURES, PREDICTIONS, PROGRESS, SIGNALS, TOPICS
from tests.recording.runs import SPEC, OneShard, changed, genesis, one_shard, written

OLD = replace(SPEC, features_version="v1.0")
ALIEN = replace(SPEC, models=("oracle",))


@pytest.fixture(scope="module")
def shards() -> list[OneShard]:
    """Two shards of a run, published in batches of seven and of a hundred ticks."""
    return [one_shard(0, size=7), one_shard(1, size=100)]


def run(command: Callable[..., None], *arguments: str | Path) -> tuple[int, str]:
    """Run a command; return its exit code and all that it printed."""
    app = typer.Typer()
    app.command()(command)
    done = CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=False)
    return done.exit_code, done.output


def verified(folder: Path) -> tuple[int, dict[str, Any]]:
    """Verify a recording; return exit code and result."""
    code, text = run(verify_replay, folder, "--json")
    return code, orjson.loads(text)


def test_a_recorded_run_replays_byte_for_byte(shards: list[OneShard], tmp_path: Path) -> None:
    """Every record of every topic, under a kill and with dead letters among them; exit 0."""
    written(tmp_path, shards)
    code, found = verified(tmp_path)
    assert (code, found["holds"], found["first"]) == (0, True, None)
    rows = {(row["topic"], row["partition"]): row for row in found["topics"]}
    for one in shards:
        for topic in TOPICS:
            row, count = rows[topic, one.shard.number], len(one.outputs[topic])
            assert (row["recorded"], row["replayed"], row["equal"]) == (count, count, count)
    busy = (SIGNALS, PREDICTIONS, FEATURES, PROGRESS, DLQ)
    assert min(len(one.outputs[topic]) for one in shards for topic in busy) > 20
    assert b"" in [letter.value for letter in shards[0].outputs[DLQ]]
    assert {b'"killed"' in s.value for s in shards[0].outputs[SIGNALS] if s.value} == {True, False}


def test_the_result_is_shown_as_a_table(shards: list[OneShard], tmp_path: Path) -> None:
    """One line a topic, summed over the shards."""
    written(tmp_path, shards)
    code, text = run(verify_replay, tmp_path)
    signals = sum(len(one.outputs[SIGNALS]) for one in shards)
    lines = [line.split() for line in text.splitlines()]
    assert code == 0
    assert lines[0] == ["topic", "recorded", "replayed", "equal"]
    assert lines[1] == ["signals", *[f"{signals:,}"] * 3]
    assert text.splitlines()[-1] == "every recorded output is equal, byte for byte"


def test_replay_writes_what_was_published(shards: list[OneShard], tmp_path: Path) -> None:
    """In the columns of the recorded outputs, but without the offsets and times of a broker."""
    written(tmp_path / "run", shards)
    code, text = run(replay, tmp_path / "run", "--out", tmp_path / "again", "--json")
    counts = {topic: sum(len(one.outputs[topic]) for one in shards) for topic in TOPICS}
    assert code == 0
    assert orjson.loads(text) == {"out": str(tmp_path / "again"), "records": counts}
    for one in shards:
        for topic in TOPICS:
            stem = f"replayed-{topic}-{one.shard.number:04d}"
            found = list(outputs(read_parts(tmp_path / "again", stem, OUTPUTS)))
            assert found == [o._replace(offset=None, ts_ms=None) for o in one.outputs[topic]]


def test_replay_overwrites_nothing(shards: list[OneShard], tmp_path: Path) -> None:
    """A second replay into the same folder is refused with exit 2, and the first one's result stays."""
    written(tmp_path, shards)
    assert run(replay, tmp_path)[0] == 0
    before = sorted(path.name for path in (tmp_path / "replayed").iterdir())
    code, text = run(replay, tmp_path)
    assert (code, text) == (
        2, f"replay: {tmp_path}/replayed is not empty: name a folder that is, or a new one\n"
    )  # fmt: skip
    assert sorted(path.name for path in (tmp_path / "replayed").iterdir()) == before


def flipped(value: bytes, at: int) -> bytes:
    """Return the bytes with one bit turned."""
    return value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :]


def with_value(row: int, change: Callable[[bytes], bytes]) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Return what changes the value in one row of a file."""

    def change_frame(frame: pl.DataFrame) -> pl.DataFrame:
        values = frame["value"].to_list()
        values[row] = change(values[row])
        return frame.with_columns(pl.Series("value", values, dtype=pl.Binary))

    return change_frame


def test_one_flipped_bit_is_found_and_named(shards: list[OneShard], tmp_path: Path) -> None:
    """Exit 1, with topic, partition, ordinal, field and both values."""
    written(tmp_path, shards)
    signal = shards[1].outputs[SIGNALS][30]
    assert signal.value is not None
    at = signal.value.index(b'"price":') + len(b'"price":')
    changed(tmp_path, "outputs-signals-0001", 0, with_value(30, lambda value: flipped(value, at)))
    code, found = verified(tmp_path)
    body, other = orjson.loads(signal.value), orjson.loads(flipped(signal.value, at))
    assert (code, found["holds"]) == (1, False)
    assert found["first"] == {
        "topic": SIGNALS, "partition": 1, "ordinal": 30, "field": "price",
        "recorded": orjson.dumps(other["price"]).decode(), "replayed": orjson.dumps(body["price"]).decode(),
    }  # fmt: skip
    unequal = [row for row in found["topics"] if row["equal"] != row["recorded"]]
    assert [(row["topic"], row["partition"], row["recorded"] - row["equal"]) for row in unequal] == [
        (SIGNALS, 1, 1)
    ]
    assert "signals/1, ordinal 30: price differs" in run(verify_replay, tmp_path)[1]


def test_a_changed_tick_is_found(shards: list[OneShard], tmp_path: Path) -> None:
    """The outputs are as published, but they do not follow from these ticks."""
    written(tmp_path, shards)
    changed(tmp_path, "ticks-0000", 1, with_value(50, lambda value: value.replace(b"1", b"2")))
    assert verified(tmp_path)[0] == 1


def without(one: OneShard, topic: str, row: int) -> OneShard:
    """Return a shard of which one published record got lost."""
    kept = [*one.outputs[topic][:row], *one.outputs[topic][row + 1 :]]
    return replace(one, outputs=one.outputs | {topic: kept})


def test_a_lost_record_is_found(shards: list[OneShard], tmp_path: Path) -> None:
    """The record behind it stands in its place."""
    written(tmp_path, [without(shards[0], FEATURES, 5), shards[1]])
    code, found = verified(tmp_path)
    assert code == 1
    assert {k: found["first"][k] for k in ("topic", "partition", "ordinal", "field")} == {
        "topic": FEATURES, "partition": 0, "ordinal": 6, "field": "ordinal"
    }  # fmt: skip
    assert (found["first"]["recorded"], found["first"]["replayed"]) == ("6", "5")


def test_a_record_that_no_input_releases_is_found(shards: list[OneShard], tmp_path: Path) -> None:
    """A replay that ends before the run did breaks the law too."""
    last = shards[0].outputs[PROGRESS][-1]
    extra: list[Output] = [*shards[0].outputs[PROGRESS], last._replace(ordinal=last.ordinal + 1)]
    written(tmp_path, [replace(shards[0], outputs=shards[0].outputs | {PROGRESS: extra}), shards[1]])
    code, found = verified(tmp_path)
    assert code == 1
    assert (found["first"]["ordinal"], found["first"]["replayed"]) == (last.ordinal + 1, "(none)")


def test_a_window_of_the_outputs_is_held_against_the_same_ordinals(
    shards: list[OneShard], tmp_path: Path
) -> None:
    """Recorded outputs may begin late and end early; all in between is compared."""
    cut = [
        replace(one, outputs={topic: found[5:-5] for topic, found in one.outputs.items()}) for one in shards
    ]
    written(tmp_path, cut)
    code, found = verified(tmp_path)
    assert code == 0
    for row in found["topics"]:
        whole = len(shards[row["partition"]].outputs[row["topic"]])
        assert row["recorded"] == row["equal"] == max(whole - 10, 0)


def test_a_history_behind_a_gap_goes_on_with_its_numbers(tmp_path: Path) -> None:
    """The genesis tells the next ordinal of each topic; those of another one are other records."""
    one = one_shard(ordinals={SIGNALS: 70, DLQ: 3})
    assert [one.outputs[topic][0].ordinal for topic in (SIGNALS, DLQ, PROGRESS)] == [70, 3, 0]
    written(tmp_path / "run", [one])
    assert verified(tmp_path / "run")[0] == 0
    written(tmp_path / "other", [replace(one, journal=[genesis(one.journal[0].after), *one.journal[1:]])])
    assert verified(tmp_path / "other")[0] == 1


def test_without_outputs_nothing_is_claimed(shards: list[OneShard], tmp_path: Path) -> None:
    """Exit 2 where there is nothing to compare."""
    written(tmp_path, [replace(one, outputs={}) for one in shards])
    code, text = run(verify_replay, tmp_path)
    assert (code, text) == (
        2, f"verify replay: {tmp_path} holds no output records: there is nothing to compare\n"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"format": 2}, "format 2, this version reads 1"),
        ({"fingerprint": "f" * 64}, "its fingerprint is another one here"),
        ({"spec": {"grace": "soon"}}, "cannot be built by this version"),
        ({"spec": asdict(OLD), "fingerprint": OLD.fingerprint()}, "features are"),
        ({"spec": asdict(ALIEN), "fingerprint": ALIEN.fingerprint()}, "no model 'oracle'"),
    ],
)
def test_what_this_version_cannot_replay_is_refused(
    change: dict[str, Any], why: str, shards: list[OneShard], tmp_path: Path
) -> None:
    """Exit 2, and a message that says which version to use."""
    written(tmp_path, shards[:1], **change)
    code, text = run(verify_replay, tmp_path)
    assert code == 2
    assert why in text


def test_a_damaged_file_of_outputs_is_refused(shards: list[OneShard], tmp_path: Path) -> None:
    """Exit 2: what cannot be read is not equal and not different; and replay does not need it."""
    written(tmp_path, shards)
    damaged = tmp_path / "outputs-features-0001-0001.parquet"
    assert damaged.exists()
    damaged.write_bytes(b"PAR1")
    code, text = run(verify_replay, tmp_path)
    assert code == 2
    assert f"{damaged}: cannot be read" in text
    assert run(replay, tmp_path)[0] == 0


def test_a_recording_that_is_not_whole_is_refused(shards: list[OneShard], tmp_path: Path) -> None:
    """Exit 2 where a file is missing or there is no recording at all."""
    assert "is no recording" in run(verify_replay, tmp_path)[1]
    written(tmp_path, shards)
    (tmp_path / "ticks-0001-0005.parquet").unlink()
    code, text = run(verify_replay, tmp_path)
    assert code == 2
    assert f"verify replay: {tmp_path}: ticks-0001 holds 750 rows, but 900 were recorded" in text
