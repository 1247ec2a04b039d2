"""Decided rows as the seconds that the paper account walks."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter

import numpy as np

from models.backtest.decided import Decided
from models.desk.gate import REASONS
from models.inputs import Cause
from models.paper.inputs import Frame, Quote, Second
from models.scoring.scorer import FALLBACK

_SECOND = attrgetter("second")


def frames(rows: Decided, symbols: Sequence[str], shard: str, model: str) -> Iterator[Frame]:
    """Yield what a shard publishes of each second; ``symbols`` are the full names by code.

    ``model`` is the name of the active model; the fallback goes under its own.
    """
    opens = rows.open.astype(object)
    opens[np.isnan(rows.open)] = None
    columns = zip(
        rows.second.tolist(), rows.code.tolist(), rows.price.tolist(), opens.tolist(),
        rows.wanted.tolist(), rows.reason.tolist(), rows.fallback.tolist(), strict=True,
    )  # fmt: skip
    quotes: list[Quote] = []
    last = -1
    for second, code, price, opened, wanted, reason, fallback in columns:
        if second != last and quotes:
            yield Frame(shard, last, tuple(quotes))
            quotes = []
        last = second
        quotes.append(
            Quote(
                symbols[code],
                price,
                opened,
                wanted,
                REASONS[reason],
                FALLBACK if fallback else model,
            )
        )
    if quotes:
        yield Frame(shard, last, tuple(quotes))


def seconds(of_shards: Sequence[Iterable[Frame]]) -> Iterator[Second]:
    """Yield the seconds of all shards in order, each with the frames of the shards that have one."""
    if len(of_shards) == 1:
        for frame in of_shards[0]:
            yield Second(frame.second, (frame,), Cause(frame.second + 1, 0))
        return
    for second, found in groupby(heapq.merge(*of_shards, key=_SECOND), key=_SECOND):
        yield Second(second, tuple(found), Cause(second + 1, 0))
