"""A card to test with: real figures of drawn scores, and made-up but plausible words around them."""

from __future__ import annotations

from typing import Any

import numpy as np

from models.market.block import DOWN, STALE, TIE, UP
from models.training.card.caveats import limits_in_words
from models.training.card.contents import Check, Data, Identity, Parts, Training, card
from models.training.card.windows import Window, by_symbol
from models.training.judging.gates import judge
from models.training.judging.limits import Gates, Limit
from models.training.judging.metrics import Metrics, measure

GATES = Gates(Limit("at_least", 0.65), Limit("below", 0.1), Limit("at_most", 80.0))
START = 1_700_000_000
SYMBOLS = ("ETHUSDT", "BTCUSDT")
RUN = "20261121T141500Z-0123abcd"


def columns(seconds: int, sharpness: float, seed: int) -> tuple[np.ndarray, ...]:
    """Return outcome, score, second and code of two symbols; ``sharpness`` 0 is a coin."""
    random = np.random.default_rng(seed)
    true = 0.5 + sharpness * (random.beta(4, 4, 2 * seconds) - 0.5)
    outcome = np.where(random.random(2 * seconds) < true, UP, DOWN).astype(np.int8)
    outcome[::97], outcome[5::211] = TIE, STALE
    prob = np.clip(true + random.normal(0, 0.05, 2 * seconds), 0, 1)
    return outcome, prob, np.repeat(START + np.arange(seconds), 2), np.tile([0, 1], seconds)


def figures(seconds: int = 1_800, sharpness: float = 1.0, seed: int = 1) -> Metrics:
    """Return the figures of such scores, one second ahead."""
    return measure(*columns(seconds, sharpness, seed), horizon_s=1, entry=0.55, exit=0.45, seed=1, draws=200)


def parts(sharpness: float = 1.0, **other: Any) -> Parts:
    """Return the parts of a card; ``other`` replaces some."""
    outcome, prob, second, code = columns(1_800, sharpness, 1)
    test = figures(sharpness=sharpness)
    window = Window.of(second, outcome)
    table = by_symbol(SYMBOLS, outcome, prob, second, code, horizon_s=1, entry=0.55, exit=0.45, seed=1)
    times = {"p50": 0.08, "p90": 0.09, "p95": 0.1, "p99": 0.2}
    made: dict[str, Any] = {
        "identity": Identity(
            name="lgbm-btcusdt", run_id=RUN, version=f"lgbm-btcusdt-{RUN}", kind="lightgbm",
            created="2026-11-21T14:15:00+00:00", horizon_s=60, features_version="v2.0",
            features=("ret_1s", "rsi_14"),
        ),
        "data": Data(
            snapshot_id=RUN, checksum="0123abcd" * 8, sources=({"kind": "simulated", "seed": 1},),
            symbols=SYMBOLS, train=window, validation=window, test=window,
            split_strategy="by time, never shuffled", purged=120,
        ),
        "training": Training(
            trials=20, pruned=7, best_parameters={"num_leaves": 31, "learning_rate": 0.05},
            fixed_parameters={"seed": 7}, seed=7, objective="validation log-loss",
            imbalance={"up_share": 0.51, "up_weight": 1.0}, more={"rounds": 80},
        ),
        "validation": figures(sharpness=sharpness, seed=2),
        "test": test,
        "by_symbol": table,
        "verdict": judge(GATES, test, 0.1),
        "calibration": {"method": "platt", "ece_before": 0.05, "ece_after": 0.02},
        "policy": {
            "entry": 0.55, "exit": 0.45, "profitable": False, "why": "nothing earns its costs",
            "least_trades": 20,
            "sweep": [
                {"entry": 0.55, "exit": 0.45, "trades": 50, "net": -0.01},
                {"entry": 0.6, "exit": 0.4, "trades": 30, "net": -0.004},
                {"entry": 0.8, "exit": 0.2, "trades": 1, "net": 0.02},
            ],
        },
        "importance": {"ret_1s": 30.0, "rsi_14": 90.0},
        "importance_kind": "gain",
        "leakage_checks": (Check("labels stay inside their part", True, "120 rows purged"),),
        "latency": {"rows": {"1": times}, "warm_ups": 100, "runs": 1_000, "machine": "x86_64"},
        "libraries": {"lightgbm": "4.7.0"},
        "limits": limits_in_words(test, horizon_s=60, symbols=SYMBOLS, simulated=True),
    }  # fmt: skip
    return Parts(**(made | other))


def a_card(sharpness: float = 1.0, **other: Any) -> dict[str, Any]:
    """Return the card of such parts."""
    return card(parts(sharpness, **other))
