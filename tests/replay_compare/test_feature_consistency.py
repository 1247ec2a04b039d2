"""Live feature rows against offline ones: what deviates is counted, measured and named."""

from __future__ import annotations

from math import inf, nan

import pytest

from models.consistency.figures import Figure
from models.consistency.pairing import TOGETHER, Consistency, Deviation, Pairing, Row
from models.consistency.stretch import Mark, Stretch, stretch
from models.inputs import Cause
from models.spec import SECOND, Spec

NAMES = ("ret", "vol")


def rows(count: int = 6) -> list[Row]:
    """Return rows of two symbols in turn, a window end each second."""
    return [Row(second, symbol, (float(second), 2.0)) for second in range(count) for symbol in ("BTC", "ETH")]


def held(live: list[Row], offline: list[Row]) -> Consistency:
    """Return what is found of one shard."""
    pairing = Pairing(NAMES)
    pairing.shard(live, offline)
    return pairing.result()


def test_equal_rows_are_consistent() -> None:
    """In any order of symbols, and a value that is not a number equals another such."""
    live = [*rows(), Row(6, "BTC", (nan, 0.0))]
    offline = sorted(live, key=lambda row: (row.ts, row.symbol == "BTC"))
    found = held(live, offline)
    assert found == Consistency(13, 0, 0, 0, (Figure("ret", 0, 0.0, 0.0), Figure("vol", 0, 0.0, 0.0)), None)
    assert found.consistent


def test_each_planted_deviation_is_in_its_number() -> None:
    """One value is changed, two rows are taken away, three are added; SMAPE is that of the definition."""
    offline = rows()
    live = rows()
    live[4] = Row(2, "BTC", (3.0, 2.0))  # 2.0 in truth
    del live[7], live[7]
    live += [Row(second, "SOL", (1.0, 1.0)) for second in (7, 8, 9)]
    found = held(live, offline)
    assert (found.rows, found.mismatch, found.missing, found.extra) == (10, 1, 2, 3)
    smape = 100 * 2 * abs(3 - 2) / (3 + 2) / 10
    assert found.features == (
        Figure("ret", 1, pytest.approx(smape, rel=1e-15), 1.0),
        Figure("vol", 0, 0.0, 0.0),
    )
    assert found.first == Deviation(2, "BTC", "ret", 3.0, 2.0)
    assert not found.consistent


def test_the_first_deviation_is_that_of_the_earliest_window() -> None:
    """A row that one side lacks is a deviation as well, and has no feature."""
    live, offline = rows(), rows()
    live[10] = Row(5, "BTC", (0.0, 2.0))
    del offline[3]
    assert held(live, offline).first == Deviation(1, "ETH", None, None, None)


@pytest.mark.parametrize(
    ("live", "offline", "smape", "largest"),
    [(0.0, 0.0, 0.0, 0.0), (0.0, 1e-300, 200.0, 1e-300), (-1.0, 1.0, 200.0, 2.0), (1.0, nan, 200.0, inf),
     (inf, 1.0, 200.0, inf), (1.0, 3.0, 100.0, 2.0)],
)  # fmt: skip
def test_smape_lies_between_0_and_200(live: float, offline: float, smape: float, largest: float) -> None:
    """0 where both are 0, 200 where only one is, their signs differ, or one is no finite number."""
    found = held([Row(1, "BTC", (live, 1.0))], [Row(1, "BTC", (offline, 1.0))])
    assert found.features[0] == Figure("ret", int(smape > 0), smape, largest)


def test_rows_are_summed_over_shards_and_pieces() -> None:
    """More rows than are compared in one go, one of them changed, on each of two shards."""
    pairing = Pairing(NAMES)
    for symbol in ("BTC", "ETH"):
        offline = [Row(second, symbol, (1.0, 1.0)) for second in range(TOGETHER + 5)]
        live = list(offline)
        live[TOGETHER] = Row(TOGETHER, symbol, (1.0, 3.0))
        pairing.shard(live, offline)
    found = pairing.result()
    smape = pytest.approx(100.0 * 2 / (2 * (TOGETHER + 5)), rel=1e-12)
    assert (found.rows, found.mismatch) == (2 * (TOGETHER + 5), 2)
    assert found.features[1] == Figure("vol", 2, smape, 2.0)


def test_nothing_to_compare_has_no_figure() -> None:
    """Null instead of a 0 that nobody measured."""
    told = held([], []).as_dict()
    assert told["features"] == {name: {"mismatch": 0, "smape": None, "largest": None} for name in NAMES}
    assert (told["consistent"], told["rows"], told["first"]) == (None, 0, None)


SPEC = Spec()
MARKS = [Mark(second * SECOND, Cause(10 * second, 3)) for second in range(1, 100)]
"""Second s was closed by the tick before offset 10 s."""


def known(first: Cause, last: Cause, *, whole: bool, log_s: int = 1_000) -> Stretch | None:
    """Return between which window ends all rows are there."""
    return stretch(MARKS, first, last, whole=whole, log_ts=log_s * SECOND, spec=SPEC)


def test_the_end_is_the_last_second_that_was_closed_before_the_last_row() -> None:
    """Rows of the last cause may be cut apart, so that a second which it closed does not count."""
    assert known(Cause(1, 1), Cause(500, 3), whole=True) == Stretch(None, 49 * SECOND)
    assert known(Cause(1, 1), Cause(500, 4), whole=True) == Stretch(None, 50 * SECOND)


def test_seconds_that_only_beats_closed_are_left_out() -> None:
    """Ticks alone close what lies the grace before their last."""
    assert known(Cause(1, 1), Cause(500, 3), whole=True, log_s=41) == Stretch(None, 40 * SECOND)


def test_a_late_beginning_is_as_late_as_a_row_can_run_ahead() -> None:
    """The first second closed behind the first row, and by how much a symbol's own ticks may be ahead."""
    ahead = SPEC.grace + SPEC.max_skew
    assert known(Cause(95, 0), Cause(500, 3), whole=False) == Stretch(10 * SECOND + ahead, 49 * SECOND)


def test_too_short_a_stretch_is_none() -> None:
    """Where no second closed, or all that did are inside what can be cut apart."""
    assert known(Cause(1, 1), Cause(5, 3), whole=True) is None
    assert known(Cause(470, 3), Cause(500, 3), whole=False) is None
    assert known(Cause(2_000, 3), Cause(2_000, 3), whole=False) is None


def test_a_stretch_is_open_below_and_closed_above() -> None:
    """As window ends are."""
    inside = [ts for ts in range(5) if ts in Stretch(1, 3)]
    assert inside == [2, 3]
    assert [ts for ts in range(5) if ts in Stretch(None, 3)] == [0, 1, 2, 3]
