"""``levibot snapshot features``: the rows that the live stage makes of the same ticks, in order, on disk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import polars as pl
import pytest
from click.testing import Result
from typer.testing import CliRunner

from connectors.embedded import EmbeddedBroker
from connectors.feature_files import FeatureFileError
from connectors.kafka.clients import producer
from connectors.settings import settings
from connectors.tick_history import TickHistory, simulated
from flows import feature_history
from flows.cli import application
from flows.feature_history import FeatureHistory
from flows.ticks import START
from models.desk.desk import Desk
from models.market.market import Market
from models.market.schema import NAMES
from models.simulator import MarketSpec, instruments
from models.spec import Spec

SECOND = 1_000_000_000
MARKET = MarketSpec(instruments=instruments(3), ticks_per_second=2.0, silence=0.2)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Settings that are read anew."""
    settings.cache_clear()
    yield monkeypatch
    settings.cache_clear()


def snapshot(*arguments: object) -> Result:
    return CliRunner().invoke(application(), ["snapshot", "features", *map(str, arguments)])


def told(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    return orjson.loads(result.stdout)


def frames(histories: Sequence[TickHistory]) -> pl.DataFrame:
    return pl.concat(FeatureHistory(histories, Spec(), lambda records, share: None).frames())


def live(history: TickHistory) -> dict[tuple[str, int], list[float]]:
    """Return the features of each symbol and window end, record by record through the stage."""
    market = Market(Spec(), Desk())
    blocks = [one.block for batch in history.batches() for one in market.step([batch])]
    return {
        (market.symbols.names[code], (second + 1) * SECOND): values
        for block in blocks
        if block is not None
        for code, second, values in zip(
            block.code.tolist(), block.second.tolist(), block.x.tolist(), strict=True
        )
    }


def test_rows_are_those_of_the_live_stage_in_order_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bit for bit, each once, whatever pieces they are handed on in."""
    history = simulated(MARKET, 3, 600.0, START)
    whole = frames([history])
    monkeypatch.setattr(feature_history, "PIECE_ROWS", 50)

    expected = live(history)
    found = {(row[1], row[0]): list(row[3:-1]) for row in whole.iter_rows()}

    assert found == expected and len(whole) == len(expected) > 1_500
    assert whole["ts"].is_sorted()
    assert frames([history]).equals(whole)


def test_histories_are_told_apart_and_counted() -> None:
    """Two partitions one after the other; a symbol on both is an error that says what to do."""
    one = simulated(MARKET, 1, 60.0, START)
    other = simulated(MarketSpec(instruments=instruments(["XUSDT"])), 1, 60.0, START)
    past = FeatureHistory([one, other], Spec(), lambda records, share: None)

    both = pl.concat(past.frames())

    assert both.equals(pl.concat([frames([one]), frames([other])]))
    assert past.books["used"] == sum(len(b) for h in (one, other) for b in h.batches())
    with pytest.raises(FeatureFileError, match="is on two partitions: its producer does not use the symbol"):
        frames([one, one])


def test_the_rows_of_one_symbol_are_those_it_has_among_the_others() -> None:
    """Nothing else is written; a symbol that never traded is an error that names those that did."""
    history = simulated(MARKET, 3, 120.0, START)

    def rows_of(symbol: str) -> pl.DataFrame:
        return pl.concat(FeatureHistory([history], Spec(), lambda *told: None, symbol).frames())

    one = rows_of("ETHUSDT")

    assert len(one) > 60 and one.equals(frames([history]).filter(pl.col("symbol") == "ETHUSDT"))
    with pytest.raises(FeatureFileError, match="no ticks of YUSDT; there are BTCUSDT, ETHUSDT, SOLUSDT"):
        rows_of("YUSDT")


def test_progress_is_told_over_all_histories() -> None:
    """The share of the whole never falls, and ends at 1."""
    seen: list[tuple[int, float | None]] = []
    history = simulated(MARKET, 1, 900.0, START)
    other = simulated(MarketSpec(instruments=instruments(["XUSDT"])), 1, 900.0, START)

    list(FeatureHistory([history, other], Spec(), lambda *told: seen.append(told)).frames())

    assert seen == sorted(seen) and seen[-1][1] == 1.0


def test_the_command_writes_a_simulated_market(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The same seed gives the same table; --json tells where it is and what is in it."""
    market = ("--simulated", "--hours", 0.04, "--symbols", 2, "--market-seed", 4)
    arguments = (*market, "--out", tmp_path, "--json")
    first = told(snapshot(*arguments))
    table = pl.read_parquet(first["path"])
    again = told(snapshot(*arguments))

    assert (first["rows"], first["symbols"]) == (len(table), ["BTCUSDT", "ETHUSDT"])
    assert first["features"] == list(NAMES)
    assert first["items"]["used"] > 500
    assert pl.read_parquet(tmp_path / "features_latest.parquet").equals(table)
    assert Path(again["latest"]).resolve() == Path(again["path"]).resolve()
    assert np.isfinite(table.select(NAMES).to_numpy()).all()


def test_the_command_reads_files(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """--symbol names the rows of a table that does not."""
    lines = ["time,price,qty", *(f"{1_700_000_000_000 + i * 500},{100 + i % 3},1" for i in range(100))]
    (tmp_path / "trades.csv").write_text("\n".join(lines))

    result = snapshot("--ticks", tmp_path / "trades.csv", "--symbol", "XUSDT", "--out", tmp_path)

    assert result.exit_code == 0, result.output
    assert "rows of 1 symbols, 2023-11-14T22:13:21+00:00 to" in result.output
    assert pl.read_parquet(tmp_path / "features_v1.parquet")["symbol"].unique().to_list() == ["XUSDT"]


@pytest.mark.embedded
def test_the_command_reads_a_topic(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its partitions as shards, from so many days before the newest record on."""
    tick = '{"symbol":"%s","ts":%d,"price":100,"qty":1}'
    with EmbeddedBroker({"ticks": 2}) as broker:
        environment.setenv("KAFKA_BOOTSTRAP", broker.bootstrap)
        sender = producer(broker.bootstrap, linger_ms=0)
        for day in (0, 9):
            for second in range(30):
                ms = 1_700_000_000_000 + day * 86_400_000 + second * 1_000
                for partition, symbol in enumerate(("AUSDT", "BUSDT")):
                    value = (tick % (symbol, ms * 1_000_000)).encode()
                    sender.produce("ticks", value, partition=partition, timestamp=ms)
        assert sender.flush(20) == 0

        found = told(snapshot("--topic", "ticks", "--days", 7, "--out", tmp_path, "--json"))
        settings.cache_clear()
        nowhere = snapshot("--topic", "tucks", "--out", tmp_path)

    assert (found["items"]["used"], found["symbols"]) == (60, ["AUSDT", "BUSDT"])
    sources = orjson.loads(Path(found["path"]).with_suffix(".json").read_bytes())["sources"]
    assert [(s["partition"], s["from_offset"], s["to_offset"]) for s in sources] == [(0, 30, 60), (1, 30, 60)]
    assert nowhere.exit_code == 2 and "no topic tucks; there are: ticks" in nowhere.output


def test_what_cannot_be_read_leaves_no_file(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Exit code 2 and one line; the folder is not even made."""
    out = tmp_path / "out"
    for arguments, why in (
        ((), "say which ticks to read"),
        (("--simulated", "--topic", "ticks"), "say which ticks to read"),
        (("--simulated", "--days", 1), "use it with --topic NAME"),
        (("--ticks", tmp_path / "none.gz"), "cannot be read"),
    ):
        result = snapshot(*arguments, "--out", out)
        assert (result.exit_code, why in " ".join(result.output.split())) == (2, True), result.output
        assert not out.exists()
