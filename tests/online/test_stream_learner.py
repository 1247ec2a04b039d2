"""A shard's learner: which row an outcome is learnt for, symbols that come and go, what it keeps."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from online.blocks import PLACES, Row, block, features, market_block, part
from online.oracle_learner import PlainLogistic, walked

from connectors.recovery.state import pack
from models.market.block import DOWN, STALE, TIE, UNKNOWN, UP, Block
from models.market.schema import TRAINED
from models.online.stream_learner import StreamLearner
from models.ticks import Floats

HORIZON = 4


def told(seconds: list[int], outcomes: list[int], code: int = 0, seed: int = 0) -> list[Row]:
    """Return the rows of a symbol at these seconds."""
    x = features(len(seconds), seed).tolist()
    return [Row(code, s, tuple(f), o) for s, f, o in zip(seconds, x, outcomes, strict=True)]


def answers(rows: list[Row], horizon: int = HORIZON) -> Floats:
    """Return what a new learner says of the rows."""
    return StreamLearner(horizon).step(block(rows))


def named(row: Row) -> dict[str, float]:
    """Return a row's features by name."""
    return dict(zip(TRAINED, row.x, strict=True))


def test_an_outcome_is_learnt_for_the_row_one_horizon_before() -> None:
    """Seconds 0 to 6, horizon 4: what comes with second 4 belongs to second 0, and so on."""
    rows = told(list(range(7)), [UNKNOWN] * 4 + [UP, DOWN, UP])
    by_hand = PlainLogistic()
    expected = [by_hand.predict(named(row)) for row in rows[:4]]
    for place, up in ((4, True), (5, False), (6, True)):
        by_hand.learn(named(rows[place - HORIZON]), up)
        expected.append(by_hand.predict(named(rows[place])))

    found = answers(rows).tolist()

    assert found[:4] == [0.5] * 4
    assert found == pytest.approx(expected, abs=1e-13)
    assert len(set(found[3:])) == 4


@pytest.mark.parametrize("outcome", [TIE, STALE, UNKNOWN])
def test_neither_a_tie_nor_a_stale_nor_an_unknown_outcome_teaches(outcome: int) -> None:
    """The learner stays at one half."""
    assert answers(told(list(range(20)), [outcome] * 20)).tolist() == [0.5] * 20


def test_a_row_that_is_not_finite_has_no_answer_and_teaches_nothing() -> None:
    """One NaN or infinity among thirty features is enough; the rows beside it are answered as ever."""
    rows = told(list(range(12)), [UNKNOWN] * 4 + [UP, DOWN] * 4)
    spoilt = rows.copy()
    for place, bad in ((5, math.nan), (6, math.inf)):
        spoilt[place] = rows[place]._replace(x=(*rows[place].x[:-1], bad))
    silent = [row._replace(outcome=TIE) if row.second in (9, 10) else row for row in rows]

    found, expected = answers(spoilt), answers(silent)

    assert np.flatnonzero(np.isnan(found)).tolist() == [5, 6]
    assert np.delete(found, [5, 6]).tobytes() == np.delete(expected, [5, 6]).tobytes()


@pytest.mark.parametrize("gap", [1, HORIZON - 1, HORIZON, HORIZON + 1, 2 * HORIZON])
def test_a_row_that_was_asked_longer_ago_meets_no_outcome(gap: int) -> None:
    """For a while the learner was not asked; outcomes of rows it never saw teach it nothing."""
    rows = told(list(range(8)) + [8 + gap + i for i in range(8)], [UNKNOWN] * 4 + [UP] * 12)
    unseen = [row._replace(outcome=UNKNOWN) if 8 <= row.second - HORIZON < 8 + gap else row for row in rows]

    found = answers(rows)

    assert found.tobytes() == answers(unseen).tobytes()
    assert found.tolist() == pytest.approx(walked(rows, HORIZON), abs=1e-13)


def test_symbols_share_one_learner_and_keep_their_rows_apart() -> None:
    """At one second the symbols are walked by code; each outcome meets its own symbol's row."""
    one, other = (
        told(list(range(9)), [UNKNOWN] * 4 + [up] * 5, code, code) for code, up in ((0, UP), (3, DOWN))
    )
    rows = [row for pair in zip(one, other, strict=True) for row in pair]

    found = answers(rows)

    assert found.tolist() == pytest.approx(walked(rows, HORIZON), abs=1e-13)
    assert answers(one).tolist() != found[::2].tolist()


@pytest.mark.parametrize("gap", [1, 3, 4, 5, 40])
def test_a_symbol_that_comes_back_is_not_taught_with_rows_of_its_last_life(gap: int) -> None:
    """Its outcomes are unknown for a horizon, and by then every row it kept is a new one."""
    first = told(list(range(8)), [UNKNOWN] * 4 + [UP] * 4)
    again = told([8 + gap + i for i in range(8)], [UNKNOWN] * 4 + [DOWN] * 4, seed=1)
    taught = first + [row._replace(outcome=UNKNOWN) for row in again[:4]]

    found = answers(first + again)

    assert found.tolist() == pytest.approx(walked(first + again, HORIZON), abs=1e-13)
    assert found[:12].tobytes() == answers(taught).tobytes()


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(1, 9), st.integers(0, 6)), min_size=1, max_size=6),
    st.integers(1, 5),
    st.integers(0, 1_000),
)
def test_it_is_the_plain_learner_whatever_rows_it_is_asked(
    lives: list[tuple[int, int, int]], horizon: int, seed: int
) -> None:
    """Any gaps between the rows it is asked, some features not finite, every kind of outcome anywhere."""
    chance, rows, free = np.random.default_rng(seed), [], [0, 0, 0]
    for code, length, gap in lives:
        begin = free[code] + gap
        for age in range(length):
            x = chance.standard_normal(len(TRAINED))
            x[chance.random(len(x)) < 0.01] = chance.choice([np.nan, np.inf])
            outcome = int(chance.choice([UP, UP, DOWN, DOWN, TIE, STALE, UNKNOWN]))
            rows.append(Row(code, begin + age, tuple(x.tolist()), outcome))
        free[code] = begin + length
    rows.sort(key=lambda row: (row.second, row.code))

    assert answers(rows, horizon).tolist() == pytest.approx(walked(rows, horizon), abs=1e-12, nan_ok=True)


def test_it_learns_what_moves_a_market() -> None:
    """An hour in which the flow of orders tells the next minute: AUC of the second half above 0.6."""
    whole = market_block(3_600, edge=1.0, seed=3)
    said = StreamLearner(60).step(whole)

    assert auc_later(whole, said) > 0.6


def test_it_finds_nothing_where_there_is_nothing() -> None:
    """In a market without an edge the answers tell as little as a coin, and are hardly ever certain."""
    whole = market_block(3_600, edge=0.0, seed=3)
    said = StreamLearner(60).step(whole)

    assert abs(auc_later(whole, said) - 0.5) < 0.1


def auc_later(whole: Block, said: Floats, horizon: int = 60) -> float:
    """Return the share of pairs of an up and a down, of the later half, in which the up was given more."""
    key = whole.second * 10 + whole.code
    order = np.argsort(key)
    at = np.minimum(np.searchsorted(key[order], key + horizon * 10), len(key) - 1)
    met = key[order][at] == key + horizon * 10
    outcome = np.where(met, whole.outcome[order][at], UNKNOWN)
    later = (whole.second > np.median(whole.second)) & np.isfinite(said)
    ups, downs = said[later & (outcome == UP)], np.sort(said[later & (outcome == DOWN)])
    below, upto = (np.searchsorted(downs, ups, side) for side in ("left", "right"))
    return float((below + upto).sum() / (2 * len(ups) * len(downs)))


def kept(learner: StreamLearner) -> int:
    """Return the bytes of the rows that a learner keeps."""
    return sum(int(part.nbytes) for part in learner.snapshot().values() if isinstance(part, np.ndarray))


def test_it_keeps_eight_bytes_a_second_and_feature_of_each_symbol() -> None:
    """And eight for the second itself: 14,880 a symbol for 60 s and thirty features. Time adds nothing."""
    learner = StreamLearner(60)
    x = tuple(features(1)[0].tolist())
    learner.step(block([Row(code, 0, x) for code in range(50)]))
    first = len(pack(learner.snapshot()))
    for second in range(1, 200):
        learner.step(block([Row(0, second, x, UP if second >= 60 else UNKNOWN)]))

    assert kept(learner) == 50 * 8 * 60 * (len(TRAINED) + 1) == 50 * 14_880
    assert len(pack(learner.snapshot())) < first + 3_000


def test_symbols_that_come_one_by_one_take_at_most_twice_the_room() -> None:
    """It grows by doubling, so that a thousand new symbols do not copy it a thousand times."""
    learner, x, each = (
        StreamLearner(HORIZON),
        tuple(features(1)[0].tolist()),
        8 * HORIZON * (len(TRAINED) + 1),
    )
    for count in range(1, 70):
        learner.step(block([Row(count - 1, 0, x)]))
        assert count * each <= kept(learner) < 2 * count * each + each


def test_no_rows_get_no_answers() -> None:
    """A block may be empty."""
    assert StreamLearner(HORIZON).step(part(block(told([0], [UNKNOWN])), slice(0, 0))).shape == (0,)


def test_it_looks_at_the_trained_columns_alone() -> None:
    """What stands in the column of a placeholder changes nothing."""
    whole = block(told(list(range(9)), [UNKNOWN] * 4 + [UP] * 5))
    other = block(told(list(range(9)), [UNKNOWN] * 4 + [UP] * 5))
    other.x[:, [i for i in range(other.x.shape[1]) if i not in PLACES]] = np.nan

    assert StreamLearner(HORIZON).step(whole).tobytes() == StreamLearner(HORIZON).step(other).tobytes()
