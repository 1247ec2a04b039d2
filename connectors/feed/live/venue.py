"""What a bridge must know of an exchange: where it streams, how to ask for trades, and what its messages are.

A further exchange is one more ``Venue``: a short file, and a line in ``venues``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar, NamedTuple, TypeAlias, TypeVar

from connectors.codecs.items import FieldError

UNNUMBERED = -1
_T = TypeVar("_T")


class Trades(NamedTuple):
    """The trades of one symbol in one message."""

    symbol: str
    """As the codecs name it."""
    first: int
    """The least of their ids, which have no break, or ``UNNUMBERED`` where the exchange's do not tell."""
    last: int
    size: int
    """How many they are."""
    ts: int | None
    """Event time of the newest, ns."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server says to a request, or about the session; it is no data."""

    refused: str = ""
    """Why it was refused; empty where it was not."""
    request: int | None = None
    """The number of the request, None where the exchange does not say."""


class Notice(Enum):
    """What a server announces besides data."""

    LEAVING = "leaving"
    """It will close the connection soon: a new one is to stand before."""


Heard: TypeAlias = tuple[Trades, ...] | Answer | Notice
"""A message: data with the trades that could be read from it (none in rubbish), or what is no data."""


class Request(NamedTuple):
    """One subscription request."""

    text: str
    symbols: tuple[str, ...]


class Venue(ABC):
    """An exchange's public stream of trades."""

    name: ClassVar[str]
    url: ClassVar[str]
    per_connection: ClassVar[int]
    """Symbols that one connection should carry."""
    most_per_connection: ClassVar[int]
    """Symbols that one connection may carry."""
    request_gap_s: ClassVar[float]
    """Time between two requests, which keeps to the exchange's limit."""
    attempts: ClassVar[tuple[int, float]]
    """So many connection attempts are allowed in so many seconds."""
    heartbeat: ClassVar[str] = ""
    """What the exchange wants to hear now and then beside the pongs; empty for nothing."""
    heartbeat_s: ClassVar[float] = 20.0

    @abstractmethod
    def requests(self, symbols: Sequence[str]) -> list[Request]:
        """Return the requests that subscribe to the trades of ``symbols``; their numbers count from 1."""

    @abstractmethod
    def read(self, payload: bytes) -> Heard:
        """Tell what a message is; never raise for what it holds."""


def tried(read: Callable[[object], _T], raw: object) -> _T | None:
    """Return a field as the codecs read it, None where they would refuse it."""
    try:
        return read(raw)
    except FieldError:
        return None


def chunks(symbols: Sequence[str], size: int) -> list[tuple[str, ...]]:
    """Cut symbols into groups of at most ``size``."""
    return [tuple(symbols[at : at + size]) for at in range(0, len(symbols), size)]
