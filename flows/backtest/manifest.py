"""From what a result follows: inputs with sums, specs, model, seed, versions and the command."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from flows.backtest.asked import Asked
from flows.backtest.paper import Shard
from models.paper.spec import PaperSpec

LIBRARIES = ("levibot", "numpy", "polars", "lightgbm", "river")


def manifest(asked: Asked, shards: Sequence[Shard], paper: PaperSpec) -> dict[str, Any]:
    """Return the manifest of a run; two runs with the same one give the same figures."""
    job = shards[0].job
    return {
        "command": " ".join(map(_without_folder, asked.command)),
        "inputs": [source for shard in shards for source in shard.job.sources],
        "spec": job.spec.fingerprint(),
        "features": job.spec.features_version,
        "model": job.desk["model"],
        "entry": job.desk["entry"],
        "exit": job.desk["exit"],
        "desk": {name: job.desk[name] for name in ("preview", "fraction", "canary", "flags")},
        "paper": asdict(paper),
        "paper_fingerprint": paper.fingerprint(),
        "days": asked.days,
        "seed": asked.seed,
        "versions": {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}},
    }


def _without_folder(word: str) -> str:
    """Return an argument without the folders of a path, which say something of a machine alone."""
    option, equals, value = word.partition("=")
    return f"{option}{equals}{Path(value).name}" if equals else Path(word).name if "/" in word else word
