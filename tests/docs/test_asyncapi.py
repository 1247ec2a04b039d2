"""The contract of the topics: every topic is in it, and what the product writes follows it to the letter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from confluent_kafka import Message
from jsonschema import Draft7Validator

from connectors.codecs.wire import Encoded
from connectors.embedded import EmbeddedBroker, EmbeddedRedis
from connectors.kafka.messages import headers_of as headers_of_message
from connectors.kafka.topics import planned
from connectors.settings import Settings
from models.control.flags import FLAGS
from models.desk.desk import Desk
from models.desk.gate import REASONS, SIGNALS
from models.judge.records import TOPICS
from models.market.ledger import Totals
from models.market.schema import NAMES
from models.ticks import Reason
from tests.docs.contract import (
    BYTES,
    DOCUMENT,
    SCHEMAS,
    channels,
    key_of,
    kinds,
    messages,
    references,
    resolve,
    why_not,
)
from tests.docs.produced import records
from tests.flows.running import SECRET, Stage, until

PAST = ("simulate", "--symbols", "6", "--rate", "5", "--speed", "max", "--seconds", "8", "--json")
OPEN = {"tick", "flags", "numbers", "args", "features"}
"""Objects that may hold fields not named: foreign ticks, maps, and arguments that another rule describes."""


@pytest.fixture(scope="module")
def produced() -> list[Encoded]:
    """Everything that a shard publishes over an eventful life."""
    return records()


def headers_of(record: Encoded) -> dict[str, str]:
    return {name: str(value) for name, value in record.headers or []}


def test_every_topic_is_described_and_every_described_topic_exists() -> None:
    """By the names of the default settings, in the order in which the topics are created."""
    defaults = Settings.model_construct()
    assert list(channels()) == [plan.name for plan in planned(defaults)]


def test_every_reference_of_the_document_resolves() -> None:
    """And every schema is one."""
    for ref in references():
        assert resolve(ref) is not None
    for schema in SCHEMAS.values():
        Draft7Validator.check_schema(schema)


def test_every_message_is_in_a_channel_and_every_channel_in_an_operation() -> None:
    """Nothing is described that nobody reads or writes."""
    named = {ref["$ref"] for channel in DOCUMENT["channels"].values() for ref in channel["messages"].values()}
    assert named == {f"#/components/messages/{name}" for name in DOCUMENT["components"]["messages"]}
    used = {operation["channel"]["$ref"] for operation in DOCUMENT["operations"].values()}
    assert used == {f"#/channels/{name}" for name in DOCUMENT["channels"]}


def test_every_published_record_is_as_described(produced: list[Encoded]) -> None:
    """Each is exactly one of its topic's messages, and every message of every output topic occurs."""
    seen: Counter[tuple[str, str]] = Counter()
    for record in produced:
        found = kinds(record.topic, record.value, headers_of(record))
        assert len(found) == 1, why_not(record.topic, record.value, headers_of(record))
        seen[record.topic, found[0]] += 1
    assert set(seen) == {(topic, name) for topic in TOPICS for name in messages(topic)}


def test_every_key_is_as_described(produced: list[Encoded]) -> None:
    """Of symbols and shards, which are told apart by the slash and the four digits of a shard."""
    for record in produced:
        [name] = kinds(record.topic, record.value, headers_of(record))
        key = record.key.decode()
        described = key_of(messages(record.topic)[name])
        if described == "symbol":
            assert key == orjson.loads(record.value)["symbol"]
        elif described == "shard":
            assert key == "ticks/0003"
        else:
            assert described == "symbol, or shard where it could not be read"
            assert key == (headers_of(record)["symbol"] or "ticks/0003")


def test_all_reasons_of_the_contract_occur(produced: list[Encoded]) -> None:
    """So that none is described that means nothing; ``guard`` needs a number that is none."""
    rejected = {headers_of(r)["reason"] for r in produced if r.topic == "dlq"}
    assert rejected == set(SCHEMAS["rejectedHeaders"]["properties"]["reason"]["enum"])
    gated = {orjson.loads(r.value)["reason"] for r in produced if r.topic == "signals"}
    assert gated == set(SCHEMAS["signal"]["properties"]["reason"]["enum"]) - {"guard"}


def test_a_record_with_a_field_more_or_less_is_refused(produced: list[Encoded]) -> None:
    """For each kind of output message, the contract names every field, and needs every one."""
    samples = {tuple(kinds(r.topic, r.value, headers_of(r))): r for r in produced}
    assert len(samples) == sum(len(messages(topic)) for topic in TOPICS)
    for (name,), record in samples.items():
        rejected = messages(record.topic)[name].get("contentType") == BYTES
        body: dict[str, Any] = headers_of(record) if rejected else orjson.loads(record.value)
        for changed in ({**body, "surprise": 1}, *({k: body[k] for k in body if k != gone} for gone in body)):
            again = (b"", changed) if rejected else (orjson.dumps(changed), {})
            assert kinds(record.topic, *again) == []


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_objects_are_closed(name: str) -> None:
    """A field that the contract does not name is an error, but where it says otherwise."""

    def objects(part: Any, of: str) -> None:
        if isinstance(part, dict):
            if part.get("type") == "object" and of not in OPEN:
                assert part.get("additionalProperties") is False, f"{name}: {of} is open"
            for key, value in part.items():
                objects(value, key)

    objects(SCHEMAS[name], name)


def test_the_contract_lists_what_the_code_lists() -> None:
    """Signals, reasons, features, desk, books and flags."""
    assert set(SCHEMAS["signal"]["properties"]["signal"]["enum"]) == set(SIGNALS.values())
    assert SCHEMAS["signal"]["properties"]["reason"]["enum"] == list(REASONS)
    assert SCHEMAS["rejectedHeaders"]["properties"]["reason"]["enum"] == [str(reason) for reason in Reason]
    assert tuple(SCHEMAS["features"]["required"]) == tuple(SCHEMAS["features"]["properties"]) == NAMES
    assert SCHEMAS["desk"]["required"] == list(SCHEMAS["desk"]["properties"]) == list(Desk().as_dict())
    assert SCHEMAS["ledger"]["required"] == ["read", *Totals._fields]
    assert SCHEMAS["flagName"]["anyOf"][0]["enum"] == list(FLAGS)
    assert DOCUMENT["info"]["license"]["name"] == "Apache-2.0"


@pytest.mark.slow
@pytest.mark.embedded
@pytest.mark.timeout(180)
def test_what_a_real_run_leaves_on_its_topics_is_as_described(
    embedded_broker: Callable[..., EmbeddedBroker], embedded_redis: EmbeddedRedis, tmp_path: Path
) -> None:
    """Ticks, commands, journal and output, read back from a broker under the names of the document."""
    stage = Stage.of_settings({"redis_url": embedded_redis.url, "admin_secret": SECRET, "flow_port": "0"})
    stage = stage.but(partitions="2").at(embedded_broker(stage.but(partitions="2").topics()).bootstrap)
    stage.levibot("feed", *PAST, "--late", "0.01", "--duplicate", "0.01")
    with stage.flow(tmp_path / "flow.log") as flow:
        stage.levibot("control", "kill", "--reason", "drill", "--wait")
        stage.refused("control", "model.select", f"nobody@{'0' * 64}", "--wait", code=1)
        until(stage.read_up_to, "a beat behind the last tick")
        assert flow.stop() == 0
    seen: set[tuple[str, str]] = set()
    for topic in channels():
        for record in stage.read(topic):
            value, headers = record.value() or b"", dict(texts_of(record))
            found = kinds(topic, value, headers)
            assert len(found) == 1, why_not(topic, value, headers)
            seen.add((topic, found[0]))
    assert seen >= {("ticks", "tick"), ("control", "command"), ("dlq", "rejected"), ("signals", "signal")}
    assert {name for topic, name in seen if topic == "journal"} == set(messages("journal"))


def texts_of(record: Message) -> list[tuple[str, str]]:
    return [(name, value.decode()) for name, value in headers_of_message(record)]
