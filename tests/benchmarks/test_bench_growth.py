"""Curves of growth: slopes, the endless market, the rows and the picture; never how fast anything was."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from benchmarks.brokers import Broker
from benchmarks.errors import BenchmarkError
from benchmarks.ground import QUICK, Ground
from benchmarks.growth import measure as growth
from benchmarks.growth import picture as growth_picture
from benchmarks.growth import stretch
from benchmarks.growth.points import Market, Measure, Run, Span, slope, steepest
from benchmarks.growth.rows import curve, history, live_row, memory, of_a_row, resident, uptime
from benchmarks.growth.stretch import Repeated
from benchmarks.results import Row
from benchmarks.table import PICTURE
from connectors.embedded import EmbeddedRedis
from models.spec import SECOND
from models.ticks import Ticks

SYMBOLS, RATE = 3, 5.0
GROWN = 30_000
"""Bytes more for each symbol, in the runs that are made up here."""


@pytest.fixture(scope="module")
def ticks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short stretch of three symbols."""
    path = tmp_path_factory.mktemp("stretch") / "ticks.npz"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stretch, "MOST_S", 20)
        stretch.make(path, SYMBOLS, RATE)
    return path


@pytest.fixture
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stretch, "MOST_S", 20)


def test_a_slope_is_the_exponent_of_a_power_law() -> None:
    """Whatever the factor before it."""
    points = tuple((float(n), 3.0 * n**1.5) for n in (1, 20, 200))
    assert slope(points) == pytest.approx(1.5)
    assert steepest(points) == pytest.approx(1.5)
    assert slope(((1.0, 7.0), (10.0, 7.0))) == pytest.approx(0.0)


def test_the_steepest_part_shows_where_a_whole_curve_is_flat() -> None:
    """Flat, then steep: the fit says less than one, two neighbours say two."""
    points = ((1.0, 1.0), (10.0, 1.0), (100.0, 1.0), (1_000.0, 100.0))
    assert slope(points) < 1.0
    assert steepest(points) == pytest.approx(2.0)


@pytest.mark.usefixtures("_short")
def test_the_market_goes_on_behind_its_stretch(ticks: Path) -> None:
    """Times and trade ids of a symbol rise without end, offsets without a gap."""
    market = Repeated(ticks, SYMBOLS, RATE)
    batches = []
    while market.log_s < 50:
        batches.append(market.take(40))
    assert np.concatenate([b.offsets for b in batches]).tolist() == [*range(sum(map(len, batches)))]
    log_ts = np.concatenate([b.log_ts for b in batches])
    assert (np.diff(log_ts) >= 0).all()
    assert log_ts[-1] - log_ts[0] > 45 * SECOND
    for name in ("BTCUSDT", "ETHUSDT", "SOLUSDT"):
        own = [trade for b in batches for trade in trades(b.decoded.ticks, name)]
        assert all(a[0] <= b[0] and a[1] < b[1] for a, b in pairwise(own))


def trades(found: Ticks, name: str) -> list[tuple[int, int]]:
    """Return time and id of each trade of a symbol."""
    mine = np.array([symbol.name == name for symbol in found.symbols], dtype=np.bool_)[found.symbol]
    return list(zip(found.ts[mine].tolist(), found.trade_id[mine].tolist(), strict=True))


@pytest.mark.usefixtures("_short")
def test_partitions_share_the_symbols(ticks: Path) -> None:
    """Each symbol is in one of them, and together they have all ticks."""
    parts = [Repeated(ticks, SYMBOLS, RATE, n, 2).take(10_000) for n in range(2)]
    names = [sorted(symbol.name for symbol in part.decoded.ticks.symbols) for part in parts]
    assert names == [["BTCUSDT", "SOLUSDT"], ["ETHUSDT"]]
    assert sum(map(len, parts)) == len(Repeated(ticks, SYMBOLS, RATE).take(10_000))


def made_up(symbols: int, hours: int = 1, bend: float = 1.0) -> Run:
    """Return a run of hours, each a millisecond a symbol, with memory that grows with the symbols."""
    looks = [
        {
            "log_s": 3_600.0 * hour, "cpu": 3.6 * (symbols * hour) ** bend, "ticks": 18_000 * symbols * hour,
            "rows": 3_600 * symbols * hour, "records": 7_200 * symbols * hour,
            "bytes": 3_600_000 * symbols * hour,
            "resident": 100_000_000 + (symbols * GROWN if hour else 0) + 1_000_000 * max(hour - 2, 0),
        }
        for hour in range(hours + 1)
    ]  # fmt: skip
    return Run(100_000_000, looks, 150_000_000, 20_000 * symbols)


def recorded(symbols: int) -> Market:
    """Return the market of a run that is made up."""
    return Market(symbols, RATE)


def rows() -> list[Row]:
    """Return all rows of runs that are made up."""
    runs = {n: made_up(n) for n in (1, 20, 200)}
    spans = {n: each.between() for n, each in runs.items()}
    day = made_up(20, 12)
    return [
        curve("symbols, recorded 5", spans, recorded),
        curve("symbols, dense 1,000", {n: made_up(n, bend=0.9).between() for n in (1, 20, 200)}, recorded),
        curve(
            "partitions, 20 symbols, recorded 5", dict.fromkeys((1, 4, 16), spans[20]), lambda _: recorded(20)
        ),
        history(((1.0, 0.6), (12.0, 1.7), (24.0, 2.9))),
        uptime(day),
        resident(day),
        memory(runs),
        *of_a_row(spans),
        live_row(Market(100, RATE), made_up(100, bend=1.1).between(), spans[200]),
    ]


def test_the_rows_say_what_the_runs_came_to() -> None:
    """Slopes, their targets, the memory of a symbol and of hours, and what one row is."""
    found = {row.name: row for row in rows()}
    line = found["growth with symbols, recorded 5"]
    assert (line.ours, line.met) == (pytest.approx(1.0), True)
    assert "20: 72.0 s (200.00 µs a tick, 1000.0 a row)" in line.note
    assert [x for x, _ in line.points] == [1.0, 20.0, 200.0]
    assert found["growth with partitions, 20 symbols, recorded 5"].ours == pytest.approx(0.0, abs=1e-9)
    assert found["growth with hours of uptime, recorded 5"].ours == pytest.approx(1.0)
    assert found["memory of a symbol"].ours == pytest.approx(GROWN / 1e3)
    hours = found["resident memory after 12 hours of uptime"]
    assert (hours.ours, hours.against) == (pytest.approx(110.6), pytest.approx(100.6))
    assert (hours.ratio, hours.met) == (pytest.approx(110.6 / 100.6), False)
    assert found["a symbol's second, 200 symbols, recorded 5.0: published"].ours == pytest.approx(1_000.0)
    live = found["a symbol's second, live, 100 symbols of a shard: stages and encoding"]
    assert (live.ratio, live.met) == (pytest.approx(100**0.1), None)


def test_a_point_counts_for_its_rate_whatever_came() -> None:
    """Half the ticks at half the cost are the same cost of a tick, so of an hour at the rate."""
    whole = Span(3_600.0, 7.2, 36_000, 7_200, 0, 0)
    half = Span(3_600.0, 3.6, 18_000, 7_200, 0, 0)
    assert whole.an_hour(Market(2, RATE)) == half.an_hour(Market(2, RATE)) == pytest.approx(7.2)


def test_a_bent_curve_misses_its_target() -> None:
    """An exponent of 1.2 is no straight line."""
    bent = {n: made_up(n, bend=1.2).between() for n in (1, 20, 200)}
    assert curve("symbols", bent, recorded).met is False


def test_the_picture_is_drawn(tmp_path: Path) -> None:
    """A PNG of its size, of all curves and of some."""
    for name, some in (("all", rows()), ("one", rows()[:1])):
        growth_picture.picture(some, tmp_path / name)
        data = (tmp_path / name).read_bytes()
        assert data[:8] == b"\x89PNG\r\n\x1a\n"
        size = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
        assert size == (growth_picture.WIDTH_PX, growth_picture.HEIGHT_PX)


@pytest.mark.bench
def test_a_point_counts_what_it_ran(tmp_path: Path) -> None:
    """Rows are symbols times seconds, and a second look goes on from the first."""
    run = Measure(tmp_path).run(Market(2, RATE), 10, (0, 30, 60), partitions=2)
    first, second = run.between(0, 1), run.between(1, 2)
    assert isinstance(second, Span) and run.between().ticks == first.ticks + second.ticks
    assert (first.log_s, second.log_s) == (30, 30)
    assert second.rows == pytest.approx(60, abs=8)
    assert second.ticks > second.rows
    assert second.records >= 2 * second.rows and second.bytes > 100 * second.records
    assert first.cpu > 0 and second.cpu > 0
    assert run.peak >= run.looks[-1]["resident"] > run.begin > 0 and run.state > 0


@pytest.mark.bench
def test_a_point_that_fails_says_why(tmp_path: Path) -> None:
    """The process's own words."""
    with pytest.raises(BenchmarkError, match=r"(?s)benchmarks.growth.stretch failed.*at least one symbol"):
        Measure(tmp_path).run(Market(0, RATE), 100, (0,))


def test_a_quick_run_has_every_curve() -> None:
    """Two sizes at least, or there is no slope; and an hour to compare memory with."""
    assert all(len(sizes) >= 2 for sizes in growth.QUICK[:4])
    assert growth.QUICK.uptime_h > 2


@pytest.mark.bench
@pytest.mark.timeout(240)
def test_a_run_has_all_rows_and_a_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the smallest sizes; it needs neither broker nor Redis, and moves the bar on as it says."""
    tiny = {
        "QUICK": growth.Plan((1, 2, 3), (1, 2), (1, 2), (1, 2), 3), "ROWS": 1, "DENSE_TICKS": 1,
        "SPREAD": Market(4, RATE), "SHARD": Market(4, RATE), "DAY": Market(2, RATE),
    }  # fmt: skip
    for name, value in tiny.items():
        monkeypatch.setattr(growth, name, value)
    said: list[str] = []
    nobody = cast(Broker, None), cast(EmbeddedRedis, None)
    found = growth.run(Ground(*nobody, tmp_path, QUICK, said.append))
    assert len(said) == growth.steps(QUICK.repeats)
    assert [row.target is None for row in found] == [False] * 7 + [True] * 3
    assert all(len(row.points) >= 2 for row in found[:7])
    growth_picture.picture(found, tmp_path / PICTURE)
