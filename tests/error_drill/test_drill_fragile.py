"""The model that fails on purpose: a bundle that is accepted, and gives no number on the rows of a drill."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import orjson
import pytest

from flows.error_drill.fragile import FAILS_BELOW, FEATURE, NAME, bundle
from flows.error_drill.market import HEAVY, JUMP, strange
from models.bundle.opening import open_bundle
from models.market.schema import NAMES
from models.scoring.model import ModelRows


def test_it_says_buy_but_where_the_price_lies_far_below_its_mean() -> None:
    """It passes its own golden rows, and NaN is its answer beyond the limit alone."""
    model = open_bundle(bundle(datetime(2026, 11, 22, tzinfo=UTC)))
    off = np.array([0.0, 0.01, FAILS_BELOW + 1e-6, FAILS_BELOW - 1e-6, -0.05])
    x = np.zeros((len(off), len(NAMES)))
    x[:, NAMES.index(FEATURE)] = off
    rows = ModelRows(x, np.zeros(5, int), np.zeros(5, int), np.full((5, 3), 1 / 3))
    assert model.name == NAME
    np.testing.assert_array_equal(np.isnan(model.predict(rows)), off < FAILS_BELOW)
    assert model.predict(rows)[0] == pytest.approx(0.98, abs=0.01)


def test_a_strange_trade_makes_the_mean_that_far_off() -> None:
    """Among a thousand usual ones: the mean is 4.5 % above the price, or more."""
    usual = orjson.dumps({"symbol": "A", "ts": 5, "price": 100.0, "qty": 2.0, "side": "buy", "trade_id": 7})
    trade = orjson.loads(strange(usual))
    assert trade == {"symbol": "A", "ts": 5, "price": 100.0 * JUMP, "qty": 2.0 * HEAVY, "side": "buy"}
    mean = (1_000 * 100.0 * 2.0 + trade["price"] * trade["qty"]) / (1_000 * 2.0 + trade["qty"])
    assert np.log(100.0 / mean) < 2 * FAILS_BELOW
