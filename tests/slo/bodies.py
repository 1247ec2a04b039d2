"""Records of the ``slo`` topic for tests, by what matters of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from models.slo.body import Body, Flow, Process
from models.slo.histogram import confid_places, histogram, sparse
from models.spec import SECOND

START = 1_700_000_000 - 1_700_000_000 % 60
"""A whole minute of log time, s."""


def body(second: int, source: str = "ticks/0000", flow: Flow = "signals", **more: Any) -> Body:
    """Return the record of a source at a second behind START; latencies and the like as plain values."""
    return Body(
        flow=flow,
        source=source,
        ts=(START + second) * SECOND,
        at=(START + second) * SECOND + 5,
        span_s=more.get("span_s", 10.0),
        counts=more.get("counts", {}),
        latency={point: histogram(np.array(v, float)) for point, v in more.get("latency", {}).items()},
        confid=sparse(np.bincount(confid_places(np.array(more.get("confid", []), float)))),
        ml_bucket=sparse(np.bincount(np.array(more.get("tenths", []), int))),
        process=Process(rss_bytes=more.get("rss", 1_000), cpu_s=1.0, began=1),
    )
