"""What the OpenAPI document says of each path of the gateway."""

from __future__ import annotations

from typing import Any

from api.gateway.bodies import Plain

SAID: dict[str, tuple[str, Plain]] = {
    "/auth/admin/login": (
        "Log an administrator in; the session is a cookie. After five failures within a minute, 429.",
        {"key": "the ADMIN_KEY"},
    ),
    "/auth/login": (
        "Log anybody in by the key of a role; the answer is a token for `Authorization: Bearer`.",
        {"user": "ada", "key": "the TRADER_KEY"},
    ),
    "/auth/logout": ("End the session.", {}),
    "/auth/me": ("Tell who is logged in and what that role may do.", {}),
    "/admin/kill": ("Turn every signal to HOLD, and let orders only close positions.", {"reason": "drill"}),
    "/admin/unkill": ("End a kill of everything.", {"reason": "the drill is over"}),
    "/admin/canary/on": ("Let only some symbols trade.", {"symbols": ["BTCUSDT"]}),
    "/admin/canary/off": ("Let all symbols trade.", {}),
    "/admin/set-flag": ("Set a run-time flag: `?key=max_daily_loss&value=-200`.", {}),
    "/ai/select": ("Let another model answer.", {"name": "stub-sine"}),
    "/ml/kill": ("Kill, or with `?enabled=false` un-kill.", {}),
    "/live/kill": ("As `/ml/kill`.", {}),
    "/paper/order": (
        "Place an order of the paper account; a sell of 0 closes the position.",
        {"symbol": "BTCUSDT", "side": "sell", "notional_usd": 0},
    ),
    "/backtest/run": ("Ask for a backtest.", {"symbols": ["BTCUSDT"], "days": 7}),
    "/engines/{symbol:path}/start": ("End the kill of a symbol.", {}),
    "/engines/{symbol:path}/stop": ("Turn every signal of a symbol to HOLD.", {}),
}
"""What each path does, and a body for it."""

_STATUSES = {
    400: "The body or the command is not as it must be; the message says what to change.",
    401: "No session, or one that is no more good; or a wrong key.",
    403: "The address, the page or the role may not.",
    408: "The body did not come in time.",
    413: "The body is too long.",
    429: "Too many requests, or failed log-ins; `Retry-After` says when.",
}
_OF_COMMANDS = {
    409: "The desk cannot take it, the model is refused, or the Idempotency-Key was used for another.",
    503: "Kafka does not take the command.",
    504: "It is sent, and a shard has not acknowledged it in time; the shard is named.",
}
_QUERIES = {
    "/admin/set-flag": ("key", "value"),
    "/ml/kill": ("enabled",),
    "/live/kill": ("enabled",),
}


def described(path: str, method: str) -> dict[str, Any]:
    """Return the arguments of a route that document it."""
    description, example = SAID[path]
    statuses = _STATUSES | ({} if path.startswith("/auth/") else _OF_COMMANDS)
    extra: Plain = {"parameters": _parameters(path)}
    if method == "POST":
        extra["requestBody"] = {"content": {"application/json": {"schema": _OBJECT | {"example": example}}}}
    responses: dict[int | str, Plain] = {
        status: {"description": what, "content": _REFUSAL} for status, what in statuses.items()
    }
    return {
        "description": description,
        "responses": responses,
        "openapi_extra": extra,
        "name": f"{method} {path}",
        "operation_id": path.replace(":path", "").strip("/").replace("/", "_"),
    }


_OBJECT: Plain = {"type": "object"}
_REFUSAL: Plain = {
    "application/json": {
        "schema": {
            "type": "object",
            "required": ["error", "message"],
            "properties": {"error": {"type": "string"}, "message": {"type": "string"}},
        }
    }
}


def _parameters(path: str) -> list[Plain]:
    text = {"schema": {"type": "string"}}
    found: list[Plain] = [
        {"name": n, "in": "query", "required": False} | text for n in _QUERIES.get(path, ())
    ]
    if "{symbol" in path:
        found.append({"name": "symbol", "in": "path", "required": True} | text)
    if not path.startswith("/auth/"):
        found.append({"name": "Idempotency-Key", "in": "header", "required": False} | text)
    return found
