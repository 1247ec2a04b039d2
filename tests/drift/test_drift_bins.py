"""A drift reference read from its file, and rows put in its bins."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from drift_cases import WATCHED, raw_reference, trained, wandering
from hypothesis import given
from hypothesis import strategies as st

from models.market.schema import NAMES
from models.monitor.drift.reference import DriftReference, DriftReferenceError
from models.training.card.drift_reference import smoothed

VALUES = st.one_of(st.floats(), st.sampled_from([0.0, np.nan, np.inf, -np.inf, 1e300, -1e300]))


def test_a_reference_is_what_training_wrote() -> None:
    """Names in their order, columns of the schema, and smoothed shares of the counts."""
    raw, found = raw_reference(), trained()

    assert found.names == WATCHED and found.shape == (len(WATCHED), 10)
    for place, feature in enumerate(raw["features"].values()):
        assert found.edges[place].tolist() == feature["edges"]
        np.testing.assert_allclose(found.expected[place], feature["shares"], rtol=1e-15)
        np.testing.assert_allclose(found.expected[place], smoothed(np.array(feature["counts"], float)))


def test_rows_fall_where_training_put_them() -> None:
    """The same bins as a search in the edges, whatever the height of the block; an edge belongs above."""
    reference, rows = trained(), wandering(700, seed=5)
    x = rows.x.copy()
    x[:10, 0] = reference.edges[0][0]

    expected = [np.searchsorted(reference.edges[f], x[:, c], side="right") for f, c in enumerate(range(4))]
    assert np.array_equal(reference.places(x), np.array(expected).T)
    assert all(np.array_equal(reference.places(x[i : i + 1])[0], reference.places(x)[i]) for i in range(20))


@given(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=6))
def test_what_is_no_finite_number_is_in_no_bin(pairs: list[tuple[float, float]]) -> None:
    """And is not counted; all others are, exactly once."""
    reference = trained()
    x = np.zeros((len(pairs), len(NAMES)))
    x[:, :2] = pairs

    places = reference.places(x)
    counts = reference.count(places, np.arange(len(pairs)) % 2, 2)

    assert np.array_equal(places >= 0, np.isfinite(x[:, reference.columns]))
    assert counts.sum() == np.isfinite(x[:, reference.columns]).sum()
    assert np.array_equal(counts[0, 0], np.bincount(places[::2, 0][places[::2, 0] >= 0], minlength=10))


def test_a_feature_with_fewer_bins() -> None:
    """Values that repeat have fewer edges; the other bins stay empty."""
    raw = copy.deepcopy(raw_reference())
    raw["features"][WATCHED[1]] |= {"edges": [0.0], "counts": [70, 30], "shares": [0.7, 0.3]}
    found = DriftReference.of(raw)

    assert found.real[1].tolist() == [True, True] + [False] * 8
    assert found.places(np.array([[9.0] * len(NAMES)]))[0, 1] == 1
    assert found.expected[1, 2:].tolist() == [1.0] * 8


def at(*path: str | int) -> Callable[[dict[str, Any], Any], None]:
    def put(raw: dict[str, Any], value: Any) -> None:
        for key in path[:-1]:
            raw = raw[key]  # type: ignore[index]
        raw[path[-1]] = value  # type: ignore[index]

    return put


@pytest.mark.parametrize(
    ("put", "value", "why"),
    [
        (at("format"), 1, "format 1, not 2: train the model again"),
        (at("smoothing"), 1.0, "smoothing is 1.0"),
        (at("bins"), 1, "2 to 100 bins"),
        (at("features"), {}, "at least one feature"),
        (at("features", "nobody"), {}, "unknown features nobody"),
        (at("features", WATCHED[0], "edges"), [1.0, 0.5], "must be fewer than the bins, and rise"),
        (at("features", WATCHED[0], "counts"), [1, 2], "one count of rows a bin"),
        (at("features", WATCHED[0], "looks"), {}, "is not as training writes it"),
        (at("features", WATCHED[0], "looks", "900", "psi", "spread"), 0.0, "centre or spread"),
        (at("looks", "tails", "psi", "excess"), 0.0, "a tail"),
        (at("looks", "tails"), [], "is not as training writes it"),
    ],
)
def test_a_bad_reference_is_refused(put: Callable[[Any, Any], None], value: object, why: str) -> None:
    """With a sentence that says what is wrong."""
    raw = copy.deepcopy(raw_reference())
    put(raw, value)

    with pytest.raises(DriftReferenceError, match=why):
        DriftReference.of(raw)


@pytest.mark.parametrize("raw", [None, [], "text", 7])
def test_something_else_is_refused(raw: object) -> None:
    """A reference is an object."""
    with pytest.raises(DriftReferenceError, match="is no object"):
        DriftReference.of(raw)
