"""The test that may be looked at all the time: its arithmetic, and what it promises."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from shadow.told_blocks import blocks_of

from models.shadow.sequential import ALPHA, SHARES, better, wealth_of, worse

LOW, HIGH = SHARES


def test_wealth_by_hand() -> None:
    """The first block gives the scale; half of the wealth is bet in each share."""
    found = np.exp(wealth_of(blocks_of(bet=[9.0, 0.5, -0.5, 1.0], stake=[1.0, 1.0, 1.0, 1.0])))
    paths = [
        (1.0, 1 + s * 0.5, (1 + s * 0.5) * (1 - s * 0.5), (1 + s / 2) * (1 - s / 2) * (1 + s)) for s in SHARES
    ]
    assert found == pytest.approx([(low + high) / 2 for low, high in zip(*paths, strict=True)])


def test_the_scale_is_what_was_usual_before() -> None:
    """Mean and one deviation of the stakes so far; a block that stakes more is scaled by its own."""
    found = np.exp(wealth_of(blocks_of(bet=[0.0, 1.0, 1.0, 2.0], stake=[1.0, 3.0, 1.0, 8.0])))
    # before the third block: mean 2, deviation 1; the fourth exceeds 5/3 + 0.94
    gains = [(1.0, 1 + s / 3, (1 + s / 3) ** 2, (1 + s / 3) ** 2 * (1 + s / 4)) for s in SHARES]
    assert found == pytest.approx([(low + high) / 2 for low, high in zip(*gains, strict=True)])


def test_no_stake_is_no_bet() -> None:
    """Where both models say the same there is nothing to be found out."""
    same = blocks_of(bet=[0.0, 0.0, 0.0], stake=[0.0, 0.0, 0.0])
    assert wealth_of(same).tolist() == [0.0, 0.0, 0.0]
    assert worse(same).p == better(same) == 1.0
    # a first stake, whenever it comes, only gives the scale
    assert wealth_of(blocks_of(bet=[0.0, 3.0, 0.0], stake=[0.0, 3.0, 3.0])).tolist() == [0.0, 0.0, 0.0]


def test_nothing_is_known_before_the_first_block() -> None:
    """And nothing is wrong with that."""
    found = worse(blocks_of(n=[1]).until(0))
    assert (found.p, found.wealth, found.best, found.at, found.worse) == (1.0, 0.0, 0.0, None, False)


def test_if_the_challenger_is_no_worse_wealth_is_not_expected_to_grow() -> None:
    """All ways in which ten fair games can end, of whatever stakes: the mean wealth is exactly one."""
    stakes = np.array([2.0, 1.0, 0.5, 2.0, 1.5, 0.25, 1.0, 2.0, 0.5, 1.0])
    ways = np.array(list(itertools.product((-1.0, 1.0), repeat=10)))
    wealth = np.exp([wealth_of(blocks_of(bet=signs * stakes, stake=stakes)) for signs in ways])
    assert wealth.mean(axis=0) == pytest.approx(np.ones(10), abs=1e-6)
    for alpha in (0.5, 0.2, 0.1, 0.05, 0.02):
        assert (wealth.max(axis=1) >= 1 / alpha).mean() <= alpha


def test_evidence_stays_once_it_is_there() -> None:
    """Later blocks that speak for the challenger do not take it back."""
    bad = blocks_of(bet=[0.0] + [0.5] * 25 + [-0.5] * 40, stake=[1.0] * 66)
    found = worse(bad)
    assert found.worse
    assert found.p < ALPHA
    assert found.wealth < 0 < found.best
    first = found.at
    assert first is not None
    assert not worse(bad.until(first * 600)).worse
    assert worse(bad.until((first + 1) * 600)).at == first


def test_more_blocks_change_no_wealth_that_was() -> None:
    """So that a look at a longer run sees what an earlier look saw."""
    rng = np.random.default_rng(5)
    stake = rng.uniform(0.5, 2.0, 40)
    whole = blocks_of(bet=stake * rng.uniform(-1, 1, 40), stake=stake)
    for m in (1, 7, 39):
        assert wealth_of(whole)[:m].tolist() == wealth_of(whole.until((100 + m) * 600)).tolist()


def test_better_is_worse_the_other_way_round() -> None:
    """The same bets with the sign changed."""
    bet, stake = [0.3, -0.4, -0.2, 0.1, -0.5], [1.0, 0.9, 1.1, 1.0, 1.2]
    mirrored = worse(blocks_of(bet=[-b for b in bet], stake=stake))
    assert better(blocks_of(bet=bet, stake=stake)) == pytest.approx(mirrored.p)
    assert mirrored.p == pytest.approx(math.exp(-mirrored.best))


def test_a_challenger_that_loses_every_block_is_caught_within_hours() -> None:
    """Of blocks in which it loses two fifths of what it can, about 22 are enough: 3.7 hours."""
    found = worse(blocks_of(bet=[0.4] * 60, stake=[1.0] * 60))
    # ln(0.5 * 1.36 ** k) passes ln(500)
    blocks = math.ceil((math.log(1 / ALPHA) + math.log(2)) / math.log(1 + HIGH * 0.4))
    assert found.at == 100 + blocks
    assert blocks == 23
    assert LOW < HIGH < 1
