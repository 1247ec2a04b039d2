"""The gate: one pure function from scored rows and the desk to signals, with one reason for each.

Order of precedence: killed, guarded, fallback, canary symbol, rollout bucket, preview, confidence floor,
thresholds. The first that applies is the reason. Killed and guarded rows and those under the confidence
floor become HOLD; fallback, canary, rollout and preview keep the model's word but make it advisory.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.desk.desk import Desk
from models.ticks import Bools, Floats

SELL, HOLD, BUY = -1, 0, 1
SIGNALS = {SELL: "SELL", HOLD: "HOLD", BUY: "BUY"}

REASONS = (
    "killed", "guard", "fallback", "canary_symbol", "rollout_bucket", "preview", "confid_floor",
    "entry", "exit", "between",
)  # fmt: skip
_ADVISORY = 6  # the reasons before this one make a signal advisory

Codes = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Scored:
    """What the gate looks at, one entry a row."""

    prob: Floats
    guarded: Bools  # a feature or score is not finite, or there is no price
    fallback: Bools  # scored by the fallback model
    killed: Bools  # the row's symbol or model is under a scoped kill
    in_canary: Bools  # the row's symbol is on the canary list
    bucket: Floats  # the symbol's rollout bucket in [0, 1)


@dataclass(frozen=True, slots=True)
class Decisions:
    """Signals as codes, one entry a row."""

    signal: Codes  # SELL, HOLD or BUY
    wanted: Codes  # what the thresholds alone say
    reason: Codes  # index into REASONS
    advisory: Bools  # must never become an order


def confidence(prob: Floats) -> Floats:
    """Return max(p, 1 - p)."""
    return np.maximum(prob, 1.0 - prob)


def rollout_bucket(symbol: str) -> float:
    """Return a symbol's sticky place in [0, 1): in the rollout while it is below the fraction."""
    digest = hashlib.blake2b(symbol.encode(), digest_size=8, person=b"levi-rollout").digest()
    return int.from_bytes(digest, "big") / 2.0**64


def word_of(prob: Floats, desk: Desk) -> Codes:
    """Return what the desk's thresholds say of probabilities; HOLD of what is no number."""
    return np.where(prob >= desk.entry, BUY, np.where(prob <= desk.exit, SELL, HOLD)).astype(np.int8)


def decide(rows: Scored, desk: Desk) -> Decisions:
    """Return the signal, its reason and whether it is advisory, for every row."""
    wanted = word_of(rows.prob, desk)
    conditions = [
        rows.killed | desk.killed,
        rows.guarded,
        rows.fallback,
        ~rows.in_canary & desk.canary,
        rows.bucket >= desk.fraction,
        np.full(len(rows.prob), desk.preview),
        confidence(rows.prob) < desk.confid_floor,
        wanted == BUY,
        wanted == SELL,
    ]
    reason = np.select(conditions, list(range(9)), 9).astype(np.int8)
    silent = np.isin(reason, (REASONS.index("killed"), REASONS.index("guard"))) | conditions[6]
    return Decisions(np.where(silent, HOLD, wanted).astype(np.int8), wanted, reason, reason < _ADVISORY)
