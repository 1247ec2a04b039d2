"""Backtests of trained models: found in the registry, with their thresholds, watched for drift."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from bundles.made import bundle, made
from pure_stages import PureStages
from walks import MODELS, decided, history, market

from connectors.bundles.folder import publish
from connectors.bundles.registry import register
from connectors.settings import Settings
from flows.backtest.asked import Asked
from flows.backtest.run import backtest
from flows.ticks import Ticks
from models.backtest.watching import DriftPoint
from models.bundle.manifest import Policy
from models.desk.desk import Desk
from models.inputs import Cause, Genesis
from models.judge.records import DRIFT, Shard
from models.market.market import Market
from models.market.schema import TRAINED
from models.monitor.drift.looks import HOUR
from models.monitor.drift.reference import DriftReference
from models.scoring.constant import Constant
from models.spec import SECOND, Spec
from models.training.card.drift_reference import reference
from models.training.rows import gather

NAME = f"watched@{'ab' * 32}"


class Watched(Constant):
    """Says always the same; its features were spread in training as in some rows."""

    policy = (0.55, 0.45)

    def __init__(self, seconds: float) -> None:
        super().__init__(0.6)
        batches = list(history(seconds, market(1, silence=0.02), seed=1).batches())
        rows = gather(Market(Spec(), Desk()).step(batches), Spec().horizon_s, 0)
        self.drift = DriftReference.of(reference(rows, TRAINED, horizon_s=60, seed=1, draws=20))


@pytest.fixture
def config(tmp_path: Path) -> Settings:
    """A registry of its own."""
    places: Any = {"models_dir": tmp_path / "models", "registry_file": tmp_path / "registry.json"}
    return Settings(_env_file=None, **places)


@pytest.mark.slow
@pytest.mark.parametrize("by_reference", [False, True])
def test_a_bundle_is_tested_with_the_thresholds_it_brings(
    config: Settings, tmp_path: Path, *, by_reference: bool
) -> None:
    """By its name or by its digest; the manifest has both."""
    files = bundle(made(), policy=Policy(0.51, 0.49))
    publish(config.models_dir, files)
    of_it = register(config.registry_file, files, datetime.now(UTC))
    ticks = Ticks(simulated=True, symbols="1", hours=0.3)
    asked = Asked(ticks=ticks, out=tmp_path / "out", model=of_it if by_reference else "lgbm-test")
    [one] = backtest(asked, config, lambda *_: None)
    assert one.result.model == of_it
    assert (one.result.manifest["entry"], one.result.manifest["exit"]) == (0.51, 0.49)


def test_the_hours_drift_is_that_of_the_monitor() -> None:
    """Of every hour with enough rows: the feature that moved most, against the training."""
    models = {**MODELS, NAME: Watched(4_000)}
    desk = Desk(model=NAME, bundles=(NAME,))
    batches = list(history(2.2 * 3_600, market(2, silence=0.02)).batches())
    _, walk = decided(batches, desk, models)
    stages = PureStages(Spec(), Shard("ticks", 0, 0), models)
    stages.step([Genesis(desk, Cause(0, 0))])
    expected = {}
    for record in (record for batch in batches for record in stages.records([batch])):
        if record.topic != DRIFT or not isinstance(record.body, dict) or record.body["levels"] is None:
            continue
        hour, ts = record.body["levels"]["windows"][HOUR], record.body["ts"]
        if ts % (3_600 * SECOND) == 0 and not hour["insufficient_data"]:
            psi = {name: level["psi"] for name, level in hour["features"].items()}
            worst = max(psi, key=psi.__getitem__)
            expected[record.body["symbol"], ts] = (psi[worst], worst)
    points = [point for point in walk.points() if isinstance(point, DriftPoint)]
    assert {(p.symbol.lstrip(":"), p.ts): (p.worst_psi, p.feature) for p in points} == expected
    assert len(points) >= 2
