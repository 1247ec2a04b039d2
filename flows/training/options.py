"""The options that commands of training share, besides those of ``flows/ticks.py``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

Horizon = Annotated[str, typer.Option(help="How far ahead, such as 60s.")]
Seed = Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Same ticks and seed: the same model.")]
TakerBps = Annotated[float, typer.Option(min=0, help="Fee of a side, basis points.")]
SlippageBps = Annotated[float, typer.Option(min=0, help="Slippage of a side, basis points.")]
ModelsDir = Annotated[Path | None, typer.Option(help="Where bundles go; default: MODELS_DIR.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON, and no progress.")]

_SPAN = re.compile(r"(\d+)\s*(s|m)?")


class OptionError(ValueError):
    """Options that do not go together; the message says which."""


def seconds(text: str) -> int:
    """Return a span such as 60s or 1m in seconds."""
    found = _SPAN.fullmatch(text)
    if not found or not int(found[1]):
        raise typer.BadParameter(f"'{text}' is no span such as 60s", param_hint="--horizon")
    return int(found[1]) * (60 if found[2] == "m" else 1)
