"""When ups and downs are far from even, ups are weighted to match."""

from __future__ import annotations

LOW, HIGH = 0.45, 0.55
"""Shares of ups between these are left alone: the weight would only shift the scores."""


def up_weight(up_share: float) -> float:
    """Return the weight of an up (``scale_pos_weight``): downs over ups outside of 0.45 to 0.55, else 1."""
    if LOW <= up_share <= HIGH or not 0.0 < up_share < 1.0:
        return 1.0
    return (1.0 - up_share) / up_share
