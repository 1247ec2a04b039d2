"""What the demo runs: the embedded broker and Redis, and the product's processes against them."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from connectors.embedded import EmbeddedBroker, EmbeddedRedis, free_port
from connectors.kafka.security import PLAINTEXT
from connectors.kafka.topics import planned
from connectors.settings import DEMO_ENV, Settings, environment
from flows.demo.supervisor import Supervised, stop_all

DRILL_MODEL = "constant-0.99"


@dataclass(frozen=True, slots=True)
class Demo:
    """The running demo: its settings as every process of it sees them, and the supervised processes."""

    settings: Settings
    broker: EmbeddedBroker
    redis: EmbeddedRedis
    processes: list[Supervised]
    moved: list[str]  # ports that were taken, in words


@contextlib.contextmanager
def demo_services(base: Settings, feed: list[str]) -> Iterator[Demo]:
    """Start everything, leave the settings in ``.levibot/demo.env`` for other terminals, stop in order."""
    logs = base.run_dir / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    topics = {plan.name: plan.partitions for plan in planned(base)}
    with contextlib.ExitStack() as stack:
        broker = stack.enter_context(EmbeddedBroker(topics, run_dir=base.run_dir))
        redis = stack.enter_context(EmbeddedRedis())
        shutil.rmtree(base.run_dir / "recovery", ignore_errors=True)
        values, moved = _values(base, broker, redis)
        settings = Settings(_env_file=None, **(base.model_dump() | values))  # type: ignore[call-arg]
        _leave_env(values)
        stack.callback(DEMO_ENV.unlink, missing_ok=True)
        processes = _start(values, feed, logs)
        stack.callback(stop_all, processes)
        yield Demo(settings, broker, redis, processes, moved)


def _values(
    base: Settings, broker: EmbeddedBroker, redis: EmbeddedRedis
) -> tuple[dict[str, object], list[str]]:
    api_port, flow_port = free_port(base.api_port), free_port(base.flow_port)
    moved = [
        f"port {wanted} of the {name} is taken, using {port}"
        for name, wanted, port in (("API", base.api_port, api_port), ("flow", base.flow_port, flow_port))
        if port != wanted
    ]
    secret, key = (
        given.get_secret_value() if given else secrets.token_hex(32)
        for given in (base.admin_secret, base.admin_key)
    )
    recovery = base.run_dir / "recovery" / broker.run_id
    values: dict[str, object] = {
        "kafka_bootstrap": broker.bootstrap,
        "kafka_security_protocol": PLAINTEXT,
        "redis_url": redis.url,
        "api_port": api_port,
        "flow_port": flow_port,
        "paper_port": free_port(base.paper_port),
        "guard_port": free_port(base.guard_port),
        "admin_secret": secret,
        "admin_key": key,
        # the embedded log dies with its broker, and so must the state that was made of it
        "recovery_dir": recovery,
        "extra_models": ",".join(dict.fromkeys([*base.extra_models, DRILL_MODEL])),
    }
    return values, moved


def _leave_env(values: dict[str, object]) -> None:
    """Write the settings where other terminals look for them, readable for this user alone."""
    DEMO_ENV.parent.mkdir(parents=True, exist_ok=True)
    DEMO_ENV.unlink(missing_ok=True)
    DEMO_ENV.touch(mode=0o600)
    DEMO_ENV.write_text(
        "".join(f"{name.upper()}={value}\n" for name, value in values.items()) + f"DEMO_PID={os.getpid()}\n"
    )


def _start(values: dict[str, object], feed: list[str], logs: Path) -> list[Supervised]:
    """Start feed, flows and API, in the order in which they are to be stopped."""
    env = environment() | {name.upper(): str(value) for name, value in values.items()}
    levibot = str(Path(sys.executable).with_name("levibot"))
    commands = {
        "feed": [levibot, "feed", *feed],
        "signals": [levibot, "run", "signals"],
        "paper": [levibot, "run", "paper"],
        "guard": [levibot, "run", "guard"],
        "api": [sys.executable, "-m", "api"],
    }
    return [Supervised(name, command, env, logs) for name, command in commands.items()]
