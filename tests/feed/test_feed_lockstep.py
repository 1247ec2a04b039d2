"""A feed in step with its readers: how far it goes ahead, what it waits for, and what ends it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors.embedded import EmbeddedBroker
from connectors.feed.lockstep import Lockstep, feed_in_step
from connectors.feed.pump import Outgoing, Summary
from connectors.kafka.delivery import Delivery

SECOND = 1_000_000_000
START = 1_700_000_000


def at(seconds: float) -> int:
    """Return a record's time, ns."""
    return START * SECOND + int(seconds * SECOND)


def test_the_first_stretch_passes_before_anybody_has_reached_anything() -> None:
    """Ten seconds from the first record on, the bound itself included."""
    step = Lockstep(lambda: None, ahead_s=10)
    assert [step.may_pass(at(s)) for s in (0, 9.5, 10, 10.001)] == [True, True, True, False]


def test_readers_move_the_bound_and_never_back() -> None:
    """They are at second 5, then 3 (one was restarted), then 8."""
    places = iter([START + 5, START + 3, START + 8])
    step = Lockstep(lambda: next(places), ahead_s=10)
    assert step.may_pass(at(0))
    assert step.may_pass(at(15))
    assert not step.may_pass(at(16))
    assert step.may_pass(at(16))


def test_records_pass_in_stretches() -> None:
    """A quarter of ten seconds together: readers two seconds on do not move the bound, three do."""
    places = iter([START + 2, START + 3])
    step = Lockstep(lambda: next(places), ahead_s=10)
    assert step.may_pass(at(0))
    assert [step.may_pass(at(12)), step.may_pass(at(12)), step.may_pass(at(13))] == [False, True, True]


def test_readers_are_not_asked_while_records_may_pass() -> None:
    """A question is a request over HTTP: one for the whole stretch that the answer lets pass."""
    asked = []
    step = Lockstep(lambda: asked.append(1) or START + 100, ahead_s=10)  # type: ignore[func-returns-value]
    assert all(step.may_pass(at(s)) for s in range(110))
    assert len(asked) == 1


@pytest.fixture(scope="module")
def broker() -> Iterator[EmbeddedBroker]:
    """A broker with a topic of ticks."""
    with EmbeddedBroker({"ticks": 1}) as made:
        yield made


def fed(broker: EmbeddedBroker, places: Iterator[int], *, patience: int = 3) -> Summary:
    """Feed 100 records, one a second; ``patience`` questions after the last place the run is called ended."""
    summary, left, reached = Summary(topic="ticks"), [patience], [START]

    def ended() -> bool:
        reached[0] = next(places, reached[0])
        left[0] -= 1
        return left[0] < 0

    records = (Outgoing(at(s), "S", b"{}") for s in range(100))
    with Delivery(broker.bootstrap, "ticks") as delivery:
        step = Lockstep(lambda: reached[0], ahead_s=10)
        feed_in_step(records, delivery, summary, step=step, ended=ended)
    return summary


def test_what_is_sent_follows_the_readers_to_the_end_of_the_run(broker: EmbeddedBroker) -> None:
    """They reach second 40: the record of second 50 is the last, and all are delivered."""
    summary = fed(broker, iter([START + 20, START + 40]))
    assert (summary.records, summary.last_ts, summary.stopped) == (51, at(50), True)


def test_all_records_are_sent_where_the_readers_keep_up(broker: EmbeddedBroker) -> None:
    """Nobody ends it: the feed ends with its records."""
    summary = fed(broker, iter([START + 50, START + 100]), patience=100)
    assert (summary.records, summary.stopped) == (100, False)
