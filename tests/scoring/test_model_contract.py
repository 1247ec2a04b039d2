"""What every model of the registry must keep to, found by discovery."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from laws.strategies import SYMBOLS
from oracle.log import Message, Trade
from oracle.stages import inputs

from models.desk.desk import Desk
from models.market.market import Market
from models.market.schema import NAMES
from models.scoring.model import Model, ModelRows
from models.scoring.registry import BUILT_IN, UnknownModelError, load, load_all
from models.spec import SECOND, Spec

EVERY = (*BUILT_IN, "constant-0", "constant-0.99", "constant-1")
HEIGHTS = (1, 2, 3, 7, 8, 16, 61, 500)
START = 1_700_000_000


@pytest.fixture(params=EVERY)
def model(request: pytest.FixtureRequest) -> Model:
    """Each model in turn."""
    return load(request.param)


def market_rows() -> np.ndarray:
    """Return features as the Market makes them, of an hour of a lively market."""
    chance = np.random.default_rng(7)
    price = 100 * np.exp(chance.normal(0, 4e-4, 1_500).cumsum()).round(2)
    ts = (START * SECOND + np.sort(chance.integers(0, 3_600 * SECOND, 1_500))).tolist()
    log = [
        Message(i, t, (Trade(SYMBOLS[0], t, p, 1.0, 0),), b"")
        for i, (t, p) in enumerate(zip(ts, price.tolist(), strict=True))
    ]
    closed = [one for activation in inputs(log) for one in Market(Spec(), Desk()).step(activation)]
    return np.concatenate([one.block.x for one in closed if one.block is not None])


MARKET = market_rows()


def rows(n: int = 1_000, seed: int = 1) -> ModelRows:
    """Return rows as they come, with wild ones among them: huge, tiny, zero, negative."""
    chance = np.random.default_rng(seed)
    x = MARKET[chance.integers(0, len(MARKET), n)].copy()
    wild = chance.random(x.shape) < 0.02
    x[wild] = chance.choice([0.0, -0.0, 1e-300, -1e-12, 1e9, -1e12, 5.0], wild.sum())
    weights = chance.random((n, 3)) + 0.01
    return ModelRows(
        x,
        START + chance.integers(0, 10_000, n),
        chance.integers(0, 1 << 20, n),
        weights / weights.sum(axis=1)[:, None],
    )


def part(whole: ModelRows, where: object) -> ModelRows:
    """Return some of the rows."""
    return ModelRows(*(getattr(whole, field.name)[where] for field in fields(whole)))


def test_answers_are_probabilities(model: Model) -> None:
    """One double in [0, 1] a row, whatever finite features it holds."""
    found = model.predict(rows())

    assert found.shape == (1_000,) and found.dtype == np.float64
    assert ((found >= 0) & (found <= 1)).all()


@pytest.mark.parametrize("height", HEIGHTS)
def test_one_row_at_a_time_equals_any_batch_height(model: Model, height: int) -> None:
    """Bit for bit: no last bit changes with the company a row is in."""
    whole = rows()
    found = model.predict(whole)

    cut = [model.predict(part(whole, slice(i, i + height))) for i in range(0, len(whole), height)]

    assert np.concatenate(cut).tobytes() == found.tobytes()


def test_the_order_of_rows_does_not_matter(model: Model) -> None:
    """Each row is answered by itself."""
    whole = rows()
    mixed = np.random.default_rng(2).permutation(len(whole))

    assert model.predict(part(whole, mixed)).tobytes() == model.predict(whole)[mixed].tobytes()


def test_a_bad_row_spoils_no_other(model: Model) -> None:
    """Beside NaN and infinity the rest is answered as ever."""
    whole = rows()
    spoilt = replace(whole, x=whole.x.copy())
    spoilt.x[::3] = np.nan
    spoilt.x[1::3, ::2] = np.inf
    with np.errstate(invalid="ignore"):
        found = model.predict(spoilt)

    assert found[2::3].tobytes() == model.predict(whole)[2::3].tobytes()


def test_rows_are_not_changed(model: Model) -> None:
    """They belong to the stream: arrays that cannot be written are fine."""
    whole = rows()
    for field in fields(whole):
        getattr(whole, field.name).flags.writeable = False

    model.predict(whole)


def test_the_same_rows_get_the_same_answer_again(model: Model) -> None:
    """From the same instance and from another one: a model has no memory."""
    whole = rows()
    first = model.predict(whole)
    model.predict(rows(seed=3))

    assert model.predict(whole).tobytes() == first.tobytes()
    assert load(model.name).predict(whole).tobytes() == first.tobytes()


def test_no_rows_get_no_answers(model: Model) -> None:
    """A shard may have none in an activation."""
    assert model.predict(part(rows(), slice(0, 0))).shape == (0,)


def test_a_model_is_named_as_it_is_selected(model: Model) -> None:
    """Its name loads it, its version begins with its name."""
    assert type(load(model.name)) is type(model)
    assert model.version.startswith(model.name)


def test_the_fallback_is_always_loaded() -> None:
    """Whatever models a spec names."""
    assert set(load_all(["constant-0.99"])) == {"stub-sine", "constant-0.99"}
    assert set(load_all([])) == {"stub-sine"}


@pytest.mark.parametrize("name", ["absent", "constant-", "constant-1.5", "constant-nan", "constant-x", ""])
def test_an_unknown_name_is_refused_with_those_that_exist(name: str) -> None:
    """The message tells what may be named."""
    with pytest.raises(UnknownModelError, match=r"stub-sine|from 0 to 1|could not convert"):
        load(name)


def test_the_constant_says_its_name() -> None:
    """For drills of the gate."""
    assert load("constant-0.99").predict(rows(5)).tolist() == [0.99] * 5


def test_stub_sine_is_a_slow_wave_shifted_by_symbol() -> None:
    """0.5 + 0.1 sin(2 pi (second + phase) / 600)."""
    second = np.array([0, 150, 300, 450, 600, 0, 75])
    phase = np.array([0, 0, 0, 0, 0, 450, 75])
    x = np.zeros((7, len(NAMES)))

    found = load("stub-sine").predict(ModelRows(x, second, phase, np.ones((7, 3)) / 3))

    assert found.tolist() == pytest.approx([0.5, 0.6, 0.5, 0.4, 0.5, 0.4, 0.6], abs=1e-15)
