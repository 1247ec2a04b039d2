"""On a Kafka that knows its users, the product does its work, and no service can do another's."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from certificates import Certificates, certificates
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import (
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    NewTopic,
    ResourcePatternType,
    ResourceType,
)
from secured_kafka import PASSWORDS, SecuredKafka, secured_kafka

from connectors.embedded.child import Child
from connectors.settings import Settings, environment
from tests.flows.running import until

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(600)]

LEVIBOT = str(Path(sys.executable).with_name("levibot"))
FLOWS = ("signals", "paper", "guard")
PATIENCE_S = 90.0
REFUSED = {KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.CLUSTER_AUTHORIZATION_FAILED}


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """What the broker shows, for 127.0.0.1."""
    return certificates(tmp_path_factory.mktemp("signed"))


@pytest.fixture(scope="module")
def kafka(
    kafka_jars: Path, signed: Certificates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SecuredKafka]:
    """The node, with the users and access lists of six services, and the topics that one of them made."""
    with secured_kafka(kafka_jars, signed) as node:
        node.acl(tmp_path_factory.mktemp("tools"), *FLOWS, "feed", "api", "operator")
        until(lambda: levibot(node, "operator", signed, "topics", "create").returncode == 0, "topics")
        yield node


def env(kafka: SecuredKafka, service: str, signed: Certificates | None, **more: str) -> dict[str, str]:
    """Return the environment of a service; with an authority it goes through TLS."""
    known = {name.upper() for name in Settings.model_fields}
    return {name: value for name, value in environment().items() if name.upper() not in known} | {
        "KAFKA_BOOTSTRAP": kafka.tls if signed else kafka.sasl,
        "KAFKA_SECURITY_PROTOCOL": "SASL_SSL" if signed else "SASL_PLAINTEXT",
        "KAFKA_SASL_USERNAME": service,
        "KAFKA_SASL_PASSWORD": PASSWORDS[service],
        "KAFKA_SSL_CA_LOCATION": str(signed.authority) if signed else "",
        "PARTITIONS": "1",
        "ADMIN_SECRET": "a secret for tests alone",
        **more,
    }


def levibot(
    kafka: SecuredKafka, service: str, signed: Certificates | None, *words: str, **more: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LEVIBOT, *words],
        env=env(kafka, service, signed, **more),
        capture_output=True,
        text=True,
        check=False,
    )


def client(kafka: SecuredKafka, service: str) -> dict[str, str]:
    """Return what a client of a service is configured with."""
    return {
        "bootstrap.servers": kafka.sasl, "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "SCRAM-SHA-512", "sasl.username": service, "sasl.password": PASSWORDS[service],
        "group.id": "levibot", "log_level": "0",
    }  # fmt: skip


def test_every_flow_works_as_its_user(kafka: SecuredKafka, signed: Certificates, tmp_path: Path) -> None:
    """Ticks of one user become signals by another, an account and a watch by two more, through TLS.

    A command is taken in that the API's user sends, and the operator finds every record in its place.
    """
    ticks = ("feed", "simulate", "--ticks", "300", "--seed", "0", "--symbols", "BTCUSDT", "--speed", "max")
    fed = levibot(kafka, "feed", None, *ticks)
    assert fed.returncode == 0, fed.stderr
    with ExitStack() as running:
        flows = [running.enter_context(flow(kafka, signed, tmp_path, name)) for name in FLOWS]
        for topic, one in zip(("signals", "journal.paper", "journal.guard"), flows, strict=True):
            one.wait_until(lambda topic=topic: published(kafka, topic) > 0, PATIENCE_S)
        sent = levibot(kafka, "api", signed, "control", "kill", "--wait", "--timeout", "60")
        assert sent.returncode == 0, sent.stderr
        assert [one.stop(PATIENCE_S) for one in flows] == [0, 0, 0]
    seen = levibot(kafka, "operator", signed, "verify", "log", "signals")
    assert seen.returncode == 0, seen.stdout + seen.stderr


@contextmanager
def flow(kafka: SecuredKafka, signed: Certificates, folder: Path, name: str) -> Iterator[Child]:
    """Run a flow as its user."""
    values = {
        "RECOVERY_DIR": str(folder / name), "CANARY_POLICY_FILE": str(folder / "policy.json"),
        "REDIS_URL": "redis://127.0.0.1:1/0", "FLOW_PORT": "0", "PAPER_PORT": "0", "GUARD_PORT": "0",
    }  # fmt: skip
    child = Child(name, [LEVIBOT, "run", name], env=env(kafka, name, signed, **values))
    try:
        yield child
    finally:
        child.kill()


def published(kafka: SecuredKafka, topic: str) -> int:
    with closing(Consumer(client(kafka, "operator"))) as looking:
        return int(looking.get_watermark_offsets(TopicPartition(topic, 0), timeout=20)[1])


@pytest.mark.parametrize(
    ("service", "topic"),
    [("signals", "control"), ("signals", "ticks"), ("signals", "account"), ("signals", "audit.guard"),
     ("feed", "signals"), ("feed", "control"), ("feed", "journal")],
)  # fmt: skip
def test_a_service_cannot_write_what_is_another_s(kafka: SecuredKafka, service: str, topic: str) -> None:
    """A stolen password of the flow sends no command and makes no tick up."""
    codes = []
    producer = Producer(client(kafka, service) | {"message.timeout.ms": "20000"})
    producer.produce(topic, b"{}", on_delivery=lambda error, _: codes.append(error and error.code()))
    producer.flush(20)
    assert codes == [KafkaError.TOPIC_AUTHORIZATION_FAILED]


@pytest.mark.parametrize(
    ("service", "topic"),
    [("signals", "trades"), ("signals", "alerts"), ("feed", "signals"), ("feed", "control")],
)
def test_a_service_cannot_read_what_is_not_its_business(
    kafka: SecuredKafka, service: str, topic: str
) -> None:
    """Not the account's trades, nor commands."""
    with closing(Consumer(client(kafka, service))) as reader:
        reader.assign([TopicPartition(topic, 0, 0)])
        message = reader.poll(20)
        assert message is not None
        assert message.error().code() == KafkaError.TOPIC_AUTHORIZATION_FAILED


@pytest.mark.parametrize("service", ["signals", "feed", "operator"])
def test_nobody_changes_access_lists_or_topics_of_others(kafka: SecuredKafka, service: str) -> None:
    """Who may do what is changed from the broker's own container alone."""
    admin = AdminClient(client(kafka, service))
    every = AclBindingFilter(
        ResourceType.ANY, None, ResourcePatternType.ANY, None, None, AclOperation.ANY, AclPermissionType.ANY
    )
    [lists] = admin.delete_acls([every]).values()
    [topic] = admin.create_topics([NewTopic("another", 1, 1)]).values()
    for asked in (lists, topic):
        with pytest.raises(KafkaException) as caught:
            asked.result(20)
        assert caught.value.args[0].code() in REFUSED


def test_a_service_cannot_delete_its_topics(kafka: SecuredKafka) -> None:
    """What was published stays, whoever has taken the flow over."""
    admin = AdminClient(client(kafka, "signals"))
    [asked] = admin.delete_topics(["signals"]).values()
    with pytest.raises(KafkaException) as caught:
        asked.result(20)
    assert caught.value.args[0].code() == KafkaError.TOPIC_AUTHORIZATION_FAILED


def test_whoever_is_unknown_is_told_what_to_look_at(
    kafka: SecuredKafka, signed: Certificates, tmp_path: Path
) -> None:
    """A wrong password, none, a broker that another authority signed: exit 2, and no secret is shown."""
    stranger = certificates(tmp_path)
    wrong = "wrong-0123456789-secret"
    said = [
        levibot(kafka, "operator", signed, "topics", "create", KAFKA_SASL_PASSWORD=wrong),
        levibot(kafka, "operator", None, "topics", "create", KAFKA_SECURITY_PROTOCOL="PLAINTEXT"),
        levibot(kafka, "operator", stranger, "topics", "create"),
    ]
    assert [one.returncode for one in said] == [2, 2, 2]
    assert ["KAFKA_SASL_PASSWORD" in one.stderr for one in said] == [True, False, True]
    assert "Authentication failed" in said[0].stderr
    assert "certificate verify failed" in said[2].stderr
    assert [secret for one in said for secret in (wrong, PASSWORDS["operator"]) if secret in one.stderr] == []
