"""What probabilities earn after costs, and the thresholds that follow from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_rows import START, drawn_rows, plain_rows

from models.bundle.manifest import Policy
from models.market.schema import NAMES
from models.training.judging.policy import DEFAULT, sweep
from models.training.judging.profit import Costs, Outcome, cost_aware_profit, path, trade
from models.training.rows import Rows

FREE = Costs(0.0, 0.0)
NAN = float("nan")


def walk(returns: list[float], seconds: list[int] | None = None, codes: list[int] | None = None) -> Rows:
    """Return rows with these returns over the last second, of one symbol unless told otherwise."""
    seconds = seconds or list(range(len(returns)))
    codes = codes or [0] * len(returns)
    rows = plain_rows(seconds, codes, [0] * len(returns))
    rows.x[:, NAMES.index("ret_1s")] = returns
    return rows


def test_a_round_trip_costs_two_sides_of_fee_and_slippage() -> None:
    """15 and 5 basis points a side by default."""
    assert Costs().round_trip == pytest.approx(0.0040)


def test_the_soft_profit_is_the_formula() -> None:
    """Scores up to one half hold nothing; rows without a return do not count."""
    prob, realised = np.array([0.75, 0.5, 0.2, 1.0, 0.9]), np.array([0.01, 0.02, -0.03, -0.02, NAN])

    found = cost_aware_profit(prob, realised, Costs(5.0, 0.0))

    by_hand = (0.5 * (0.01 - 0.001) + 1.0 * (-0.02 - 0.001)) / 4 / 0.02
    assert found == pytest.approx(by_hand)
    assert cost_aware_profit(prob, np.full(5, NAN), FREE) == 0.0
    assert cost_aware_profit(prob, np.zeros(5), FREE) == 0.0


def test_a_position_is_held_from_entry_to_exit() -> None:
    """
    second   0     1     2     3     4     5
    p       0.6   0.5   0.5   0.4   0.5   0.7
    held    ----------------        (in)    -     earns the returns of seconds 1, 2 and 3
    """
    rows = walk([0.5, 0.01, 0.02, 0.04, 0.08, 0.16])
    prob = np.array([0.6, 0.5, 0.5, 0.4, 0.5, 0.7])

    found = trade(path(rows), prob, 0.55, 0.45, Costs(10.0, 0.0))

    assert found == Outcome(2, pytest.approx(0.07), pytest.approx(0.07 - 2 * 0.002), 4)


def test_a_gap_closes_a_position_and_symbols_do_not_mix() -> None:
    """Nothing is earned over seconds that are not there, nor on another symbol's move."""
    rows = walk([0.5, 0.5, 0.01, 0.5, 0.5], [0, 0, 1, 1, 9], [0, 1, 0, 1, 0])
    prob = np.array([0.9, 0.5, 0.5, 0.5, 0.5])

    assert trade(path(rows), prob, 0.55, 0.45, FREE) == Outcome(
        1, pytest.approx(0.01), pytest.approx(0.01), 2
    )


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([0.3, 0.5, 0.7]), st.integers(-9, 9), st.integers(1, 2)), max_size=40)
)
def test_trading_agrees_with_a_plain_loop(steps: list[tuple[float, int, int]]) -> None:
    """Row by row, one position, for any scores and gaps."""
    seconds = np.cumsum([gap for _, _, gap in steps]).tolist()
    rows = walk([move / 1e4 for _, move, _ in steps], seconds or [])
    held, trades, gross, last = False, 0, 0.0, None
    for (p, move, _), second in zip(steps, seconds, strict=True):
        follows = last is not None and second == last + 1
        gross += move / 1e4 if held and follows else 0.0
        held = held and follows
        if p >= 0.6 and not held:
            held, trades = True, trades + 1
        elif p <= 0.4:
            held = False
        last = second

    found = trade(path(rows), np.array([p for p, _, _ in steps]), 0.6, 0.4, Costs(1.0, 0.0))

    assert (found.trades, found.gross) == (trades, pytest.approx(gross))
    assert found.net == pytest.approx(gross - trades * 0.0002)


def foreseen(seconds: int = 20_000, seed: int = 5) -> tuple[Rows, np.ndarray]:
    """Return rows whose price rises in stretches of 60 s that a score foresees, and that score."""
    rng = np.random.default_rng(seed)
    up = np.repeat(rng.random(seconds // 60 + 1) < 0.5, 60)[:seconds]
    rows = walk((np.where(np.append(False, up[:-1]), 2e-4, -2e-4)).tolist())
    return rows, np.clip(np.where(up, 0.7, 0.3) + rng.normal(0, 0.05, seconds), 0, 1)


def test_the_sweep_finds_thresholds_that_earn_their_costs() -> None:
    """And its figures are those of trading with them."""
    rows, prob = foreseen()

    found = sweep(rows, prob, Costs())

    assert found.profitable
    assert 0.5 <= found.policy.entry <= 0.7 and 0.3 <= found.policy.exit <= 0.5
    chosen = next(cell for cell in found.cells if cell.policy == found.policy)
    assert chosen.outcome == trade(path(rows), prob, *found.policy, Costs())
    assert chosen.outcome.net == max(c.outcome.net for c in found.cells if c.outcome.trades >= 20) > 0
    assert found.as_dict()["why"].startswith("most net profit of")


def test_where_nothing_earns_its_costs_the_default_stays() -> None:
    """A coin that never pays a round trip; the card can say what the best pair lost."""
    rows = drawn_rows(5_000)
    prob = np.random.default_rng(1).random(len(rows))

    found = sweep(rows, prob, Costs())

    assert (found.policy, found.profitable) == (DEFAULT, False)
    assert Policy(0.55, 0.45) == DEFAULT
    assert "earns anything after costs" in found.why and "default" in found.why


def test_few_trades_prove_nothing() -> None:
    """Fewer than twenty are luck."""
    rows, prob = foreseen(600)

    found = sweep(rows, prob, FREE)

    assert (found.policy, found.profitable) == (DEFAULT, False)
    assert "no pair makes 20 trades" in found.why
    assert sweep(rows, prob, FREE, least_trades=1).profitable


def test_the_order_of_symbols_does_not_change_what_is_earned() -> None:
    """The path is laid out by symbol, whatever the codes."""
    rows = drawn_rows(2_000)
    prob = np.random.default_rng(2).random(len(rows))
    swapped = replace(rows, code=1 - rows.code)

    one, other = (trade(path(r), prob, 0.6, 0.4, Costs()) for r in (rows, swapped))

    assert (one.trades, one.held_s) == (other.trades, other.held_s)
    assert one.net == pytest.approx(other.net)
    assert rows.second[0] == START
