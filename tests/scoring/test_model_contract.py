"""What every model must keep to; the models are found by discovery, and a new one has to be registered."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from scoring.contract_rows import part, rows
from scoring.discovered import ROOMS, answering, without_maker
from scoring.makers import FROZEN, WALKED, Kind, registered

from models.control.commands import Command
from models.desk.desk import Desk, take_in
from models.market.schema import NAMES
from models.scoring import registry
from models.scoring.model import Model, ModelRows
from models.scoring.registry import BUILT_IN, SLOTS, UnknownModelError, load, load_all

HEIGHTS = (1, 2, 3, 7, 8, 16, 61, 500)
BUNDLES = [name for name in FROZEN if "bundle" in name]
BY_NAME = [name for name in FROZEN if name in BUILT_IN or name.startswith("constant-")]


def test_every_class_that_answers_is_under_contract() -> None:
    """Whatever is added to these packages has to be made and tried here."""
    assert without_maker(answering(*ROOMS), registered()) == []


def test_every_name_that_can_be_selected_is_under_contract() -> None:
    """The built-in ones and those that are walked; the slots are the names of nothing yet."""
    assert {*BUILT_IN, *registry.WALKED} <= FROZEN.keys() | WALKED.keys()
    assert not set(SLOTS) & (FROZEN.keys() | WALKED.keys())


NEWCOMER = """
class Oracle:
    name, version = "oracle", "oracle-1"
    def predict(self, rows): ...
class Helper:
    def fit(self, rows): ...
"""


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A package with a model that nobody registered, two floors down."""
    folder = tmp_path / "newroom" / "deeper"
    folder.mkdir(parents=True)
    for package in (folder, folder.parent):
        (package / "__init__.py").touch()
    (folder / "oracle.py").write_text(NEWCOMER)
    monkeypatch.syspath_prepend(tmp_path)
    yield "newroom"
    for name in [name for name in sys.modules if name.partition(".")[0] == "newroom"]:
        del sys.modules[name]


def test_a_new_model_without_a_maker_is_named_with_what_to_do(room: str) -> None:
    """By module and class; what cannot be asked about rows is left alone."""
    [said] = without_maker(answering(room), registered())

    assert said.startswith("newroom.deeper.oracle.Oracle can be asked about rows")
    assert "add it to FROZEN or WALKED in tests/scoring/makers.py" in said


@pytest.fixture(scope="module", params=FROZEN)
def kind(request: pytest.FixtureRequest) -> Kind:
    """Each frozen model in turn."""
    return FROZEN[request.param]


@pytest.fixture(scope="module")
def model(kind: Kind) -> Model:
    """One of it."""
    return kind.make()


def test_answers_are_probabilities(kind: Kind, model: Model) -> None:
    """One double in [0, 1] a row, whatever finite features it holds; NaN from a stand-in alone."""
    found = model.predict(rows(kind.rows))

    assert found.shape == (kind.rows,) and found.dtype == np.float64
    assert ((found >= 0) & (found <= 1)).all() if kind.answers else np.isnan(found).all()


@pytest.mark.parametrize("height", HEIGHTS)
def test_one_row_at_a_time_equals_any_batch_height(kind: Kind, model: Model, height: int) -> None:
    """Bit for bit: no last bit changes with the company a row is in."""
    whole = rows(kind.rows)
    found = model.predict(whole)

    cut = [model.predict(part(whole, slice(i, i + height))) for i in range(0, len(whole), height)]

    assert np.concatenate(cut).tobytes() == found.tobytes()


def test_the_order_of_rows_does_not_matter(kind: Kind, model: Model) -> None:
    """Each row is answered by itself."""
    whole = rows(kind.rows)
    mixed = np.random.default_rng(2).permutation(len(whole))

    assert model.predict(part(whole, mixed)).tobytes() == model.predict(whole)[mixed].tobytes()


def test_a_bad_row_spoils_no_other(kind: Kind, model: Model) -> None:
    """Beside NaN and infinity the rest is answered as ever."""
    whole = rows(kind.rows)
    spoilt = replace(whole, x=whole.x.copy())
    spoilt.x[::3] = np.nan
    spoilt.x[1::3, ::2] = np.inf
    with np.errstate(invalid="ignore"):
        found = model.predict(spoilt)

    assert found[2::3].tobytes() == model.predict(whole)[2::3].tobytes()


def test_rows_are_not_changed(kind: Kind, model: Model) -> None:
    """They belong to the stream: arrays that cannot be written are fine."""
    whole = rows(kind.rows)
    for field in fields(whole):
        getattr(whole, field.name).flags.writeable = False

    model.predict(whole)


def test_the_same_rows_get_the_same_answer_again(kind: Kind, model: Model) -> None:
    """From the same instance and from another one: a model has no memory."""
    whole = rows(kind.rows)
    first = model.predict(whole)
    model.predict(rows(kind.rows, seed=3))

    assert model.predict(whole).tobytes() == first.tobytes()
    assert kind.make().predict(whole).tobytes() == first.tobytes()


def test_an_answer_does_not_change_afterwards(model: Model) -> None:
    """It is the caller's own: neither the next call nor writing into it has an effect on the model."""
    whole = rows(50)
    first = model.predict(whole)
    kept = first.copy()
    model.predict(rows(50, seed=3))
    unchanged = first.tobytes() == kept.tobytes()
    first[:] = 2.0

    assert unchanged and model.predict(whole).tobytes() == kept.tobytes()


def test_no_rows_get_no_answers(model: Model) -> None:
    """A shard may have none in an activation."""
    assert model.predict(part(rows(), slice(0, 0))).shape == (0,)


def test_a_version_begins_with_the_name(kind: Kind, model: Model) -> None:
    """So that a record tells which model is meant; what never answers stands in no record."""
    assert model.version.startswith(model.name) if kind.answers else model.version == "absent"


@pytest.mark.parametrize("name", BY_NAME)
def test_a_model_is_named_as_it_is_selected(name: str) -> None:
    """Its name loads it."""
    assert load(name).name == name
    assert type(load(name)) in FROZEN[name].classes


@pytest.mark.parametrize("name", BUNDLES)
def test_only_its_features_count_for_a_trained_model(name: str) -> None:
    """Neither the second, nor the symbol, nor the weights of the parts, nor another column."""
    kind = FROZEN[name]
    model, whole, other = kind.make(), rows(kind.rows), rows(kind.rows, seed=4)
    mixed = replace(other, x=whole.x.copy())
    mixed.x[:, NAMES.index("bounce_60s")] = np.nan

    assert model.predict(mixed).tobytes() == model.predict(whole).tobytes()


def test_the_fallback_is_always_loaded() -> None:
    """Whatever models a spec names."""
    assert set(load_all(["constant-0.99"])) == {"stub-sine", "constant-0.99"}
    assert set(load_all([])) == {"stub-sine"}


@pytest.mark.parametrize("name", ["absent", "constant-", "constant-1.5", "constant-nan", "constant-x", ""])
def test_an_unknown_name_is_refused_with_those_that_exist(name: str) -> None:
    """The message tells what may be named."""
    with pytest.raises(UnknownModelError, match=r"stub-sine|from 0 to 1|could not convert"):
        load(name)


@pytest.mark.parametrize("name", SLOTS)
def test_the_name_of_a_slot_is_known_and_not_available(name: str) -> None:
    """It is told apart from a name that was mistyped."""
    with pytest.raises(UnknownModelError, match=f"the model '{name}' is not available yet; known: stub-sine"):
        load(name)


@pytest.mark.parametrize("name", SLOTS)
def test_the_name_of_a_slot_cannot_be_selected(name: str) -> None:
    """The model stays, and the refusal tells the name apart from one that was mistyped."""
    command = Command(id="c", ts=0, actor="ops", n=1, role="admin", cmd="model.select", args={"name": name})
    desk, refusal = take_in(Desk(model="ml-fusion"), command, BUILT_IN)

    assert desk.model == "ml-fusion"
    assert refusal is not None and f"'{name}' is not available" in refusal


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
