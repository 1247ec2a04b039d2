"""Well-formed commands: at least one for every name the product knows, and how to build one."""

from __future__ import annotations

from typing import Any

from models.control.commands import Command
from models.control.signature import role_key, sign

SECRET = "a secret for tests"
TS = 1_790_000_000_000_000_000
DIGEST = "ab" * 32

GOOD: tuple[tuple[str, dict[str, Any]], ...] = (
    ("kill", {}),
    ("kill", {"reason": "drift"}),
    ("unkill", {"reason": "the feed is back"}),
    ("halt", {}),
    ("resume", {"reason": "checked by hand"}),
    ("canary", {"enabled": True}),
    ("canary", {"enabled": False, "reason": "promoted"}),
    ("canary", {"enabled": True, "symbols": ["BTCUSDT", "SOLUSDT"]}),
    ("rollout", {"phase": "preview"}),
    ("rollout", {"phase": 0}),
    ("rollout", {"phase": 0.1}),
    ("rollout", {"phase": 0.5}),
    ("rollout", {"phase": 1}),
    ("rollout", {"phase": 1.0, "reason": "all green"}),
    ("rollout", {"phase": 1.0, "symbols": ["BTCUSDT"]}),
    ("rollout", {"phase": 0, "of": "challenger", "symbols": None}),
    ("rollout.start", {"profile": "marathon"}),
    ("rollout.start", {"profile": "golive", "model": f"lgbm-btcusdt@{DIGEST}", "hours": 72, "reason": "go"}),
    ("rollout.start", {"profile": "spark", "hours": 0.5}),
    ("rollout.approve", {}),
    ("rollout.approve", {"reason": "looked at the report"}),
    ("rollout.suspend", {"reason": "the exchange is in maintenance"}),
    ("rollout.resume", {"reason": "it is back"}),
    ("rollout.retry", {"reason": "the calibrator is fitted anew"}),
    ("rollout.retry", {"reason": "the calibrator is fitted anew", "model": "stub-sine"}),
    ("calibration.mark", {}),
    ("calibration.mark", {"note": "new listing", "reason": "confidence fell"}),
    ("rollback", {}),
    ("model.select", {"name": "stub-sine"}),
    ("model.select", {"name": "stub-sine", "as": "challenger"}),
    ("model.select", {"name": f"lgbm-btcusdt@{DIGEST}", "as": "challenger"}),
    ("model.select", {"name": "none", "as": "challenger", "reason": "a week is enough"}),
    ("model.select", {"name": f"lgbm-btcusdt@{DIGEST}"}),
    ("model.promote", {"name": f"lgbm-btcusdt@{DIGEST}", "note": "a week of shadow, ECE 0.04"}),
    ("model.rollback", {"name": f"lgbm-btcusdt@{DIGEST}", "reason": "drift"}),
    ("model.rollback", {"name": "ml-fusion"}),
    ("flag.set", {"key": "max_daily_loss", "value": -200.0}),
    ("flag.set", {"key": "slo.p95_ms.crit", "value": 1500}),
    ("policy.set", {"entry": 0.55, "exit": 0.45}),
    ("policy.set", {"entry": 1, "exit": 0}),
    ("weights.set", {"parts": [0.5, 0.25, 0.25]}),
    ("weights.set", {"parts": [0, 0, 1]}),
    ("weights.set", {"members": {"ml-fusion": 1, "river-logistic": 0.5}}),
    ("weights.set", {"parts": [1, 1, 1], "members": {"river-logistic": 1}}),
    ("partitions.grow", {"topic": "ticks", "partitions": 6}),
    ("paper.order", {"symbol": "BTCUSDT", "side": "buy", "notional_usd": 100}),
    ("paper.order", {"symbol": "binance:BTCUSDT", "side": "sell", "notional_usd": 0, "reason": "enough"}),
    ("paper.order", {"symbol": "BTCUSDT", "side": "sell", "notional_usd": 12.5}),
    ("paper.close", {}),
    ("paper.close", {"symbol": "BTCUSDT", "reason": "the feed looks odd"}),
    ("backtest.run", {}),
    ("backtest.run", {"symbols": ["BTCUSDT", "ETHUSDT"], "days": 90, "model": f"lgbm-btcusdt@{DIGEST}"}),
)


def command(
    cmd: str,
    args: dict[str, Any] | None = None,
    *,
    scope: str = "all",
    role: str = "admin",
    actor: str = "ada",
    n: int = 1,
) -> Command:
    """Return a command without checking it."""
    return Command(
        id=f"{actor}-{n}", ts=TS, actor=actor, n=n, role=role, cmd=cmd, scope=scope, args=args or {}
    )


def signed(one: Command, *, key_role: str | None = None, secret: str = SECRET) -> dict[str, Any]:
    """Return the record of a command, signed with the key of its own role or of another."""
    return one.as_dict() | {"sig": sign(one, role_key(secret, key_role or one.role))}
