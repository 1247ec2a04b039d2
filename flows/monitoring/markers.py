"""The file of markers: lines ``TIME,low_confidence_period,median_confid=0.38``, one a time of low confidence.

A period is there already where a line of this kind lies within it; of one whose beginning is not on record,
also where a line lies within the days before that were asked for. Lines are added, never changed: others,
by hand or of other kinds, stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from connectors.bundles import atomic
from flows.monitoring.confidence import Period

KIND = "low_confidence_period"


def mark(path: Path, periods: Sequence[Period], before_s: float) -> list[str]:
    """Add the periods that are not in the file yet, all or none; return the new lines."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    marked = list(_marked(text))
    new = [_line(period) for period in periods if not _covered(period, marked, before_s)]
    if new:
        gap = [] if not text or text.endswith("\n") else ["\n"]
        atomic.write(path, "".join([text, *gap, *(f"{line}\n" for line in new)]).encode())
    return new


def _line(period: Period) -> str:
    when = datetime.fromtimestamp(period.start_s, UTC).isoformat()
    return f"{when},{KIND},median_confid={period.confid:.2f}"


def _covered(period: Period, marked: Sequence[float], before_s: float) -> bool:
    start = period.start_s - (before_s if period.cut else 0)
    return any(start <= second <= period.end_s for second in marked)


def _marked(text: str) -> Iterator[float]:
    """Yield the times of the lines of this kind, unix s; UTC where they name no zone."""
    for line in text.splitlines():
        when, _, rest = line.partition(",")
        if rest.partition(",")[0] == KIND:
            try:
                moment = datetime.fromisoformat(when)
            except ValueError:
                continue
            yield (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
