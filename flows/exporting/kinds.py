"""What is exported: the challenger's records of two topics, each as a file of its own for every day."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import DecodeError, Struct
from msgspec.json import Decoder

from connectors.kafka.topics import account_output, output
from connectors.settings import Settings
from flows.exporting.errors import ExportError
from models.judge.records import PREDICTIONS
from models.paper.bodies import TRADES
from models.paper.trader import CHALLENGER


class Head(Struct):
    """What is looked at of a record: its event time (ns), its number, and who it is of."""

    ts: int
    ordinal: int
    role: str = ""
    book: str = ""

    @property
    def shadow(self) -> bool:
        """Return whether it is the challenger's."""
        return CHALLENGER in (self.role, self.book)


class Kind(NamedTuple):
    """A topic by its plain name, which its files begin with, and as it is called here."""

    name: str
    topic: str


_HEAD = Decoder(Head)


def kinds(settings: Settings) -> tuple[Kind, ...]:
    """Return predictions and trades under their names of this instance."""
    return Kind(PREDICTIONS, output(PREDICTIONS, settings)), Kind(TRADES, account_output(TRADES, settings))


def head_of(value: bytes, where: str) -> Head:
    """Return the head of a record; raise ``ExportError`` for one that is none of this product's."""
    try:
        return _HEAD.decode(value)
    except DecodeError as error:
        raise ExportError(
            f"{where} is no record of this product ({error}): who else writes there?"
        ) from error
