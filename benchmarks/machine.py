"""The machine: which core belongs to what is measured, and what to print beside the figures."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parent.parent
"""Of the checkout: where ``python -m benchmarks...`` finds its modules."""
PACKAGES = ("bytewax", "confluent-kafka", "msgspec", "numpy", "orjson", "redis")


_CORES = sorted(os.sched_getaffinity(0))
FLOW = frozenset(_CORES[-1:])
"""The core on which whatever is measured runs alone."""
OTHERS = frozenset(_CORES[:-1] or _CORES)
"""The cores of the broker, Redis and the benchmark itself; the same one where there is but one."""


@contextmanager
def on(cores: Iterable[int]) -> Iterator[None]:
    """Run this thread, and every process that it starts meanwhile, on some cores alone."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used so far, all of its threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_bytes() -> int:
    """Return the most of this process that was ever resident; ``getrusage`` would count its parent's, too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1_024


def description() -> dict[str, str | int]:
    """Return processor, cores, system, and the versions that matter."""
    return {
        "processor": _processor(),
        "cores": len(_CORES),
        "system": platform.platform(),
        "python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
