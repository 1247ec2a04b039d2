"""One pass over a second's quotes: prices are taken in, and what may concern an order is picked out.

Most seconds concern none, and there are 86,400 of them in a symbol's day.
"""

from __future__ import annotations

import math
from collections.abc import Container
from typing import NamedTuple

from models.paper.inputs import Quote, Second
from models.paper.scene import Scene


class Open(NamedTuple):
    """The open of a bar that an order may wait for."""

    second: int
    symbol: str
    price: float


class Said(NamedTuple):
    """A quote on which a book may have to act."""

    second: int
    symbol: str
    quote: Quote
    late: bool


class Concerns(NamedTuple):
    """The symbols of which one book has something, as its own mappings: they follow it by themselves."""

    waiting: Container[str]  # with a pending order
    held: Container[str]
    runs: Container[str]  # of which a word was blocked


def look(
    scene: Scene, second: Second, active: Concerns, shadow: Concerns, alone: bool
) -> tuple[list[Open], list[Said]]:
    """Take in a second's prices; return by second and symbol what concerns orders, however shards are placed.

    ``alone`` says that the challenger's book is not open yet.
    """
    opens: list[Open] = []
    said: list[Said] = []
    prices, homes, every = scene.prices, scene.homes, False
    waiting, held, runs = active
    waiting_too, held_too, runs_too = shadow
    for frame in second.frames:
        shard, at = frame.shard, frame.second
        every = every or frame.late  # one word after the other: what the books have changes in between
        for quote in frame.quotes:
            symbol, price, opened, wanted, _, _, challenger, shadowed = quote
            if 0.0 < price < math.inf:
                prices[symbol] = price
                homes[symbol] = shard
            if (
                opened is not None
                and (symbol in waiting or symbol in waiting_too)
                and 0.0 < opened < math.inf
            ):
                opens.append(Open(at, symbol, opened))
            if (
                (wanted and (wanted > 0) != (symbol in held))  # to buy what is not held, or to sell what is
                or (shadowed and (shadowed > 0) != (symbol in held_too))
                or every
                or (alone and challenger)
                or symbol in runs
                or symbol in runs_too
                or symbol in waiting  # may be filled with this second
                or symbol in waiting_too
            ):
                said.append(Said(at, symbol, quote, frame.late or shard in scene.behind))
    if len(opens) > 1:
        opens.sort(key=_place)
    if len(said) > 1:
        said.sort(key=_place)
    return opens, said


def _place(found: Open | Said) -> tuple[int, str]:
    return found.second, found.symbol
