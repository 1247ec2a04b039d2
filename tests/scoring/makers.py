"""The table of makers: how a test gets one of each model, and which classes it puts to the test."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from bundles.made import Made, manifest
from bundles.made import made as train

from models.bundle.making import make_bundle
from models.bundle.opening import BundleModel, open_bundle
from models.online.river_logistic import RiverLogistic
from models.online.stream_learner import StreamLearner
from models.scoring.absent import Absent
from models.scoring.breaker import Breaker
from models.scoring.constant import Constant
from models.scoring.ensemble import ENSEMBLE, VERSION, mix
from models.scoring.lightgbm_text import LightGBMText
from models.scoring.ml_fusion import MlFusion
from models.scoring.model import Model, ModelRows
from models.scoring.registry import load
from models.scoring.scorer import Scorer
from models.scoring.skops_file import SkopsFile
from models.scoring.stub_sine import StubSine
from models.ticks import Floats

trained = cache(train)


class Kind(NamedTuple):
    """A frozen model: what makes one, the classes of the product that are tried with it."""

    make: Callable[[], Model]
    classes: tuple[type, ...]
    answers: bool = True  # else NaN for every row, by its documentation
    rows: int = 1_000  # it is tried on


class EnsembleOfFrozen:
    """The product's mixture over models that do not learn, as a model of its own."""

    name, version = ENSEMBLE, VERSION

    def __init__(self) -> None:
        self._members = {"ml-fusion": 2.0, "stub-sine": 1.0, "constant-0.9": 0.5, "constant-0.1": 0.0}

    def predict(self, rows: ModelRows) -> Floats:
        """Return the weighted mean of what the members say."""
        said = [load(name).predict(rows) for name in self._members]
        return mix(said, list(self._members.values())).prob


@cache
def _files(which: str) -> dict[str, bytes]:
    made: Made = trained()
    kind = "lightgbm" if which == "lightgbm" else "skops"
    return make_bundle(manifest(kind), getattr(made, which), made.x, {})


FROZEN: dict[str, Kind] = {
    "stub-sine": Kind(lambda: load("stub-sine"), (StubSine,)),
    "ml-fusion": Kind(lambda: load("ml-fusion"), (MlFusion,)),
    "constant-0": Kind(lambda: load("constant-0"), (Constant,)),
    "constant-0.99": Kind(lambda: load("constant-0.99"), (Constant,)),
    "constant-1": Kind(lambda: load("constant-1"), (Constant,)),
    "lightgbm bundle": Kind(lambda: open_bundle(_files("lightgbm")), (BundleModel, LightGBMText)),
    "skops bundle, trees": Kind(lambda: open_bundle(_files("trees")), (BundleModel, SkopsFile)),
    "skops bundle, linear": Kind(lambda: open_bundle(_files("linear")), (BundleModel, SkopsFile), rows=130),
    "ensemble": Kind(EnsembleOfFrozen, ()),
    "absent": Kind(lambda: Absent(f"lgbm-test@{'ab' * 32}"), (Absent,), answers=False),
}
"""Models that answer for each row by itself."""

WALKED: dict[str, tuple[type, ...]] = {"river-logistic": (RiverLogistic, StreamLearner)}
"""Models that learn from row to row; ``tests/online`` tries their contract."""

NO_MODELS = {Scorer: "the stage that asks the models", Breaker: "follows rows and answers none"}
"""Classes that are asked about rows and answer in the name of others, with what they are."""


def registered() -> set[type]:
    """Return every class that some test puts to the test."""
    frozen = {cls for kind in FROZEN.values() for cls in kind.classes}
    return frozen | {cls for classes in WALKED.values() for cls in classes} | set(NO_MODELS)
