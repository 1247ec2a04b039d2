"""Where the account begins to read, and what it refuses to go on with."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from itertools import count

import pytest
from paper.shards import FIRST, Shards, publish

from connectors.embedded import EmbeddedBroker
from connectors.kafka.errors import BrokerError
from connectors.kafka.outlets import Outlets
from connectors.kafka.paper.opening import AccountOpening
from connectors.kafka.paper.source import AccountPartition
from connectors.kafka.topics import output, shards
from connectors.start_values import paper_spec
from models.desk.desk import Desk
from models.inputs import Genesis
from models.judge.records import SIGNALS
from models.paper.inputs import AccountInput, Second
from tests.flows.running import Stage

pytestmark = pytest.mark.embedded

_NUMBERS = count()


@pytest.fixture(scope="module")
def broker() -> Iterator[EmbeddedBroker]:
    """A broker without topics."""
    with EmbeddedBroker({}) as started:
        yield started


@pytest.fixture
def stage(broker: EmbeddedBroker) -> Stage:
    """Two shards."""
    made = Stage(broker.bootstrap, "redis://127.0.0.1:1/0", partitions="2")
    for topic, partitions in made.topics().items():
        broker.create(topic, partitions)
    return made


def process(stage: Stage, saved: bytes | None = None) -> AccountPartition:
    """Open the account as a process does that starts."""
    config = stage.settings
    outlets = Outlets(config.kafka_bootstrap)
    opening = AccountOpening(config, paper_spec(config), Desk(), shards(config), outlets)
    return AccountPartition(opening.open(saved), 10.0, lambda: False, lambda: None)


def taken(of: AccountPartition, seconds: int) -> list[AccountInput]:
    """Return what a process takes in, up to that many seconds."""
    found: list[AccountInput] = []
    while sum(isinstance(one, Second) for one in found) < seconds:
        found += [one for _, (_, one) in of.next_batch()]
    return found


def second_numbers(found: list[AccountInput]) -> list[int]:
    """Return the seconds among inputs, from the first that the shards have."""
    return [one.second - FIRST for one in found if isinstance(one, Second)]


def test_it_begins_with_the_oldest_that_is_kept(stage: Stage) -> None:
    """The genesis first, then every second of both shards."""
    publish(stage, Shards(1).seconds(5))
    found = taken(process(stage), 5)

    assert isinstance(found[0], Genesis)
    assert second_numbers(found) == [0, 1, 2, 3, 4]
    assert all(len(one.frames) == 2 for one in found[1:] if isinstance(one, Second))


def test_it_begins_now_where_start_says_so(stage: Stage) -> None:
    """Behind the last second that all shards have closed."""
    made = Shards(1)
    publish(stage, made.seconds(5))
    began = process(stage.but(start="latest"))
    publish(stage, made.seconds(2))

    assert second_numbers(taken(began, 2)) == [5, 6]


def test_it_goes_on_where_a_snapshot_stands(stage: Stage) -> None:
    """What waited for its second then is read again; nothing comes twice."""
    made = Shards(1)
    records = list(itertools.chain(made.seconds(4)))
    publish(stage, iter(records[:-2]))  # the last second of one shard is not closed yet
    first = process(stage)
    assert second_numbers(taken(first, 3)) == [0, 1, 2]
    saved = first.snapshot()
    publish(stage, iter(records[-2:]))

    assert second_numbers(taken(process(stage, saved), 1)) == [3]


def test_without_a_snapshot_it_begins_at_its_genesis(stage: Stage) -> None:
    """Whatever START says by then."""
    publish(stage, Shards(1).seconds(3))
    taken(process(stage), 3)

    assert second_numbers(taken(process(stage.but(start="latest")), 3)) == [0, 1, 2]


def test_other_settings_are_refused(stage: Stage) -> None:
    """The account would go on under costs that its past does not have."""
    publish(stage, Shards(1).seconds(1))
    taken(process(stage), 1)
    with pytest.raises(BrokerError, match=r"begun under other settings .* ACCOUNT_SUFFIX"):
        process(stage.but(paper_taker_bps="20"))


def test_a_record_of_somebody_else_is_refused_by_its_place(stage: Stage) -> None:
    """Guessing at it would be trading on it."""
    publish(stage, iter([(SIGNALS, 1, {"weather": "fine"})]))
    name = output(SIGNALS, stage.settings)
    with pytest.raises(BrokerError, match=f"{name}/1 holds a record at 0 that levibot did not write"):
        taken(process(stage), 1)
