"""scikit-learn from skops files: known types alone are built, and only what answers as it did."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import skops.io
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, RobustScaler, StandardScaler
from sklearn.tree import DecisionTreeRegressor

from models.bundle.errors import BundleError, Reason
from models.scoring.skops_file import check_library, read, versions

FEATURES = ("ret_1s", "ret_5s", "vol_60s")
X = np.random.default_rng(1).normal(size=(200, 3))
UP = (X[:, 0] + X[:, 1] > 0).astype(int)
GOOD: dict[str, Any] = {
    "trees": HistGradientBoostingClassifier(max_iter=5, max_leaf_nodes=5),
    "trees, seeded": HistGradientBoostingClassifier(max_iter=5, early_stopping=True, random_state=7),
    "weighted trees": HistGradientBoostingClassifier(max_iter=3, class_weight={0: 1.0, 1: 1.4}),
    "scaled trees": make_pipeline(StandardScaler(), HistGradientBoostingClassifier(max_iter=3)),
    "linear": make_pipeline(StandardScaler(), LogisticRegression()),
    "others": make_pipeline(SimpleImputer(), RobustScaler(), MinMaxScaler(), GaussianNB()),
}


def dumped(model: Any, x: Any = X, label: Any = UP) -> bytes:
    """Return the file of a model fitted to the rows."""
    content: bytes = skops.io.dumps(model.fit(x, label))
    return content


@pytest.mark.parametrize("name", GOOD)
def test_a_known_model_answers_as_it_did(name: str) -> None:
    """Bit for bit at the height it was asked."""
    content = dumped(GOOD[name])

    found = read(content, FEATURES)

    assert found.predict(X).tobytes() == GOOD[name].predict_proba(X)[:, 1].copy().tobytes()
    assert found.steady == ("trees" in name)


BAD: tuple[tuple[Any, str], ...] = (
    (RandomForestClassifier(2), "sklearn.ensemble._forest.RandomForestClassifier"),
    (make_pipeline(FunctionTransformer(np.tanh), GaussianNB()), "FunctionTransformer"),
)


@pytest.mark.parametrize(("model", "named"), BAD)
def test_unknown_types_are_refused_by_name(model: Any, named: str) -> None:
    """Whether skops itself would trust them or not."""
    with pytest.raises(BundleError, match=named) as refused:
        read(dumped(model), FEATURES)

    assert refused.value.reason is Reason.LIBRARY


def edited(content: bytes, edit: Callable[[Any], None]) -> bytes:
    """Return the file with another schema."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            inner = old.read(name)
            if name == "schema.json":
                schema = json.loads(inner)
                edit(schema)
                inner = json.dumps(schema).encode()
            new.writestr(name, inner)
    return made.getvalue()


def test_a_planted_type_is_never_built(tmp_path: Any) -> None:
    """Neither a function of the system, nor a known type with a foreign loader, nor an old protocol."""
    good = dumped(GOOD["trees"])

    def command(schema: Any) -> None:
        node = {"__class__": "system", "__module__": "os", "__loader__": "FunctionNode", "content": "x"}
        schema["content"]["content"]["evil"] = node

    def confused(schema: Any) -> None:
        schema["content"]["__loader__"] = "MethodNode"

    for edit, message in (
        (command, "os.system"), (confused, "not known to be safe"),
        (lambda schema: schema.update(protocol=0), "skops protocol 0"),
    ):  # fmt: skip
        with pytest.raises(BundleError, match=message):
            read(edited(good, edit), FEATURES)


@pytest.mark.parametrize(
    "content",
    [b"", b"garbage", b"PK\x03\x04", dumped(GOOD["linear"])[:-30]],
    ids=["empty", "garbage", "a head alone", "cut"],
)
def test_what_is_no_skops_file_is_refused(content: bytes) -> None:
    """As an error of ours, whatever the libraries raise."""
    with pytest.raises(BundleError, match="no skops file") as refused:
        read(content, FEATURES)

    assert refused.value.reason is Reason.CRASHED


def test_a_file_that_unpacks_to_too_much_is_refused() -> None:
    """Before it is unpacked."""
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("a", "b"):
            archive.writestr(name, bytes(130 << 20))

    assert len(bomb.getvalue()) < 1 << 20
    with pytest.raises(BundleError, match="unpacks to more than 256 MiB"):
        read(bomb.getvalue(), FEATURES)


def test_a_tree_that_points_outside_is_refused() -> None:
    """Its library would read foreign memory there."""
    for field, value in (("left", 4_000_000), ("right", 0), ("feature_idx", 3), ("is_categorical", 1)):
        model = HistGradientBoostingClassifier(max_iter=2, max_leaf_nodes=4).fit(X, UP)
        model._predictors[1][0].nodes[field][0] = value
        with pytest.raises(BundleError, match="points outside"):
            read(skops.io.dumps(model), FEATURES)


def test_categorical_features_are_refused() -> None:
    """There are none in the stream."""
    x = np.column_stack([np.arange(200) % 4, X[:, 1:]])
    model = HistGradientBoostingClassifier(max_iter=2, categorical_features=[0])

    with pytest.raises(BundleError):
        read(dumped(model, x), FEATURES)

    plain = HistGradientBoostingClassifier(max_iter=2).fit(X, UP)
    plain._bin_mapper.is_categorical_[0] = 1
    with pytest.raises(BundleError, match="categorical features"):
        read(skops.io.dumps(plain), FEATURES)


def test_a_model_of_other_rows_is_refused() -> None:
    """Of another width, of other labels, or none that gives probabilities."""
    with pytest.raises(BundleError, match="takes 3 columns, the bundle names 2"):
        read(dumped(GOOD["trees"]), FEATURES[:2])
    with pytest.raises(BundleError, match="no fitted classifier of the labels 0 and 1"):
        read(dumped(GaussianNB(), label=np.where(UP, 5, 3)), FEATURES)
    with pytest.raises(BundleError, match="no fitted classifier"):
        read(skops.io.dumps(StandardScaler().fit(X)), FEATURES)
    with pytest.raises(BundleError, match="not known to be safe"):
        read(dumped(DecisionTreeRegressor()), FEATURES)


def test_the_minor_version_must_be_the_same() -> None:
    """scikit-learn promises nothing across them."""
    here = versions()["scikit-learn"]

    assert check_library({"scikit-learn": here}) == ""
    for other in ("0.24.2", ""):
        with pytest.raises(BundleError, match="install that minor version") as refused:
            check_library({"scikit-learn": other})
        assert refused.value.reason is Reason.LIBRARY
