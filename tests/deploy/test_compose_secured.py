"""deploy/kafka/secured.yml and acl.sh: every service is a user of its own with the least it needs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors.kafka.topics import planned
from connectors.settings import Settings
from models.judge.records import TOPICS

ROOT = Path(__file__).parents[2]
FILE = ROOT / "deploy/kafka/secured.yml"
ACL = ROOT / "deploy/kafka/acl.sh"
BASE: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
SECURED: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text())["services"]
OURS = [name for name, service in BASE.items() if "build" in service]
USERS = {"flow": "signals", "topics": "operator", "train": "operator"}
"""Of the services whose user has another name."""
SERVICES = ("signals", "paper", "guard", "api", "feed", "train", "webhook", "operator")


def test_schema() -> None:
    """The file follows the Compose specification."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(FILE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_what_it_changes_is_there() -> None:
    """It lays itself over services of the compose file, and adds the one that sets up the users."""
    assert set(SECURED) - set(BASE) == {"acl"}
    assert set(SECURED) >= {*OURS, "kafka"}
    assert SECURED["acl"]["image"] == BASE["kafka"]["image"]


@pytest.mark.parametrize("name", OURS)
def test_each_service_is_its_own_user(name: str) -> None:
    """It proves itself by SCRAM, with the password of its user and of no other."""
    environment, user = SECURED[name]["environment"], USERS.get(name, name)
    assert environment == {
        "KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
        "KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
        "KAFKA_SASL_USERNAME": user,
        "KAFKA_SASL_PASSWORD": f"${{KAFKA_{user.upper()}_PASSWORD:?}}",
    }


def test_users_are_set_up_before_topics_are_made() -> None:
    """From within the broker's container, whose own listener asks nobody."""
    assert SECURED["topics"]["depends_on"] == {"acl": {"condition": "service_completed_successfully"}}
    assert SECURED["acl"]["depends_on"] == {"kafka": {"condition": "service_healthy"}}
    assert SECURED["acl"]["network_mode"] == "service:kafka"
    assert SECURED["acl"]["cap_drop"] == ["ALL"] and SECURED["acl"]["read_only"]


def test_only_the_broker_itself_is_let_in_without_a_name() -> None:
    """The listeners in the clear are on the container's loopback."""
    environment = SECURED["kafka"]["environment"]
    protocols = dict(one.split(":") for one in environment["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].split(","))
    listeners = dict(one.split("://") for one in environment["KAFKA_LISTENERS"].split(","))
    clear = {listeners[name].partition(":")[0] for name, how in protocols.items() if how == "PLAINTEXT"}
    assert (listeners.keys(), clear) == (protocols.keys(), {"localhost"})
    assert environment["KAFKA_ALLOW_EVERYONE_IF_NO_ACL_FOUND"] == "false"


def printed(*words: str, **env: str) -> str:
    """Return what ``acl.sh`` says it would do."""
    env = {"PATH": os.environ["PATH"], **env}
    return subprocess.run([ACL, *words], env=env, check=True, capture_output=True, text=True).stdout


@cache
def granted() -> dict[tuple[str, str], set[str]]:
    """Return the topics by service and operation."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for line in printed().splitlines():
        if line.startswith("kafka-acls.sh") and "--topic" in line:
            [user] = re.findall(r"--allow-principal User:(\w+)", line)
            for operation in re.findall(r"--operation (\w+)", line):
                found[user, operation] |= set(re.findall(r"--topic (\S+)", line))
    return found


def test_every_topic_of_the_product_is_in_the_lists_and_no_other() -> None:
    """A topic that is added to the product is added here."""
    every = {plan.name for plan in planned(Settings(_env_file=None))}
    assert {topic for topics in granted().values() for topic in topics} == every
    assert granted()["operator", "Create"] == every


def test_each_service_writes_what_is_its_own() -> None:
    """Who has taken the flow over can neither send commands nor make ticks up; nobody else writes signals."""
    writers: dict[str, set[str]] = defaultdict(set)
    for service in SERVICES:
        for topic in granted()[service, "Write"] if service != "operator" else ():
            writers[topic].add(service)
    assert writers == {
        "ticks": {"feed"}, "control": {"guard", "api"}, "journal": {"signals"},
        **{topic: {"signals"} for topic in TOPICS},
        "slo": {"signals", "paper", "guard"},
        "trades": {"paper"}, "account": {"paper"}, "journal.paper": {"paper"},
        "alerts": {"guard"}, "rollout": {"guard"}, "audit.guard": {"guard"}, "journal.guard": {"guard"},
        "audit.gateway": {"api"},
    }  # fmt: skip


def test_nobody_but_the_operator_makes_or_changes_topics() -> None:
    """The services read, write and look."""
    operations = {(user, operation) for user, operation in granted() if user != "operator"}
    assert {operation for _, operation in operations} == {"Read", "Write", "Describe"}
    assert {user for user, operation in operations if operation == "Describe"} == {*SERVICES} - {"operator"}


def test_names_follow_the_settings() -> None:
    """Another instance has topics of its own."""
    lines = printed("signals", TICK_TOPICS="a=binance,b", CONTROL_TOPIC="orders", TOPIC_SUFFIX="-x")
    assert {"a", "b", "orders", "signals-x", "journal-x"} <= set(re.findall(r"--topic (\S+)", lines))


@pytest.mark.parametrize(
    "env",
    [{}, {"PARTITIONS": "2", "TICK_TOPICS": "a,b", "RECORDED_TICKS": "true", "MAX_SKEW_MS": "9"}],
    ids=["usual", "others"],
)
def test_topics_are_as_the_product_plans_them(env: dict[str, str]) -> None:
    """Names, partitions and settings, made and, where they were there, altered."""
    made, altered = {}, {}
    for line in printed("topics", **env).splitlines():
        found = dict(re.findall(r"--(topic|entity-name|partitions|add-config) (\S+)", line))
        if line.startswith("kafka-topics.sh --bootstrap-server localhost:19093 --create --if-not-exists"):
            made[found["topic"]] = (int(found["partitions"]), set(re.findall(r"--config (\S+)", line)))
        else:
            altered[found["entity-name"]] = set(found["add-config"].split(","))
    settings = Settings(_env_file=None, **{name.lower(): value for name, value in env.items()})
    wanted = {
        plan.name: (plan.partitions, {f"{key}={value}" for key, value in plan.config.items()})
        for plan in planned(settings)
    }
    assert made == wanted
    assert altered == {name: config for name, (_, config) in wanted.items()}


def test_it_prints_and_does_nothing_unless_asked(tmp_path: Path) -> None:
    """Without --apply no tool is run, and no password is needed; none is ever printed."""
    assert "User:paper" in printed("paper", KAFKA_BIN=str(tmp_path), KAFKA_PAPER_PASSWORD="never-shown")
    assert "never-shown" not in printed("paper", KAFKA_PAPER_PASSWORD="never-shown")


@pytest.mark.parametrize(
    ("words", "env", "told"),
    [
        (("--apply", "paper"), {}, "KAFKA_PAPER_PASSWORD must be set"),
        (("--apply", "paper"), {"KAFKA_PAPER_PASSWORD": "a b,c"}, "KAFKA_PAPER_PASSWORD must be set"),
        (("nobody",), {}, "no service 'nobody'; there are: signals paper"),
    ],
)
def test_bad_usage_is_told(words: tuple[str, ...], env: dict[str, str], told: str) -> None:
    """Exit 2, before anything is done."""
    done = subprocess.run(
        [ACL, *words], env={"PATH": os.environ["PATH"], **env}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert told in done.stderr


def test_help_is_the_head_of_the_script() -> None:
    """What it takes stands at its top."""
    assert printed("--help").startswith("Kafka's users and what each may do")
