"""Symbols that move to another partition as a topic is given more: retired where they were, once."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import pytest
from confluent_kafka import Message
from hypothesis import given
from hypothesis import strategies as st

from connectors.embedded import EmbeddedBroker
from connectors.kafka.clients import producer
from models.judge.records import TOPICS
from models.market.placement import murmur2, partition_of
from tests.one_shard import OneShard, at, trade

STAYS, MOVES = "S0", "S1"


def test_a_key_goes_where_kafka_puts_it(embedded_broker: Callable[..., EmbeddedBroker]) -> None:
    """Known hashes of Kafka's own test, and the placement of a real producer."""
    known = {b"21": -973932308, b"foobar": -790332482, b"a-little-bit-long-string": -985981536}
    assert {key: (murmur2(key) ^ 1 << 31) - (1 << 31) for key in known} == known
    broker = embedded_broker({"keyed": 7})
    placed: dict[str, int | None] = {}

    def delivered(_: object, message: Message) -> None:
        placed[(message.key() or b"").decode()] = message.partition()

    client = producer(broker.bootstrap)
    names = [f"{base}{quote}" for base in ("BTC", "ETH", "Ж", "1000SHIB", "A") for quote in ("USDT", "", "X")]
    for name in names:
        client.produce("keyed", b"x", name, on_delivery=delivered)
    client.flush()
    assert placed == {name: partition_of(name, 7) for name in names}


def grown() -> OneShard:
    """Return partition 0 of a topic that was given a second one; one symbol stays, the other moves."""
    assert (partition_of(STAYS, 2), partition_of(MOVES, 2)) == (0, 1)
    one = OneShard()
    for second in range(3):
        one.feed(trade(STAYS, second + 0.1, 100.0), trade(MOVES, second + 0.2, 50.0))
    one.command("partitions.grow", topic="ticks", partitions=2)
    return one


def published(emissions: list, topic: str) -> list[tuple[str, int]]:
    """Return symbol and window end of the records on a topic, in seconds since the start."""
    bodies = [r.body for e in emissions for r in e.records if r.topic == topic]
    return [(b["symbol"], (b["ts"] - at(0)) // 10**9) for b in bodies]


def test_a_symbol_that_moved_has_its_last_second_closed_and_then_expires() -> None:
    """Its open trades still count; after that nothing more is published of it here."""
    later = grown().feed(*[trade(STAYS, second + 0.1, 100.0) for second in range(3, 8)])
    signals = published(later, "signals")
    assert [end for symbol, end in signals if symbol == MOVES] == [3]
    assert [end for symbol, end in signals if symbol == STAYS] == [3, 4, 5, 6, 7]
    assert published(later, "staleness") == [(MOVES, 3)]
    event = next(r.body for e in later for r in e.records if r.topic == "staleness")
    assert (event["event"], event["limit_s"]) == ("expired", 0)


def test_a_silent_symbol_that_moved_expires_with_the_next_record() -> None:
    """What was closed by log time stays its end: no second is published twice, none is taken back."""
    one = OneShard()
    one.feed(trade(MOVES, 0.1, 50.0))
    before = one.feed(*[trade(STAYS, second + 0.1, 100.0) for second in range(0, 6)])
    last = max(end for symbol, end in published(before, "signals") if symbol == MOVES)
    one.command("partitions.grow", topic="ticks", partitions=2)
    after = one.feed(trade(STAYS, 5.2, 100.0), trade(STAYS, 8.1, 100.0))
    assert published(after, "staleness") == [(MOVES, last)]
    assert [end for symbol, end in published(after, "signals") if symbol == MOVES] == []


def test_another_topic_and_a_repeated_command_change_nothing() -> None:
    """The command names its topic; its number makes a repeat harmless."""
    one = OneShard()
    one.feed(trade(MOVES, 0.1, 50.0))
    one.command("partitions.grow", topic="others", partitions=2)
    later = one.feed(*[trade(STAYS, second + 0.1, 100.0) for second in range(1, 6)])
    assert published(later, "staleness") == []
    assert (MOVES, 4) in published(later, "signals")


def test_a_symbol_that_trades_here_all_the_same_lives_again() -> None:
    """A producer that knows the old count only: nothing is lost, and the misrouting is reported elsewhere."""
    one = grown()
    one.feed(trade(STAYS, 5.1, 100.0))
    later = one.feed(trade(MOVES, 6.1, 50.0), trade(MOVES, 7.1, 50.0), trade(MOVES, 8.1, 50.0))
    assert [end for symbol, end in published(later, "signals") if symbol == MOVES] == [7, 8]


ticks = st.lists(st.tuples(st.sampled_from([STAYS, MOVES]), st.integers(0, 2_500)), min_size=1, max_size=30)


@pytest.mark.slow
@given(before=ticks, after=ticks, cuts=st.sets(st.integers(1, 29)))
def test_how_the_log_is_cut_does_not_matter_to_who_retires_and_when(
    before: list[tuple[str, int]], after: list[tuple[str, int]], cuts: set[int]
) -> None:
    """One record at a time, all at once, or cut anywhere: the same records, in the same order."""
    at_once = published_by(before, after, set())
    assert published_by(before, after, set(range(30))) == at_once
    assert published_by(before, after, cuts) == at_once


def published_by(before: list[tuple[str, int]], after: list[tuple[str, int]], cuts: set[int]) -> list[bytes]:
    """Return all records of ticks (symbol, ms since the last) around a growth, topic by topic."""
    one, ms, emissions = OneShard(), 0, []
    for part in (before, after):
        batch = []
        for n, (symbol, gap) in enumerate(part):
            if n in cuts and batch:
                emissions += one.feed(*batch)
                batch = []
            ms += gap
            batch.append(trade(symbol, ms / 1_000, 100.0 + n))
        emissions += one.feed(*batch)
        if part is before:
            emissions += one.command("partitions.grow", topic="ticks", partitions=2)
    records = [record for emission in emissions for record in emission.records]
    return [
        orjson.dumps((r.topic, r.key, r.body)) for t in TOPICS for r in records if r.topic == t and t != "dlq"
    ]
