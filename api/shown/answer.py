"""A symbol's answer as it may be shown now: what is too old or killed is never a word to act upon."""

from __future__ import annotations

import numpy as np

from api.shown.freshness import Plain, age_s
from connectors.redis.ages import ticks_per_minute, trade_age_s
from models.desk.gate import rollout_bucket
from models.desk.references import name_of
from models.market.schema import FEATURES_VERSION
from models.scoring.model import HORIZON_S, ModelRows
from models.scoring.price_target import price_target
from models.scoring.stub_sine import StubSine
from models.spec import SECOND

_KEPT = (
    "id", "symbol", "venue", "prob", "confid", "uncertainty", "ml_bucket", "ml_signal_parts", "model",
    "model_version", "feature_version", "canary", "price", "horizon_s", "ts", "caused_by",
)  # fmt: skip


def answer(symbol: Plain, head: Plain, now: int, stale_after_s: float) -> Plain:
    """Return a symbol's latest signal with its age.

    A stale answer (older than the limit) is HOLD, ``fallback`` and ``advisory``, and its ``status`` is DEMO:
    not live. A kill that the shard has taken in holds at once, before its next signal. What the flow
    published last stays readable as ``last_signal``.
    """
    signal, desk = symbol["signal"], head["desk"]
    age = age_s(signal["ts"], now)
    stale, killed = age > stale_after_s, is_killed(desk, signal["symbol"])
    return {name: signal[name] for name in _KEPT} | {
        "_mock": False,
        "status": "DEMO" if stale else "LIVE",
        "shard": head["shard"],
        "signal": "HOLD" if stale or killed else signal["signal"],
        "last_signal": signal["signal"],
        "reason": "killed" if killed else "stale" if stale else signal["reason"],
        "fallback": signal["fallback"] or stale,
        "advisory": signal["advisory"] or stale or killed,
        "killed": killed,
        "stale": stale,
        "price_target": None if stale or signal["fallback"] else target(symbol, signal["prob"]),
        "age_s": age,
    }


def target(symbol: Plain, prob: float) -> float | None:
    """Return the median price one horizon after a signal, None without a price or its second's features.

    The volatility is that of the last five minutes, which varies less from second to second than a minute's.
    """
    signal, features = symbol["signal"], symbol["features"]
    if signal["price"] is None or not features or features["ts"] != signal["ts"]:
        return None
    return price_target(signal["price"], prob, features["values"]["vol_300s"], signal["horizon_s"])


def is_killed(desk: Plain, symbol: str) -> bool:
    """Return whether a kill covers the symbol: of everything, of it alone, or of the active model."""
    active = {desk["model"], name_of(desk["model"])}
    scoped = symbol in desk["killed_symbols"] or not active.isdisjoint(desk["killed_models"])
    return bool(desk["killed"] or scoped)


def demo(symbol: str, now: int, why: str) -> Plain:
    """Return the answer where there is none: HOLD, with the fallback model's own probability."""
    model, prob = StubSine(), _stub_sine(symbol, now // SECOND)
    return {
        "id": None, "symbol": symbol, "venue": "", "prob": prob, "confid": max(prob, 1 - prob),
        "uncertainty": min(prob, 1 - prob),
        "ml_bucket": int(prob * 10), "ml_signal_parts": None, "model": model.name,
        "model_version": model.version, "feature_version": FEATURES_VERSION, "canary": False, "price": None,
        "horizon_s": HORIZON_S, "ts": now, "caused_by": None, "_mock": True, "status": "DEMO", "shard": None,
        "signal": "HOLD", "last_signal": None, "reason": why, "fallback": True, "advisory": True,
        "killed": None, "stale": False, "price_target": None, "age_s": 0.0,
    }  # fmt: skip


def _stub_sine(symbol: str, second: int) -> float:
    phase = np.array([int(rollout_bucket(symbol) * (1 << 20))])
    rows = ModelRows(np.empty((1, 0)), np.array([second]), phase, np.ones((1, 3)))
    return float(StubSine().predict(rows)[0])


def row(symbol: Plain, head: Plain, now: int, stale_after_s: float) -> Plain:
    """Return a symbol's line in the table: its answer in short, and how the market behind it stands."""
    full = answer(symbol, head, now, stale_after_s)
    names = (
        "symbol", "venue", "shard", "price", "signal", "prob", "confid", "reason", "advisory", "fallback",
        "killed", "stale", "model", "ts", "age_s",
    )  # fmt: skip
    return {name: full[name] for name in names} | {
        "level": symbol["level"],
        "trade_age_s": trade_age_s(symbol, now),
        "ticks_per_minute": None if full["stale"] else ticks_per_minute(symbol),
    }
