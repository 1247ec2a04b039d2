"""Upper bounds of the buckets of histograms, those of the owner's limits among them."""

from __future__ import annotations

LATENCY_MS = (
    0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 40, 80, 100, 150, 200, 250, 300, 500,
    1_000, 1_500, 2_000, 5_000, 10_000, 60_000,
)  # fmt: skip
ANSWER_S = tuple(edge / 1_000 for edge in LATENCY_MS)
"""Of a command until the last shard has acknowledged it, 0.1 ms to a minute."""
MODEL_S = tuple(edge / 1_000 for edge in LATENCY_MS[:17])
"""Of a call of a model, 0.1 ms to 1 s."""
RECORDS = (1, 2, 5, 10, 24, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000)
