"""No server outlives the process that started it, however that ends."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from connectors.embedded import tether

PARENT = """
import signal
from connectors.embedded import {service}
server = {service}({arguments})
print(server.pid, flush=True)
signal.pause()
"""


def orphan_after_kill(service: str, arguments: str = "") -> bool:
    """Start ``service`` in a process, kill -9 that process, and tell whether the server is still there."""
    program = [sys.executable, "-c", PARENT.format(service=service, arguments=arguments)]
    with ExitStack() as cleanup, subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        server = os.fdopen(os.pidfd_open(int(parent.stdout.readline())))
        cleanup.enter_context(server)
        parent.kill()
        gone, _, _ = select.select([server], [], [], 10)
        if not gone:
            signal.pidfd_send_signal(server.fileno(), signal.SIGKILL)
        return not gone


@pytest.mark.embedded
@pytest.mark.parametrize(("service", "arguments"), [("EmbeddedBroker", "{}"), ("EmbeddedRedis", "")])
def test_no_orphan_after_kill(service: str, arguments: str) -> None:
    """``kill -9`` of the parent takes the embedded server with it."""
    assert not orphan_after_kill(service, arguments)


@pytest.mark.kafka
def test_no_orphan_kafka_after_kill(kafka_jars: Path) -> None:
    """``kill -9`` of the parent takes Kafka's JVM with it."""
    assert not orphan_after_kill("RealKafka", f"jars=__import__('pathlib').Path({str(kafka_jars)!r})")


def test_parent_that_is_dead_already_is_noticed() -> None:
    """A server whose parent died before the tie was made does not start at all."""
    stranger = str(os.getppid())
    command = [sys.executable, "-I", "-S", str(tether.__file__), stranger, "/bin/echo", "started"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")


def test_tether_becomes_the_program() -> None:
    """The tied program runs under the pid that was started."""
    command = tether.tethered(["/bin/sh", "-c", "echo $$"])
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        out, _ = process.communicate()
    assert int(out) == process.pid
