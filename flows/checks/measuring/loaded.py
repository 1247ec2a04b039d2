"""What the flows told of their own service: latencies, errors, memory, how much is scored and how surely."""

from __future__ import annotations

from collections.abc import Iterator

from flows.checks.measuring.where import Where
from models.rules.evaluate import Sample
from models.slo.windows import Windows
from models.spec import SECOND


def load(where: Where) -> Iterator[Sample]:
    """Yield what the windows of the service levels hold at the newest record, as the guard measures it."""
    windows = Windows()
    for body in sorted(where.load, key=lambda body: int(body["ts"])):
        windows.take(body)
    newest = max((body["ts"] for body in where.load), default=0)
    yield from (sample for sample in windows.samples(newest // SECOND) if sample.value is not None)
