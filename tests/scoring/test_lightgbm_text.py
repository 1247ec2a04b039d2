"""LightGBM from text: what is read, and what is refused with a word about it."""

from __future__ import annotations

import lightgbm
import numpy as np
import pytest

from models.bundle.errors import BundleError, Reason
from models.scoring.lightgbm_text import check_library, read, versions

FEATURES = ("ret_1s", "ret_5s", "vol_60s")
X = np.random.default_rng(1).normal(size=(300, 3))


def text(names: list[str] | str = "auto", **params: object) -> bytes:
    """Return the text of a booster that learnt the sign of the first column."""
    given = {"objective": "binary", "num_threads": 1, "deterministic": True, "verbosity": -1, "num_leaves": 4}
    data = lightgbm.Dataset(X, (X[:, 0] > 0).astype(int), feature_name=names)
    return lightgbm.train(given | params, data, 5).model_to_string().encode()  # type: ignore[no-any-return]


def test_the_text_answers_as_the_booster_did() -> None:
    """Bit for bit, for rows of any memory order."""
    content = text()
    expected = lightgbm.Booster(model_str=content.decode()).predict(X, num_threads=1)

    assert read(content, FEATURES).predict(X).tobytes() == expected.tobytes()
    assert read(content, FEATURES).predict(np.asfortranarray(X)).tobytes() == expected.tobytes()


def test_named_features_must_be_those_of_the_bundle() -> None:
    """In their order; a model without names is taken at its width."""
    read(text(names=list(FEATURES)), FEATURES)
    with pytest.raises(BundleError, match="trained on vol_60s, ret_5s, ret_1s") as refused:
        read(text(names=list(FEATURES[::-1])), FEATURES)
    assert refused.value.reason is Reason.SCHEMA
    with pytest.raises(BundleError, match="takes 3 columns, the bundle names 2"):
        read(text(), FEATURES[:2])


@pytest.mark.parametrize("params", [{"objective": "regression"}, {"objective": "multiclass", "num_class": 2}])
def test_only_a_binary_classifier_is_taken(params: dict[str, object]) -> None:
    """Others give no probability of an up move."""
    with pytest.raises(BundleError, match="no binary classifier"):
        read(text(**params), FEATURES)


@pytest.mark.parametrize("content", [b"", b"garbage", b"tree\nversion=v4\n", b"\xff\xfe\x00", text()[:40]])
def test_what_is_no_model_text_is_refused(content: bytes) -> None:
    """As an error of ours, where LightGBM raises one of its own."""
    with pytest.raises(BundleError, match="cannot read the model text") as refused:
        read(content, FEATURES)

    assert refused.value.reason is Reason.CRASHED


def test_the_version_it_was_made_with_counts() -> None:
    """The same minor version: nothing to say. Another: a note. Another major one: refused."""
    here = versions()["lightgbm"]
    major = int(here.split(".")[0])

    assert check_library({"lightgbm": here}) == ""
    assert "the golden rows agree" in check_library({"lightgbm": f"{major}.0.1"})
    with pytest.raises(BundleError, match=f"made with lightgbm {major + 1}.0.0"):
        check_library({"lightgbm": f"{major + 1}.0.0"})
