"""Calibration of a model's raw probability: frozen values that travel in a bundle, applied to each score.

Each works element by element, so a score has the same bits alone and in a batch of any height.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.ticks import Floats

EPSILON = 1e-12
"""Raw probabilities are kept this far from 0 and 1 before their log odds are taken."""


class CalibrationError(ValueError):
    """A calibration that cannot be used; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The raw probability as it is."""

    def apply(self, raw: Floats) -> Floats:
        """Return the probabilities clipped to [0, 1], shape (n,)."""
        return np.clip(raw, 0.0, 1.0)

    def as_dict(self) -> dict[str, Any]:
        """Return what ``calibration_from`` takes."""
        return {"method": "identity"}


@dataclass(frozen=True, slots=True)
class Platt:
    """A straight line through the log odds: p = 1 / (1 + exp(-(a logit(raw) + b)))."""

    a: float
    b: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.a) and np.isfinite(self.b) and self.a >= 0):
            raise CalibrationError(
                f"platt: a and b must be finite and a not below 0, not {self.a} and {self.b}"
            )

    def apply(self, raw: Floats) -> Floats:
        """Return the calibrated probabilities, shape (n,)."""
        return logistic(self.a * log_odds(raw) + self.b)

    def as_dict(self) -> dict[str, Any]:
        """Return what ``calibration_from`` takes."""
        return {"method": "platt", "a": self.a, "b": self.b}


@dataclass(frozen=True, slots=True)
class Isotonic:
    """A rising line through knots, flat before the first and behind the last."""

    x: tuple[float, ...]  # raw probabilities, strictly rising
    y: tuple[float, ...]  # calibrated ones, never falling

    def __post_init__(self) -> None:
        if not self.x or len(self.x) != len(self.y):
            raise CalibrationError("isotonic: x and y must have the same length, at least one knot")
        if not np.isfinite([*self.x, *self.y]).all():
            raise CalibrationError("isotonic: a knot is not a finite number")
        if (np.diff(self.x) <= 0).any() or (np.diff(self.y) < 0).any():
            raise CalibrationError("isotonic: x must rise strictly and y must never fall")
        if self.y[0] < 0 or self.y[-1] > 1:
            raise CalibrationError("isotonic: y must stay within 0 and 1")

    def apply(self, raw: Floats) -> Floats:
        """Return the calibrated probabilities, shape (n,)."""
        return np.asarray(np.interp(raw, self.x, self.y))

    def as_dict(self) -> dict[str, Any]:
        """Return what ``calibration_from`` takes."""
        return {"method": "isotonic", "x": list(self.x), "y": list(self.y)}


Calibration = Identity | Platt | Isotonic


def log_odds(raw: Floats) -> Floats:
    """Return ln(p / (1 - p)) of probabilities, which are first kept off 0 and 1; shape as given."""
    p = np.clip(raw, EPSILON, 1.0 - EPSILON)
    return np.asarray(np.log(p) - np.log1p(-p))


def logistic(z: Floats) -> Floats:
    """Return 1 / (1 + exp(-z)); beyond 700 the result does not change any more."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(z, -700.0, 700.0))))


def calibration_from(value: Mapping[str, Any]) -> Calibration:
    """Return the calibration of its plain form; raise ``CalibrationError`` saying what is wrong."""
    fields = {name: value[name] for name in value if name != "method"}
    try:
        match value.get("method"):
            case "identity":
                return Identity(**fields)
            case "platt":
                return Platt(**{name: float(number) for name, number in fields.items()})
            case "isotonic":
                return Isotonic(**{name: tuple(map(float, knots)) for name, knots in fields.items()})
    except (TypeError, ValueError) as error:
        raise CalibrationError(f"calibration {value.get('method')}: {error}") from error
    raise CalibrationError(
        f"unknown calibration method {value.get('method')!r}; there are identity, platt, isotonic"
    )
