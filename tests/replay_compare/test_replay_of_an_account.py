"""The paper account in a replay: trades and equity follow from what the replayed shards say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pytest
from typer.testing import CliRunner

from connectors.recording.rows import Output
from flows.cli import application
from models.judge.records import SIGNALS
from tests.recording.runs import OneShard, changed, one_shard, written
from tests.replay_compare.accounts import account_outputs, with_account


@pytest.fixture(scope="module")
def shards() -> list[OneShard]:
    """Two shards whose model always says BUY."""
    return [one_shard(0, size=7), one_shard(1, size=100)]


def run(*arguments: object) -> tuple[int, dict[str, Any]]:
    """Run a command that prints JSON; return its exit code and that."""
    done = CliRunner().invoke(application(), [*map(str, arguments), "--json"], catch_exceptions=False)
    return done.exit_code, orjson.loads(done.stdout)


def compared(folder: Path) -> tuple[int, dict[str, Any]]:
    """Compare a recording; return the exit code and the report."""
    return run("replay", folder, "--compare", "--out", folder / "reports")


def rows(found: dict[str, Any], topic: str) -> dict[str, Any]:
    """Return what is told of a topic with one partition."""
    [row] = [row for row in found["topics"] if row["topic"] == topic]
    return row


def body(output: Output) -> dict[str, Any]:
    """Return what a record says."""
    found: dict[str, Any] = orjson.loads(output.value or b"")
    return found


def test_trades_and_equity_are_replayed_byte_for_byte(shards: list[OneShard], tmp_path: Path) -> None:
    """By ``verify replay`` as well, and both sides made the same, to the last digit."""
    published = account_outputs(shards)
    with_account(tmp_path, shards)
    for code, found in (run("verify", "replay", tmp_path), compared(tmp_path)):
        assert code == 0
        for topic, outputs in published.items():
            assert rows(found, topic) == {
                "topic": topic, "partition": 0, "recorded": len(outputs), "replayed": len(outputs),
                "equal": len(outputs),
            }  # fmt: skip
            assert len(outputs) >= 3
    first, last = body(published["account"][0]), body(published["account"][-1])
    sides = found["pnl"]["active"]
    assert sides["live"] == sides["replay"]
    assert (sides["live"]["from_ts"], sides["live"]["equity"]) == (first["ts"], last["equity"])
    assert sides["difference"] == "0.00000000"


def test_an_account_that_was_otherwise_is_named(shards: list[OneShard], tmp_path: Path) -> None:
    """Exit 1 with the field, and by how much the PnL is apart."""
    outputs = account_outputs(shards)
    last = outputs["account"][-1]
    outputs["account"][-1] = last._replace(value=orjson.dumps(body(last) | {"equity": "1001.00000000"}))
    with_account(tmp_path, shards, outputs)
    code, found = compared(tmp_path)
    assert code == 1
    assert (found["first"]["topic"], found["first"]["field"]) == ("account", "equity")
    assert found["first"]["recorded"] == '"1001.00000000"'
    apart = float(body(last)["equity"]) - 1_001.0
    assert float(found["pnl"]["active"]["difference"]) == pytest.approx(apart, abs=1e-9)


def test_what_other_signals_cost_is_seen(shards: list[OneShard], tmp_path: Path) -> None:
    """The account is computed of the replayed signals: a live HOLD in place of a BUY shows in the trades."""
    live = [hold(one) for one in shards]
    assert account_outputs(live)["trades"] == []
    with_account(tmp_path, live)
    code, found = compared(tmp_path)
    assert code == 1
    assert found["first"]["topic"] == SIGNALS
    assert found["signals"]["different"] == found["signals"]["replay"]["BUY"] > 300
    account = rows(found, "account")
    assert account["recorded"] > account["equal"]
    assert found["pnl"]["active"]["live"]["fees"] == "0.00000000"


def hold(one: OneShard) -> OneShard:
    """Return a shard that published HOLD all along."""
    held = [
        output._replace(value=orjson.dumps(body(output) | {"signal": "HOLD", "wanted": "HOLD"}))
        for output in one.outputs[SIGNALS]
    ]
    return replace(one, outputs=one.outputs | {SIGNALS: held})


def without(place: int) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Return what takes a row out and puts the one behind it there twice, so that the count is right."""
    return lambda frame: pl.concat([frame[:place], frame[place + 1 : place + 2], frame[place + 1 :]])


def test_a_damaged_recording_of_an_account_cannot_be_compared(shards: list[OneShard], tmp_path: Path) -> None:
    """Exit 2: a signal is missing where the account read one."""
    with_account(tmp_path, shards)
    changed(tmp_path, "account-signals-0000", 0, without(20))
    done = CliRunner().invoke(application(), ["verify", "replay", str(tmp_path)], catch_exceptions=False)
    assert done.exit_code == 2
    assert "the account cannot be computed: signal 20 of ticks/0000 is missing" in done.output


def test_another_version_of_the_account_is_refused(shards: list[OneShard], tmp_path: Path) -> None:
    """Exit 2, with what to do."""
    recording = with_account(tmp_path, shards)
    assert recording.account is not None
    written(tmp_path, shards, account=replace(recording.account, fingerprint="f" * 64))
    done = CliRunner().invoke(application(), ["verify", "replay", str(tmp_path)], catch_exceptions=False)
    assert done.exit_code == 2
    assert "the account's fingerprint is another one here" in done.output
