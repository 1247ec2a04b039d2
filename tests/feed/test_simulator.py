"""The simulated market: same bytes for the same seed, faults at their rates, an edge only where planted."""

from __future__ import annotations

import itertools
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson
import pytest

from models.simulator import Faults, Instrument, Kind, MarketSpec, Record, instruments, pages, simulate

START = 1_700_000_000_000_000_000
SECOND = 1_000_000_000
FAULTS = Faults(late=0.02, duplicate=0.03, corrupt=0.04, future=0.01)


def market(symbols: int = 3, **settings: Any) -> MarketSpec:
    return MarketSpec(instruments=instruments(symbols), **settings)


def taken(spec: MarketSpec, count: int, seed: int = 7, start: int = START) -> list[Record]:
    return list(itertools.islice(simulate(spec, seed, start), count))


def sound(records: list[Record]) -> list[dict[str, Any]]:
    return [json.loads(r.value) for r in records if r.kind in (Kind.TICK, Kind.LATE)]


def test_same_seed_and_start_give_the_same_records() -> None:
    """Two runs agree byte for byte; another seed does not."""
    spec = market(faults=FAULTS)
    assert taken(spec, 20_000) == taken(spec, 20_000)
    assert taken(spec, 100) != taken(spec, 100, seed=8)


def test_how_the_stream_is_taken_does_not_matter() -> None:
    """Record by record, in chunks of any size, or page by page: the same bytes in the same order."""
    spec = market(faults=FAULTS, ticks_per_second=50)
    whole = [r.value for r in taken(spec, 5_000)]
    stream = simulate(spec, 7, START)
    chunks = [list(itertools.islice(stream, size)) for size in (1, 7, 1_234, 3_758)]
    assert [r.value for chunk in chunks for r in chunk] == whole
    by_page = itertools.chain.from_iterable(page.value.tolist() for page in pages(spec, 7, START))
    assert list(itertools.islice(by_page, 5_000)) == whole


def test_start_moves_all_times_and_nothing_else() -> None:
    """A market that begins a day later is the same market a day later."""
    day = 86_400 * SECOND
    early, late = taken(market(), 3_000), taken(market(), 3_000, start=START + day)
    assert [(r.event_ts + day, r.record_ts + day, r.key) for r in early] == [r[:3] for r in late]
    without_ts = [[{**tick, "ts": 0} for tick in sound(records)] for records in (early, late)]
    assert without_ts[0] == without_ts[1]


def test_a_record_is_a_canonical_tick_on_its_grid() -> None:
    """The fields, their types and decimals, the key, and the times are those of the canonical tick."""
    spec = MarketSpec(instruments=(Instrument(symbol="ABCUSD", price=7.0, price_decimals=4, qty_decimals=1),))
    for record in taken(spec, 500):
        tick = json.loads(record.value, parse_float=str)
        assert list(tick) == ["symbol", "ts", "price", "qty", "side", "trade_id"]
        assert (tick["symbol"], record.key) == ("ABCUSD", b"ABCUSD")
        assert len(tick["price"].partition(".")[2]) == 4
        assert len(tick["qty"].partition(".")[2]) == 1
        assert float(tick["price"]) > 0 < float(tick["qty"])
        assert tick["side"] in ("buy", "sell")
        assert tick["ts"] == record.event_ts
        assert record.event_ts % 1_000_000 == 0
        assert 0 < record.record_ts - record.event_ts < SECOND


def test_numbers_may_be_written_as_strings() -> None:
    """With ``strings`` the digits are the same, in quotes."""
    plain, quoted = taken(market(), 200), taken(market(strings=True), 200)
    as_text = [json.loads(r.value, parse_float=str) for r in plain]
    assert as_text == [json.loads(r.value) for r in quoted]


def test_record_times_never_run_backwards_and_symbols_keep_event_order() -> None:
    """The stream is sorted by record time, and the punctual ticks of a symbol by event time."""
    records = taken(market(faults=FAULTS, ticks_per_second=100, latency_ms=50), 20_000)
    stamps = [r.record_ts for r in records]
    assert stamps == sorted(stamps)
    events = defaultdict(list)
    for record in records:
        if record.kind is Kind.TICK:
            events[record.key].append(record.event_ts)
    assert len(events) == 3
    assert all(ts == sorted(ts) for ts in events.values())


def test_trade_ids_of_each_symbol_are_contiguous_from_one() -> None:
    """Ticks, punctual or late, carry each id exactly once."""
    records = taken(market(ticks_per_second=100, faults=Faults(late=0.05)), 30_000)
    horizon = records[-1].record_ts - 25 * SECOND  # whatever happened before it has arrived by now
    ids = defaultdict(list)
    for tick in sound(records):
        if tick["ts"] < horizon:
            ids[tick["symbol"]].append(tick["trade_id"])
    assert sum(map(len, ids.values())) > 10_000
    for seen in ids.values():
        assert sorted(seen) == list(range(1, len(seen) + 1))


def test_each_fault_has_its_rate() -> None:
    """Over 100,000 records every fault lies within four standard deviations of what was asked for."""
    records = taken(market(ticks_per_second=200, faults=FAULTS), 100_000)
    kinds = Counter("corrupt" if r.kind.corrupt else r.kind.name.lower() for r in records)
    ticks = kinds["tick"] + kinds["late"]
    for fault, expected in (("duplicate", 0.03 * 0.98), ("corrupt", 0.04), ("future", 0.01)):
        assert abs(kinds[fault] - ticks * expected) < 4 * math.sqrt(ticks * expected), fault
    settled = [r for r in records if r.event_ts < records[-1].record_ts - 25 * SECOND]
    late = sum(r.kind is Kind.LATE for r in settled)
    of = late + sum(r.kind is Kind.TICK for r in settled)
    assert abs(late - 0.02 * of) < 4 * math.sqrt(0.02 * of)


def test_no_faults_without_being_asked() -> None:
    """By default every record is a punctual tick."""
    assert {r.kind for r in taken(market(), 10_000)} == {Kind.TICK}


def test_faults_leave_the_ticks_alone() -> None:
    """Duplicates, corrupt and future-dated records are additional: the ticks among them stay as they were."""
    clean = taken(market(), 5_000)
    faulty = taken(market(faults=Faults(duplicate=0.1, corrupt=0.1, future=0.1)), 5_500)
    among = [r for r in faulty if r.kind is Kind.TICK]
    assert 3_500 < len(among) < 5_000
    assert among == clean[: len(among)]


def test_late_ticks_arrive_behind_their_closed_window() -> None:
    """A late tick comes 2.5 to 20 s after its event, when its second plus one of grace is over."""
    records = taken(market(ticks_per_second=100, faults=Faults(late=0.05)), 20_000)
    late = [r for r in records if r.kind is Kind.LATE]
    assert len(late) > 500
    for record in late:
        assert 2.5 * SECOND <= record.record_ts - record.event_ts <= 20 * SECOND
        assert record.record_ts > (record.event_ts // SECOND + 2) * SECOND


def test_duplicates_repeat_an_earlier_record() -> None:
    """Each duplicate has the bytes of a tick that came before it."""
    seen: set[bytes] = set()
    duplicates = 0
    for record in taken(market(faults=FAULTS), 20_000):
        if record.kind is Kind.TICK:
            assert record.value not in seen
            seen.add(record.value)
        elif record.kind is Kind.DUPLICATE:
            duplicates += 1
            assert record.value in seen
    assert duplicates > 300


def test_future_records_are_ticks_from_far_ahead_without_an_id() -> None:
    """They are well-formed, at least 10 s ahead of their own record time, and nobody's duplicate."""
    ahead = [r for r in taken(market(faults=FAULTS), 20_000) if r.kind is Kind.FUTURE]
    assert len(ahead) > 100
    for record in ahead:
        tick = json.loads(record.value)
        assert "trade_id" not in tick
        assert tick["ts"] == record.event_ts >= record.record_ts + 10 * SECOND


def test_corrupt_records_are_what_their_kind_says() -> None:
    """Cut and binary ones are no JSON, the others lack a usable price; all five kinds occur."""
    seen = Counter[Kind]()
    for record in taken(market(faults=FAULTS), 20_000):
        if not record.kind.corrupt:
            continue
        seen[record.kind] += 1
        if record.kind in (Kind.CUT, Kind.GARBAGE):
            with pytest.raises(ValueError, match=r"."):
                json.loads(record.value)
        else:
            price = json.loads(record.value).get("price", "none")
            by_kind = {Kind.NAN: "nan", Kind.NO_PRICE: "none", Kind.WRONG_TYPE: "{'amount': 1}"}
            assert str(price) == by_kind[record.kind]
    assert set(seen) == {Kind.CUT, Kind.NAN, Kind.NO_PRICE, Kind.WRONG_TYPE, Kind.GARBAGE}


def test_rate_is_kept_on_average() -> None:
    """Bursts and silences average out to the ticks per second that were asked for."""
    spec = market(40, ticks_per_second=2)
    ticks = sum(1 for _ in hours(1, spec, seed=1))
    assert ticks / 3_600 / 40 == pytest.approx(2, rel=0.06)


@pytest.mark.slow
def test_volatility_is_kept_however_seldom_a_symbol_trades() -> None:
    """Over six hours, at a trade in 100 s, log prices spread as their volatility per day says."""
    first: dict[str, float] = {}
    last: dict[str, float] = {}
    for tick in hours(6, market(300, ticks_per_second=0.01, volatility=0.04), seed=3):
        first.setdefault(tick["symbol"], tick["price"])
        last[tick["symbol"]] = tick["price"]
    moves = [math.log(last[s] / first[s]) for s in first if s.startswith("SIM")]
    assert len(moves) == 295
    assert np.std(moves) == pytest.approx(0.04 * math.sqrt(6 / 24), rel=0.15)


def test_there_are_bursts_and_silences() -> None:
    """Seconds with over four times the mean occur, and pauses of over ten seconds at 20 ticks a second."""
    records = taken(market(1, ticks_per_second=20), 60_000)
    per_second = Counter(r.event_ts // SECOND for r in records)
    gaps = [b.event_ts - a.event_ts for a, b in itertools.pairwise(records)]
    assert max(per_second.values()) > 80
    assert max(gaps) > 10 * SECOND


def hit_rate(edge: float) -> tuple[float, int]:
    """How often the last 10 s of signed volume had the sign of the next 60 s return, and of how many."""
    hits = pairs = 0
    for seed in range(2):
        symbols = defaultdict(list)
        for tick in hours(2, market(4, ticks_per_second=5, edge=edge), seed):
            signed = tick["qty"] if tick["side"] == "buy" else -tick["qty"]
            symbols[tick["symbol"]].append((tick["ts"], tick["price"], signed))
        for ticks in symbols.values():
            ts, price, signed = np.array(ticks).T
            minutes = START + 60 * SECOND * np.arange(1, 2 * 60 - 1)
            last, later = np.searchsorted(ts, minutes) - 1, np.searchsorted(ts, minutes + 60 * SECOND) - 1
            total = np.cumsum(signed)
            flow = total[last] - total[np.searchsorted(ts, minutes - 10 * SECOND) - 1]
            moved = price[later] - price[last]
            usable = (flow != 0) & (moved != 0)
            pairs += int(usable.sum())
            hits += int((np.sign(flow) == np.sign(moved))[usable].sum())
    return hits / pairs, pairs


def hours(count: int, spec: MarketSpec, seed: int) -> Iterator[dict[str, Any]]:
    for page in pages(spec, seed, START):
        if len(page) and page.record_ts[0] > START + count * 3_600 * SECOND:
            return
        yield from orjson.loads(b"[" + b",".join(page.value.tolist()) + b"]")


def test_without_an_edge_flow_predicts_nothing() -> None:
    """At edge 0 the hit rate is a coin's, within four standard deviations."""
    rate, pairs = hit_rate(0.0)
    assert pairs > 800
    assert abs(rate - 0.5) < 4 * 0.5 / math.sqrt(pairs)


def test_the_planted_edge_grows_with_its_strength() -> None:
    """Hit rates are those the formula's documentation states: about 0.61 at 0.25 and 0.78 at 1."""
    quarter, full = hit_rate(0.25)[0], hit_rate(1.0)[0]
    assert quarter == pytest.approx(0.61, abs=0.05)
    assert full == pytest.approx(0.78, abs=0.05)


def test_symbols_are_named_or_counted() -> None:
    """Five well-known symbols come first, then numbered ones; names may also be given."""
    assert [i.symbol for i in instruments(7)] == [
        "BTCUSDT", "ETHUSDT", "SOLUSDT", "BNBUSDT", "ADAUSDT", "SIM006USDT", "SIM007USDT",
    ]  # fmt: skip
    assert [i.symbol for i in instruments(["XRPUSDT", "BTCUSDT"])] == ["XRPUSDT", "BTCUSDT"]
    assert {r.key for r in taken(market(20), 20_000)} == {i.symbol.encode() for i in instruments(20)}


@pytest.mark.parametrize(
    "settings",
    [{"edge": 1.5}, {"ticks_per_second": 0}, {"silence": 1.0}, {"latency_ms": -1}, {"symbols": 0}],
)
def test_an_impossible_market_is_refused(settings: dict[str, Any]) -> None:
    """A setting out of its range raises at construction."""
    with pytest.raises(ValueError, match=r"must|needs"):
        market(**settings)


@pytest.mark.parametrize("fault", ["late", "duplicate", "corrupt", "future"])
def test_an_impossible_fault_rate_is_refused(fault: str) -> None:
    """A fault rate above one half raises, naming the fault."""
    with pytest.raises(ValueError, match=fault):
        Faults(**{fault: 0.6})
