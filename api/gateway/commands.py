"""Which command each path asks for: the owner's paths, with their bodies and queries.

Values are absolute, so that a repeat is harmless. What is wrong with a command is said by the rules of the
commands themselves (``models.control``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from api.gateway.bodies import Plain, parsed
from api.gateway.refused import RefusedError
from api.http.parameters import normal
from connectors.bundles import registry_file
from connectors.bundles.errors import RegistryError
from connectors.bundles.registry import resolve
from connectors.settings import Settings
from models.control.commands import BadCommandError
from models.control.flags import typed

KILLED = "Emergency kill switch activated. All trading stopped."
RELEASED = "Kill switch deactivated. Trading can resume."


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request is made of: the query, the path's parameters, the body, and who asks."""

    query: Mapping[str, str]
    path: Mapping[str, str]
    body: bytes
    user: str
    settings: Settings


@dataclass(frozen=True, slots=True)
class Wish:
    """A command to be sent, what its answer says once it is taken in, and in which words."""

    cmd: str
    message: str
    args: Plain = field(default_factory=dict)
    scope: str = "all"
    told: Plain = field(default_factory=dict)


def kill(asked: Asked) -> Wish:
    """Return a kill of everything."""
    reason = _reason(parsed(asked.body, "reason"))
    return Wish("kill", KILLED, reason, told={"killed": True})


def unkill(asked: Asked) -> Wish:
    """Return the end of a kill of everything; where no reason is given, who asked is on record."""
    reason = _reason(parsed(asked.body, "reason"), _default(asked))
    return Wish("unkill", RELEASED, reason, told={"killed": False})


def kill_switch(asked: Asked) -> Wish:
    """Return a kill, or its end where ``enabled`` is false in the query or the body; it is true if absent."""
    body = parsed(asked.body, "enabled", "reason")
    reason = _reason(body)
    if _enabled(asked.query.get("enabled", body.get("enabled", True))):
        return Wish("kill", KILLED, reason, told={"killed": True})
    return Wish("unkill", RELEASED, _default(asked) | reason, told={"killed": False})


def canary_on(asked: Asked) -> Wish:
    """Return the start of the canary, for the ``symbols`` of the body or those that are set."""
    body = parsed(asked.body, "symbols", "reason")
    told = {"canary_mode": True} | ({"allow_symbols": body["symbols"]} if "symbols" in body else {})
    return Wish("canary", "Only the allowed symbols trade.", {"enabled": True} | body, told=told)


def canary_off(asked: Asked) -> Wish:
    """Return the end of the canary."""
    body = parsed(asked.body, "reason")
    return Wish("canary", "All symbols trade.", {"enabled": False} | body, told={"canary_mode": False})


def set_flag(asked: Asked) -> Wish:
    """Return the setting of a flag, ``key`` and ``value`` from the query as the owner has it, or the body."""
    body = parsed(asked.body, "key", "value", "reason")
    key, value = asked.query.get("key", body.get("key")), asked.query.get("value", body.get("value"))
    if not isinstance(key, str) or value is None:
        raise RefusedError(400, "bad_command", "say which flag and what it is to be: ?key=...&value=...")
    try:
        value = typed(key, value) if isinstance(value, str) else value
    except ValueError as error:
        raise BadCommandError(str(error)) from error
    told = {"key": key, "value": value}
    return Wish("flag.set", f"{key} is {value}.", told | _reason(body), told=told)


def select(asked: Asked) -> Wish:
    """Return the selection of a model: built in, or of this machine's registry."""
    body = parsed(asked.body, "name", "reason")
    name = body.get("name")
    if not isinstance(name, str) or not name:
        raise RefusedError(400, "bad_command", 'say which model: {"name": "stub-sine"}')
    try:
        found = resolve(registry_file.read(asked.settings.registry_file), name)
    except RegistryError as error:
        raise BadCommandError(str(error)) from error
    told = {"name": name, "model": found.reference} | ({"note": found.note} if found.note else {})
    return Wish("model.select", f"{name} answers.", {"name": found.reference} | _reason(body), told=told)


def paper_order(asked: Asked) -> Wish:
    """Return an order of the paper account; a sell of 0 closes the position."""
    body = parsed(asked.body, "symbol", "side", "notional_usd", "reason")
    told = {name: body.get(name) for name in ("symbol", "side", "notional_usd")}
    message = "The order is taken in; what becomes of it is on /paper/trades."
    return Wish("paper.order", message, body, told=told)


def backtest(asked: Asked) -> Wish:
    """Return a backtest, done by who runs ``levibot backtest serve-jobs``."""
    body = parsed(asked.body, "symbols", "days", "model", "reason")
    return Wish("backtest.run", "The backtest is asked for; its report will be on /backtest.", body)


def engine_stop(asked: Asked) -> Wish:
    """Return a kill of one symbol."""
    symbol = normal(asked.path["symbol"])
    reason = _reason(parsed(asked.body, "reason"))
    told = {"symbol": symbol, "running": False}
    return Wish("kill", f"Every signal of {symbol} is HOLD.", reason, f"symbol:{symbol}", told)


def engine_start(asked: Asked) -> Wish:
    """Return the end of a kill of one symbol."""
    symbol = normal(asked.path["symbol"])
    reason = _reason(parsed(asked.body, "reason"), _default(asked))
    told = {"symbol": symbol, "running": True}
    return Wish("unkill", f"The kill of {symbol} is lifted.", reason, f"symbol:{symbol}", told)


PATHS: dict[str, tuple[Callable[[Asked], Wish], frozenset[str]]] = {
    "/admin/kill": (kill, frozenset({"kill"})),
    "/admin/unkill": (unkill, frozenset({"unkill"})),
    "/admin/canary/on": (canary_on, frozenset({"canary"})),
    "/admin/canary/off": (canary_off, frozenset({"canary"})),
    "/admin/set-flag": (set_flag, frozenset({"flag.set"})),
    "/ai/select": (select, frozenset({"model.select"})),
    "/ml/kill": (kill_switch, frozenset({"kill", "unkill"})),
    "/live/kill": (kill_switch, frozenset({"kill", "unkill"})),
    "/paper/order": (paper_order, frozenset({"paper.order"})),
    "/backtest/run": (backtest, frozenset({"backtest.run"})),
    "/engines/{symbol:path}/start": (engine_start, frozenset({"unkill"})),
    "/engines/{symbol:path}/stop": (engine_stop, frozenset({"kill"})),
}
"""What reads each path's wish, and which commands it may be: who may send none of them is refused unread."""


def _reason(body: Plain, default: Plain | None = None) -> Plain:
    """Return the reason that a body gives, as far as it gives one that says something."""
    given = body.get("reason", "")
    return {"reason": given} if given != "" else dict(default or {})


def _default(asked: Asked) -> Plain:
    return {"reason": f"by {asked.user} through the gateway"}


def _enabled(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() in ("true", "false"):
        return str(value).lower() == "true"
    raise RefusedError(400, "bad_command", "enabled must be true or false")
