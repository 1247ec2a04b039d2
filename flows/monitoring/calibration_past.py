"""What ``levibot calibration`` makes of days of records: the reliability diagram, and markers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from connectors.bundles import atomic
from flows.monitoring.confidence import Confidence
from flows.monitoring.markers import mark
from flows.monitoring.origin import OriginError
from flows.monitoring.reliability import Reliability
from models.scoring.scorer import FALLBACK

Plain = dict[str, Any]

DAY_S = 86_400


class Past:
    """Sees every record of the days on its way."""

    def __init__(self, days: float) -> None:
        self._days = days
        self._reliability = Reliability()
        self._confidence = Confidence()

    def seen(self, records: Iterable[Plain], chosen: Callable[[Plain], bool]) -> Iterator[Plain]:
        """Yield the chosen records, having added them up."""
        for record in records:
            if chosen(record):
                self._reliability.put(record)
                self._confidence.put(record)
                yield record

    def draw(self, path: Path) -> None:
        """Write the diagram, and the same as JSON beside it; raise ``OriginError`` where it cannot be."""
        from flows.monitoring.diagram import MOST, diagram_png  # noqa: PLC0415  needs the training extra

        models = self._reliability.as_dicts()
        if not models:
            raise OriginError("no outcomes are known yet: there is no diagram to draw")
        if len(models) > MOST:
            names = ", ".join(model["reference"] for model in models)
            raise OriginError(f"a diagram shows at most {MOST} models; name one with --model of {names}")
        picture = diagram_png(models)
        found = {"days": self._days, "models": models}
        atomic.write(path.with_suffix(".json"), orjson.dumps(found, option=orjson.OPT_INDENT_2))
        atomic.write(path, picture)

    def mark(self, path: Path, below: float, least_s: float) -> list[str]:
        """Add the periods of low confidence to a file of markers; return the new lines.

        Raises ``OriginError`` for several models, the fallback aside: a line does not tell of which it is.
        """
        every = self._confidence.references()
        references = [name for name in every if name != FALLBACK] or every
        if len(references) > 1:
            raise OriginError(f"a marker names no model: choose one with --model of {', '.join(references)}")
        periods = [p for name in references for p in self._confidence.periods(name, below, least_s)]
        return mark(path, periods, self._days * DAY_S)
