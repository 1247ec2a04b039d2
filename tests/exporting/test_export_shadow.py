"""``levibot export shadow`` off a broker: each line once, however often it runs, and what it says."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from connectors.embedded import EmbeddedBroker
from connectors.kafka.clients import producer
from connectors.settings import settings
from flows.commands.export import app

pytestmark = [pytest.mark.embedded, pytest.mark.slow]

HOUR = 3_600 * 10**9
NOON = 20_000 * 24 * HOUR + 12 * HOUR
"""2024-10-04."""

Run = Callable[..., tuple[int, Any]]


class Topics:
    """A broker with the two topics."""

    def __init__(self, broker: EmbeddedBroker) -> None:
        self._producer = producer(broker.bootstrap, linger_ms=0)

    def predictions(self, partition: int, *records: dict[str, Any]) -> None:
        """Publish records of a shard; each has a role, a ``ts`` and its ordinal."""
        self._publish("predictions", partition, *records)

    def trades(self, *records: dict[str, Any]) -> None:
        """Publish records of the account."""
        self._publish("trades", 0, *records)

    def _publish(self, topic: str, partition: int, *records: dict[str, Any]) -> None:
        for record in records:
            self._producer.produce(topic, orjson.dumps(record), partition=partition)
        assert self._producer.flush(20) == 0


def said(ordinal: int, *, role: str = "challenger", hours: float = 0) -> dict[str, Any]:
    """Return what is looked at of a prediction."""
    return {"ts": NOON + round(hours * HOUR), "ordinal": ordinal, "role": role, "prob": 0.5}


def traded(ordinal: int, *, book: str = "challenger", hours: float = 0) -> dict[str, Any]:
    """Return what is looked at of a trade."""
    return {"ts": NOON + round(hours * HOUR), "ordinal": ordinal, "book": book, "event": "filled"}


@pytest.fixture
def topics(
    embedded_broker: Callable[..., EmbeddedBroker], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Topics]:
    """A broker of this test's own, which the settings name."""
    broker = embedded_broker({"predictions": 2, "trades": 1})
    monkeypatch.setenv("KAFKA_BOOTSTRAP", broker.bootstrap)
    settings.cache_clear()
    yield Topics(broker)
    settings.cache_clear()


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the command on a folder; return its exit code and its JSON."""

    def run(*arguments: object, out: str = "shadow") -> tuple[int, Any]:
        given = ["shadow", "--out", tmp_path / out, "--json", *arguments]
        done = CliRunner().invoke(app, [*map(str, given)], catch_exceptions=False)
        return done.exit_code, orjson.loads(done.stdout) if done.exit_code != 2 else done.stderr

    return run


def lines(path: Path) -> list[dict[str, Any]]:
    """Return the records in a file."""
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def test_the_challengers_records_are_kept_as_they_were_published(
    topics: Topics, run: Run, tmp_path: Path
) -> None:
    """Of both topics and all partitions, without the active model's."""
    topics.predictions(0, said(0, role="active"), said(1), said(2, role="member"), said(3, hours=1))
    topics.predictions(1, said(0, hours=2))
    topics.trades(traded(0, book="active"), traded(1))
    code, found = run()
    assert code == 0
    assert found["predictions"] == {"read": 5, "lines": 3, "missing": 0}
    assert found["trades"] == {"read": 2, "lines": 1, "missing": 0}
    assert found["files"] == ["predictions_20241004.jsonl", "trades_20241004.jsonl"]
    folder = tmp_path / "shadow"
    assert lines(folder / "predictions_20241004.jsonl") == [said(1), said(3, hours=1), said(0, hours=2)]
    assert lines(folder / "trades_20241004.jsonl") == [traded(1)]


def test_a_second_run_adds_what_is_new(topics: Topics, run: Run, tmp_path: Path) -> None:
    """And nothing twice, also where nothing is new."""
    topics.predictions(0, said(0), said(1))
    assert run()[1]["predictions"]["lines"] == 2
    assert run()[1]["predictions"] == {"read": 0, "lines": 0, "missing": 0}
    topics.predictions(0, said(2))
    topics.trades(traded(0))
    assert run()[1]["predictions"] == {"read": 1, "lines": 1, "missing": 0}
    folder = tmp_path / "shadow"
    assert lines(folder / "predictions_20241004.jsonl") == [said(0), said(1), said(2)]
    assert lines(folder / "trades_20241004.jsonl") == [traded(0)]


def test_a_repeated_record_is_left_out_and_a_gap_is_told(topics: Topics, run: Run, tmp_path: Path) -> None:
    """By the numbers that the records carry; a gap is exit code 1."""
    topics.predictions(0, said(0), said(1), said(1), said(4))
    code, found = run()
    assert (code, found["predictions"]) == (1, {"read": 4, "lines": 3, "missing": 2})
    assert [one["ordinal"] for one in lines(tmp_path / "shadow" / "predictions_20241004.jsonl")] == [0, 1, 4]
    assert run()[0] == 0


def test_a_new_folder_begins_so_long_before_the_newest(topics: Topics, run: Run, tmp_path: Path) -> None:
    """The bound is exact, of each partition by its own newest record."""
    topics.predictions(0, *(said(n, hours=n / 2) for n in range(13)))
    topics.predictions(1, said(0, hours=-99))
    run("--since", "2h")
    found = lines(tmp_path / "shadow" / "predictions_20241004.jsonl")
    assert [one["ordinal"] for one in found] == [9, 10, 11, 12]
    assert (tmp_path / "shadow" / "predictions_20240930.001.jsonl.gz").exists()


def test_another_log_under_the_same_name_is_refused(topics: Topics, run: Run, tmp_path: Path) -> None:
    """As after a topic was deleted and created: its numbers would be taken for repeats."""
    topics.predictions(0, said(0), said(1))
    run()
    place = tmp_path / "shadow" / "positions.json"
    known = orjson.loads(place.read_bytes())
    known["partitions"]["predictions/0"] |= {"checksum": "0123456789abcdef"}
    place.write_bytes(orjson.dumps(known))
    topics.predictions(0, said(2))
    code, error = run()
    assert code == 2
    assert "predictions/0 is not the log that was exported before" in error
    known["partitions"]["predictions/0"] |= {"offset": 99}
    place.write_bytes(orjson.dumps(known))
    assert "is not the log" in run()[1]


def test_a_foreign_record_and_a_missing_topic_are_told(
    topics: Topics, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 2, with where it is and what to do."""
    topics.trades({"hello": "world"})
    code, error = run()
    assert code == 2
    assert "trades" in error
    assert "is no record of this product" in error
    monkeypatch.setenv("TOPIC_SUFFIX", "-other")
    settings.cache_clear()
    assert "no topic predictions-other; create it with: levibot topics create" in run()[1]


def test_what_comes_is_followed_until_it_is_stopped(topics: Topics, run: Run, tmp_path: Path) -> None:
    """A signal ends it in order, with all that was read on disk."""
    topics.predictions(0, said(0))
    place = tmp_path / "shadow" / "predictions_20241004.jsonl"

    def grows_to(count: int) -> None:
        deadline = time.monotonic() + 30
        while not (place.exists() and len(lines(place)) >= count):
            assert time.monotonic() < deadline, "it did not grow"
            time.sleep(0.01)

    def operate() -> None:
        try:
            grows_to(1)
            topics.predictions(0, said(1))
            topics.trades(traded(0))
            grows_to(2)
        finally:
            signal.raise_signal(signal.SIGTERM)

    thread = threading.Thread(target=operate)
    before = signal.getsignal(signal.SIGTERM)
    thread.start()
    code, found = run("--follow")
    thread.join()
    assert signal.getsignal(signal.SIGTERM) is before
    assert (code, found["predictions"]["lines"], found["trades"]["lines"]) == (0, 2, 1)


def test_without_a_challenger_it_says_what_to_do(topics: Topics, tmp_path: Path) -> None:
    """Exit 0: there is nothing wrong with it."""
    topics.predictions(0, said(0, role="active"))
    done = CliRunner().invoke(app, ["shadow", "--out", str(tmp_path)], catch_exceptions=False)
    assert done.exit_code == 0
    assert "predictions: 0 lines of 1 records" in done.stdout
    assert "nothing is of a challenger yet" in done.stdout
