"""The ``slo`` record: what a source did and how fast since its record before, as plain data.

One partition a shard holds them; the account and the guard write to partition 0. The record is told by the
running process beside its output, at most once: it has no ordinal and no cause, nothing that is replayed or
recovered depends on it. After a crash, what is done again within an epoch is counted again.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypedDict

from models.slo.histogram import Histogram

SLO = "slo"
"""The topic."""

EVERY_S = 10
"""A record is due after so many seconds of log time, or of the clock, whichever comes first."""

Flow = Literal["signals", "paper", "guard", "api"]


class Process(TypedDict):
    """The process behind a source; several sources of one process tell the same."""

    rss_bytes: int  # resident memory, 0 where the system does not tell
    cpu_s: float  # processor seconds, user and system, since the process began
    began: int  # wall clock, ns


class Body(TypedDict):
    """One record of the topic."""

    flow: Flow
    source: str  # key of the shard, "account/0000" or "guard"
    ts: int  # log time, ns; 0 where the source has none yet
    at: int  # wall clock, ns
    span_s: float  # log time since the record before; 0 where that is not known
    counts: dict[str, int]  # by name; none that are 0
    latency: dict[str, Histogram]  # by measuring point
    confid: Histogram  # of the rows that the selected model answered itself
    ml_bucket: Histogram  # of the same rows: tenths of the probability, 0 to 9
    process: Process


class Count(NamedTuple):
    """A name in ``counts``, and what it counts."""

    flow: Flow | Literal["any"]
    meaning: str


COUNTS: dict[str, Count] = {
    "read": Count("signals", "items of the tick log"),
    "used": Count("signals", "items that became part of a bar"),
    "skipped": Count("signals", "items that carry no trade"),
    "late": Count("signals", "trades of seconds that were closed"),
    "duplicate": Count("signals", "trades that had been used before"),
    "invalid": Count("signals", "items that could not be read or believed"),
    "rows": Count("signals", "symbol seconds answered, one signal each"),
    "errors": Count("signals", "rows on which a model that decides failed: it gave no number, or its breaker "
                               "was open"),
    "fallback": Count("signals", "rows that stub-sine answered"),
    "guarded": Count("signals", "rows with a feature, score or price that is no number"),
    "buy": Count("signals", "signals BUY"),
    "sell": Count("signals", "signals SELL"),
    "hold": Count("signals", "signals HOLD"),
    "advisory": Count("signals", "signals that must not become an order"),
    "canary_blocked": Count("signals", "signals of symbols that are not on the canary list"),
    "ml_score": Count("signals", "`ml.score` audit items"),
    "aged": Count("signals", "signals of seconds long past, timed from when their record was read"),
    "fills": Count("paper", "fills of both books"),
    "blocked": Count("paper", "orders that were not placed, told once in a run of equal words"),
    "cancelled": Count("paper", "orders that were placed and not filled"),
    "trading_errors": Count("paper", "orders not placed or not filled because something failed"),
    "starts": Count("any", "starts of the process"),
    "crashes": Count("any", "starts that found the process before not cleanly stopped"),
    "lost": Count("any", "records of this topic that were not delivered"),
}  # fmt: skip

LATENCIES: dict[str, str] = {
    "inference": "ms of a call to a frozen model, the fallback's only where it is the one selected; a call "
                 "for rows of several shards counts for each",
    "engine": "ms from the time of the tick record that closed a second to the delivery of its signal",
    "score_e2e": "ms from the end of a second to the delivery of its signal",
    "predict_api": "ms of an HTTP request for a prediction",
    "queue_depth": "records of the tick log not taken in, once a second",
}  # fmt: skip
"""What is measured where, one histogram each."""
