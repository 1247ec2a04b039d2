"""The contract of the topics: every topic is in it, and what the product writes follows it to the letter."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import orjson
import pytest
from confluent_kafka import Message
from jsonschema import Draft7Validator

from connectors.codecs.wire import Encoded
from connectors.embedded import EmbeddedBroker, EmbeddedRedis
from connectors.embedded.child import Child
from connectors.kafka.messages import headers_of as headers_of_message
from connectors.kafka.topics import ACCOUNT_JOURNAL, GATEWAY_AUDIT, GUARD_JOURNAL, planned
from connectors.settings import Settings
from models.control.flags import FLAGS
from models.desk.desk import Desk
from models.desk.gate import REASONS, SIGNALS
from models.guard.records import TOPICS as GUARD_TOPICS
from models.judge.records import TOPICS
from models.market.ledger import Totals
from models.market.schema import NAMES
from models.paper.account import TOPICS as ACCOUNT_TOPICS
from models.paper.words import BLOCKED
from models.performance.grades import SCALES, WORDS
from models.slo.body import COUNTS, LATENCIES, SLO
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
from tests.docs.produced_account import account_entries, account_records
from tests.docs.produced_gateway import gateway_records
from tests.docs.produced_guard import guard_entries, guard_records
from tests.docs.produced_slo import slo_records
from tests.flows.running import LEVIBOT, SECRET, Stage, until

PAST = ("simulate", "--symbols", "6", "--rate", "5", "--speed", "max", "--seconds", "8", "--json")
OPEN = {"tick", "flags", "numbers", "args", "features", "lines", "by_symbol", "by_model"}
"""Objects that may hold fields not named: foreign ticks, maps, and arguments that another rule describes."""


ALL = (*TOPICS, SLO, *ACCOUNT_TOPICS, ACCOUNT_JOURNAL, *GUARD_TOPICS, GUARD_JOURNAL, GATEWAY_AUDIT)
"""The topics that are filled without a broker."""


@pytest.fixture(scope="module")
def produced() -> list[Encoded]:
    """Everything that shard, paper account, guard and gateway publish over an eventful life."""
    accounts, guards = [*account_records(), *account_entries()], [*guard_records(), *guard_entries()]
    return [*records(), *accounts, *slo_records(), *guards, *gateway_records()]


@pytest.fixture(scope="module")
def named(produced: list[Encoded]) -> list[tuple[str, Encoded]]:
    """The same records, each with the one message of its topic that it is."""
    found = []
    for record in produced:
        names = kinds(record.topic, record.value, headers_of(record))
        assert len(names) == 1, why_not(record.topic, record.value, headers_of(record))
        found.append((names[0], record))
    return found


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


def test_every_published_record_is_as_described(named: list[tuple[str, Encoded]]) -> None:
    """Each is exactly one of its topic's messages, and every message of every output topic occurs."""
    seen = {(record.topic, name) for name, record in named}
    assert seen == {(topic, name) for topic in ALL for name in messages(topic)}


def test_every_key_is_as_described(named: list[tuple[str, Encoded]]) -> None:
    """Of symbols, books and shards, which are told apart by the slash and the four digits of a shard."""
    for name, record in named:
        key = record.key.decode()
        described = key_of(messages(record.topic)[name])
        if described == "symbol":
            assert key == orjson.loads(record.value)["symbol"]
        elif described == "shard":
            assert key == "ticks/0003"
        elif described in ("book", "source", "rule", "run", "ip"):
            assert key == orjson.loads(record.value)[described]
        elif described == "actor, or unknown where none is named":
            assert key == (orjson.loads(record.value)["actor"] or "unknown")
        elif record.topic in (ACCOUNT_JOURNAL, GUARD_JOURNAL):
            assert key == described
        else:
            assert described == "symbol, or shard where it could not be read"
            assert key == (headers_of(record)["symbol"] or "ticks/0003")


def test_all_reasons_of_the_contract_occur(produced: list[Encoded]) -> None:
    """So that none is described that means nothing; ``guard`` needs a number that is none."""
    rejected = {headers_of(r)["reason"] for r in produced if r.topic == "dlq"}
    assert rejected == set(SCHEMAS["rejectedHeaders"]["properties"]["reason"]["enum"])
    gated = {orjson.loads(r.value)["reason"] for r in produced if r.topic == "signals"}
    assert gated == set(SCHEMAS["signal"]["properties"]["reason"]["enum"]) - {"guard"}


def test_everything_that_can_become_of_an_order_occurs(produced: list[Encoded]) -> None:
    """Each reason of each event, each side and source; and each event of the account, on both books."""
    trades = [orjson.loads(r.value) for r in produced if r.topic == "trades"]
    for name in ("fill", "blocked", "cancelled"):
        seen = {body["reason"] for body in trades if body["event"] == name}
        assert seen == set(SCHEMAS[name]["properties"]["reason"]["enum"])
    ordered = {(body["book"], body["source"]) for body in trades}
    commands = {("active", source) for source in SCHEMAS["orderSource"]["enum"]}
    assert ordered == commands | {("challenger", "signal")}
    states = [orjson.loads(r.value) for r in produced if r.topic == "account"]
    events = SCHEMAS["account"]["properties"]["event"]["enum"]
    assert {(b["book"], b["event"]) for b in states} == {
        (b, e) for b in SCHEMAS["book"]["enum"] for e in events
    }
    assert {word for body in states for word in body["grades"].values()} >= {None, "below", "excellent"}


def test_a_record_with_a_field_more_or_less_is_refused(named: list[tuple[str, Encoded]]) -> None:
    """For each kind of output message, the contract names every field, and needs every one."""
    samples = {(record.topic, name): record for name, record in named}
    for (_, name), record in samples.items():
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
    """Signals, reasons, features, desk, books, flags and grades."""
    assert set(SCHEMAS["signal"]["properties"]["signal"]["enum"]) == set(SIGNALS.values())
    assert SCHEMAS["signal"]["properties"]["reason"]["enum"] == list(REASONS)
    assert SCHEMAS["rejectedHeaders"]["properties"]["reason"]["enum"] == [str(reason) for reason in Reason]
    assert tuple(SCHEMAS["features"]["required"]) == tuple(SCHEMAS["features"]["properties"]) == NAMES
    assert SCHEMAS["desk"]["required"] == list(SCHEMAS["desk"]["properties"]) == list(Desk().as_dict())
    assert SCHEMAS["ledger"]["required"] == ["read", *Totals._fields]
    assert SCHEMAS["flagName"]["anyOf"][0]["enum"] == list(FLAGS)
    assert SCHEMAS["blocked"]["properties"]["reason"]["enum"] == list(BLOCKED)
    assert SCHEMAS["grade"]["enum"] == [*WORDS, None]
    assert SCHEMAS["account"]["properties"]["grades"]["required"] == list(SCALES)
    assert list(SCHEMAS["slo"]["properties"]["counts"]["properties"]) == list(COUNTS)
    assert list(SCHEMAS["slo"]["properties"]["latency"]["properties"]) == list(LATENCIES)
    assert DOCUMENT["info"]["license"]["name"] == "Apache-2.0"


@pytest.mark.slow
@pytest.mark.embedded
@pytest.mark.timeout(180)
def test_what_a_real_run_leaves_on_its_topics_is_as_described(
    embedded_broker: Callable[..., EmbeddedBroker], embedded_redis: EmbeddedRedis, tmp_path: Path
) -> None:
    """Ticks, commands, journal and output, read back from a broker under the names of the document."""
    ports = {"flow_port": "0", "paper_port": "0"}
    stage = Stage.of_settings({"redis_url": embedded_redis.url, "admin_secret": SECRET, **ports})
    stage = stage.but(partitions="2").at(embedded_broker(stage.but(partitions="2").topics()).bootstrap)
    stage.levibot("feed", *PAST, "--late", "0.01", "--duplicate", "0.01")
    with stage.flow(tmp_path / "flow.log") as flow:
        stage.levibot("control", "kill", "--reason", "drill", "--wait")
        stage.refused("control", "model.select", f"nobody@{'0' * 64}", "--wait", code=1)
        until(stage.read_up_to, "a beat behind the last tick")
        assert flow.stop() == 0
    with ExitStack() as ending:
        account = Child("the account", [LEVIBOT, "run", "paper"], log=tmp_path / "paper.log", env=stage.env)
        ending.callback(account.kill)
        until(lambda: sum(stage.ends(ACCOUNT_JOURNAL)) == 4, "the account to take both commands in")
        assert account.stop() == 0
    seen: set[tuple[str, str]] = set()
    for topic in channels():
        for record in stage.read(topic):
            value, headers = record.value() or b"", dict(texts_of(record))
            found = kinds(topic, value, headers)
            assert len(found) == 1, why_not(topic, value, headers)
            seen.add((topic, found[0]))
    assert seen >= {("ticks", "tick"), ("control", "command"), ("dlq", "rejected"), ("signals", "signal")}
    assert {name for topic, name in seen if topic == "journal"} == set(messages("journal"))
    assert {name for topic, name in seen if topic == ACCOUNT_JOURNAL} == {"open", "genesis", "taken"}


def texts_of(record: Message) -> list[tuple[str, str]]:
    return [(name, value.decode()) for name, value in headers_of_message(record)]
