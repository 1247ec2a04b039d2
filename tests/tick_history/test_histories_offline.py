"""Histories from files and from a simulated market: the records that a feed would send, in its order."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path

import numpy as np
import orjson
import pytest

from connectors.feed.errors import FeedError
from connectors.feed.files import Capture
from connectors.feed.replay import merged
from connectors.feed.simulate import Simulation, bounded
from connectors.tick_history import TickHistory, files, simulated
from connectors.tick_history.history import RECORDS
from models.desk.desk import Desk
from models.market.market import Market
from models.simulator import MarketSpec, instruments
from models.spec import Spec
from models.ticks import MAX_RECORD_BYTES

MILLI, SECOND = 1_000_000, 1_000_000_000
START = 1_700_000_000 * SECOND
MARKET = MarketSpec(instruments=instruments(3))


def records(history: TickHistory) -> list[tuple[int, int, bytes | None]]:
    """Return offset, log time and value of every record."""
    return [
        record
        for batch in history.batches()
        for record in zip(batch.offsets.tolist(), batch.log_ts.tolist(), batch.values, strict=True)
    ]


def capture(path: Path, symbol: str, times: list[int]) -> Path:
    """Write canonical ticks, one at each time (ns)."""
    ticks = [{"symbol": symbol, "ts": ts, "price": 100.0 + i, "qty": 1.0} for i, ts in enumerate(times)]
    path.write_bytes(b"\n".join(map(orjson.dumps, ticks)))
    return path


def test_a_simulated_history_is_what_the_feed_sends() -> None:
    """The same bytes in the same order, at their record times in milliseconds."""
    plan = Simulation(market=MARKET, topic="", bootstrap="", seed=7, seconds=900.0)
    expected = [(r.record_ts // MILLI * MILLI, r.value) for r in bounded(plan, START)]

    found = records(simulated(MARKET, 7, 900.0, START))

    assert [record[1:] for record in found] == expected
    assert [record[0] for record in found] == [*range(len(expected))]
    assert len(expected) > 2 * RECORDS


def test_every_reading_yields_the_same_batches() -> None:
    """Their sizes too, so that a second pass over a history sees what the first one did."""
    history = simulated(MARKET, 1, 300.0, START)
    first, second = list(history.batches()), list(history.batches())

    assert [len(batch) for batch in first] == [len(batch) for batch in second]
    assert all(
        np.array_equal(a.decoded.ticks.price, b.decoded.ticks.price)
        for a, b in zip(first, second, strict=True)
    )


def test_a_batch_spans_a_quarter_of_an_hour_at_most(tmp_path: Path) -> None:
    """However few records a long time has, its rows come in pieces that fit into memory."""
    path = capture(tmp_path / "one.jsonl", "AUSDT", [START + i * 300 * SECOND for i in range(10)])

    assert [len(batch) for batch in files([path]).batches()] == [3, 3, 3, 1]


def test_a_market_without_a_length_is_refused() -> None:
    """Nothing could be made of it."""
    with pytest.raises(ValueError, match="more than 0 seconds"):
        simulated(MARKET, 0, 0.0, START)


def test_files_are_merged_by_their_record_times(tmp_path: Path) -> None:
    """As the feed merges them; equal times keep the order of the files."""
    one = capture(tmp_path / "one.jsonl", "AUSDT", [START + i * SECOND for i in (0, 2, 2, 9)])
    other = capture(tmp_path / "other.jsonl", "BUSDT", [START + i * SECOND for i in (1, 2, 5)])
    expected = [(r.ts, r.value) for r in merged([Capture(one), Capture(other)])]

    found = records(files([one, other]))

    assert [record[1:] for record in found] == expected
    assert [(ts - START) // SECOND for _, ts, _ in found] == [0, 1, 2, 2, 2, 5, 9]


def test_a_history_of_files_tells_where_it_is_from(tmp_path: Path) -> None:
    """Name, size and sum: whoever has the file can tell that it is the same."""
    path = capture(tmp_path / "one.jsonl", "AUSDT", [START])

    assert files([path]).sources() == [
        {
            "file": "one.jsonl", "format": "JSON lines", "symbol": "AUSDT", "bytes": path.stat().st_size,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
    ]  # fmt: skip


def test_a_simulated_history_tells_what_it_follows_from() -> None:
    """Plain data that JSON can hold."""
    [source] = simulated(MARKET, 7, 60.0, START).sources()

    assert (source["seed"], source["seconds"], source["start_ts"]) == (7, 60.0, START)
    assert orjson.loads(orjson.dumps(source))["simulated"]["instruments"][0]["symbol"] == "BTCUSDT"


def test_what_no_topic_would_take_is_left_out(tmp_path: Path) -> None:
    """A record over 1 MB would not have been sent; the numbering goes on without it."""
    path = capture(tmp_path / "one.jsonl", "AUSDT", [START])
    small = path.read_bytes()
    path.write_bytes(small + b"\n" + small[:-1] + b',"note":"' + b"x" * MAX_RECORD_BYTES + b'"}\n' + small)

    assert [(offset, value) for offset, _, value in records(files([path]))] == [(0, small), (1, small)]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """Before anything is read."""
    with pytest.raises(FeedError, match=r"nothing\.jsonl: cannot be read"):
        files([tmp_path / "nothing.jsonl"])


def test_a_reading_tells_how_far_it_is(tmp_path: Path) -> None:
    """From 0 to 1, for a progress bar."""
    market = simulated(MARKET, 1, 900.0, START)
    shares = [market.share for _ in market.batches()]
    path = capture(tmp_path / "one.jsonl", "AUSDT", [START + i * SECOND // 9 for i in range(3 * RECORDS)])
    history = files([path])
    of_files = [history.share for _ in history.batches()]

    for told in (shares, of_files):
        assert told == sorted(told) and 0 < told[0] < 1
    assert market.share == history.share == 1.0


@pytest.mark.real_data
def test_a_real_capture_becomes_rows(real_data: Path) -> None:
    """Raw exchange messages at their times of receipt, one row for each closed second."""
    path = real_data / "binance_ws" / "spot_btcusdt_20230405.dat.gz"
    market = Market(Spec(), Desk())

    closed = [one for batch in files([path]).batches() for one in market.step([batch])]
    second = np.concatenate([one.block.second for one in closed if one.block is not None])

    assert market.ledger.used == 3_144
    assert second.tolist() == [*range(second[0], second[0] + len(second))]
    assert math.isclose(len(second), 415, abs_tol=5)
