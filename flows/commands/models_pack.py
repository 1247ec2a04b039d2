"""``levibot models pack``: a model of your own becomes a bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from connectors.settings import settings
from flows.expected import expected
from flows.tick_options import asks_for_ticks
from flows.ticks import Ticks
from flows.training import options as o


@asks_for_ticks
def pack(
    model: Annotated[Path, typer.Option(help="LightGBM's text (.txt) or a skops file (.skops).")],
    name: Annotated[str, typer.Option(help="1 to 40 of a-z, 0-9 and -.")],
    features: Annotated[str, typer.Option(help="Its columns in its order, comma separated.")],
    asked: Ticks,
    seed: o.Seed = 0,
    as_json: o.AsJson = False,
) -> None:
    """Make a bundle of your own model: calibrated, judged on ticks it has not seen, with a card.

    The model is a binary classifier, trained on columns that the stream
    computes (levibot snapshot features writes them to a file): LightGBM saved
    by Booster.save_model, or scikit-learn saved by skops.io.dump. The first
    70 % of the rows calibrate it, the last 30 % judge it.

    Example: levibot models pack --model mine.txt --name mine
    --features ret_1s,rsi_14 --ticks day.parquet

    Exit codes: 0 the bundle is published, 2 it could not be made.
    """
    with expected("pack"):
        from flows.registry import packing  # noqa: PLC0415  libraries of training take seconds to import
        from flows.training.telling import tell  # noqa: PLC0415

        given = packing.own(model, name, features)
        tell(packing.pack(given, asked, settings(), seed=seed, as_json=as_json), as_json)
