"""Every feature against its definition, over the whole past of a symbol, at every row.

The stream has bursts, silences beyond the longest window, flat stretches, unknown sides and jumps beyond the
cap of a one-second return; the reference computes each feature anew from its window.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator

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
from models.market.schema import FEATURES, FEATURES_VERSION, FIVE_NAMES, NAMES, SECOND_NAMES, Feature
from models.spec import Spec
from models.ticks import Symbol

START = 1_700_000_003
COIN = Symbol("", "COIN")
TOLERANCES = {
    # absolute, from the units in which each is kept: returns 1e-9, log volume 1e-6, amounts one lot a bar
    "vol_60s": 1e-9, "vol_300s": 1e-9, "vwap_dev_60s": 1e-8, "rsi_14": 1e-6, "volume_z": 1e-4,
}  # fmt: skip
EXACT = 5e-12


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


@pytest.fixture(scope="module")
def rows() -> list[tuple[Row, dict[str, float]]]:
    """Every row of the stream: as the reference knows it, and its features as the market computed them."""
    market = Market(Spec(), Desk())
    closed = [
        one for activation in inputs(LOG_WITH_END, range(0, len(LOG), 97)) for one in market.step(activation)
    ]
    return list(zip(Reference(Spec()).take(LOG_WITH_END).rows, features_of(closed), strict=True))


@pytest.mark.parametrize("name", SECOND_NAMES)
def test_a_feature_of_seconds_is_its_definition_at_every_prefix(
    name: str, rows: list[tuple[Row, dict[str, float]]]
) -> None:
    """Each row's value from the whole window behind it."""
    for row, features in rows:
        expected = second_features(row.past, row.age)[name]
        assert features[name] == pytest.approx(expected, rel=1e-9, abs=TOLERANCES.get(name, EXACT)), (
            row.second
        )


@pytest.mark.parametrize("name", FIVE_NAMES)
def test_a_feature_of_five_seconds_is_its_definition_at_every_prefix(
    name: str, rows: list[tuple[Row, dict[str, float]]]
) -> None:
    """As of the last five-second bar that ended, and held until the next one does."""
    held = 50.0 if name == "rsi_14" else 0.0
    for row, features in rows:
        if row.five is not None:
            held = five_features(row.past)[name]
        assert features[name] == pytest.approx(held, rel=1e-9, abs=TOLERANCES.get(name, EXACT)), row.second


def test_the_stream_shows_what_it_should(rows: list[tuple[Row, dict[str, float]]]) -> None:
    """Silences longer than every window, jumps beyond the cap, and values that move."""
    assert max(row.age for row, _ in rows) > 300
    assert any(abs(features["ret_1s"]) > 0.1 for _, features in rows)
    assert all(len({features[name] for _, features in rows}) > 20 for name in NAMES)


def test_the_schema_is_the_order_of_the_columns() -> None:
    """Names are unique, spans say how far back each looks, and the version goes into every record."""
    assert len(set(NAMES)) == len(NAMES) == 19
    assert {f.dtype for f in FEATURES} == {"float64"} and {f.tf for f in FEATURES} == {"1s", "5s"}
    assert FEATURES_VERSION == Spec().features_version == "v2.0"


@pytest.mark.parametrize(
    "feature", [f for f in FEATURES if f.name not in ("macd", "macd_hist")], ids=lambda f: f.name
)
def test_a_feature_looks_back_no_further_than_its_span(feature: Feature) -> None:
    """A wild market that has been silent for longer than the span gives the same as one at rest."""
    wild: list[Event] = [Message(i, t.ts, (t,), b"") for i, t in enumerate(_wild())]
    quiet_at = START + 39
    market = Market(Spec(), Desk())
    end = quiet_at + feature.span + 11
    closed = [
        one for activation in inputs([*wild, Pulse((end + 1) * SECOND)]) for one in market.step(activation)
    ]
    last = features_of(closed)[-1]
    if feature.name == "since_trade_s":
        assert last[feature.name] > feature.span
    else:
        assert last[feature.name] == (50.0 if feature.name == "rsi_14" else 0.0)


def _wild() -> Iterator[Trade]:
    for i in range(40):
        yield Trade(COIN, (START + i) * SECOND, 100.0 + 7 * (-1) ** i, 1.0 + i, 1)


def test_features_are_double_and_contiguous() -> None:
    """The matrix a model gets: float64 in C order, one column a name."""
    market = Market(Spec(), Desk())
    blocks = [one.block for activation in inputs(LOG_WITH_END) for one in market.step(activation)]

    x = next(block.x for block in blocks if block is not None)

    assert x.dtype == np.float64 and x.flags.c_contiguous and x.shape[1] == len(NAMES)
