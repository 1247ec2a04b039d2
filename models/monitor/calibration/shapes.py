"""The figures as they stand in a record, field by field; None where there is nothing to say."""

from __future__ import annotations

from typing import Literal, TypedDict

Balance = Literal["balanced", "skewed", "piled_up"]


class Decile(TypedDict):
    """Rows that went up or down, those that went up, and the sum of their scores."""

    n: int
    up: int
    prob: float


class FixedBucket(Decile):
    """The same of one of the ten fixed buckets; ``said`` counts rows without an outcome too."""

    said: int


class TallyBody(TypedDict):
    """One bucket's counts, so that a reader can sum any period."""

    said: int
    n: int
    up: int
    hits: int
    realised: float
    buckets: list[FixedBucket]


class BrierParts(TypedDict):
    """value = reliability - resolution + uncertainty + within, over the ten fixed buckets."""

    value: float
    reliability: float
    resolution: float
    uncertainty: float
    within: float


class EceBody(TypedDict):
    """An ECE; the median and the limit of a calibrated model's; its 95 % interval."""

    value: float
    floor: float
    limit: float
    low: float
    high: float


class Parts(TypedDict):
    """Means of the signal parts."""

    rsi: float
    macd: float
    trend: float


class Figures(TypedDict):
    """One model on one symbol over a window."""

    seconds: int
    said: int
    n: int
    n_eff: float | None
    up: int
    hit_rate: float | None
    realised: float
    brier: BrierParts | None
    log_loss: float | None
    ece: EceBody | None
    ece_equal_mass: EceBody | None
    confid_median: float
    balance: Balance | None
    parts: Parts | None
    buckets: list[FixedBucket]
    deciles: list[Decile]
