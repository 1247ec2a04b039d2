"""What one message can turn into: a trade, a refusal with its reason, or nothing to trade on.

Every exchange module is a ``Reader`` over this vocabulary; the batch path and the dlq know no other.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias

from models.ticks import Reason

DETAIL_LENGTH = 200


class Trade(NamedTuple):
    """One well-formed trade, its fields as in ``models.ticks.Ticks``."""

    venue: str
    name: str
    ts: int
    price: float
    qty: float
    side: int
    trade_id: int


class Refused(NamedTuple):
    """An item that claims to be a trade, or that nobody recognises, and why it was not read."""

    reason: Reason
    detail: str


def refuse(reason: Reason, detail: str) -> Refused:
    """Refuse an item, with a detail for people cut to its length."""
    return Refused(reason, detail[:DETAIL_LENGTH])


class FieldError(Exception):
    """A field that cannot be used; caught where the item is read, which is then ``refused``."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.refused = refuse(reason, detail)


SKIPPED = None
"""A known message, or a known kind of print, that is no market trade."""

Item: TypeAlias = Trade | Refused | None
Message: TypeAlias = dict[str, Any]
Reader: TypeAlias = Callable[[Message], list[Item] | None]
"""The items of a message in the order they happened, or None where it is not this feed's message."""


def read_trade(build: Callable[[Message], Item], raw: object) -> Item:
    """Build one item from one JSON object, whatever is wrong with it."""
    if not isinstance(raw, dict):
        return refuse(Reason.WRONG_SHAPE, f"a trade must be an object, not {type(raw).__name__}")
    try:
        return build(raw)
    except FieldError as error:
        return error.refused
    except KeyError as missing:
        return refuse(Reason.WRONG_SHAPE, f"the trade has no field {missing}")


def read_trades(build: Callable[[Message], Item], raw: object) -> list[Item]:
    """Build the items of a list of trades; an empty list is a message without a trade."""
    if not isinstance(raw, list):
        return [refuse(Reason.WRONG_SHAPE, f"trades must be a list, not {type(raw).__name__}")]
    return [read_trade(build, trade) for trade in raw] or [SKIPPED]


def in_order(items: list[Item], *fields: str) -> list[Item]:
    """Sort the trades of a message by some of their fields, stably; whatever is no trade comes last."""
    trades = [item for item in items if isinstance(item, Trade)]
    others = [item for item in items if not isinstance(item, Trade)]
    return [*sorted(trades, key=attrgetter(*fields)), *others]
