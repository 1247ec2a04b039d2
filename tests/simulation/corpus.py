"""Seeds that found something once, or nearly did; they are always run first."""

from __future__ import annotations

from pathlib import Path

CORPUS = Path(__file__).with_name("corpus.txt")


def seeds() -> list[int]:
    """Return the kept seeds, in the order of the file: a seed a line, and a word on what it found."""
    lines = (line.partition("#")[0].strip() for line in CORPUS.read_text(encoding="utf-8").splitlines())
    return [int(line) for line in lines if line]
