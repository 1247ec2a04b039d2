"""The ceilings are what they say: the same bars as tick by tick, and the libraries beside our models."""

from __future__ import annotations

import numpy as np
import orjson
import pytest

from benchmarks.backlog import ceilings, symbols, trees
from benchmarks.backlog.bars import one_second
from benchmarks.ground import Ground
from benchmarks.peers.plain import Bars
from connectors.codecs.decode import Decoder
from models.bundle.placing import places
from models.market.schema import NAMES, TRAINED
from models.scoring.model import ModelRows

S = 1_000_000_000


def test_bars_by_numpy_are_those_of_a_loop() -> None:
    """Of three symbols that trade at random times, each in order."""
    random = np.random.default_rng(1)
    drawn = zip(random.integers(3, size=200).tolist(), random.integers(1, 50, 200).tolist(), strict=True)
    ticks = [
        {"symbol": f"S{code}", "ts": 1_700_000_000 * S + n * S // 7, "price": 100.0 + price, "qty": 0.5}
        for n, (code, price) in enumerate(drawn)
    ]
    loop = Bars()
    for tick in ticks:
        loop.take(tick["symbol"], tick["ts"] // S, tick["price"], tick["qty"])
    loop.close()
    decoded = Decoder().decode([orjson.dumps(tick) for tick in ticks]).ticks
    names = sorted(range(len(decoded.symbols)), key=lambda code: decoded.symbols[code].name)
    codes = {decoded.symbols[code].name: code for code in names}
    wanted = [bar[2:] for bar in sorted(loop.made, key=lambda bar: (codes[bar[0]], bar[1]))]
    assert one_second(decoded).tolist() == wanted


def test_our_model_and_lightgbm_alone_say_the_same() -> None:
    """Bit by bit: they walk the same trees over the same columns."""
    random = np.random.default_rng(2)
    x = random.standard_normal((500, len(NAMES)))
    own = np.ascontiguousarray(x[:, places(TRAINED)])
    booster = trees.booster_of(own, random, 5)
    second, weights = np.zeros(500, dtype=np.int64), np.full((500, 3), 1 / 3)
    ours = trees.bundle_model(booster).predict(ModelRows(x, second, second, weights))
    assert ours.tolist() == booster.predict(own, num_threads=1).tolist()
    assert len(set(ours.tolist())) > 5


def test_every_height_has_both_rates(capsys: pytest.CaptureFixture[str]) -> None:
    """Of few trees on few rows."""
    trees.main("3", "2000")
    told = orjson.loads(capsys.readouterr().out)
    assert [one["height"] for one in told] == [1, 20, 1_000]
    assert all(one["alone"] > 0 and one["ours"] > 0 for one in told)


@pytest.mark.embedded
@pytest.mark.bench
@pytest.mark.timeout(180)
def test_ceilings_are_measured(ground: Ground) -> None:
    """Market beside numpy at both densities, our model beside LightGBM at all heights."""
    rows = ceilings.run(ground)
    assert [row.name.partition(",")[0] for row in rows] == ["Market alone"] * 2 + ["a model of 200 trees"] * 3
    assert all(row.ratio is not None and row.ratio > 0 for row in rows)


@pytest.mark.embedded
@pytest.mark.bench
@pytest.mark.timeout(180)
def test_one_symbol_and_twenty_are_measured(ground: Ground) -> None:
    """One symbol is in one shard; the others have no ticks and end all the same."""
    one, twenty = symbols.run(ground)
    assert "1 of 16 shards" in one.note and twenty.ratio is None
    assert one.ratio == one.ours / twenty.ours
