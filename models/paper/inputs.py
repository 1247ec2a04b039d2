"""The one ordered input of the paper account: closed seconds of all shards, commands, and its genesis.

A second comes once every shard that counts has passed it, so the order is a function of the shards' logs and
not of who arrived first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from models.desk.gate import HOLD
from models.inputs import Cause, Genesis, Taken


class Quote(NamedTuple):
    """One symbol at one closed second, as its shard published it."""

    symbol: str  # "venue:symbol", or the plain name without a venue
    price: float  # last trade, carried forward
    open: float | None  # first trade of this second; None where nothing traded
    wanted: int  # SELL, HOLD or BUY of models.desk.gate: by the thresholds alone
    reason: str  # the gate's, one of models.desk.gate.REASONS
    model: str  # who decided
    challenger: str = ""  # the model in shadow, "" for none
    challenger_wanted: int = HOLD


@dataclass(frozen=True, slots=True)
class Frame:
    """What one shard published of one closed second; ``late``: the account had gone on without this shard."""

    shard: str
    second: int
    quotes: tuple[Quote, ...]
    late: bool = False


@dataclass(frozen=True, slots=True)
class Second:
    """One closed second of all shards; its window ends at ``second + 1`` seconds of the epoch."""

    second: int
    frames: tuple[Frame, ...]
    cause: Cause


@dataclass(frozen=True, slots=True)
class ShardBehind:
    """The account goes on without a shard, or has it back."""

    shard: str
    behind: bool
    cause: Cause


AccountInput = Second | Taken | Genesis | ShardBehind
