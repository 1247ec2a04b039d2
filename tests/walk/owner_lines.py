"""Every HTTP line that the owner's documents ask for, as data: what is sent, which fields must come back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

NUMBER, TEXT, FLAG, LIST, OBJECT = (int, float), str, bool, list, dict
NOTHING = type(None)
OR_NULL = (int, float, NOTHING)

API, EXECUTOR, PROMETHEUS = "api", "executor", "prometheus"
Kinds = type | tuple[type, ...]


class Line(NamedTuple):
    """One line; ``fields`` are paths into the answer with the types they must have.

    ``items[].a`` is ``a`` of all items that have one, at least one of them. ``equal`` are values that must be
    met, ``text`` is what must stand in an answer that is no JSON.
    """

    method: str
    path: str
    fields: Mapping[str, Kinds] = {}
    equal: Mapping[str, Any] = {}
    body: Any = None  # sent as ``curl -d`` sends it
    host: str = API
    text: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()


BTC = "symbol=BTCUSDT"
PREDICTION: Mapping[str, Kinds] = {
    "symbol": TEXT, "signal": TEXT, "prob": NUMBER, "confid": NUMBER, "fallback": FLAG, "advisory": FLAG,
    "price": OR_NULL, "price_target": OR_NULL, "age_s": NUMBER, "ml_bucket": NUMBER, "status": TEXT,
    "_mock": FLAG,
}  # fmt: skip
DEGRADING: Mapping[str, Kinds] = {"_mock": FLAG, "status": TEXT}
HEALTH: Mapping[str, Kinds] = {
    "ok": FLAG, "version": TEXT, "buildSha": TEXT, "feature_staleness_sec": NUMBER, "executor": TEXT,
    "redis": TEXT,
}  # fmt: skip
FEATURE = {
    "ts": 1_700_000_000_000, "symbol": "BTCUSDT", "tf": "1m", "o": 1.0, "h": 2.0, "l": 1.0, "c": 2.0,
    "v": 3.0,
}  # fmt: skip

READ = (
    Line("GET", f"/ai/predict?{BTC}&h=60s", PREDICTION),
    Line("GET", f"/ml/predict?{BTC}", PREDICTION),
    Line("GET", f"/ml/predict_deep?{BTC}", {"available": FLAG, "message": TEXT}, {"available": False}),
    Line("GET", f"/ml/predict_ensemble?{BTC}", {"available": FLAG, "signal": TEXT}),
    Line("GET", "/health", HEALTH),
    Line("GET", "/healthz", HEALTH),
    Line("GET", "/api/healthz", HEALTH, headers=("X-Build-SHA",)),
    Line("GET", "/admin/flags", {"flags": OBJECT, "flags.killed": FLAG}),
    Line("GET", f"/admin/health?{BTC}", {"canary_mode": FLAG, "allow_symbols": LIST, "allowed": FLAG}),
    Line("GET", "/automation/status", {}),
    Line("GET", "/api/ml/version", {"featureVersion": TEXT, "modelVersion": TEXT}),
    Line("GET", "/metrics/prom", text=("levibot_redis_up 1.0", "levibot_features_staleness_seconds{")),
    Line("GET", "/metrics", text=("spark_dlq_size", "levibot_market_ticks_per_minute{")),
    Line("GET", "/docs", text=("/ai/predict",)),
    Line("GET", "/engines", {}),
    Line("GET", "/backtest", {}),
    Line("GET", "/", text=("<html", "LEVIBOT")),
    Line("GET", "/api/public/alert/last", DEGRADING),
    Line("GET", "/api/public/metrics", DEGRADING),
    Line("GET", "/api/public/smoke-last", DEGRADING),
    Line("GET", "/api/tools/get_metrics", {"p95_ms": OR_NULL, "staleness_s": OR_NULL, "error_rate": OR_NULL}),
    Line("POST", "/api/ml/score", {"advisory": FLAG, "guardrail": OBJECT, "prob": NUMBER},
         {"advisory": True, "guardrail.passed": True}, body={"feature": FEATURE}),
    Line("POST", "/api/ml/score", {"guardrail.reasons": LIST},
         {"advisory": True, "signal": "HOLD", "guardrail.passed": False},
         body={"feature": FEATURE | {"o": None}}),
    Line("GET", "/health", {}, host=EXECUTOR),
    Line("GET", "/metrics", host=EXECUTOR, text=("spark_last_update_timestamp", "spark_dlq_size")),
)  # fmt: skip
"""What anybody may ask, of a product that runs."""

LOGIN = Line("POST", "/auth/admin/login", body={"key": "ADMIN_KEY"})
"""The answer sets the cookie of all that follow."""

FLAG_LINES = tuple(
    Line("POST", f"/admin/set-flag?key={key}&value={value}", {"ok": FLAG}, {"ok": True})
    for key, value in (
        ("max_daily_loss", -300),
        ("enable_telegram_alerts", "true"),
        ("max_position_size_usd", 50),
    )
)

STEERED = (
    Line("POST", "/admin/canary/on", {"allow_symbols": LIST}, {"ok": True, "canary_mode": True}),
    Line("GET", f"/admin/health?{BTC}", {}, {"canary_mode": True, "allowed": True}),
    Line("POST", "/admin/canary/off", {}, {"ok": True, "canary_mode": False}),
    *FLAG_LINES,
    Line("GET", "/admin/flags", {}, {"flags.max_daily_loss": -300, "flags.killed": False}),
    Line("POST", "/ai/select", {"ok": FLAG}, {"ok": True}, body={"name": "stub-sine"}),
    Line("POST", "/ai/select", {"ok": FLAG}, {"ok": True}, body={"name": "constant-0.99"}),
    Line("POST", "/engines/BTCUSDT/stop", {"message": TEXT}, {"ok": True}),
    Line("POST", "/engines/BTCUSDT/start", {"message": TEXT}, {"ok": True}),
    Line("POST", "/backtest/run", {"message": TEXT}, {"ok": True}, body={"symbols": ["BTCUSDT"], "days": 1}),
    Line("POST", "/auth/login", {"access_token": TEXT, "expires_in": NUMBER}, {"token_type": "bearer"},
         body={"key": "ADMIN_KEY"}),
    Line("GET", "/auth/me", {"permissions": OBJECT}, {"role": "admin", "permissions.canKill": True}),
)  # fmt: skip
"""Steering by the cookie, each line read back where it can be."""

SELECTED = (
    Line("POST", "/ai/select", {"ok": FLAG}, {"ok": True}, body={"name": "skops-local"}),
    Line("GET", "/signals/BTCUSDT", {}, {"now.fallback": False, "now.model": "skops-local"}),
    Line("POST", "/ai/select", {"ok": FLAG}, {"ok": True}, body={"name": "stub-sine"}),
    Line("GET", "/signals/BTCUSDT", {}, {"now.fallback": True, "now.model": "stub-sine"}),
    Line("POST", "/ai/select", {"ok": FLAG}, {"ok": True}, body={"name": "constant-0.99"}),
)
"""The two models that the owner selects by name, once there is the first, where one may look often."""

TRADED = (
    Line("GET", "/paper/summary", {"stats.total_equity": NUMBER, "stats.total_pnl": NUMBER,
                                   "stats.total_trades": NUMBER, "stats.win_rate": OR_NULL}),
    Line("GET", "/paper/portfolio", {"total_pnl": NUMBER, "cash_balance": NUMBER}),
    Line("GET", "/paper/positions", {"count": NUMBER, "positions[].pnl_usd": NUMBER}),
    Line("GET", "/paper/trades?limit=10", {"trades": LIST, "trades[].symbol": TEXT}),
    Line("GET", "/paper/performance", {"total_return_pct": NUMBER}),
)  # fmt: skip
"""The paper account, once it has traded."""

KILLED = (
    Line("POST", "/admin/kill", {"message": TEXT}, {"ok": True, "killed": True}),
    Line("GET", "/admin/flags", {}, {"flags.killed": True}),
    Line("GET", f"/ml/predict?{BTC}", {}, {"signal": "HOLD", "killed": True, "advisory": True}),
    Line("POST", "/paper/order", {"ok": FLAG}, {"ok": True},
         body={"symbol": "BTCUSDT", "side": "sell", "notional_usd": 0}),
    Line("POST", "/admin/unkill", {"message": TEXT}, {"ok": True, "killed": False}),
    Line("POST", "/ml/kill?enabled=true", {}, {"ok": True, "killed": True}),
    Line("POST", "/ml/kill?enabled=false", {}, {"ok": True, "killed": False}),
    Line("POST", "/live/kill", {}, {"ok": True, "killed": True}),
    Line("POST", "/admin/unkill", {}, {"ok": True, "killed": False}),
)  # fmt: skip
"""The kill switch under its three names, with a position closed while it is on."""

AUDITED = (
    Line("POST", "/api/audit/list", {"items[].action": TEXT, "items[]._err": (str, NOTHING),
                                     "items[].context.confid": NUMBER, "items[].context.ml_bucket": NUMBER,
                                     "items[].context.ml_signal_parts": OBJECT}, body={"limit": 100}),
    Line("GET", "/api/audit/list?limit=100", {"items[].action": TEXT}),
)  # fmt: skip
"""What has been done and said stands in the audit."""

MEASURED = (
    Line("GET", "/api/tools/metrics/timeseries?window=1h",
         {"data": LIST, "data[].p95_ms": OR_NULL, "data[].staleness_s": OR_NULL,
          "data[].error_rate": OR_NULL}),
)  # fmt: skip
"""What has been measured, once there is a minute of it."""

WATCHED = (
    Line("GET", "/api/v1/alerts",
         {"data.alerts": LIST, "data.alerts[].state": TEXT, "data.alerts[].labels.alertname": TEXT,
          "data.alerts[].labels.severity": TEXT}, {"status": "success"}, host=PROMETHEUS),
    Line("GET", "/api/v1/query?query=ALERTS", {"data.result": LIST}, {"status": "success"}, host=PROMETHEUS),
)  # fmt: skip
"""Prometheus, once there is an alert."""
