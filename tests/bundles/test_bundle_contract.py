"""The contract of every model, over models from bundles: the tests are those of the built-in ones."""

from __future__ import annotations

from dataclasses import fields

import pytest
from bundles.made import Made, manifest
from scoring.test_model_contract import (  # noqa: F401  pytest collects what is imported
    part,
    rows,
    test_a_bad_row_spoils_no_other,
    test_answers_are_probabilities,
    test_no_rows_get_no_answers,
    test_rows_are_not_changed,
    test_the_order_of_rows_does_not_matter,
)

from models.bundle.making import make_bundle
from models.bundle.opening import BundleModel, open_bundle

KINDS = ("lightgbm", "trees", "linear")


@pytest.fixture(scope="module", params=KINDS)
def model(request: pytest.FixtureRequest, made: Made) -> BundleModel:
    """Each kind of model that a bundle can hold."""
    library = "lightgbm" if request.param == "lightgbm" else "skops"
    return open_bundle(make_bundle(manifest(library), getattr(made, request.param), made.x, {}))


def test_it_has_no_memory(model: BundleModel) -> None:
    """The same rows get the same answer again, whatever was asked in between."""
    whole = rows()
    first = model.predict(whole)
    model.predict(rows(seed=3))

    assert model.predict(whole).tobytes() == first.tobytes()
    assert model.predict(part(whole, slice(5, 6))).tobytes() == first[5:6].tobytes()


def test_only_its_features_count(model: BundleModel) -> None:
    """Neither the second, nor the symbol, nor the weights of the parts."""
    whole, other = rows(), rows(seed=4)
    mixed = type(whole)(**{f.name: getattr(whole if f.name == "x" else other, f.name) for f in fields(whole)})

    assert model.predict(mixed).tobytes() == model.predict(whole).tobytes()
    assert model.policy == (0.56, 0.44)
