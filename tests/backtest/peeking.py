"""Strategies that know the future, as it happens by mistake: planted in the market stage, read by a model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from models.desk.desk import Desk
from models.inputs import Input
from models.market.block import Block, Closed
from models.market.market import Market
from models.market.schema import NAMES
from models.scoring.model import ModelRows
from models.spec import Spec
from models.ticks import Floats

FEATURE = "ret_1s"
_PLACE = NAMES.index(FEATURE)
Bend = Callable[[Block], Floats]


class Follower:
    """Buys where the feature is clearly above zero, sells where it is clearly below."""

    name = "follower"
    version = "1"

    def predict(self, rows: ModelRows) -> Floats:
        """Return 0.9 above, 0.1 below, else 0.5."""
        value = rows.x[:, _PLACE]
        return np.where(value > 0, 0.9, np.where(value < 0, 0.1, 0.5))


class Bent:
    """The market stage with the feature bent before anybody sees it."""

    def __init__(self, bend: Bend, spec: Spec, desk: Desk, saved: dict[str, Any] | None) -> None:
        self._bend = bend
        self._market = Market(spec, desk, saved)

    def step(self, inputs: list[Input]) -> list[Closed]:
        """Return what the stage released, bent."""
        return [
            one if one.block is None else replace(one, block=self._bent(one.block))
            for one in self._market.step(inputs)
        ]

    def snapshot(self) -> dict[str, Any]:
        """Return the state of the stage."""
        return self._market.snapshot()

    def _bent(self, block: Block) -> Block:
        x = block.x.copy()
        x[:, _PLACE] = self._bend(block)
        return replace(block, x=x)


def nothing(block: Block) -> Floats:
    """Bend nothing: the return of the second that has just ended."""
    return block.x[:, _PLACE]


def one_second_ahead(block: Block) -> Floats:
    """Return each row the return of the next second, as ``shift(-1)`` would."""
    log_price = np.log(block.price)
    return np.append(np.diff(log_price), 0.0)


def a_centred_window(block: Block) -> Floats:
    """Return the move over a minute whose window ends half of it too late, as ``center=True`` would."""
    log_price, half, n = np.log(block.price), 30, len(block)
    later, earlier = np.minimum(np.arange(n) + half, n - 1), np.maximum(np.arange(n) - half, 0)
    return log_price[later] - log_price[earlier]


def a_scaler_of_the_whole(block: Block) -> Floats:
    """Return how far the price lies below the middle, scaled by a range that was fitted on all of the block.

    Within four fifths of the range it says nothing.
    """
    low, high = block.price.min(), block.price.max()
    scaled = (low + high - 2.0 * block.price) / max(high - low, 1e-9)
    return np.where(np.abs(scaled) > 0.8, scaled, 0.0)


PEEKS = (one_second_ahead, a_centred_window, a_scaler_of_the_whole)
