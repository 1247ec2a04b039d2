"""``levibot replay --last 24h --compare`` off the topics of a run, which nobody recorded before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from confluent_kafka import Producer
from typer.testing import CliRunner

from connectors.codecs.wire import encode_entry
from connectors.embedded import EmbeddedBroker
from connectors.kafka.topics import ACCOUNT_JOURNAL, JOURNAL, planned, shards
from connectors.recording.account_recorder import AccountRecorder, account_cut
from connectors.recording.cut import Range, cut
from connectors.recording.errors import RecordingError
from connectors.recording.shard_recorder import Window
from connectors.settings import settings
from connectors.start_values import paper_spec, spec
from flows.cli import application
from models.journal.entry import OPEN, Entry
from models.judge.records import PROGRESS, SIGNALS
from tests.recording import runs
from tests.recording.runs import FIRST, OneShard, one_shard
from tests.replay_compare import accounts

pytestmark = [pytest.mark.embedded, pytest.mark.slow]

EPOCH_MS = 1_700_000_000_000
HOUR_MS = 3_600_000
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def run() -> Iterator[OneShard]:
    """The topics of a run, each output of which is an hour of the broker's time behind the one before."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PARTITIONS", "1")
        patch.setenv("EXTRA_MODELS", "constant-0.99")
        patch.chdir(ROOT)
        settings.cache_clear()
        with EmbeddedBroker({plan.name: plan.partitions for plan in planned(settings())}) as node:
            patch.setenv("KAFKA_BOOTSTRAP", node.bootstrap)
            settings.cache_clear()
            patch.setattr(runs, "SPEC", spec(settings()))
            patch.setattr(accounts, "SPEC", paper_spec(settings()))
            one = one_shard()
            publish(Producer({"bootstrap.servers": node.bootstrap}), one)
            yield one
    settings.cache_clear()


def publish(producer: Producer, run: OneShard) -> None:
    """Put the run on its topics."""
    for tick in [*[run.ticks[0]] * FIRST, *run.ticks]:
        producer.produce("ticks", tick.value, tick.key, partition=0, timestamp=tick.ts_ms)
    for entry in [Entry(1, -1, 0, OPEN), *run.journal]:
        producer.produce(JOURNAL, encode_entry(entry), partition=0)
    for entry in (Entry(1, -1, 0, OPEN), accounts.genesis([run])):
        producer.produce(ACCOUNT_JOURNAL, encode_entry(entry), partition=0)
    for topic, found in {**run.outputs, **accounts.account_outputs([run])}.items():
        for n, one in enumerate(found):
            ms, headers = EPOCH_MS + n * HOUR_MS, list(one.headers) or None
            producer.produce(topic, one.value, one.key, partition=0, timestamp=ms, headers=headers)
    assert producer.flush(10) == 0


def test_the_last_day_of_a_run_is_equal_to_its_replay(run: OneShard, tmp_path: Path) -> None:
    """Recorded from its beginning, account and all; the last 24 hours compared; the report alone stays."""
    done = CliRunner().invoke(
        application(),
        ["replay", "--last", "24h", "--compare", "--out", str(tmp_path), "--json"],
        catch_exceptions=False,
    )
    found = orjson.loads(done.stdout)
    assert (done.exit_code, found["equal"]) == (0, True)
    newest = max(len(outputs) for outputs in run.outputs.values()) - 1
    rows = {row["topic"]: row for row in found["topics"]}
    assert (
        rows[SIGNALS]["recorded"]
        == rows[SIGNALS]["equal"]
        == max(len(run.outputs[SIGNALS]) - (newest - 24), 0)
    )
    assert rows[PROGRESS]["recorded"] == max(len(run.outputs[PROGRESS]) - (newest - 24), 0)
    assert found["shards"][0]["ticks"] == len(run.ticks)
    assert [path.name for path in tmp_path.iterdir()] == [Path(found["report"]).name]


def test_a_recorded_run_takes_its_account_along(run: OneShard, tmp_path: Path) -> None:
    """Trades and equity are replayed from the recording alone, from the account's genesis on."""
    folder = tmp_path / "run"
    assert CliRunner().invoke(application(), ["record", str(folder)], catch_exceptions=False).exit_code == 0
    done = CliRunner().invoke(
        application(), ["verify", "replay", str(folder), "--json"], catch_exceptions=False
    )
    rows = {row["topic"]: row for row in orjson.loads(done.stdout)["topics"]}
    assert done.exit_code == 0
    for topic, found in accounts.account_outputs([run]).items():
        assert rows[topic]["recorded"] == rows[topic]["equal"] == len(found) > 0


def test_an_account_of_other_settings_is_refused(
    run: OneShard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its trades would cost something else; nothing is left in the folder."""
    monkeypatch.setenv("PAPER_TAKER_BPS", "20")
    settings.cache_clear()
    done = CliRunner().invoke(application(), ["record", str(tmp_path / "run")], catch_exceptions=False)
    settings.cache_clear()
    assert done.exit_code == 2
    assert "the paper account was begun under another configuration" in done.output
    assert list((tmp_path / "run").iterdir()) == []


def test_signals_that_retention_took_from_the_account_are_named(run: OneShard, tmp_path: Path) -> None:
    """Without them its state cannot be computed any more."""
    own, (shard,) = account_cut(settings()), shards(settings())
    assert own is not None
    kept = replace(cut(settings(), shard), outputs={SIGNALS: Range(5, 100), PROGRESS: Range(0, 50)})
    recorder = AccountRecorder(settings(), paper_spec(settings()), own, tmp_path, lambda _: None)
    with pytest.raises(RecordingError, match="the account begins at 0, but records from there to 4 are gone"):
        recorder.record(Window(), {shard.key: kept})
