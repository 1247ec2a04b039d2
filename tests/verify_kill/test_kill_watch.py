"""The backlog and the watch over a run, on an embedded broker: what was sent, taken in and said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import orjson
import pytest

from connectors.codecs.wire import encode_entry
from connectors.embedded import EmbeddedBroker
from connectors.kafka.clients import producer
from connectors.kafka.control_sender import Sender
from connectors.kafka.errors import BrokerError
from connectors.kafka.topics import planned
from connectors.settings import Settings
from flows.kill_trials.backlog import SYMBOLS, Backlog
from flows.kill_trials.watch import Watch
from models.control.signature import role_key
from models.control.verdict import judge
from models.journal.entry import BEAT, COMMAND, OPEN, Entry
from tests.kafka.partitions import values

pytestmark = pytest.mark.embedded
SECRET = "a secret for tests"


@pytest.fixture(scope="module")
def place() -> Iterator[Settings]:
    """A broker with the topics of an instance of two shards."""
    given = Settings(_env_file=None, partitions=2, admin_secret=SECRET, recorded_ticks=True)
    topics = {plan.name: plan.partitions for plan in planned(given)}
    with EmbeddedBroker(topics) as broker:
        yield given.model_copy(update={"kafka_bootstrap": broker.bootstrap})


@pytest.fixture
def put(place: Settings) -> Callable[[str, int, object], None]:
    """Put a record on a partition: plain data as JSON, a journal entry as such."""
    client = producer(place.kafka_bootstrap, linger_ms=0, enable_idempotence=False)

    def one(topic: str, partition: int, body: object) -> None:
        value = encode_entry(body) if isinstance(body, Entry) else orjson.dumps(body)
        client.produce(topic, value, partition=partition)
        assert client.flush(20) == 0

    return one


def test_the_backlog_is_spread_over_the_shards_and_counted(place: Settings) -> None:
    """Each symbol on one of them; what is left counts for the shard that has least."""
    backlog = Backlog(place, seed=1)
    backlog.add(1_000)
    found = [[orjson.loads(v or b"") for v in values(place.kafka_bootstrap, "ticks", p)] for p in (0, 1)]
    assert backlog.ends == [len(each) for each in found]
    assert sum(backlog.ends) == 1_000
    names = [{one["symbol"] for one in each} for each in found]
    assert not names[0] & names[1]
    assert len(names[0] | names[1]) == SYMBOLS
    assert backlog.left(None) == min(backlog.ends)
    assert backlog.left({"ticks/0000": 0, "ticks/0001": backlog.ends[1] - 3}) == 3
    backlog.add(10)
    assert sum(backlog.ends) == 1_010


def signal(word: str, seq: int) -> dict[str, object]:
    """Return as much of a signal as is looked at, and a little more."""
    return {"symbol": "BTCUSDT", "signal": word, "caused_by": {"offset": 1, "seq": seq}, "ordinal": 0}


def test_the_watch_sees_commands_entries_and_signals(
    place: Settings, put: Callable[[str, int, object], None]
) -> None:
    """By id, shard and place; entries of dead processes and other kinds do not count; it can reconnect."""
    sender = Sender(place, "ada")
    with closing(Watch(place, 2)) as watch:
        kill = sender.send("kill", {"reason": "drill"})
        entry = {"command": kill.as_dict(), "ts": kill.ts}
        put("journal", 0, Entry(2, -1, 0, OPEN, {}))
        put("journal", 0, Entry(1, 0, 5, COMMAND, entry, 0))  # void: a dead process, late
        put("journal", 0, Entry(2, 0, 6, BEAT, {"ts": 1}))
        put("journal", 0, Entry(2, 1, 7, COMMAND, entry, 0))
        put("signals", 1, signal("BUY", 1))
        put("signals", 1, signal("HOLD", 2))
        watch.until(lambda: bool(watch.taken) and len(watch.words[1]) == 2 and bool(watch.sent), "all of it")
        assert list(watch.sent) == [kill.id]
        assert {n: (one.seq, one.after) for n, one in watch.taken[kill.id].items()} == {0: (1, 7)}
        assert [(word.seq, word.hold) for word in watch.words[1]] == [(1, False), (2, True)]
        watch.begin()
        watch.reconnect()
        put("signals", 0, signal("SELL", 3))
        watch.until(lambda: bool(watch.words[0]), "the next signal")
        assert [word.hold for word in watch.words[0]] == [False]
        assert watch.words[1] == []


def test_a_sender_signs_and_numbers_each_command(place: Settings) -> None:
    """Every one is accepted, and has a higher number than the one before."""
    sender = Sender(place, "bob", "trader")
    sent = [sender.send("paper.close"), sender.send("paper.close", {"symbol": "BTCUSDT"})]
    found = [orjson.loads(v or b"") for v in values(place.kafka_bootstrap, "control")][-2:]
    assert [judge(raw, raw["ts"], SECRET) for raw in found] == sent
    assert sent[0].n < sent[1].n
    assert role_key(SECRET, "trader").hex() not in str(found)


def test_a_sender_without_a_secret_is_told(place: Settings) -> None:
    """Before anything is sent."""
    with pytest.raises(BrokerError, match="ADMIN_SECRET"):
        Sender(place.model_copy(update={"admin_secret": None}), "ada")
