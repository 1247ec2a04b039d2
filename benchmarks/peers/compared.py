"""One-second bars of the same ticks on the same core: ours, a Bytewax program, Quix Streams, a plain loop.

Windows only on every side: no features, no models, nothing published. In each repeat all are run one after
another. Bytewax and Quix Streams read the first records of the topic instead of the whole, which would take
them minutes: rates are compared. Everyone's bars must be those of the plain loop on the same records.
"""

from __future__ import annotations

from benchmarks.brokers import Real
from benchmarks.errors import BenchmarkError
from benchmarks.ground import Ground
from benchmarks.peers import quix_venv
from benchmarks.peers.runs import FOLD, PLAIN, QUIX, Runs
from benchmarks.results import Row

NAME = "peers"


def steps(repeats: int) -> int:
    """Return how often the progress bar moves on."""
    return 2 + 1 + 2 * (3 + 4 * repeats)


def run(ground: Ground) -> list[Row]:
    """Measure both densities; without Quix Streams a row says why it is not there."""
    ground.say("peers: Quix Streams into an environment of its own")
    missing = _missing(ground)
    peers = [FOLD, PLAIN] if missing else [FOLD, QUIX, PLAIN]
    rows: list[Row] = []
    for ticks in (ground.dense(), ground.recorded()):
        runs = Runs(ground, ticks)
        for n in range(ground.sizes.repeats):
            runs.repeat(peers, f"{n + 1} of {ground.sizes.repeats}")
        rows += [runs.row(peer) for peer in peers]
        rows += [runs.alone(missing)] if missing else []
    return rows


def _missing(ground: Ground) -> str:
    if not isinstance(ground.broker, Real):
        return "Quix Streams is measured on a real Kafka only; that needs Java and Maven"
    try:
        quix_venv.install()
    except BenchmarkError as error:
        return " ".join(str(error).split())
    return ""
