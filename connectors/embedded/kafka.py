"""The command line of the real Kafka: ``python -m connectors.embedded.kafka install|run|start|stop``.

``install`` fetches the jars, ``run`` serves in the foreground until SIGTERM or SIGINT, ``start`` leaves a
node behind and ``stop`` ends that one. The log lies in ``--dir`` and is used again at the next start.
"""

from __future__ import annotations

import argparse
import os
import select
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from connectors.embedded.errors import EmbeddedError
from connectors.embedded.kafka_jars import KAFKA, default_folder, install
from connectors.embedded.kraft import STOP_S, RealKafka
from connectors.embedded.ports import free_port

PID_FILE = "kafka.pid"


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command; return 0, or 1 after saying on stderr what went wrong."""
    options = _options(arguments)
    commands = {"install": _install, "run": _run, "start": _start, "stop": _stop}
    try:
        commands[options.command](options)
    except EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m connectors.embedded.kafka", description=__doc__)
    parser.add_argument("command", choices=("install", "run", "start", "stop"))
    parser.add_argument(
        "--dir", type=Path, default=Path(".levibot/kafka"), help="the node's log and settings"
    )
    parser.add_argument("--port", type=int, default=9092, help="loopback port of the clients")
    parser.add_argument("--jars", type=Path, default=default_folder(), help="where the jars are kept")
    return parser.parse_args(arguments)


def _install(options: argparse.Namespace) -> None:
    _say(f"Kafka {KAFKA}: {install(options.jars)}")


def _run(options: argparse.Namespace) -> None:
    ends = {signal.SIGTERM, signal.SIGINT}
    with RealKafka(options.dir, _port(options), jars=options.jars) as node:
        signal.pthread_sigmask(signal.SIG_BLOCK, ends)  # after the start: a child inherits what is blocked
        _say(f"Kafka {KAFKA} on {node.bootstrap}, log in {options.dir}; end it with Ctrl-C")
        signal.sigwait(ends)


def _start(options: argparse.Namespace) -> None:
    node = RealKafka(options.dir, _port(options), jars=options.jars, detached=True)
    pid = node.leave()
    (options.dir / PID_FILE).write_text(str(pid))
    _say(f"Kafka {KAFKA} on {node.bootstrap}, pid {pid}; end it with: stop --dir {options.dir}")


def _stop(options: argparse.Namespace) -> None:
    pid_file = options.dir / PID_FILE
    try:
        pid = int(pid_file.read_text())
        process = os.pidfd_open(pid)
    except (OSError, ValueError) as error:
        raise EmbeddedError(
            f"no Kafka was started in {options.dir} that is still running ({error})"
        ) from error
    with os.fdopen(process) as handle:
        if str(options.dir.resolve()).encode() not in Path(f"/proc/{pid}/cmdline").read_bytes():
            raise EmbeddedError(f"process {pid} is not the Kafka of {options.dir}; remove {pid_file}")
        signal.pidfd_send_signal(process, signal.SIGTERM)
        if not select.select([handle], [], [], STOP_S)[0]:
            raise EmbeddedError(f"Kafka (pid {pid}) did not end within {STOP_S:g} s")
    pid_file.unlink()


def _port(options: argparse.Namespace) -> int:
    if free_port(options.port) != options.port:
        raise EmbeddedError(f"port {options.port} is taken: stop who listens there, or choose another --port")
    return int(options.port)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
