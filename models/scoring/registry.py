"""The models that can be selected by name."""

from __future__ import annotations

from collections.abc import Iterable

from models.desk.desk import LEARNER
from models.desk.references import SLOTS
from models.scoring.constant import Constant
from models.scoring.ensemble import ENSEMBLE
from models.scoring.ml_fusion import MlFusion
from models.scoring.model import Model
from models.scoring.stub_sine import StubSine

BUILT_IN = ("stub-sine", "ml-fusion")
"""Frozen models that need no bundle."""

WALKED = (LEARNER, ENSEMBLE)
"""Models that Judge makes the answers of: one learns from row to row, one mixes what others say."""


class UnknownModelError(ValueError):
    """No model of that name; the message lists those that exist."""


def load(name: str) -> Model:
    """Return the model of that name: ``stub-sine``, ``ml-fusion`` or ``constant-P``."""
    if name == "stub-sine":
        return StubSine()
    if name == "ml-fusion":
        return MlFusion()
    kind, _, value = name.partition("-")
    if kind == "constant":
        try:
            return Constant(float(value))
        except ValueError as error:
            raise UnknownModelError(f"'{name}': {error}") from error
    if name in SLOTS:
        raise UnknownModelError(f"the model '{name}' is not available yet; known: {', '.join(BUILT_IN)}")
    raise UnknownModelError(f"no model '{name}'; known: {', '.join(BUILT_IN)}, constant-P (P from 0 to 1)")


def load_all(names: Iterable[str]) -> dict[str, Model]:
    """Return the frozen models by name; ``stub-sine`` is always among them."""
    frozen = {"stub-sine": None} | dict.fromkeys(name for name in names if name not in WALKED)
    return {name: load(name) for name in frozen}
