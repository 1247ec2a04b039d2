"""Every command of the runbook, top to bottom, against services that run: it does what is written there."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import orjson
import pytest
from on_call import OnCall, Said
from runbook_page import ROOT, lines

from connectors.embedded import EmbeddedBroker, EmbeddedRedis, free_port
from connectors.kafka.topics import ACCOUNT_JOURNAL
from flows.alerting.expressions import OUTSIDE, RULES
from tests.flows.running import Stage, until

SIMULATED = "--simulated --symbols 2 --hours 1 --edge 1"
FILLED = {
    "MODEL": "before", "RECALIBRATED": "before", "NEW": "newer", "SYMBOL": "BTCUSDT", "PROFILE": "golive",
}  # fmt: skip
"""For the words in capitals."""
SHORTER = {
    "--topic ticks --days 60": f"{SIMULATED} --preset quick --trials 1",
    "--topic ticks --days 7": SIMULATED,
    "levibot check full": "levibot check full --requests 20",
    "levibot go-nogo": "levibot go-nogo --requests 20",
}
"""There are no sixty days of ticks here, and fewer requests tell as much."""
TRAINING = "levibot train --topic ticks --days 60 --name NEW"
"""Run first, since other parts of the page have NEW already."""
ELSEWHERE = {
    "levibot soak --hours 24 --speed 20": "tests/soak",
    "levibot chaos": "tests/chaos",
    "levibot verify kill": "tests/verify_kill",
}
"""Drills that take minutes, with services of their own: where they are run."""
CHANGES = ("levibot control", "levibot models", "levibot calibrate", "levibot recover reset")
"""Lines that change something are run each time; others once, whatever the profile."""
ANSWERS = {
    "levibot check full": {0, 1, 2},  # there is no Prometheus here
    "levibot go-nogo": {0, 1, 2},
    "levibot report day": {0, 1, 2},
    "levibot marathon start": {1, 2},  # nothing is ready for a marathon after a minute
    "levibot marathon evaluate": {2},
    "levibot marathon status": {0, 2},
    "levibot daily morning": {0, 1, 2},  # no replay of last night
    "levibot drift": {0, 2},
    "levibot calibration": {0, 2},
    "levibot check quick": {0, 1},  # a kill of an alert may be on
    "levibot models promote MODEL": {0, 2},  # it may be the current one already
    "levibot check model": {0, 1},  # behind a rollback to the stub, which is the fallback
}
"""Exit codes of what judges, by how a line begins; 0 for all others."""


DOWN = ("ApiDown", "GuardDown", "PaperDown", "RedisDown", "MisroutedSymbols", "UnreadPartitions", "KillOn")
"""Alerts that would be wrong at the end."""
NOT_HERE = {
    "webhook.waiting",  # there is none
    ("drift.critical_events", "model"), ("drift.psi", "model_symbol"),  # too few rows for a figure
    ("calibration.ece", "model_symbol"), ("calibration.confid_median", "model_symbol"),
    ("uptime.share", "all"),  # no run
}  # fmt: skip
"""What has no value after some minutes without a rollout."""


@pytest.fixture
def stage(embedded_broker: Callable[..., EmbeddedBroker], embedded_redis: EmbeddedRedis) -> Stage:
    """A broker with the topics of the default settings."""
    ports = {name: str(free_port()) for name in ("api_port", "flow_port", "paper_port", "guard_port")}
    values = {"admin_secret": "s3cret", "partitions": "1", "redis_url": embedded_redis.url, **ports}
    found = Stage.of_settings(values)
    return found.at(embedded_broker(found.topics()).bootstrap)


def filled(line: str) -> str:
    """Return a line with something for each word in capitals."""
    for long, short in SHORTER.items():
        line = line.replace(long, short)
    return re.sub(r"\b(MODEL|RECALIBRATED|NEW|SYMBOL|PROFILE)\b", lambda m: FILLED[m[1]], line)


def allowed(line: str) -> set[int]:
    """Return the exit codes with which a line may end."""
    return next((codes for start, codes in ANSWERS.items() if line.startswith(start)), {0})


def to_run() -> list[str]:
    """Return the lines of the page that are run here, in order."""
    found: list[str] = []
    seen: set[str] = {TRAINING}
    for line in lines("bash"):
        alike = re.sub(r" --(profile|gate) \S+", "", line)
        if line not in ELSEWHERE and (line.startswith(CHANGES) or alike not in seen):
            found.append(line)
            seen.add(alike)
    return found


@pytest.mark.parametrize(("line", "room"), list(ELSEWHERE.items()))
def test_a_drill_is_run_by_tests_of_its_own(line: str, room: str) -> None:
    """And stands on the page."""
    assert line in lines("bash")
    assert list((ROOT / room).glob("test_*.py"))


@pytest.mark.embedded
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_command_does_what_is_written(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None is refused, none breaks; the shards acknowledge what is sent, and nothing is left switched off."""
    monkeypatch.chdir(tmp_path)
    with ExitStack() as ending:
        on_call = OnCall(stage, tmp_path, ending)
        assert TRAINING in lines("bash")
        for line in (TRAINING, TRAINING.replace("NEW", "MODEL")):
            assert on_call.run(filled(line)).code == 0
        on_call.start()
        for name in ("newer", "before"):
            assert on_call.run(f"levibot models promote {name} --note first --wait").code == 0
        said = [run(on_call, line) for line in to_run()]
        until(lambda: silent(on_call) <= NOT_HERE, "Prometheus to hear every rule's value behind the reset")
        status = orjson.loads(on_call.run("curl http://127.0.0.1:8000/status").text)
        states = on_call.prometheus.states()
    wrong = [one for one in said if one.code not in allowed(one.line) or "Traceback" in one.text]
    assert not wrong, "\n\n".join(f"$ {one.line}\nexit {one.code}\n{one.text[-600:]}" for one in wrong)
    sent = [one for one in said if one.line.startswith("levibot control") and "--wait" in one.line]
    assert [one.line for one in sent if "acknowledged" not in one.text] == []
    assert (status["killed"], status["canary_mode"]) == (False, False)
    assert [name for name in DOWN if states[name] != ("ok", "inactive")] == []
    assert states["Watchdog"] == ("ok", "firing")


def silent(on_call: OnCall) -> set[tuple[str, str]]:
    """Return the rules, by metric and scope, of whose value Prometheus has heard nothing."""
    every = {**RULES, **OUTSIDE}
    return {name for name, one in every.items() if not on_call.prometheus.values(one.value)}


def run(on_call: OnCall, line: str) -> Said:
    """Run a line of the page; a state is reset while its flow is stopped."""
    if line == "levibot recover reset":
        on_call.stop_signals()
    began, spent = time.monotonic(), time.process_time()
    said = on_call.run(filled(line))
    print(f"{time.monotonic() - began:6.1f} s, {time.process_time() - spent:5.1f} s here: {line}", flush=True)
    if line.startswith("levibot control kill --reason"):
        until(lambda: on_call.prometheus.firing("KillOn"), "Prometheus to tell of the kill")
    if line == "levibot recover reset":
        on_call.start_signals()
        until(lambda: on_call.stage.ends(ACCOUNT_JOURNAL)[0] >= 2, "the account to go on")
    return Said(line, said.code, said.text)
