"""The command line as such: help everywhere, exit code 2 and a word on what to do where it cannot go on."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, NamedTuple

import pytest
import structlog
import typer

from connectors.kafka import topics
from connectors.settings import Settings, settings
from flows import cli


class Said(NamedTuple):
    """How a command ended."""

    code: object
    out: str
    err: str


Levibot = Callable[..., Said]


@pytest.fixture
def levibot(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Any
) -> Iterator[Levibot]:
    """Run the command line in this process, in an empty folder, with no settings but those given."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def run(*arguments: str, **environment: str) -> Said:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()
        monkeypatch.setattr(sys, "argv", ["levibot", *arguments])
        with pytest.raises(SystemExit) as end:
            cli.main()
        return Said(end.value.code, *capsys.readouterr())

    yield run
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    settings.cache_clear()


def commands() -> dict[tuple[str, ...], Any]:
    """Return every command and group by the words that call it."""
    found: dict[tuple[str, ...], Any] = {}

    def walk(command: Any, words: tuple[str, ...]) -> None:
        found[words] = command
        for name, inner in getattr(command, "commands", {}).items():
            walk(inner, (*words, name))

    walk(typer.main.get_command(cli.application()), ())
    return found


COMMANDS = commands()


def plain(text: str) -> str:
    """Return the words of a screen without its frames and line breaks."""
    return " ".join(re.sub("[│╭╮╰╯─]", " ", text).split())


def test_the_commands_are_those_that_are_known() -> None:
    """A new command comes here, so that its name was thought about."""
    assert {" ".join(words) for words in COMMANDS} == {
        "", "run", "run signals", "topics", "topics create", "topics grow",
        "topics list", "control", "control kill",
        "control unkill", "control canary", "control flag.set", "control model.select", "control send",
        "control model.promote", "control model.rollback", "control weights.set", "train", "calibrate",
        "models", "models list", "models show", "models verify", "models register", "models promote",
        "models rollback", "models pack",
        "feed", "feed simulate", "feed file", "feed live", "run paper",
        "control paper.order", "control paper.close", "api", "bars", "demo", "doctor", "record", "replay",
        "backtest", "backtest run", "backtest report", "backtest serve-jobs", "daily", "daily morning",
        "daily evening",
        "recover",
        "recover inspect", "recover purge", "recover reset", "verify", "verify crash", "verify log",
        "verify replay", "verify lookahead", "verify warmup", "verify alarms", "snapshot",
        "snapshot features",
        "snapshot audit", "calibration", "drift", "rules", "run guard", "profiles", "profiles list",
        "profiles show", "profiles check", "export", "export shadow", "export flags", "check", "check quick",
        "check full", "check model", "go-nogo", "cron", "cron print", "control halt", "control resume",
        "control policy.set", "control calibration.mark", "control rollout", "control rollback",
        "control rollout.start", "control rollout.approve", "control rollout.suspend",
        "control rollout.resume", "control rollout.retry", "verify kill", "verify rollout",
        "verify marathon", "marathon", "marathon start", "marathon status", "marathon evaluate",
        "report", "report day", "soak", "chaos", "alerts", "alerts test", "run webhook",
        "backup", "backup create", "backup list",
        "backup restore", "backup prune", "explain",
    }  # fmt: skip


def test_only_the_command_that_is_called_is_imported() -> None:
    """What trains models and draws reports is not waited for by who kills."""
    code = "import sys; from flows.cli import application; application('control'); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    loaded = set(done.stdout.split())
    assert "flows.commands.control" in loaded
    assert not {"flows.commands.train", "lightgbm", "polars", "sklearn", "river"} & loaded


@pytest.mark.parametrize("name", sorted(cli.EXPECTED))
def test_an_expected_error_is_a_class_that_there_is(name: str) -> None:
    """They are named, not imported, so a renamed one would be shown with its traceback."""
    module, _, kind = name.rpartition(".")
    found = getattr(import_module(module), kind)
    assert issubclass(found, Exception)
    assert f"{found.__module__}.{found.__qualname__}" == name


@pytest.mark.parametrize("words", list(COMMANDS), ids=lambda words: " ".join(words) or "levibot")
def test_every_command_explains_itself(levibot: Levibot, words: tuple[str, ...]) -> None:
    """What it does, and what each of its options and arguments means."""
    command = COMMANDS[words]
    said = levibot(*words, "--help")
    assert said.code == 0
    assert len(command.help.split()) >= 3
    assert plain(command.help) in plain(said.out)
    assert [parameter.name for parameter in command.params if not parameter.help] == []


@pytest.mark.parametrize("words", list(COMMANDS), ids=lambda words: " ".join(words) or "levibot")
def test_an_unknown_option_is_refused(levibot: Levibot, words: tuple[str, ...]) -> None:
    """With exit code 2, by name; where a value may begin with a minus, as one value too many."""
    values = ("ml_confid_floor", "0.6") if words == ("control", "flag.set") else ()
    said = levibot(*words, *values, "--nonsense")
    assert said.code == 2
    assert "--nonsense" in said.err
    assert "--help" in said.err


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("API_PORT", "x", "integer"),
        ("API_PORT", "65536", "65535"),
        ("FEATURE_ML_SCORING", "0.3", "must be preview, 0, 0.1, 0.5 or 1.0"),
        ("ML_SIGNAL_WEIGHTS", "1,2", "required"),
        ("ML_SIGNAL_WEIGHTS", "1,2,-3", "greater than or equal to 0"),
        ("LOG_FORMAT", "yaml", "'human' or 'json'"),
        ("PARTITIONS", "0", "greater than or equal to 1"),
    ],
)
def test_a_bad_setting_is_named(levibot: Levibot, name: str, value: str, why: str) -> None:
    """On one line, with what is wrong, before anything is done."""
    said = levibot("topics", "list", **{name: value})
    assert (said.code, said.out) == (2, "")
    [line] = said.err.splitlines()
    assert line.startswith(f"levibot: setting {name}: ")
    assert why in line


def test_all_bad_settings_are_named_at_once(levibot: Levibot) -> None:
    """So that one look is enough."""
    said = levibot("topics", "list", API_PORT="x", PARTITIONS="0")
    assert [line.split(":")[1] for line in said.err.splitlines()] == [
        " setting PARTITIONS",
        " setting API_PORT",
    ]


@pytest.mark.parametrize(
    "words", [("topics", "create"), ("control", "kill", "--wait"), ("doctor",)], ids=" ".join
)
def test_without_a_broker_it_says_what_to_do(
    levibot: Levibot, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """Exit code 2, no traceback, and the setting to look at."""
    monkeypatch.setattr(topics.existing, "__defaults__", (0.3,))
    said = levibot(*words, KAFKA_BOOTSTRAP="127.0.0.1:1", REDIS_URL="redis://127.0.0.1:1/0", ADMIN_SECRET="s")
    assert said.code == 2
    assert "Traceback" not in said.err
    text = plain(said.out + said.err)
    assert "no broker" in text
    assert "KAFKA_BOOTSTRAP" in text


def test_without_config_files_it_says_which(levibot: Levibot) -> None:
    """Their paths are relative to the working directory."""
    said = levibot("run", "signals", KAFKA_BOOTSTRAP="127.0.0.1:1")
    assert said.code == 2
    assert said.err.splitlines() == [
        "levibot: configs/rules.yml: cannot be read (No such file or directory): "
        "start in the folder that holds it, or set its path",
    ]


def test_topics_as_json(levibot: Levibot) -> None:
    """Names, partitions and settings, as ``create`` would make them; no broker is asked."""
    said = levibot(
        "topics", "list", "--json", PARTITIONS="3", TOPIC_SUFFIX="-b", KAFKA_BOOTSTRAP="127.0.0.1:1"
    )
    assert said.code == 0
    found = {topic["name"]: topic for topic in json.loads(said.out)}
    assert found["ticks"]["partitions"] == found["signals-b"]["partitions"] == 3
    assert found["control"] == {
        "name": "control", "partitions": 1, "retention.ms": "604800000",
        "message.timestamp.type": "LogAppendTime",
    }  # fmt: skip
    assert found["ticks"]["message.timestamp.after.max.ms"] == "5000"


def test_topics_as_text(levibot: Levibot) -> None:
    """One topic a line."""
    said = levibot("topics", "list")
    assert [line.split()[:2] for line in said.out.splitlines()][:4] == [
        ["ticks", "4"], ["control", "1"], ["journal", "4"], ["signals", "4"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["canary", "maybe"], "say on or off"),
        (["flag.set", "rocket", "1"], "unknown flag 'rocket'"),
        (["flag.set", "max_daily_loss", "5"], "at most 0"),
        (["flag.set", "max_daily_loss", "-200"], "set ADMIN_SECRET"),  # a value, no option
        (["send", "explode"], "unknown command 'explode'"),
        (["send", "halt", "now"], "the arguments are no JSON"),
        (["send", "halt", "[1]"], "one JSON object"),
        (["kill", "--scope", "BTCUSDT"], "symbol:NAME"),
        (["unkill", "--reason", " "], "say why"),
        (["unkill"], "--reason"),
        (["kill"], "set ADMIN_SECRET"),
        (["kill", "--timeout", "0"], "--timeout"),
    ],
)
def test_a_command_that_cannot_be_sent_is_refused(levibot: Levibot, arguments: list[str], why: str) -> None:
    """Before any broker is asked, and with what to change."""
    said = levibot("control", *arguments, KAFKA_BOOTSTRAP="127.0.0.1:1")
    assert (said.code, said.out) == (2, "")
    assert why in plain(said.err)
