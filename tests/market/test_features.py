"""Every feature against its definition, over the whole past of a symbol, at every row.

The stream has bursts, silences beyond the longest window, flat stretches, unknown sides and jumps beyond the
cap of a one-second return; the reference computes each feature anew from its window.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pytest
from oracle.features import five_features, second_features
from oracle.log import SECOND, Event, Message, Pulse, Trade
from oracle.market import Reference
from oracle.rows import Row
from oracle.seen import features_of
from oracle.stages import inputs

from models.desk.desk import Desk
from models.market.market import Market
from models.market.schema import (
    FEATURES,
    FEATURES_VERSION,
    FIVE_NAMES,
    NAMES,
    SCHEMA_NAME,
    SECOND_NAMES,
    TRAINED,
    Feature,
)
from models.spec import Spec
from models.ticks import Symbol

START = 1_700_000_003
COIN = Symbol("", "COIN")
TOLERANCES = {
    # absolute, from the units in which each is kept: returns 1e-9, log volume 1e-6, amounts one lot a bar
    "vol_60s": 1e-9, "vol_300s": 1e-9, "vwap_dev_60s": 1e-8, "vwap_dev_10s": 1e-8, "rsi_14": 1e-6,
    "volume_z": 1e-4,
}  # fmt: skip
EXACT = 5e-12
REST = {"rsi_14": 50.0, "range_place_60s": 0.5}
"""Features of a market at rest that are not 0."""


def stream(seed: int) -> Iterator[Trade]:
    """Yield the trades of one symbol in time order over about 900 s."""
    chance = random.Random(seed)
    ts, price = START * SECOND, 100.0
    while ts < (START + 900) * SECOND:
        quiet = chance.random() < 0.01
        ts += chance.choice((31, 62, 310)) * SECOND if quiet else int(chance.expovariate(2.0) * SECOND)
        move = chance.choice((0.0, 0.0, chance.gauss(0, 3e-4)))
        price = round(
            price * math.exp(move + (chance.choice((0.2, -0.2)) if chance.random() < 0.003 else 0)), 2
        )
        yield Trade(COIN, ts, price, round(chance.expovariate(0.5) + 0.05, 3), chance.choice((-1, 0, 1)))


LOG: list[Event] = [Message(i, trade.ts, (trade,), b"") for i, trade in enumerate(stream(1))]
LOG_WITH_END: list[Event] = [*LOG, Pulse((START + 1_400) * SECOND)]


class Seen(NamedTuple):
    """A row of the stream: as the reference knows it, its features as computed, and by their definitions."""

    row: Row
    features: dict[str, float]
    expected: dict[str, float]


@pytest.fixture(scope="module")
def rows() -> list[Seen]:
    """Every row of the stream; a five-second feature is as of the last bar that ended, and held."""
    market = Market(Spec(), Desk())
    closed = [
        one for activation in inputs(LOG_WITH_END, range(0, len(LOG), 97)) for one in market.step(activation)
    ]
    held = {name: REST.get(name, 0.0) for name in FIVE_NAMES}
    seen = []
    for row, features in zip(Reference(Spec()).take(LOG_WITH_END).rows, features_of(closed), strict=True):
        held = held if row.five is None else five_features(row.past)
        seen.append(Seen(row, features, second_features(row.past, row.age) | held))
    return seen


@pytest.mark.parametrize("name", NAMES)
def test_a_feature_is_its_definition_at_every_prefix(name: str, rows: list[Seen]) -> None:
    """Each row's value from the whole window behind it; a column without a definition fails."""
    for row, features, expected in rows:
        near = pytest.approx(expected[name], rel=1e-9, abs=TOLERANCES.get(name, EXACT))
        assert features[name] == near, row.second


def test_the_stream_shows_what_it_should(rows: list[Seen]) -> None:
    """Silences longer than every window, jumps beyond the cap, and values that move."""
    assert max(seen.row.age for seen in rows) > 300
    assert any(abs(seen.features["ret_1s"]) > 0.1 for seen in rows)
    assert all(len({seen.features[name] for seen in rows}) > 20 for name in TRAINED)


def test_the_schema_is_the_order_of_the_columns() -> None:
    """Thirty to train on and one kept for later; the version goes into every record."""
    assert (SCHEMA_NAME, len(NAMES), len(TRAINED)) == ("features_v1", 31, 30)
    assert [f.name for f in FEATURES if f.placeholder] == ["sentiment"] == list(NAMES[30:])
    assert tuple(f.name for f in FEATURES) == NAMES and {*SECOND_NAMES, *FIVE_NAMES} == {*NAMES}
    assert FEATURES_VERSION == Spec().features_version == "v2.0"


@pytest.mark.parametrize(
    "feature", [f for f in FEATURES if f.name not in ("macd", "macd_hist")], ids=lambda f: f.name
)
def test_a_feature_looks_back_no_further_than_its_window(feature: Feature) -> None:
    """A wild market that has been silent for longer than the window gives the same as one at rest."""
    wild: list[Event] = [Message(i, t.ts, (t,), b"") for i, t in enumerate(_wild())]
    quiet_at = START + 39
    market = Market(Spec(), Desk())
    end = quiet_at + feature.window + 11
    closed = [
        one for activation in inputs([*wild, Pulse((end + 1) * SECOND)]) for one in market.step(activation)
    ]
    last = features_of(closed)[-1]
    if feature.name == "since_trade_s":
        assert last[feature.name] > feature.window
    else:
        assert last[feature.name] == REST.get(feature.name, 0.0)


def _wild() -> Iterator[Trade]:
    for i in range(40):
        yield Trade(COIN, (START + i) * SECOND, 100.0 + 7 * (-1) ** i, 1.0 + i, 1)


def test_features_are_double_and_contiguous() -> None:
    """The matrix a model gets: float64 in C order, one column a name."""
    market = Market(Spec(), Desk())
    blocks = [one.block for activation in inputs(LOG_WITH_END) for one in market.step(activation)]

    x = next(block.x for block in blocks if block is not None)

    assert x.dtype == np.float64 and x.flags.c_contiguous and x.shape[1] == len(NAMES)
