"""Tables of trades read as columns: the very batches that reading row by row gives, whatever is in them."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from connectors.feed.files import Capture, pages
from connectors.feed.files.pages import NotPlain
from connectors.tick_history.captures import FileHistory
from connectors.tick_history.tables import TableHistory
from models.inputs import TickBatch
from models.ticks import Ticks

START_MS = 1_700_000_000_000
Table = dict[str, list[object]]


def trades(rows: int, seed: int = 0, start_ms: int = START_MS) -> Table:
    """Return a table in the form of Binance's dump of trades, some seconds between silences."""
    rng = np.random.default_rng(seed)
    gap = np.where(rng.random(rows) < 0.001, 1_000_000, rng.integers(0, 400, rows))
    price = np.round(60_000 + rng.normal(0, 1, rows).cumsum(), 2)
    qty = np.round(rng.lognormal(-6, 1, rows) + 1e-5, 5)
    return {
        "id": [*range(7, 7 + rows)],
        "price": [f"{p:.8f}" for p in price],
        "qty": [f"{q:.8f}" for q in qty],
        "quote_qty": [f"{p * q:.8f}" for p, q in zip(price, qty, strict=True)],
        "time": (start_ms + gap.cumsum()).tolist(),
        "is_buyer_maker": [str(b) for b in rng.random(rows) < 0.5],
        "is_best_match": ["True"] * rows,
    }


def csv_text(table: Table, *, header: bool = False) -> str:
    """Return the table as CSV."""
    lines = [",".join(map(str, row)) for row in zip(*table.values(), strict=True)]
    return "\n".join([",".join(table)] * header + lines) + "\n"


def batches(history: FileHistory) -> list[TickBatch]:
    return list(history.batches())


def assert_same(found: Sequence[TickBatch], expected: Sequence[TickBatch]) -> None:
    """Compare offsets, times, every field with its type, and the text of every record."""
    assert [len(batch) for batch in found] == [len(batch) for batch in expected]
    for ours, theirs in zip(found, expected, strict=True):
        assert np.array_equal(ours.offsets, theirs.offsets)
        assert np.array_equal(ours.log_ts, theirs.log_ts)
        assert ours.decoded.invalid == theirs.decoded.invalid
        assert np.array_equal(ours.decoded.skipped, theirs.decoded.skipped)
        for field in fields(Ticks):
            mine, other = getattr(ours.decoded.ticks, field.name), getattr(theirs.decoded.ticks, field.name)
            if field.name == "symbols":
                assert mine == other
            else:
                assert mine.dtype == other.dtype, field.name
                assert np.array_equal(mine, other), field.name
        assert list(ours.values) == list(theirs.values)


def both_ways(*paths: Path, symbol: str | None = None) -> tuple[list[TickBatch], list[TickBatch]]:
    """Return the batches from columns, and those from rows."""
    captures = [Capture(path, symbol) for path in paths]
    return batches(TableHistory(captures)), batches(FileHistory(captures))


@pytest.fixture
def no_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let reading row by row fail, so that only the columns can have been read."""

    def refused(_: FileHistory) -> Iterator[TickBatch]:
        raise AssertionError("read row by row")

    monkeypatch.setattr(FileHistory, "batches", refused)


def test_a_parquet_table_gives_the_batches_of_its_rows(tmp_path: Path) -> None:
    """Floats, whole-number times in milliseconds, no side and no id: as the recorded half day has them."""
    table = trades(20_000)
    frame = pl.DataFrame({
        "timestamp": table["time"],
        "quantity": [float(str(q)) for q in table["qty"]],
        "price": [float(str(p)) for p in table["price"]],
    })  # fmt: skip
    frame.write_parquet(tmp_path / "BTCUSDT.parquet")
    assert_same(*both_ways(tmp_path / "BTCUSDT.parquet"))


@pytest.mark.parametrize("header", [False, True])
def test_a_dump_of_trades_gives_the_batches_of_its_rows(tmp_path: Path, *, header: bool) -> None:
    """Binance's public dump, whose header came only in later years."""
    path = tmp_path / "BTCUSDT-trades-2024-08-08.csv"
    path.write_text(csv_text(trades(10_000), header=header))
    assert_same(*both_ways(path))


def test_a_dump_in_microseconds_gives_the_times_in_nanoseconds(tmp_path: Path) -> None:
    """Since 2025 the dumps of the spot market are in microseconds."""
    table = trades(100)
    table["time"] = [int(str(ms)) * 1_000 + 7 for ms in table["time"]]
    path = tmp_path / "BTCUSDT-trades-2025-01-01.csv"
    path.write_text(csv_text(table))
    found, expected = both_ways(path)
    assert_same(found, expected)
    assert found[0].decoded.ticks.ts[0] == int(str(table["time"][0])) * 1_000


@pytest.mark.parametrize("last", [False, True])
def test_a_dump_of_aggregate_trades_gives_the_batches_of_its_rows(tmp_path: Path, *, last: bool) -> None:
    """With and without its last column."""
    made = trades(5_000)
    table = {name: made[name] for name in ("id", "price", "qty")}
    table |= {"first_id": made["id"], "last_id": made["id"], "time": made["time"]}
    table |= {"is_buyer_maker": made["is_buyer_maker"]} | ({"best": made["is_best_match"]} if last else {})
    path = tmp_path / "ETHUSDT-aggTrades-2024-08.csv"
    path.write_text(csv_text(table))
    assert_same(*both_ways(path))


def test_packed_dumps_read_like_bare_ones(tmp_path: Path) -> None:
    """As they are downloaded, and gzipped."""
    text = csv_text(trades(5_000))
    bare, zipped, gzipped = (tmp_path / f"BTCUSDT-trades-1.{kind}" for kind in ("csv", "zip", "csv.gz"))
    bare.write_text(text)
    gzipped.write_bytes(gzip.compress(text.encode()))
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("BTCUSDT-trades-1.csv", text)
    expected = batches(FileHistory([Capture(bare)]))
    for path in (bare, zipped, gzipped):
        assert_same(batches(TableHistory([Capture(path)])), expected)


@pytest.mark.usefixtures("no_rows")
@pytest.mark.parametrize("size", [5_000, 100_000, 1 << 20])
def test_the_size_of_the_pieces_does_not_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """Many pieces in a batch, batches in a piece, and all in one."""
    path = tmp_path / "BTCUSDT.csv"
    path.write_text(csv_text(trades(5_000)))
    whole = batches(TableHistory([Capture(path)]))
    monkeypatch.setattr(pages, "PIECE_BYTES", size)
    assert_same(batches(TableHistory([Capture(path)])), whole)


@pytest.mark.usefixtures("no_rows")
def test_days_are_read_one_after_the_other_in_any_order_of_the_files(tmp_path: Path) -> None:
    """Offsets run on over the files, batches over their borders."""
    days = [tmp_path / f"BTCUSDT-{day}.csv" for day in range(3)]
    for day, path in enumerate(days):
        path.write_text(csv_text(trades(1_500, seed=day, start_ms=START_MS + day * 86_400_000)))
    found = batches(TableHistory([Capture(path) for path in (days[2], days[0], days[1])]))
    assert np.array_equal(np.concatenate([b.offsets for b in found]), np.arange(4_500))
    assert (np.diff(np.concatenate([b.log_ts for b in found])) >= 0).all()


def test_files_that_overlap_are_merged_by_time(tmp_path: Path) -> None:
    """Read row by row from the batch on in which it shows."""
    one, two = tmp_path / "BTCUSDT-a.csv", tmp_path / "BTCUSDT-b.csv"
    one.write_text(csv_text(trades(5_000)))
    two.write_text(csv_text(trades(900, seed=3, start_ms=START_MS + 600_000)))
    assert_same(*both_ways(one, two))


def _changed(name: str, value: object) -> Callable[[Table], None]:
    def change(table: Table) -> None:
        table[name][4_300] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        _changed("price", "-1.0"),
        _changed("price", "nan"),
        _changed("price", ""),
        _changed("price", "1e400"),
        _changed("qty", "0.00000000"),
        _changed("qty", " 1.5"),
        _changed("time", "yesterday"),
        _changed("time", "12"),
        _changed("time", "1700000000.5"),
        _changed("time", "99999999999999999999"),
        _changed("is_buyer_maker", "perhaps"),
        _changed("is_buyer_maker", ""),
        _changed("id", "-4"),
        _changed("id", "abc"),
        _changed("id", "1234567890123456789012"),
        _changed("is_best_match", '"Tr\nue"'),
        _changed("is_best_match", "True,1"),
    ],
)
def test_one_odd_row_is_read_as_it_would_be_alone(tmp_path: Path, change: Callable[[Table], None]) -> None:
    """In the second batch: the first stands, and the rest is the codec's to judge."""
    table = trades(4_500)
    change(table)
    path = tmp_path / "BTCUSDT-trades-x.csv"
    path.write_text(csv_text(table))
    assert_same(*both_ways(path))


def test_a_short_row_and_empty_lines_are_read_as_they_would_be_alone(tmp_path: Path) -> None:
    """A download that was cut off in the middle of a row."""
    path = tmp_path / "BTCUSDT-trades-x.csv"
    path.write_text(csv_text(trades(300)).replace("\n", "\n\n", 3) + "99999,60000.1,0.")
    assert_same(*both_ways(path))


def test_a_table_that_names_its_symbols_is_read_row_by_row(tmp_path: Path) -> None:
    """There may be several in it."""
    table = trades(300) | {"symbol": ["BTCUSDT", "ETHUSDT", "SOLUSDT"] * 100}
    path = tmp_path / "trades.csv"
    path.write_text(csv_text(table, header=True))
    with pytest.raises(NotPlain):
        list(pages.pages(Capture(path)))
    assert_same(*both_ways(path))


def test_receive_times_are_the_times_of_the_records(tmp_path: Path) -> None:
    """Where a recorder noted when it had heard of a trade."""
    table = trades(3_000)
    table["local_timestamp"] = [int(str(ms)) * 1_000 + 1_234_567 for ms in table["time"]]
    path = tmp_path / "BTCUSDT-recorded.csv"
    path.write_text(csv_text(table, header=True))
    assert_same(*both_ways(path))


def test_the_share_grows_to_the_whole(tmp_path: Path) -> None:
    """For the progress bar."""
    path = tmp_path / "BTCUSDT.csv"
    path.write_text(csv_text(trades(5_000)))
    history = TableHistory([Capture(path)])
    assert [history.share for _ in history.batches()][-1] <= 1.0
    assert history.share == 1.0


@pytest.mark.real_data
@pytest.mark.usefixtures("no_rows")
def test_the_recorded_half_day_is_plain(real_data: Path) -> None:
    """199,020 rows, read as columns."""
    path = real_data / "full_day" / "btcusdt_20220115_00-12h.parquet"
    found = batches(TableHistory([Capture(path)]))
    assert sum(map(len, found)) == 199_020


@pytest.mark.real_data
@pytest.mark.slow
def test_the_recorded_half_day_gives_the_batches_of_its_rows(real_data: Path) -> None:
    """To the bit."""
    assert_same(*both_ways(real_data / "full_day" / "btcusdt_20220115_00-12h.parquet"))
