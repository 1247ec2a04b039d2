"""The challengers: trained the product's own way on another stretch of the market, one of them spoilt."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np

from connectors.bundles.folder import publish, read
from connectors.bundles.registry import register
from connectors.settings import Settings
from connectors.start_values import gates, spec
from connectors.tick_history import simulated
from flows.marathon_trial.cases import Case
from flows.training import run, study
from flows.training.gathering import rows_of
from flows.training.progress import Told
from flows.training.recipe import Recipe, Run
from models.bundle.calibration import Calibration, Isotonic, Platt, log_odds, logistic
from models.bundle.golden import GOLDEN
from models.bundle.making import make_bundle
from models.bundle.manifest import MANIFEST, parse_manifest
from models.bundle.sums import SUMS
from models.simulator import MarketSpec
from models.spec import SECOND
from models.training.rows import Rows
from models.training.snapshot import checksum, run_id

SEED = 7
START_S = 1_699_000_000
"""The stretch that they learn from lies before those of the runs, and is drawn with another seed."""
TRIALS = 2


class Learned(NamedTuple):
    """A model that was trained: where it lies, what it is called, and the rows that it was made from."""

    folder: Path
    reference: str
    rows: Rows


class Challengers:
    """Trains one model a market, at its first use."""

    def __init__(self, config: Settings) -> None:
        self._config = config
        self._learned: dict[MarketSpec, Learned] = {}

    def of(self, case: Case) -> str:
        """Return the reference of a case's challenger, which is registered then."""
        if case.market not in self._learned:
            self._learned[case.market] = self._trained(case)
        learned = self._learned[case.market]
        return learned.reference if case.sharper == 1.0 else self._spoilt(learned, case.sharper)

    def _trained(self, case: Case) -> Learned:
        """Train, calibrate and register a model on hours of the market."""
        config = self._config
        history = simulated(case.market, SEED, case.learns_h * 3_600, START_S * SECOND)
        rows = rows_of([history], spec(config), lambda *_: None)
        created = datetime.now(UTC)
        begun = Run(
            recipe=Recipe(name=READER, trials=TRIALS, seed=SEED), run_id=run_id(created, checksum(rows)),
            created=created.isoformat(timespec="seconds"), sources=history.sources(),
        )  # fmt: skip
        study.begin(config.models_dir, begun, rows)
        with study.opened(config.models_dir, begun.run_id) as learned:
            done = run.train(learned, config.models_dir, config.registry_file, gates(config), _quiet)
        return Learned(done.folder, done.reference, rows)

    def _spoilt(self, learned: Learned, sharper: float) -> str:
        """Register a copy whose log odds are so many times as far from zero."""
        files, now = read(learned.folder), datetime.now(UTC)
        before = parse_manifest(files[MANIFEST])
        after = replace(
            before, name=BOLD, run_id=run_id(now, checksum(learned.rows)[::-1]),
            calibration=_sharpened(before.calibration, sharper),
        )  # fmt: skip
        own = (MANIFEST, GOLDEN, SUMS, before.model_file)
        extra = {name: content for name, content in files.items() if name not in own}
        made = make_bundle(after, files[before.model_file], learned.rows.x, extra)
        publish(self._config.models_dir, made)
        return register(self._config.registry_file, made, now)


READER, BOLD = "flow-reader", "bold-reader"
_KNOTS = np.linspace(0.0, 1.0, 1_001)


def _sharpened(calibration: Calibration, sharper: float) -> Calibration:
    if isinstance(calibration, Platt):
        return Platt(calibration.a * sharper, calibration.b * sharper)
    bold = logistic(sharper * log_odds(calibration.apply(_KNOTS)))
    return Isotonic(tuple(_KNOTS.tolist()), tuple(np.maximum.accumulate(bold).tolist()))


@contextmanager
def _quiet(_: str) -> Iterator[Told]:
    yield lambda *_: None
