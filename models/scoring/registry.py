"""The models that can be selected by name."""

from __future__ import annotations

from collections.abc import Iterable

from models.scoring.constant import Constant
from models.scoring.ml_fusion import MlFusion
from models.scoring.model import Model
from models.scoring.stub_sine import StubSine

BUILT_IN = ("stub-sine", "ml-fusion")


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
    raise UnknownModelError(f"no model '{name}'; known: {', '.join(BUILT_IN)}, constant-P (P from 0 to 1)")


def load_all(names: Iterable[str]) -> dict[str, Model]:
    """Return the models by name; ``stub-sine`` is always among them."""
    return {name: load(name) for name in {"stub-sine": None} | dict.fromkeys(names)}
