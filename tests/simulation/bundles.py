"""Trained models of the simulation, loaded after a while, refused, or lost between two lives."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from random import Random
from typing import Any

from connectors.bundles.background import BackgroundLoader
from models.scoring.constant import Constant
from models.scoring.model import Model
from tests.drift.drift_cases import trained


class Trained(Constant):
    """Always the same probability, with thresholds of its own, and a training of its own kind."""

    policy = (0.8, 0.3)
    drift = trained(hours=8)


GOOD: dict[str, Trained] = {f"one@{'ab' * 32}": Trained(0.85), f"two@{'cd' * 32}": Trained(0.25)}
BAD = f"bad@{'ef' * 32}"
BUNDLES = (*GOOD, BAD)


class RefusedError(Exception):
    """A bundle is not as it must be."""

    reason, detail = "hash", "made up"


class Slow(Executor):
    """Whatever is submitted is done after the caller has asked for it a few times, with this chance each."""

    def __init__(self, rng: Random, chance: float) -> None:
        self._rng, self._chance = rng, chance

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Return a future that is done when chance says so, or its result is asked for."""
        return _Later(lambda: self._rng.random() < self._chance, lambda: fn(*args, **kwargs))


class _Later(Future[Any]):
    def __init__(self, ready: Callable[[], bool], work: Callable[[], Any]) -> None:
        super().__init__()
        self._ready, self._work = ready, work

    def done(self) -> bool:
        if not super().done() and self._ready():
            self.result()
        return super().done()

    def result(self, timeout: float | None = None) -> Any:
        if not super().done():
            self.set_result(self._work())
        return super().result(timeout)


def loader_of(models: dict[str, Model], rng: Random, losses: float, answers: float) -> BackgroundLoader:
    """Return the loader of a process.

    Each load fails with the probability ``losses``, and comes to an end with ``answers`` when looked at.
    """

    def load(reference: str) -> Trained:
        if reference not in GOOD or rng.random() < losses:
            raise RefusedError
        return GOOD[reference]

    return BackgroundLoader(models, load, Slow(rng, answers))
