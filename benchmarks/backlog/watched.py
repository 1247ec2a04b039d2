"""The stages with a stopwatch in the monitors' hands."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from connectors.codecs.wire import encode
from models.desk.desk import Desk
from models.inputs import TickBatch
from models.judge.judge import Judge
from models.judge.records import Shard
from models.market.market import Market
from models.market.schema import TRAINED
from models.monitor.drift.reference import DriftReference
from models.monitor.monitor import Monitor
from models.scoring.constant import Constant
from models.scoring.model import Model
from models.scoring.registry import load_all
from models.scoring.scorer import Scorer
from models.spec import Spec
from models.training.card.drift_reference import reference
from models.training.rows import gather

NAME = f"watched@{'ab' * 32}"


class Stopwatch:
    """Seconds, added up."""

    def __init__(self) -> None:
        self.seconds = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count what is done inside."""
        began = time.perf_counter()
        yield
        self.seconds += time.perf_counter() - began


class Timed:
    """Passes calls on, and counts how long they take."""

    def __init__(self, watched: Any, watch: Stopwatch) -> None:
        self._watched, self._watch = watched, watch

    def __getattr__(self, name: str) -> Any:
        """Return a value or method of what is watched."""
        method = getattr(self._watched, name)
        if not callable(method):
            return method

        def called(*given: Any) -> Any:
            with self._watch.running():
                return method(*given)

        return called


class Trained(Constant):
    """Always the same probability; its features were spread in training as in the rows it is made from."""

    policy = (0.55, 0.45)

    def __init__(self, batches: Sequence[TickBatch]) -> None:
        super().__init__(0.6)
        rows = gather(Market(Spec(), Desk()).step(batches), Spec().horizon_s, 0)
        raw = reference(rows, TRAINED, horizon_s=Spec().horizon_s, seed=1, draws=100)
        self.drift = DriftReference.of(raw)


class Watched:
    """Market, Scorer, Judge and Monitor of one shard, and the encoding of what they publish."""

    def __init__(self, shard: Shard, watch: Stopwatch, first: Sequence[TickBatch]) -> None:
        spec = Spec()
        models: dict[str, Model] = {**load_all(spec.models), NAME: Trained(first)}
        self._watch = watch
        self._market = Market(spec, Desk(model=NAME, bundles=(NAME,)))
        self._scorer = Scorer(spec, models)
        self._judge = Judge(spec, shard, models)
        self._monitor = Monitor(spec, shard, models)
        for part in ("_outcomes", "_recent"):
            setattr(self._judge, part, Timed(getattr(self._judge, part), watch))

    def step(self, batch: TickBatch) -> None:
        """Take a batch through everything."""
        for emission in self._judge.step(self._scorer.step(self._market.step([batch]))):
            for record in emission.records:
                encode(record)
            with self._watch.running():
                for observed in self._monitor.step(emission.monitor):
                    for record in observed.records:
                        encode(record)
