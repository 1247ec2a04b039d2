"""What the benchmarks are tried on: an embedded broker with tiny topics."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.brokers import Embedded
from benchmarks.ground import Ground, Sizes
from connectors.embedded import EmbeddedRedis

TINY = Sizes(1, dense=20_000, recorded=5_000, long=5_000, commands=1, apart_s=0.0, outage_s=0.0)


@pytest.fixture
def ground(embedded_redis: EmbeddedRedis, tmp_path: Path) -> Iterator[Ground]:
    """Sizes that show that it runs, and nothing else."""
    with closing(Embedded()) as broker:
        yield Ground(broker, embedded_redis, tmp_path, TINY, lambda text: None)
