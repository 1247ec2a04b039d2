"""The markets of the trial: what is planted in them, measured on their own trades."""

from __future__ import annotations

from itertools import islice

import numpy as np
import orjson
import pytest

from models.simulator import MarketSpec, simulate
from models.simulator.marathon import BUSY, THIN, planted_bps

START = 1_700_006_400 * 1_000_000_000
COSTS_BPS = 40.0


def seconds(spec: MarketSpec, hours: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the last price and the signed number of trades of each second; the price is carried forward."""
    length = int(hours * 3_600)
    price, flow = np.full(length, np.nan), np.zeros(length)
    for record in simulate(spec, 3, START):
        second = (record.event_ts - START) // 1_000_000_000
        if second >= length:
            break
        tick = orjson.loads(record.value)
        price[second] = tick["price"]
        flow[second] += 1 if tick["side"] == "buy" else -1
    traded = np.maximum.accumulate(np.where(np.isfinite(price), np.arange(length), 0))
    return price[traded], flow


def test_the_planted_edge_is_worth_many_round_trips() -> None:
    """0.25 / sqrt(86,400) a second, 2 sqrt(60) / 60 of it of drift, for 180 s: 395 bp, of 40 bp of costs."""
    by_hand = 0.25 / np.sqrt(86_400) * 2 * np.sqrt(60) / 60 * 180 * 1e4
    assert planted_bps(BUSY) == pytest.approx(by_hand)
    assert planted_bps(BUSY) > 9 * COSTS_BPS


def test_whoever_follows_the_flow_earns_more_than_60_bp_a_trade() -> None:
    """Long while more was bought than sold in the last minute, on trades alone, before costs."""
    price, flow = seconds(BUSY, 12)
    summed = np.cumsum(flow)
    minute = summed[60:] - summed[:-60]
    held = (minute > 0)[:-1]
    moves = np.diff(np.log(price[60:]))
    entries = np.count_nonzero(np.diff(held.astype(int)) > 0)
    assert moves[held].sum() / entries * 1e4 > 60.0


def test_a_label_can_be_given_nearly_always_in_one_market_and_hardly_ever_in_the_other() -> None:
    """The last trade is at most five seconds old at either end of a minute."""
    shares = {}
    for name, spec in (("busy", BUSY), ("thin", THIN)):
        _, flow = seconds(spec, 12)
        last = np.maximum.accumulate(np.where(flow != 0, np.arange(len(flow)), -100))
        fresh = np.arange(len(flow)) - last <= 5
        shares[name] = float(np.mean(fresh[:-60] & fresh[60:]))
    assert shares["busy"] > 0.8
    assert shares["thin"] < 0.01


def test_the_same_seed_is_the_same_market() -> None:
    """Byte for byte, so that a decision can be looked at again."""
    first, again = ([*islice(simulate(BUSY, 11, START), 500)] for _ in range(2))
    assert first == again
