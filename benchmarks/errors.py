"""The one error of the benchmarks; its message says what could not be measured and why."""

from __future__ import annotations


class BenchmarkError(RuntimeError):
    """A measurement could not be made, or would not have meant anything."""
