"""A Kafka broker without an installation: librdkafka's mock cluster, hosted by a process of its own.

``python -m connectors.embedded.broker --topics ticks:4,control:1`` speaks the real protocol on a random
loopback port until SIGTERM or SIGINT. It announces itself by one JSON line on stdout and then obeys lines on
stdin (``create NAME PARTITIONS``, ``down``, ``up``, ``rtt MS``, ``errors API CODE,CODE``), each answered by
``ok`` or ``error: why``. It is for the demo and for tests that break things: it keeps 5 MiB a partition in
memory and nothing on disk, so it proves nothing about durability, transactions or seeking by time.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import json
import os
import secrets
import selectors
import signal
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from connectors.embedded.errors import EmbeddedError
from connectors.embedded.faults import Faults
from connectors.embedded.librdkafka import load
from connectors.embedded.tether import die_with_parent

MAX_PARTITIONS = 1024
PRODUCER = 0
NOTICE = (
    "embedded broker: keeps 5 MiB a partition in memory, drops the oldest records beyond that, "
    "and puts nothing on disk; for demos and tests only\n"
)


class MockCluster:
    """One mock broker inside this process; closing it frees the port and forgets every record."""

    def __init__(self, topics: Mapping[str, int]) -> None:
        self._library = load()
        why = ctypes.create_string_buffer(512)
        config = self._library.rd_kafka_conf_new()
        # warnings and worse: the notice that this client has no bootstrap.servers is as it should be
        self._library.rd_kafka_conf_set(config, b"log_level", b"4", why, len(why))
        self._client = self._library.rd_kafka_new(PRODUCER, config, why, len(why))
        if not self._client:
            raise EmbeddedError(f"librdkafka gave no client: {why.value.decode()}")
        with _no_signals():
            self._cluster = self._library.rd_kafka_mock_cluster_new(self._client, 1)
        if not self._cluster:
            raise EmbeddedError("librdkafka gave no mock cluster: is a loopback port free?")
        self._library.rd_kafka_mock_group_initial_rebalance_delay_ms(self._cluster, 0)
        self.bootstrap: str = self._library.rd_kafka_mock_cluster_bootstraps(self._cluster).decode()
        self.faults = Faults(self._library, self._cluster)
        for topic, partitions in topics.items():
            self.create(topic, partitions)

    def create(self, topic: str, partitions: int) -> None:
        """Create ``topic``; a topic used before it is created has 4 partitions, whatever was meant."""
        if not 1 <= partitions <= MAX_PARTITIONS:
            raise EmbeddedError(f"topic {topic!r}: partitions must be 1..{MAX_PARTITIONS}, not {partitions}")
        code = self._library.rd_kafka_mock_topic_create(self._cluster, topic.encode(), partitions, 1)
        if code != 0:
            raise EmbeddedError(
                f"topic {topic!r} could not be created (librdkafka error {code}): is it there already?"
            )

    def close(self) -> None:
        """Destroy the cluster and its client."""
        self._library.rd_kafka_mock_cluster_destroy(self._cluster)
        self._library.rd_kafka_destroy(self._client)


def parse_topics(text: str) -> dict[str, int]:
    """Return ``{"ticks": 4}`` for ``"ticks:4"``; raise ``ValueError`` where a name or a number is missing."""
    pairs = (item.rpartition(":") for item in text.split(",") if item)
    topics = {name.strip(): int(partitions) for name, _, partitions in pairs}
    if not all(topics):
        raise ValueError(f"expected name:partitions,name:partitions, got {text!r}")
    return topics


def answer(cluster: MockCluster, line: str) -> str:
    """Carry out one command line; return ``ok`` or ``error: why``."""
    try:
        match line.split():
            case ["create", topic, partitions]:
                cluster.create(topic, int(partitions))
            case ["down"]:
                cluster.faults.down()
            case ["up"]:
                cluster.faults.up()
            case ["rtt", ms]:
                cluster.faults.rtt(int(ms))
            case ["errors", api, codes]:
                cluster.faults.errors(api, [int(code) for code in codes.split(",")])
            case _:
                return f"error: unknown command {line!r}"
    except (EmbeddedError, ValueError) as error:
        return f"error: {error}"
    return "ok"


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until told to end; return 0 then, and 1 if the broker could not be started."""
    options = _options(arguments)
    if options.with_parent:
        die_with_parent(os.getppid())
    with _signals_as_bytes() as bell:
        sys.stderr.write(NOTICE)
        try:
            cluster = MockCluster(options.topics)
        except EmbeddedError as error:
            sys.stderr.write(f"{error}\n")
            return 1
        with contextlib.closing(cluster):
            _announce(cluster.bootstrap, options.run_id, options.ready_file)
            for line in _lines(bell):
                sys.stdout.write(answer(cluster, line) + "\n")
                sys.stdout.flush()
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m connectors.embedded.broker", description=__doc__)
    parser.add_argument("--topics", type=parse_topics, default={}, help="name:partitions, comma separated")
    parser.add_argument("--run-id", default=secrets.token_hex(8), help="name of this log, which dies with it")
    parser.add_argument("--ready-file", type=Path, help="where to repeat the line announced on stdout")
    parser.add_argument(
        "--with-parent", action="store_true", help="die when the starting process dies (Linux)"
    )
    return parser.parse_args(arguments)


def _announce(bootstrap: str, run_id: str, ready_file: Path | None) -> None:
    line = json.dumps({"bootstrap": bootstrap, "run_id": run_id, "pid": os.getpid()}) + "\n"
    if ready_file is not None:
        unfinished = ready_file.with_name(f"{ready_file.name}.{os.getpid()}")
        unfinished.write_text(line)
        unfinished.replace(ready_file)
    sys.stdout.write(line)
    sys.stdout.flush()


@contextlib.contextmanager
def _no_signals() -> Iterator[None]:
    # a thread started here inherits the mask; the mock's own would end, without a word, at the first signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _signals_as_bytes() -> Iterator[socket.socket]:
    # a signal becomes readable, so one select serves both it and the command lines
    receiver, sender = socket.socketpair()
    sender.setblocking(False)
    signal.set_wakeup_fd(sender.fileno())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    try:
        yield receiver
    finally:
        signal.set_wakeup_fd(-1)
        receiver.close()
        sender.close()


def _lines(bell: socket.socket) -> Iterator[str]:
    stdin, unread = sys.stdin.fileno(), b""
    with selectors.DefaultSelector() as selector:
        selector.register(bell, selectors.EVENT_READ)
        with contextlib.suppress(PermissionError):  # a plain file or /dev/null cannot be waited for
            selector.register(stdin, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in selector.select()}
            if bell in ready:
                return
            chunk = os.read(stdin, 65_536)
            if not chunk:  # nobody is left to give commands
                selector.unregister(stdin)
            *whole, unread = (unread + chunk).split(b"\n")
            yield from (line.decode(errors="replace") for line in whole)


if __name__ == "__main__":
    raise SystemExit(main())
