"""The running process in figures: resident memory and processor seconds."""

from __future__ import annotations

import os
import time
from pathlib import Path

from models.slo.body import Process

_STATM = Path("/proc/self/statm")
_BEGAN = time.time_ns()


def process() -> Process:
    """Return the figures of this process; without ``/proc`` its memory is told as 0, not known."""
    return Process(rss_bytes=_resident(), cpu_s=time.process_time(), began=_BEGAN)


def _resident() -> int:
    try:
        return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
