"""The meter of the signals flow: each figure of a record, of a shard whose clocks the test moves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from one_shard import at, trade
from slo.metered import MILLI, SHARD, Metered, trades

from models.desk.desk import Desk
from models.scoring.model import ModelRows
from models.slo.body import COUNTS, LATENCIES
from models.slo.histogram import confid_median, quantile, total
from models.spec import SECOND
from models.ticks import Floats


class Failing:
    """A model that gives no number for every second row it is asked of."""

    version = "1"

    def predict(self, rows: ModelRows) -> Floats:
        """Return NaN for rows of odd seconds."""
        return np.where(rows.second % 2 == 0, 0.6, np.nan)


def p(body: Any, point: str, share: float = 0.95) -> float | None:
    return quantile(body["latency"].get(point, {}), share)


def test_a_record_counts_what_the_books_and_the_gate_say() -> None:
    """Of the ledger, what came after the first delivery; of the rows, all."""
    shard = Metered(Desk(model="constant-0.9"))
    shard.deliver(shard.ticks(*trades("A", 0.5)), at(0.6))
    late = trade("A", 0.7, 100.0, trade_id=9)
    again = trade("A", 3.2, 100.0, trade_id=4)
    emissions = shard.ticks(*trades("A", 0.5, 1.5, 2.5, 3.2), again, late, b"{}", b"not json")
    shard.deliver(emissions, at(3.3))
    body = shard.told()
    assert (body["flow"], body["source"], shard.log.records[-1][0]) == ("signals", SHARD.key, SHARD.number)
    assert body["counts"] == {
        "starts": 1, "read": 8, "used": 3, "late": 1, "duplicate": 2, "invalid": 2,
        "rows": 3, "buy": 3,
    }  # fmt: skip
    assert body["ml_bucket"] == {"9": 3}
    assert confid_median(body["confid"]) == 0.9025


def test_engine_time_is_from_the_record_that_closed_the_second() -> None:
    """Not from the batch's first or last: each row by its own."""
    shard = Metered()
    emissions = shard.ticks(
        *trades("A", 0.5, 1.0, 2.0, 2.9), written=[at(0.51), at(1.01), at(2.02), at(2.95)]
    )
    shard.deliver(emissions, at(3.01))
    body = shard.told()
    assert total(body["latency"]["engine"]) == 2
    assert p(body, "engine", 0.5) == 990.0  # second 1 was ended by the record of 2.02
    assert p(body, "engine") == 2_000.0  # second 0 by that of 1.01
    assert p(body, "score_e2e", 0.5) == 1_100.0  # 1,010 ms behind the end of second 1, by upper bound
    assert p(body, "score_e2e") == 2_100.0


def test_what_a_beat_closes_has_no_record_behind_it() -> None:
    """Its signals are timed from the end of their second alone."""
    shard = Metered()
    shard.deliver(shard.ticks(*trades("A", 0.5)), at(0.6))
    shard.deliver(shard.beat(at(2.5)), at(2.55))
    body = shard.told()
    assert "engine" not in body["latency"]
    assert p(body, "score_e2e") == 1_600.0
    assert body["counts"]["rows"] == 1


def test_a_clock_that_runs_ahead_gives_no_negative_time() -> None:
    """The exchange's second has not ended by our clock: it counts as 0."""
    shard = Metered()
    shard.deliver(shard.ticks(*trades("A", 0.5, 1.2)), at(0.9))
    assert p(shard.told(), "score_e2e") == 0.01


@pytest.mark.parametrize(("recorded", "age"), [(False, 3_700.0), (True, 2.0)])
def test_seconds_long_past_are_timed_from_when_their_record_was_read(recorded: bool, age: float) -> None:
    """Of a backlog over an hour old, and of anything recorded; and counted as such."""
    shard = Metered(recorded=recorded)
    shard.log.now = at(age)
    shard.deliver(shard.ticks(*trades("A", 0.5, 1.5)), at(age) + 7 * MILLI)
    body = shard.told()
    assert body["counts"]["aged"] == 1
    assert (p(body, "engine"), p(body, "score_e2e")) == (7.0, 7.0)


def test_a_backlog_of_less_than_an_hour_is_told_as_late_as_it_is() -> None:
    """What the users of the signals have waited is no matter of opinion."""
    shard = Metered()
    shard.deliver(shard.ticks(*trades("A", 0.5, 1.0)), at(1_801.0))
    assert p(shard.told(), "engine") == 1_800_000.0


def test_the_calls_of_the_selected_model_are_timed_and_not_those_of_its_stand_in() -> None:
    """Stub-sine's are where it is selected itself."""
    for model, calls in (("constant-0.9", 1), ("stub-sine", 1)):
        shard = Metered(Desk(model=model))
        shard.deliver(shard.ticks(*trades("A", 0.5, 1.5)), at(1.6))
        assert total(shard.told()["latency"]["inference"]) == calls
    shard = Metered(Desk(model="constant-0.9", challenger="ml-fusion"))
    shard.ticks(*trades("A", 0.5, 1.5))
    assert total(shard.told()["latency"]["inference"]) == 2


def test_an_activation_without_rows_has_no_call() -> None:
    """Nor is one left over for the next."""
    shard = Metered()
    shard.ticks(*trades("A", 0.5))
    assert "inference" not in shard.told()["latency"]


def test_rows_on_which_the_model_fails_are_errors() -> None:
    """Those that it cannot be asked of are not, nor those of the stand-in by choice."""
    shard = Metered(Desk(model="failing"), models={"failing": Failing()})
    seconds = [n + 0.5 for n in range(7)]
    shard.deliver(shard.ticks(*trades("A", *seconds)), at(6.6))
    body = shard.told()
    assert body["counts"]["rows"] == 6
    assert body["counts"]["errors"] == body["counts"]["fallback"] == 3
    assert body["ml_bucket"] == {"6": 3}


def test_a_challenger_that_decides_is_held_to_its_errors() -> None:
    """In shadow alone it is not."""
    for share, errors in ((0.0, 0), (1.0, 3)):
        desk = Desk(model="constant-0.9", challenger="failing", share=share)
        shard = Metered(desk, models={"failing": Failing()})
        shard.deliver(shard.ticks(*trades("A", *(n + 0.5 for n in range(7)))), at(6.6))
        assert shard.told()["counts"].get("errors", 0) == errors


def test_the_queue_is_looked_at_once_a_second() -> None:
    """However often the source asks."""
    shard = Metered(behind=lambda: {SHARD.key: 24})
    for turn in range(95):
        shard.log.passed = turn / 10
        shard.meter.turn()
    body = shard.told()
    assert body["latency"]["queue_depth"] == {"284": 10}
    assert p(body, "queue_depth") == 24.0


def test_a_record_comes_with_ten_seconds_of_log_time() -> None:
    """Though the clock stands still; the next one begins where it ended."""
    shard = Metered()
    shard.deliver(shard.ticks(*trades("A", 0.5)), at(0))
    shard.deliver(shard.ticks(*trades("A", 5.5, 10.4)), at(0))
    assert shard.log.records == []
    shard.deliver(shard.ticks(*trades("A", 10.5)), at(0))
    shard.deliver(shard.ticks(*trades("A", 31.0)), at(0))
    bodies = [body for _, body in shard.log.records]
    assert [(body["ts"], body["span_s"]) for body in bodies] == [(at(10.5), 10.0), (at(31.0), 20.5)]
    assert [body["counts"]["rows"] for body in bodies] == [10, 21]


def test_a_history_that_begins_anew_counts_nothing_twice() -> None:
    """The books of a shard then start again at nothing."""
    shard, other = Metered(), Metered()
    shard.deliver(shard.ticks(*trades("A", 0.5)), at(1))
    shard.deliver(shard.ticks(*trades("A", 1.5, 1.6)), at(2))
    shard.deliver(other.ticks(*trades("B", 2.5)), at(3))
    assert shard.told()["counts"]["read"] == 2


def test_every_count_and_point_is_one_of_those_described() -> None:
    """No name is made up at a seam."""
    shard = Metered(behind=lambda: {SHARD.key: 0})
    shard.deliver(shard.ticks(*trades("A", *(n + 0.5 for n in range(12)))), at(12))
    body = shard.told()
    assert body["counts"].keys() <= COUNTS.keys()
    assert body["latency"].keys() <= LATENCIES.keys()
    assert body["ts"] % SECOND == SECOND // 2


def test_the_first_record_covers_its_first_batch() -> None:
    """Or a shard that begins with a backlog would seem to answer far too much a minute."""
    shard = Metered()
    shard.deliver(shard.ticks(*trades("A", 0.5, 6.5, 12.5)), at(13))
    [(_, body)] = shard.log.records
    assert (body["counts"]["rows"], body["span_s"]) == (12, 12.0)
