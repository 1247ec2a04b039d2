"""What a signal means for each book: whether the policy wants a trade, and why it must not become one."""

from __future__ import annotations

from typing import NamedTuple

from models.desk.gate import HOLD, REASONS
from models.paper.inputs import Quote

KILLED, HALTED, GUARD, ADVISORY = "killed", "halted", "guard", "advisory"
CANARY, BEHIND, DAILY_LOSS = "canary_symbol", "shard_behind", "daily_loss_limit"
MAX_OPEN, BALANCE = "max_open_positions", "insufficient_balance"
BLOCKED = (KILLED, HALTED, GUARD, ADVISORY, CANARY, BEHIND, DAILY_LOSS, MAX_OPEN, BALANCE)
"""Why an order is not placed; the first that applies is the reason."""

_ACTIVE = {
    "killed": KILLED, "guard": GUARD, "fallback": ADVISORY, "rollout_bucket": ADVISORY, "preview": ADVISORY,
    "canary_symbol": CANARY, "entry": "", "exit": "",
}  # fmt: skip
_SHADOW = dict.fromkeys(REASONS, "") | {"killed": KILLED, "guard": GUARD, "fallback": ADVISORY}


class Word(NamedTuple):
    """What a model says of a symbol at one second, as a book hears it."""

    symbol: str
    second: int
    wanted: int  # SELL, HOLD or BUY
    model: str
    refused: str  # why the signal itself forbids it, one of BLOCKED, "" where it does not
    late: bool


def active_word(quote: Quote, second: int, late: bool) -> Word:
    """Return the active model's word; one under the confidence floor wants nothing."""
    refused = _ACTIVE.get(quote.reason)
    wanted = HOLD if refused is None else quote.wanted
    return Word(quote.symbol, second, wanted, quote.model, refused or "", late)


def shadow_word(quote: Quote, second: int, late: bool) -> Word:
    """Return the challenger's word; canary, rollout, preview, the active's confidence do not bind it."""
    wanted = quote.challenger_wanted if quote.challenger else HOLD
    return Word(quote.symbol, second, wanted, quote.challenger, _SHADOW[quote.reason], late)
