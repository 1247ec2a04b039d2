"""Larger bars from one-second bars: 1m, 15m, 1h and any other whole number of seconds."""

from __future__ import annotations

import re

import polars as pl

_SPAN = re.compile(r"(\d{1,4})(s|m|h|d)")
SCHEMA = {
    "ts": pl.Int64, "symbol": pl.String, "o": pl.Float64, "h": pl.Float64, "l": pl.Float64, "c": pl.Float64,
    "v": pl.Float64, "n": pl.Int64,
}  # fmt: skip


def check_span(text: str) -> str:
    """Return a span such as 5s, 1m, 15m or 1h; raise ``ValueError`` for any other text."""
    found = _SPAN.fullmatch(text)
    if not found or int(found[1]) == 0:
        raise ValueError(f"'{text}' is no bar size; say a number and s, m, h or d, such as 15m")
    return text


def roll_up(seconds: pl.DataFrame, span: str) -> pl.DataFrame:
    """Return bars of ``span`` from one-second bars.

    ``seconds`` has the columns of ``SCHEMA``; ``ts`` is the window end in ns, in time order per symbol. The
    result has the same columns with ``ts`` as the end of the larger window; windows without a trade are left
    out, the last one may still be open.
    """
    traded = seconds.filter(pl.col("n") > 0).with_columns(
        start=pl.from_epoch("ts", "ns") - pl.duration(seconds=1)
    )
    windows = traded.sort("start", maintain_order=True).group_by_dynamic(
        "start", every=span, group_by="symbol"
    )
    bars = windows.agg(
        o=pl.col("o").first(), h=pl.col("h").max(), l=pl.col("l").min(), c=pl.col("c").last(),
        v=pl.col("v").sum(), n=pl.col("n").sum(),
    )  # fmt: skip
    ends = bars.with_columns(ts=pl.col("start").dt.offset_by(span).dt.epoch("ns"))
    return ends.select(list(SCHEMA)).sort("ts", "symbol")
