"""The options that the commands of the monitors share."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from typer import BadParameter, Option

from models.judge import records

CALIBRATION, DRIFT, AUDIT = records.CALIBRATION, records.DRIFT, records.AUDIT
"""The topics."""

Model = Annotated[str | None, Option(help="This model alone: its name, or NAME@SHA.")]
Symbol = Annotated[str | None, Option(help="This symbol alone, such as BTCUSDT or binance:BTCUSDT.")]
Run = Annotated[
    Path | None, Option(metavar="DIR", help="Read what levibot record wrote instead of the topics.")
]
Redis = Annotated[bool, Option("--redis", help="Read the view in Redis instead: the present alone.")]
AsJson = Annotated[bool, Option("--json", help="Print the result as JSON, and no progress.")]

_SPAN = re.compile(r"(\d{1,4})(m|h|d)")
_UNIT_S = {"m": 60.0, "h": 3_600.0, "d": 86_400.0}


def span_s(text: str) -> float:
    """Return a span such as 90m, 3h or 1d in seconds; raise ``BadParameter`` for another text."""
    found = _SPAN.fullmatch(text)
    if not found or not int(found[1]):
        raise BadParameter(f"'{text}' is no span such as 90m, 3h or 1d")
    return int(found[1]) * _UNIT_S[found[2]]


def png(path: Path | None) -> Path | None:
    """Return a path that ends in .png, or None; raise ``BadParameter`` for another one."""
    if path is not None and path.suffix != ".png":
        raise BadParameter(f"{path} does not end in .png")
    return path
