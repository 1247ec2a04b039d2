"""The gate against a plain reference, and the rollout buckets it sorts symbols into."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.reference import Answer, Row, decide_one
from models.desk.desk import Desk
from models.desk.gate import REASONS, SIGNALS, Scored, confidence, decide, rollout_bucket


def gate(rows: Sequence[Row], desk: Desk) -> list[Answer]:
    """Return what the gate says of rows, in the reference's words."""
    columns = zip(*rows, strict=True) if rows else [()] * len(Row._fields)
    kinds = (np.float64, np.bool_, np.bool_, np.bool_, np.bool_, np.float64)
    made = decide(Scored(*(np.array(c, dtype=k) for c, k in zip(columns, kinds, strict=True))), desk)
    said = zip(made.signal.tolist(), made.reason.tolist(), made.advisory.tolist(), strict=True)
    return [Answer(SIGNALS[signal], REASONS[reason], advisory) for signal, reason, advisory in said]


CASES: dict[str, tuple[Row, dict[str, Any], Answer]] = {
    "killed": (Row(0.9), {"killed": True}, Answer("HOLD", "killed", True)),
    "killed by scope": (Row(0.9, killed=True), {}, Answer("HOLD", "killed", True)),
    "guard": (Row(0.9, guarded=True), {}, Answer("HOLD", "guard", True)),
    "fallback": (Row(0.9, fallback=True), {}, Answer("BUY", "fallback", True)),
    "canary_symbol": (Row(0.1, in_canary=False), {"canary": True}, Answer("SELL", "canary_symbol", True)),
    "rollout_bucket": (Row(0.9, bucket=0.1), {"fraction": 0.1}, Answer("BUY", "rollout_bucket", True)),
    "preview": (Row(0.9), {"preview": True}, Answer("BUY", "preview", True)),
    "confid_floor": (Row(0.6), {"flags": {"ml_confid_floor": 0.65}}, Answer("HOLD", "confid_floor", False)),
    "entry": (Row(0.55), {}, Answer("BUY", "entry", False)),
    "exit": (Row(0.45), {}, Answer("SELL", "exit", False)),
    "between": (Row(0.5), {}, Answer("HOLD", "between", False)),
}


@pytest.mark.parametrize(("row", "fields", "answer"), CASES.values(), ids=CASES)
def test_every_reason_can_be_had(row: Row, fields: dict[str, Any], answer: Answer) -> None:
    """One row and desk for each reason, with its signal and whether it is advisory."""
    assert gate([row], Desk(**fields)) == [answer] == [decide_one(row, Desk(**fields))]


def test_there_is_a_case_for_every_reason() -> None:
    """A new reason needs a case, and stands in its place in the order."""
    assert list(dict.fromkeys(answer.reason for _, _, answer in CASES.values())) == list(REASONS)


PAIRS = list(combinations([name for name in CASES if CASES[name][2].advisory], 2))


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_where_two_apply_the_earlier_is_the_reason(first: str, second: str) -> None:
    """Each pair at once: the order of the cases is the order of precedence."""
    (row, fields, answer), (row2, fields2, _) = CASES[first], CASES[second]
    both = Row(
        row.prob, row.guarded or row2.guarded, row.fallback or row2.fallback, row.killed or row2.killed,
        row.in_canary and row2.in_canary, max(row.bucket, row2.bucket),
    )  # fmt: skip
    assert gate([both], Desk(**(fields2 | fields))) == [answer]


@pytest.mark.parametrize("reason", ["fallback", "canary_symbol", "rollout_bucket", "preview"])
def test_an_advisory_word_below_the_floor_is_hold(reason: str) -> None:
    """The floor silences, whatever the first reason was."""
    row, fields, _ = CASES[reason]
    desk = Desk(**fields, flags={"ml_confid_floor": 0.91})
    assert gate([row._replace(prob=0.9)], desk) == [Answer("HOLD", reason, True)]


@pytest.mark.parametrize(
    ("prob", "floor", "signal"),
    [
        (0.65, 0.65, "BUY"),
        (0.35, 0.65, "SELL"),
        (0.6499, 0.65, "HOLD"),
        (0.3501, 0.65, "HOLD"),
        (1.0, 1, "BUY"),
    ],
)
def test_the_floor_itself_is_confident_enough(prob: float, floor: float, signal: str) -> None:
    """Confidence is max(p, 1 - p), for either side."""
    desk = Desk(flags={"ml_confid_floor": floor})
    assert gate([Row(prob)], desk)[0].signal == signal
    assert confidence(np.array([prob]))[0] == max(prob, 1 - prob)


GRID = st.sampled_from([0.0, 0.1, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.9, 1.0]) | st.floats(0, 1)
ROWS = st.builds(
    Row, prob=GRID, guarded=st.booleans(), fallback=st.booleans(), killed=st.booleans(),
    in_canary=st.booleans(), bucket=st.sampled_from([0.0, 0.0999, 0.1, 0.5, 0.9999]) | st.floats(0, 0.99),
)  # fmt: skip
POLICIES = st.sampled_from([(0.45, 0.55), (0.0, 1.0), (0.4, 0.6), (0.0, 0.1), (0.9, 1.0)])
DESKS = st.builds(
    lambda policy, floor, **fields: Desk(
        exit=policy[0], entry=policy[1], flags={} if floor is None else {"ml_confid_floor": floor}, **fields
    ),
    policy=POLICIES, floor=st.none() | GRID, killed=st.booleans(), canary=st.booleans(),
    fraction=st.sampled_from([0.0, 0.1, 0.5, 1.0]), preview=st.booleans(),
)  # fmt: skip


@settings(derandomize=True, deadline=None, max_examples=400)
@given(rows=st.lists(ROWS, max_size=12), desk=DESKS)
def test_the_gate_agrees_with_the_reference(rows: list[Row], desk: Desk) -> None:
    """Any rows under any desk, as one block and row by row."""
    expected = [decide_one(row, desk) for row in rows]
    assert gate(rows, desk) == expected
    assert [answer for row in rows for answer in gate([row], desk)] == expected


NAMES = [f"SYM{i}USDT" for i in range(10_000)]
BUCKETS = [rollout_bucket(name) for name in NAMES]


def in_rollout(fraction: float) -> set[str]:
    """Return the names whose signals may become orders at a fraction."""
    answers = gate([Row(0.9, bucket=bucket) for bucket in BUCKETS], Desk(fraction=fraction))
    return {name for name, answer in zip(NAMES, answers, strict=True) if not answer.advisory}


def test_rollout_buckets_are_nested() -> None:
    """10 % is inside 50 % is inside 100 %: a symbol never drops out while the rollout grows."""
    none, tenth, half, every = (in_rollout(fraction) for fraction in (0.0, 0.1, 0.5, 1.0))
    assert not none
    assert tenth < half < every
    assert every == set(NAMES)


@pytest.mark.parametrize("fraction", [0.1, 0.5])
def test_the_share_of_symbols_is_near_the_fraction(fraction: float) -> None:
    """Within three standard deviations of 10,000 fair draws."""
    spread = 3 * (fraction * (1 - fraction) / len(NAMES)) ** 0.5
    assert abs(len(in_rollout(fraction)) / len(NAMES) - fraction) < spread


def test_buckets_are_spread_evenly() -> None:
    """Twenty equal intervals hold 500 names each, give or take four standard deviations."""
    counts, _ = np.histogram(BUCKETS, bins=20, range=(0, 1))
    assert np.abs(counts - 500).max() < 4 * (10_000 * 0.05 * 0.95) ** 0.5


@pytest.mark.parametrize(
    ("symbol", "bucket"), [("BTCUSDT", 0xD0648161FCE98631 / 2**64), ("ETHUSDT", 0x558883AFAF8A1348 / 2**64)]
)
def test_a_symbols_bucket_is_the_same_for_ever(symbol: str, bucket: float) -> None:
    """It depends on nothing but the name: no process, platform or release moves a symbol."""
    assert rollout_bucket(symbol) == bucket
