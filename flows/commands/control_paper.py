"""``levibot control``: orders of the paper account."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from flows.commands.control_options import ME, Actor, AsJson, Reason, Role, Timeout, Wait
from flows.sending import send_and_tell


def add(app: typer.Typer) -> None:
    """Add these commands to ``levibot control``."""
    app.command("paper.order")(paper_order)
    app.command("paper.close")(paper_close)


def paper_order(
    symbol: Annotated[str, typer.Argument(help="Such as BTCUSDT, or binance:BTCUSDT where venues share it.")],
    side: Annotated[Literal["buy", "sell"], typer.Argument(help="Which side.")],
    notional_usd: Annotated[float, typer.Argument(help="How much; a sell of 0 closes the position.", min=0)],
    reason: Reason = "", role: Role = "admin", wait: Wait = False, timeout: Timeout = 10, actor: Actor = ME,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Place an order in the paper account: a buy is capped by its cash and limits, a sell by what it holds.

    While trading is killed only sells work, while it is halted nothing. What became of it is on trades.
    """
    args = {"symbol": symbol, "side": side, "notional_usd": notional_usd, "reason": reason}
    send_and_tell("paper.order", args, wait, timeout, actor, as_json, role=role)


def paper_close(
    symbol: Annotated[str, typer.Argument(help="Which position; all of them without one.")] = "",
    reason: Reason = "", role: Role = "admin", wait: Wait = False, timeout: Timeout = 10, actor: Actor = ME,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Sell a position of the paper account, or all, and take back what would buy more of it."""
    args = {"symbol": symbol, "reason": reason}
    send_and_tell("paper.close", args, wait, timeout, actor, as_json, role=role)
