"""The two commands of training, from their options to what is printed."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import typer

from connectors.settings import Settings, settings
from connectors.start_values import gates, spec
from flows.ticks import Ticks, TicksError
from flows.training import recalibration, run, study
from flows.training.gathering import wanted_rows
from flows.training.progress import Told, stage
from flows.training.recipe import Recipe, Run
from flows.training.telling import tell
from models.bundle.manifest import MODEL_FILES
from models.bundle.manifest import NAME as MODEL_NAME
from models.scoring.model import HORIZON_S
from models.training.rows import Rows
from models.training.snapshot import checksum, run_id
from models.training.split import split


def recipe(
    ticks: Ticks,
    *,
    kind: str,
    name: str | None,
    trials: int,
    seed: int,
    horizon_s: int,
    taker_bps: float,
    slippage_bps: float,
) -> Recipe:
    """Return the recipe of the options; raise ``TicksError`` for what cannot be trained."""
    if kind not in MODEL_FILES:
        raise TicksError(f"no kind '{kind}'; there are {', '.join(MODEL_FILES)}")
    if horizon_s != HORIZON_S:
        raise TicksError(f"the signals of this version look {HORIZON_S} s ahead, not {horizon_s}")
    name = name or _default_name(kind, ticks)
    if not MODEL_NAME.fullmatch(name):
        raise TicksError(f"'{name}' is no model name: 1 to 40 of a-z, 0-9 and -, such as lgbm-btcusdt")
    return Recipe(
        name=name, kind=kind, trials=trials, seed=seed, taker_bps=taker_bps, slippage_bps=slippage_bps
    )


def train(ticks: Ticks, asked: Recipe, resume: str | None, models_dir: Path | None, as_json: bool) -> None:
    """Train, or go on with a run, and print the result; Ctrl-C says how to go on."""
    config = settings()
    folder = models_dir or config.models_dir
    if resume is None:
        rows, begun = _begun(ticks, asked, config, as_json)
        split(rows, asked.horizon_s)  # too short a history is found before anything is written
        study.begin(folder, begun, rows)
        resume = begun.run_id
    with study.opened(folder, resume) as open_study:
        try:
            done = run.train(open_study, folder, config.registry_file, gates(config), _stage(as_json))
        except KeyboardInterrupt as interrupt:
            typer.echo(
                f"\ntrain: stopped after {len(open_study.trials)} of {open_study.run.recipe.trials} trials; "
                f"go on with: levibot train --resume {resume}"
                + (f" --models-dir {models_dir}" if models_dir else ""),
                err=True,
            )
            raise typer.Exit(130) from interrupt
    tell(done, as_json)


def calibrate(
    ticks: Ticks,
    model: str,
    *,
    seed: int,
    taker_bps: float,
    slippage_bps: float,
    models_dir: Path | None,
    as_json: bool,
) -> None:
    """Calibrate a registered bundle anew, publish the result and print it."""
    config = settings()
    folder = models_dir or config.models_dir
    before = recalibration.trusted(folder, model, config.registry_file)
    asked = Recipe(
        name=before.manifest.name,
        kind=before.manifest.kind,
        trials=0,
        seed=seed,
        taker_bps=taker_bps,
        slippage_bps=slippage_bps,
    )
    rows, begun = _begun(ticks, asked, config, as_json)
    with stage("bundle", visible=not as_json) as told:
        done = recalibration.calibrated(before, begun, rows, gates(config), told)
    tell(run.published(done, folder, config.registry_file), as_json)


def _begun(ticks: Ticks, asked: Recipe, config: Settings, as_json: bool) -> tuple[Rows, Run]:
    """Read the ticks; the run's id is the present time and the checksum of the rows."""
    created = datetime.now(UTC)
    histories = ticks.histories(config)
    with stage("rows", visible=not as_json) as told:
        rows = wanted_rows(ticks, histories, spec(config), told)
    sources = [source for history in histories for source in history.sources()]
    identity = run_id(created, checksum(rows))
    text = created.isoformat(timespec="seconds")
    return rows, Run(recipe=asked, run_id=identity, created=text, sources=sources)


def _stage(as_json: bool) -> run.Stage:
    def shown(label: str) -> AbstractContextManager[Told]:
        return stage(label, visible=not as_json)

    return shown


def _default_name(kind: str, ticks: Ticks) -> str:
    if kind == "skops":
        return "skops-local"
    only = ticks.symbol
    if ticks.simulated and len(ticks.market().instruments) == 1:
        only = ticks.market().instruments[0].symbol
    return f"lgbm-{re.sub('[^a-z0-9]+', '-', only.lower())}"[:40] if only else "lgbm-all"
