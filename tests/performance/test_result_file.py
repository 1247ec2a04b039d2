"""A result becomes JSON and comes back; what is not one is refused with words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest
from made_results import made_result

from models.performance.result_file import ResultError, as_dict, from_dict

NAMES = {
    "format", "symbol", "from_ts", "to_ts", "model", "currency", "metrics", "benchmark", "intervals",
    "resampling", "significance", "costs", "gate", "grades", "caveats", "equity", "returns", "trades",
    "blocked", "calibration", "drift", "ledger", "manifest", "baseline",
}  # fmt: skip


def test_through_json_and_back_it_is_the_same() -> None:
    """Every field, to the last bit, by its name."""
    made = made_result()
    plain = as_dict(made)
    assert set(plain) == NAMES
    assert from_dict(orjson.loads(orjson.dumps(plain))) == made


def test_the_same_walk_makes_the_same_bytes() -> None:
    """Seeded throughout."""
    assert orjson.dumps(as_dict(made_result())) == orjson.dumps(as_dict(made_result()))


def test_trades_are_named_objects_and_intervals_pairs() -> None:
    """As a script reads them."""
    plain = as_dict(made_result())
    assert plain["trades"][0]["profit"] == 1.0
    assert all(len(pair) == 2 and pair[0] <= pair[1] for pair in plain["intervals"].values())
    assert set(plain["intervals"]) == {"sharpe", "total_return", "max_drawdown", "hit_rate"}
    assert set(plain["significance"]) >= {"p_value", "better_than", "runs", "seed"}
    assert set(plain["gate"]) == {"strategy_sharpe", "benchmark_sharpe", "needed", "passed", "why"}


def test_a_figure_that_is_none_can_not_be_written() -> None:
    """NaN would become null on its way, and nobody would know which figure was broken."""
    made = made_result()
    broken = replace(made, metrics={**made.metrics, "sharpe": float("nan")})
    with pytest.raises(ResultError, match=r"`\$\.metrics\.sharpe` is nan"):
        as_dict(broken)


def changed(**other: Any) -> dict[str, Any]:
    """Return a good file's content with other fields."""
    return {**orjson.loads(orjson.dumps(as_dict(made_result()))), **other}


@pytest.mark.parametrize(
    ("plain", "message"),
    [
        ([], "no JSON object"),
        ({}, "format 'no format'"),
        (changed(format=2), "format 2, this version reads 1: run the backtest again"),
        (changed(symbol=5), r"\$\.symbol"),
        (changed(trades="none"), "`trades` is no list"),
        (changed(trades=[{"symbol": "BTCUSDT"}]), r"\$\.trades\[0\]"),
        (changed(metrics={"sharpe": "high"}), r"\$\.metrics"),
        (changed(equity={"ts": [1], "strategy": [1.0, 2.0], "benchmark": [1.0]}), "differ in length"),
        (changed(returns={"period": "week", "ts": [], "strategy": []}), r"\$\.returns\.period"),
        (changed(returns={"period": "day", "ts": [1], "strategy": []}), "differ in length"),
        ({name: value for name, value in changed().items() if name != "gate"}, "gate"),
    ],
)
def test_anything_else_is_refused_with_the_place(plain: object, message: str) -> None:
    """A file that somebody wrote, cut or changed."""
    with pytest.raises(ResultError, match=message):
        from_dict(plain)
