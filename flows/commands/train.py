"""``levibot train``: from recorded, streamed or simulated ticks to a model bundle with its card."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.expected import expected
from flows.tick_options import asks_for_ticks
from flows.ticks import Ticks
from flows.training import options as o

PRESETS = {"quick": 20, "full": 200}


@asks_for_ticks
def train(
    asked: Ticks,
    horizon: o.Horizon = "60s",
    kind: Annotated[
        str, typer.Option(help="lightgbm, or skops: histogram trees of scikit-learn.")
    ] = "lightgbm",
    name: Annotated[
        str | None, typer.Option(help="Of the model; default lgbm-SYMBOL, lgbm-all or skops-local.")
    ] = None,
    preset: Annotated[str, typer.Option(help="quick: 20 trials; full: 200.")] = "full",
    trials: Annotated[
        int | None, typer.Option(min=1, help="Trials of the search; instead of a preset.")
    ] = None,
    seed: o.Seed = 0,
    taker_bps: o.TakerBps = 15.0,
    slippage_bps: o.SlippageBps = 5.0,
    resume: Annotated[
        str | None, typer.Option(metavar="RUN_ID", help="Go on with an interrupted run.")
    ] = None,
    models_dir: o.ModelsDir = None,
    as_json: o.AsJson = False,
) -> None:
    """Train a model and publish it as a bundle: searched, calibrated, judged on later rows, described.

    The rows are those of the live stages: every closed second of every
    symbol, labelled by whether the price is higher 60 s later. They are split
    by time into 60 % train, 20 % validation and 20 % test, with the labels
    purged at the boundaries. The search is Optuna's; Ctrl-C keeps its
    trials, and --resume goes on to the same model.

    A market that can be predicted: levibot train --simulated --edge 1 --preset quick

    One that cannot: levibot train --simulated --preset quick

    Recorded ticks: levibot train --ticks day.parquet --symbol BTCUSDT

    What the broker keeps: levibot train --topic ticks --days 30

    Exit codes: 0 the bundle is published (its gates may have failed: see
    the card), 2 it could not be trained, 130 interrupted.
    """
    with expected("train"):
        from flows.training import work  # noqa: PLC0415  libraries of training take seconds to import

        if resume and asked.named:
            raise o.OptionError("--resume goes on with the ticks and the recipe of that run: give no others")
        recipe = work.recipe(
            asked,
            kind=kind,
            name=name,
            trials=trials or _preset(preset),
            seed=seed,
            horizon_s=o.seconds(horizon),
            taker_bps=taker_bps,
            slippage_bps=slippage_bps,
        )
        work.train(asked, recipe, resume, models_dir, as_json)


def _preset(name: str) -> int:
    if name not in PRESETS:
        raise typer.BadParameter(f"no preset '{name}'; there are {', '.join(PRESETS)}", param_hint="--preset")
    return PRESETS[name]
