"""``levibot calibrate``: a new calibration and new thresholds for a model that stays as it is."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.expected import expected
from flows.tick_options import asks_for_ticks
from flows.ticks import Ticks
from flows.training import options as o


@asks_for_ticks
def calibrate(
    model: Annotated[str, typer.Option(help="Name, run id, reference or alias of a registered bundle.")],
    asked: Ticks,
    seed: o.Seed = 0,
    taker_bps: o.TakerBps = 15.0,
    slippage_bps: o.SlippageBps = 5.0,
    models_dir: o.ModelsDir = None,
    as_json: o.AsJson = False,
) -> None:
    """Fit the calibration and sweep the thresholds again on newer ticks, without training.

    The first 70 % of the rows calibrate, the last 30 % judge. The result is
    a bundle of its own, with the same model and a new run id; its card names
    the bundle it comes from. Promote it as any other.

    Example: levibot calibrate --model lgbm-btcusdt --topic ticks --days 7

    Exit codes: 0 the bundle is published, 2 it could not be made.
    """
    with expected("calibrate"):
        from flows.training import work  # noqa: PLC0415  libraries of training take seconds to import

        work.calibrate(
            asked,
            model,
            seed=seed,
            taker_bps=taker_bps,
            slippage_bps=slippage_bps,
            models_dir=models_dir,
            as_json=as_json,
        )
