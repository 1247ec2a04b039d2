"""Bars of captures that nobody here made up, against an aggregation of the same trades by polars.

The trades are read a second time by the standard library alone; a record's time is when the recorder got
it, or the event time where the capture does not say.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from connectors.codecs import Decoder
from models.desk.desk import Desk
from models.inputs import Beat, Cause, TickBatch
from models.market.bars import lot_digits
from models.market.block import Closed, Reject
from models.market.ledger import Totals
from models.market.market import Market
from models.spec import SECOND, Spec

pytestmark = [pytest.mark.real_data, pytest.mark.slow]

POLL = 700
SKEW_OF_2024 = 1_271_840_000  # ns; the median distance of a trade ahead of its record
COLUMNS = ("symbol", "second", "o", "h", "l", "c", "lots", "n")


@dataclass
class Capture:
    """Raw records with their times, and the trades in them as the standard library reads them."""

    records: list[tuple[int, bytes]]
    trades: pl.DataFrame  # offset, symbol, ts (ns), price, qty (decimal text)


def capture_of(lines: Iterable[tuple[int | None, bytes]]) -> Capture:
    """Return a capture of ``(receive time ns or None, raw message)``, put in order of time."""
    read = [(ts, raw, trades_in(json.loads(raw))) for ts, raw in lines]
    timed = [(ts if ts is not None else found[0]["ts"], raw, found) for ts, raw, found in read]
    timed.sort(key=lambda line: line[0])
    rows = [{"offset": offset, **trade} for offset, (_, _, found) in enumerate(timed) for trade in found]
    return Capture([(ts, raw) for ts, raw, _ in timed], pl.DataFrame(rows))


def trades_in(message: Any) -> list[dict[str, Any]]:
    """Return the trades of a Binance message, bare or in its stream envelope."""
    body = message.get("data", message) if isinstance(message, dict) else message
    if (
        not isinstance(body, dict)
        or "p" not in body
        or body.get("e", "aggTrade") not in ("trade", "aggTrade")
    ):
        return []
    return [
        {
            "symbol": body.get("s", "XRPETH"),
            "ts": body["T"] * 10**6,
            "price": float(body["p"]),
            "qty": body["q"],
        }
    ]


def receive_lines(path: Path, unit: int) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a log that begins each with its receive time in units of ns."""
    with gzip.open(path, "rb") as lines:
        for line in lines:
            ts, _, raw = line.rstrip(b"\n").partition(b" ")
            yield int(ts) * unit, raw


def spot_2024(data: Path) -> Capture:
    """BTC and ETH over midnight, in one shard; the recorder's clock is 1.27 s behind the exchange."""
    names = [f"spot_{symbol}_2024080{day}.gz" for symbol in ("btcusdt", "ethusdt") for day in (8, 9)]
    return capture_of(line for name in names for line in receive_lines(data / "binance_ws" / name, 1))


def spot_2023(data: Path) -> Capture:
    """BTC with receive times in microseconds, shortly after the exchange's."""
    return capture_of(receive_lines(data / "binance_ws" / "spot_btcusdt_20230405.dat.gz", 1_000))


def xrp_eth(data: Path) -> Capture:
    """A sparse symbol with silences of minutes; records are given the time of their trade."""
    found = json.loads(
        gzip.decompress((data / "binance_agg_trades" / "xrpeth_20191011_13.json.gz").read_bytes())
    )
    raw = [{"e": "aggTrade", "s": "XRPETH", **trade["info"]} for trade in found]
    return capture_of((None, json.dumps(info).encode()) for info in raw)


def session_2021(data: Path) -> Capture:
    """Three symbols from a session log with receive times in fractions of a second."""
    with gzip.open(data / "exchange_payloads" / "binance_aggtrade_20210404.txt.gz", "rt") as lines:
        found = [re.fullmatch(r"(\d+\.\d+): (\{.*)", line.rstrip("\n")) for line in lines]
    return capture_of((int(Decimal(m[1]) * SECOND), m[2].encode()) for m in found if m)


class Taken:
    """What the Market made of a capture, polled in batches, with all seconds closed at the end."""

    def __init__(self, capture: Capture, spec: Spec) -> None:
        market, decoder = Market(spec, Desk()), Decoder()
        self.closed: list[Closed] = []
        for first in range(0, len(capture.records), POLL):
            self.closed += market.step([polled(capture.records[first : first + POLL], first, decoder)])
        end = capture.records[-1][0] + 3_600 * SECOND
        self.closed += market.step([Beat(end, Cause(len(capture.records), 1))])
        self.ledger: Totals = market.ledger
        self.rejects: list[Reject] = [reject for one in self.closed for reject in one.rejects]

    def bars(self) -> pl.DataFrame:
        """Return the bars of seconds that had trades, volume as whole lots."""
        frames = [bars_of(one) for one in self.closed if one.block is not None]
        return pl.concat(frames).sort("symbol", "second")


def polled(records: list[tuple[int, bytes]], first: int, decoder: Decoder) -> TickBatch:
    """Return consecutive records as the batch that a source would make of them."""
    values = [raw for _, raw in records]
    offsets = np.arange(first, first + len(records))
    return TickBatch(offsets, np.array([ts for ts, _ in records]), values, decoder.decode(values), 0)


def bars_of(one: Closed) -> pl.DataFrame:
    """Return the bars of a block as a frame."""
    block = one.block
    assert block is not None
    traded = np.flatnonzero(block.bar.count > 0)
    bar = {
        name: getattr(block.bar, name)[traded] for name in ("open", "high", "low", "close", "volume", "count")
    }
    symbols = [one.names[code] for code in block.code[traded].tolist()]
    digits = [DIGITS[symbol] for symbol in symbols]
    lots = [
        int((Decimal(repr(v)) * 10**d).to_integral_value())
        for v, d in zip(bar["volume"].tolist(), digits, strict=True)
    ]
    columns = (
        symbols,
        block.second[traded],
        bar["open"],
        bar["high"],
        bar["low"],
        bar["close"],
        lots,
        bar["count"],
    )
    return pl.DataFrame(
        dict(zip(COLUMNS, columns, strict=True)), schema_overrides={"symbol": pl.String, "lots": pl.Int64}
    )


DIGITS = {"BTCUSDT": 8, "ETHUSDT": 8, "DOTUSDT": 8, "XRPETH": 4}


def expected_bars(trades: pl.DataFrame) -> pl.DataFrame:
    """Return one-second bars by polars' own aggregation, quantities as exact whole lots."""
    lots = [int(Decimal(q) * 10 ** DIGITS[s]) for q, s in zip(trades["qty"], trades["symbol"], strict=True)]
    bars = (
        trades.with_columns(at=pl.from_epoch("ts", "ns"), lots=pl.Series(lots, dtype=pl.Int64))
        .sort("at", maintain_order=True)
        .group_by_dynamic("at", every="1s", group_by="symbol")
        .agg(
            o=pl.col("price").first(), h=pl.col("price").max(), l=pl.col("price").min(),
            c=pl.col("price").last(), lots=pl.col("lots").sum(), n=pl.len().cast(pl.Int64),
        )
    )  # fmt: skip
    seconds = bars.with_columns(second=pl.col("at").dt.epoch("ns") // SECOND)
    return seconds.select(COLUMNS).sort("symbol", "second")


READERS = {reader.__name__: reader for reader in (spot_2024, spot_2023, xrp_eth, session_2021)}


@pytest.fixture(scope="module", params=READERS)
def capture(request: pytest.FixtureRequest, real_data: Path) -> Capture:
    """Each capture in turn."""
    return READERS[request.param](real_data)


def test_every_bar_is_exactly_that_of_polars_and_no_record_is_lost(capture: Capture) -> None:
    """Prices, whole lots and counts of every second; trades are used and everything else is skipped."""
    taken = Taken(capture, Spec())

    assert taken.ledger == (len(capture.trades), len(capture.records) - len(capture.trades), 0, 0, 0)
    assert taken.bars().equals(expected_bars(capture.trades))


def test_every_quantity_is_a_whole_number_of_its_symbols_lots(capture: Capture) -> None:
    """In the lots that the symbol's first price says."""
    for (symbol,), found in capture.trades.group_by("symbol"):
        digits = DIGITS[str(symbol)]
        assert lot_digits(found["price"].head(1).to_numpy()).tolist() == [digits]
        assert all(Decimal(q) * 10**digits % 1 == 0 for q in found["qty"])


def test_what_a_strict_clock_refuses_is_missing_from_the_bars_and_nothing_else(real_data: Path) -> None:
    """Half of the trades lie further ahead of their record than this; the bars are of the other half."""
    capture = spot_2024(real_data)

    taken = Taken(capture, Spec(max_skew=SKEW_OF_2024))

    refused = [reject.offset for reject in taken.rejects]
    kept = capture.trades.filter(~pl.col("offset").is_in(refused))
    assert {str(reject.reason) for reject in taken.rejects} == {"future"}
    assert 0.2 < taken.ledger.used / len(capture.trades) < 0.8
    assert taken.ledger.invalid == len(refused) == len(set(refused)) == len(capture.trades) - len(kept)
    assert taken.bars().equals(expected_bars(kept))
