"""When seconds close and which trades are late, each case with its timeline.

Times are in seconds after the start; ``t`` is a record, read with its own time as the time of its trade
unless said otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from oracle.log import Event, Item, Message, Order, Pulse, Skip, Trade
from oracle.seen import rows_of
from oracle.stages import batch_of, inputs

from models.control.commands import Command
from models.desk.desk import Desk
from models.inputs import Cause, Genesis
from models.market.block import Closed
from models.market.market import Market
from models.market.windows import lane_of, lateness
from models.spec import SECOND, Spec
from models.ticks import Symbol

START = 1_700_000_000
A, B = Symbol("", "A"), Symbol("", "B")
MS = 1_000_000


def at(second: float) -> int:
    """Return a time so many seconds after the start."""
    ts: int = START * SECOND + round(second * 1_000) * MS
    return ts


def tick(second: float, symbol: Symbol = A, price: float = 100.0, trade_id: int = -1) -> Trade:
    """Return a trade of one unit."""
    return Trade(symbol, at(second), price, 1.0, 1, trade_id)


def log(*entries: tuple[float, Sequence[Item]] | float) -> list[Event]:
    """Return a log: ``(record time, items)`` are records, a bare time is a beat."""
    events: list[Event] = []
    for entry in entries:
        if isinstance(entry, float):
            events.append(Pulse(at(entry)))
        else:
            offset = sum(isinstance(event, Message) for event in events)
            events.append(Message(offset, at(entry[0]), tuple(entry[1]), b"record"))
    return events


def step(events: list[Event], spec: Spec | None = None) -> list[Closed]:
    """Return what a fresh market releases, fed with one batch."""
    market = Market(spec or Spec(), Desk())
    return [one for activation in inputs(events) for one in market.step(activation)]


def released(events: list[Event], spec: Spec | None = None) -> list[tuple[str, int, int]]:
    """Return symbol, second after the start, and offset behind the releasing record, of each row."""
    return [(row.symbol.name, row.second - START, row.offset) for row in rows_of(step(events, spec))]


def refused(events: list[Event], spec: Spec | None = None) -> list[tuple[int, str]]:
    """Return offset and reason of each reject."""
    return [(r.offset, str(r.reason)) for one in step(events, spec) for r in one.rejects]


def test_a_second_closes_with_the_symbols_own_next_one() -> None:
    """A busy symbol does not wait for the grace of log time."""
    #  second 0        1
    #  A      t   t    t
    #                  ^ closes 0
    events = log((0.1, [tick(0.1)]), (0.9, [tick(0.9)]), (1.0, [tick(1.0)]))

    assert released(events) == [("A", 0, 3)]


def test_a_second_stays_open_until_its_last_nanosecond() -> None:
    """[k, k + 1): a trade at k + 1 - 1 ns is still of second k."""
    late = tick(0.0)._replace(ts=at(1.0) - 1)
    events = log((0.5, [tick(0.5)]), (1.0, [late]))

    assert released(events) == []
    assert refused(events) == []


def test_an_idle_symbol_closes_with_log_time_and_its_grace() -> None:
    """Another symbol's records move the log; the grace is for what is still under way."""
    #  second 0    1    2
    #  A      t
    #  B           t    t
    #                   ^ log time 2.0 - 1 s grace: closes 0 of A
    events = log((0.5, [tick(0.5)]), (1.999, [tick(1.999, B)]), (2.0, [tick(2.0, B)]))

    assert released(events) == [("A", 0, 3), ("B", 1, 3)]


def test_a_beat_closes_as_a_record_would() -> None:
    """Silence is told by beats; the cause is the offset still to come."""
    assert released(log((0.5, [tick(0.5)]), 1.9, 2.0, 4.0)) == [("A", 0, 1), ("A", 1, 1), ("A", 2, 1)]


def test_a_record_without_trades_moves_log_time() -> None:
    """Depth updates tell the time too."""
    assert released(log((0.5, [tick(0.5)]), (2.0, [Skip()]))) == [("A", 0, 2)]


def test_log_time_never_goes_back() -> None:
    """A record or beat with an older timestamp neither closes nor opens anything."""
    events = log((0.5, [tick(0.5)]), (3.0, [Skip()]), (1.0, [tick(1.0)]), 2.0)

    assert released(events) == [("A", 0, 2), ("A", 1, 2)]
    assert refused(events) == [(2, "late")]


@pytest.mark.parametrize(("grace_ms", "closed"), [(0, [0, 1, 2]), (1, [0, 1]), (1_000, [0, 1]), (2_500, [])])
def test_grace_is_what_log_time_must_be_past_the_end(grace_ms: int, closed: list[int]) -> None:
    """At log time 3.0 s, a grace of g leaves all seconds open that end after 3.0 - g."""
    spec = Spec(grace=grace_ms * MS)

    assert [row[1] for row in released(log((0.5, [tick(0.5)]), 3.0), spec)] == closed


@pytest.mark.parametrize(
    ("disorder_ms", "closed"), [(0, [0, 1]), (1, [0]), (1_000, [0]), (1_001, []), (3_000, [])]
)
def test_disorder_holds_own_closing_back(disorder_ms: int, closed: list[int]) -> None:
    """A feed that is out of order by d closes a second only d after its end."""
    spec = Spec(disorder=disorder_ms * MS, grace=60 * SECOND)

    assert [row[1] for row in released(log((0.5, [tick(0.5)]), (2.0, [tick(2.0)])), spec)] == closed


def test_a_trade_inside_the_disorder_still_counts() -> None:
    """1.9 s comes after 2.4 s, with half a second of disorder allowed."""
    spec = Spec(disorder=SECOND // 2, grace=60 * SECOND)
    events = log(
        (1.5, [tick(1.5)]), (2.4, [tick(2.4)]), (2.4, [tick(1.9)]), (2.5, [tick(2.5)]), (2.5, [tick(1.9)])
    )

    assert refused(events, spec) == [(4, "late")]
    assert [row.bar[5] for row in rows_of(step(events, spec))] == [2]


def test_a_trade_of_a_closed_second_is_late_with_the_distance_told() -> None:
    """It is refused and re-opens nothing; the detail says how late it was."""
    events = log((0.5, [tick(0.5)]), (1.5, [tick(1.5)]), (1.5, [tick(0.7)]), (2.5, [tick(2.5)]))

    [reject] = [r for one in step(events) for r in one.rejects]

    assert (reject.offset, str(reject.reason)) == (2, "late")
    assert reject.detail == "event time is 0.800 s behind log time, its second is closed"
    assert [(row.second - START, row.bar[5]) for row in rows_of(step(events))] == [(0, 1), (1, 1)]


def test_log_time_goes_first_within_a_record() -> None:
    """A record that arrives after the grace cannot bring a trade for the second it closes."""
    assert refused(log((0.5, [tick(0.5)]), (2.0, [tick(0.9)]))) == [(1, "late")]


def test_the_trades_of_one_record_are_judged_in_order() -> None:
    """The second trade of a record finds closed what the first has closed."""
    events = log((1.5, [tick(0.5), tick(1.5), tick(0.6)]))

    assert refused(events) == [(0, "late")]
    assert released(events) == [("A", 0, 1)]


def test_a_trade_too_far_ahead_of_its_own_log_time_closes_nothing() -> None:
    """Five seconds of skew are allowed to the nanosecond; one bad clock must not close everyone's windows."""
    exact, over = tick(0.0)._replace(ts=at(5.5)), tick(0.0)._replace(ts=at(5.5) + 1)

    assert refused(log((0.5, [over]), (0.5, [tick(0.5)]))) == [(0, "future")]
    assert refused(log((0.5, [exact]))) == []
    assert released(log((0.5, [tick(0.5)]), (0.5, [over]))) == []
    assert [row[1] for row in released(log((0.5, [tick(0.5)]), (0.5, [exact])))] == [0, 1, 2, 3, 4]


def test_a_trade_ahead_of_log_time_does_not_close_other_symbols() -> None:
    """Own event time closes own seconds only."""
    events = log((0.5, [tick(0.5), tick(0.5, B)]), (0.6, [tick(4.0)]))

    assert {name for name, _, _ in released(events)} == {"A"}


def test_a_life_begins_at_the_second_of_the_first_used_trade() -> None:
    """Late trades before it, in any number, give no rows; nor does the time before."""
    events = log((5.0, [tick(1.0)]), (5.0, [tick(3.9)]), (5.0, [tick(4.2)]), (7.0, [Skip()]))

    assert refused(events) == [(0, "late"), (1, "late")]
    assert released(events) == [("A", 4, 4), ("A", 5, 4)]


def test_rows_come_by_record_then_log_before_own_then_second_then_symbol() -> None:
    """B closes by log time what A closes by its own trade in the same record; seconds rise inside each."""
    events = log((0.5, [tick(0.5, B), tick(0.5, A)]), (3.5, [tick(3.5, A)]))

    assert released(events) == [("B", 0, 2), ("A", 0, 2), ("B", 1, 2), ("A", 1, 2), ("A", 2, 2)]


def test_a_symbol_expires_one_time_to_live_after_its_last_trade() -> None:
    """Rows go on for ttl seconds after the one of the last trade; then one expiry, then nothing."""
    spec = Spec(symbol_ttl_s=3)
    events = log((0.5, [tick(0.5)]), (1.0, [tick(1.0)]), 5.9, 6.0, 60.0)

    closed = step(events, spec)

    assert [row.second - START for row in rows_of(closed)] == [0, 1, 2, 3, 4]
    assert [(gone.second - START, gone.offset) for one in closed for gone in one.expired] == [(4, 2)]
    assert [len(one.expired) for one in closed] == [0, 0, 1, 0]


def test_a_symbol_that_comes_back_begins_without_a_past() -> None:
    """The record that lets it expire may bring its next life; nothing of the old one shows."""
    spec = Spec(symbol_ttl_s=3)
    events = log((0.5, [tick(0.5)]), (9.0, [tick(9.0, price=50.0)]), (10.0, [tick(10.0, price=50.0)]))

    closed = step(events, spec)
    rows = rows_of(closed)

    assert [(row.second - START, row.price) for row in rows] == [*((k, 100.0) for k in range(4)), (9, 50.0)]
    x = [one.block.x for one in closed if one.block is not None][-1]
    assert x[0].tolist()[:5] == [0.0] * 5  # no return from 100 to 50


@pytest.mark.parametrize("prices", [(1.5, 0.5), (0.5, 1.5)])
def test_a_symbol_keeps_its_lots_for_as_long_as_the_shard_lives(prices: tuple[float, float]) -> None:
    """Those of its first price, 1e-8 or 1e-6 units, also in a later life at another price."""
    first, later = (
        tick(at_, price=price)._replace(qty=1.00000004) for at_, price in zip((0.5, 9.0), prices, strict=True)
    )

    found = rows_of(step(log((0.5, [first]), (9.0, [later]), 11.0), Spec(symbol_ttl_s=3)))

    assert [row.bar[4] for row in found if row.bar[5]] == [1.00000004 if prices[0] >= 1 else 1.0] * 2


def test_commands_move_no_time() -> None:
    """Control records do not count towards log time."""
    command = Command(id="c", ts=at(60.0), actor="ops", n=1, role="admin", cmd="kill")
    closed = step([*log((0.5, [tick(0.5)])), Order(command, at(60.0))])

    assert rows_of(closed) == []
    assert [one.desk.killed for one in closed] == [False, True]


def test_the_genesis_gives_the_desk_and_moves_no_time() -> None:
    """A shard begins with the control state that was in force then."""
    market = Market(Spec(), Desk())

    [closed] = market.step([Genesis(Desk(killed=True), Cause(0, 1))])

    assert (closed.desk.killed, closed.cause, closed.block, closed.progress) == (True, (0, 1), None, ())


def test_progress_tells_each_move_of_log_time() -> None:
    """With or without symbols; one entry a record that moves it, skipping seconds with it."""
    closed = step(log((0.5, [Skip()]), (0.9, [Skip()]), (1.0, [Skip()]), (7.2, [Skip()])))

    moves = [(move.second - START, move.offset, move.totals.read) for one in closed for move in one.progress]
    assert moves == [(-1, 1, 0), (0, 3, 2), (6, 4, 3)]


def test_a_lane_is_the_running_maximum_of_each_symbol() -> None:
    """Symbols 0 and 1 interleaved; what was closed before the batch is its floor."""
    code, own = np.array([1, 0, 1, 0, 1]), np.array([7, 3, 5, 4, 9])

    lane = lane_of(code, own, np.array([0, 1, 2, 3, 4]), np.array([0, 8]))

    assert lane.closed_to(np.array([0, 1, 2])).tolist() == [4, 9, 0]
    firsts = lane.first_record(np.array([0, 0, 1, 1, 2]), np.array([4, 5, 8, 9, 1]), 99)
    assert firsts.tolist() == [3, 99, 0, 4, 99]


def test_lateness_looks_at_own_and_log_closing() -> None:
    """A trade is late when either had closed its second before it."""
    code = np.array([0, 0, 0])
    lane = lane_of(code, np.array([5, 6, 5]), np.array([0, 1, 2]), np.array([5]))

    assert lateness(lane, code, np.array([5, 6, 5]), np.array([5, 5, 5])).tolist() == [False, False, True]
    assert lateness(lane, code, np.array([5, 6, 6]), np.array([5, 5, 7])).tolist() == [False, False, True]


def test_an_empty_batch_releases_nothing() -> None:
    """A poll may bring no record."""
    market = Market(Spec(), Desk())

    assert market.step([]) == market.step([batch_of([])]) == []
