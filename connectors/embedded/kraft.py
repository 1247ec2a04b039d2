"""A real Apache Kafka without Docker: one KRaft node, broker and controller in one, on loopback."""

from __future__ import annotations

import base64
import logging
import subprocess
import tempfile
import uuid
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined]

from connectors.embedded.child import Child
from connectors.embedded.errors import EmbeddedError
from connectors.embedded.kafka_jars import install, java
from connectors.embedded.ports import LOOPBACK, free_port
from connectors.embedded.tether import tethered

READY_S = 60.0
STOP_S = 30.0
ANSWER_S = 10.0
NODE = 1
HEAP = "-Xmx768m"
JVM = [
    *(
        HEAP,
        "-XX:+UseG1GC",
        "-XX:MaxGCPauseMillis=20",
        "-XX:+ExitOnOutOfMemoryError",
        "-Djava.awt.headless=true",
    ),
    *("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true"),
]
PROPERTIES = {
    "process.roles": "broker,controller",
    "node.id": NODE,
    "controller.listener.names": "CONTROLLER",
    "auto.create.topics.enable": "false",
    "group.initial.rebalance.delay.ms": 0,
    # one node cannot hold the three copies Kafka keeps of its own topics by default
    "offsets.topic.replication.factor": 1,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    # after a kill the node may not come back before its old session has expired; the default is 9 s
    "broker.session.timeout.ms": 3_000,
    "broker.heartbeat.interval.ms": 500,
    # made at first use; the default of 50 partitions costs seconds
    "offsets.topic.num.partitions": 1,
    "transaction.state.log.num.partitions": 1,
}


class RealKafka:
    """One Kafka node in a child process, which dies with this one unless ``detached`` and then left.

    Its log lies in ``directory`` and is found again there by ``start`` after a ``stop`` or ``kill``, on the
    same port; without a ``directory`` it is deleted at the end. Port 0 means any free port. ``properties``
    stand above the node's own, such as further listeners; one on ``port`` must take everybody, in the clear.
    """

    def __init__(
        self,
        directory: Path | None = None,
        port: int = 0,
        *,
        jars: Path | None = None,
        detached: bool = False,
        properties: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        self._given = properties
        self._jars = install(jars)
        self._scratch = None if directory else tempfile.TemporaryDirectory(prefix="levibot-kafka-")
        self._directory = (directory or Path(self._scratch.name if self._scratch else "")).resolve()
        self._port = port or free_port()
        self._controller_port = free_port()
        self._detached = detached
        self._child: Child | None = None
        try:
            self.start()
        except BaseException:
            self.close()
            raise

    @property
    def bootstrap(self) -> str:
        """The address in the form of the setting KAFKA_BOOTSTRAP."""
        return f"{LOOPBACK}:{self._port}"

    @property
    def run_id(self) -> str:
        """The cluster's id, which names its log: another directory, another id."""
        lines = (self._log / "meta.properties").read_text().splitlines()
        return next(line.partition("=")[2] for line in lines if line.startswith("cluster.id="))

    @property
    def pid(self) -> int:
        """The node's process id."""
        return self._running().pid

    def start(self) -> None:
        """Start the node (again) and return once it serves clients; raise ``EmbeddedError`` otherwise."""
        if self._child is not None:
            raise EmbeddedError("this Kafka is running already; stop it before starting it again")
        self._format()
        command = self._java(*JVM, "kafka.Kafka", str(self._properties))
        child = Child(
            "Kafka",
            command if self._detached else tethered(command),
            log=self._directory / "kafka.log",
            detached=self._detached,
        )
        client = self._client()
        try:
            child.wait_until(lambda: _serves(client), READY_S)
        except BaseException:
            child.kill()
            raise
        self._child = child

    def create(self, topic: str, partitions: int, config: Mapping[str, str] | None = None) -> None:
        """Create ``topic`` with Kafka's own topic settings; raise ``EmbeddedError`` if refused."""
        new = NewTopic(topic, num_partitions=partitions, replication_factor=1, config=dict(config or {}))
        client = self._client()
        try:
            client.create_topics([new])[topic].result(ANSWER_S)
        except KafkaException as error:
            raise EmbeddedError(f"topic {topic!r} could not be created: {error}") from error

    def pause(self) -> None:
        """Freeze the node: connections stay open, nothing is answered."""
        self._running().pause()

    def resume(self) -> None:
        """Let a paused node go on."""
        self._running().resume()

    def kill(self) -> None:
        """End the node as a crash would; its log stays for the next ``start``."""
        child, self._child = self._running(), None
        child.kill()

    def stop(self) -> None:
        """End the node in order, which takes about two seconds; its log stays for the next ``start``."""
        child, self._child = self._child, None
        if child is not None:
            child.stop(STOP_S)

    def leave(self) -> int:
        """Let a ``detached`` node live on when this process ends; return its pid."""
        child, self._child = self._running(), None
        return child.leave()

    def restart(self) -> None:
        """Stop the node and start it again on the same port and log."""
        self.stop()
        self.start()

    @property
    def _log(self) -> Path:
        return self._directory / "log"

    @property
    def _properties(self) -> Path:
        return self._directory / "server.properties"

    def _format(self) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        client, controller = f"{LOOPBACK}:{self._port}", f"{LOOPBACK}:{self._controller_port}"
        here = {
            "listeners": f"PLAINTEXT://{client},CONTROLLER://{controller}",
            "advertised.listeners": f"PLAINTEXT://{client}",
            "controller.quorum.voters": f"{NODE}@{controller}",
            "log.dirs": self._log,
        }
        lines = {**PROPERTIES, **here, **self._given}
        self._properties.write_text("".join(f"{key}={value}\n" for key, value in lines.items()))
        if (self._log / "meta.properties").exists():
            return
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        # an id may begin with a dash, and would else be taken for an option
        format_log = [
            "kafka.tools.StorageTool",
            "format",
            f"--cluster-id={cluster}",
            "-c",
            str(self._properties),
        ]
        done = subprocess.run(self._java(*JVM, *format_log), capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode != 0:
            raise EmbeddedError(f"Kafka could not format {self._log}:\n{done.stdout}{done.stderr}")

    def _java(self, *arguments: str) -> list[str]:
        return [java(), "-cp", f"{self._jars}/*", *arguments]

    def _client(self) -> AdminClient:
        silent = logging.Logger(
            "kafka-not-yet-there"
        )  # attached to nothing: nobody need hear of failed tries
        silent.addHandler(logging.NullHandler())
        settings: dict[str, Any] = {"bootstrap.servers": self.bootstrap, "reconnect.backoff.max.ms": 100}
        return AdminClient(settings, logger=silent)

    def _running(self) -> Child:
        if self._child is None:
            raise EmbeddedError("this Kafka is not running")
        return self._child

    def close(self) -> None:
        """Stop the node and, without a directory of its own, delete the log."""
        self.stop()
        if self._scratch is not None:
            self._scratch.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _serves(client: AdminClient) -> bool:
    try:
        return NODE in client.list_topics(timeout=1).brokers
    except KafkaException:
        return False
