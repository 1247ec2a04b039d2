"""docker-compose.yml says what it should: the schema holds, every reference resolves, nothing is open."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import entry_points
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from connectors.embedded.kafka_jars import KAFKA
from connectors.settings import Settings
from flows import cli

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
TEXT = FILE.read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
EXAMPLE = (ROOT / ".env.example").read_text()
PASSWORDS = set(re.findall(r"^((?:REDIS|KAFKA)_[A-Z]+_PASSWORD)=", EXAMPLE, re.MULTILINE)) - {
    "KAFKA_SASL_PASSWORD"
}
"""Of the users of Redis and Kafka; no setting of the product."""
SETTINGS = {field.upper() for field in Settings.model_fields}
OURS = {name: service for name, service in SERVICES.items() if "build" in service}

each_service = pytest.mark.parametrize("name", SERVICES)
each_of_ours = pytest.mark.parametrize("name", OURS)


def schema_check(schema: str, file: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_compose_schema() -> None:
    """The file follows the Compose specification."""
    done = schema_check("vendor.compose-spec", FILE)
    assert done.returncode == 0, done.stdout


def test_compose_schema_finds_a_misspelt_key(tmp_path: Path) -> None:
    """The schema check would notice a mistake."""
    broken = tmp_path / "docker-compose.yml"
    broken.write_text(TEXT.replace("depends_on:", "dependson:"))
    assert schema_check("vendor.compose-spec", broken).returncode == 1


@pytest.mark.parametrize(
    "file", sorted((ROOT / ".github/workflows").glob("*.yml")), ids=lambda file: file.name
)
def test_workflow_schema(file: Path) -> None:
    """The CI workflow follows GitHub's schema."""
    done = schema_check("vendor.github-workflows", file)
    assert done.returncode == 0, done.stdout


@each_service
def test_depends_on_services_that_can_fulfil_it(name: str) -> None:
    """A service awaited in health has a health check, and one awaited to its end does end."""
    for other, wish in SERVICES[name].get("depends_on", {}).items():
        assert other in SERVICES
        if wish["condition"] == "service_healthy":
            assert "healthcheck" in SERVICES[other]
        if wish["condition"] == "service_completed_successfully":
            assert SERVICES[other]["restart"] == "no"


@each_service
def test_depends_only_on_services_that_are_started(name: str) -> None:
    """A service without a profile does not need one that only a profile starts."""
    for other in SERVICES[name].get("depends_on", {}):
        assert set(SERVICES[other].get("profiles", [])) <= set(SERVICES[name].get("profiles", []))


def test_named_volumes_are_declared_and_used() -> None:
    """Every named volume is declared once and used by somebody."""
    assert {source for _, source in _volumes() if not source.startswith(".")} == set(COMPOSE["volumes"])


def test_mounted_paths_exist_and_are_read_only() -> None:
    """What is mounted from the repository is there and cannot be written."""
    mounted = [(volume, source) for volume, source in _volumes() if source.startswith(".")]
    assert mounted
    for volume, source in mounted:
        assert (ROOT / source).exists(), source
        assert volume.endswith(":ro")


def test_only_training_may_change_models() -> None:
    """The flow scores with what it can read, and cannot write; account, guard and API look models up."""
    mounted = {name: [v for v in s.get("volumes", []) if v.startswith("models:")] for name, s in OURS.items()}
    assert {name: volumes for name, volumes in mounted.items() if volumes} == {
        "flow": ["models:/var/lib/models:ro"], "paper": ["models:/var/lib/models:ro"],
        "guard": ["models:/var/lib/models:ro"], "api": ["models:/var/lib/models:ro"],
        "train": ["models:/var/lib/models"],
    }  # fmt: skip


@each_service
def test_networks_are_declared(name: str) -> None:
    """Every network named by a service is declared."""
    assert set(SERVICES[name].get("networks", [])) <= set(COMPOSE.get("networks", {}))


@each_service
def test_ports_are_on_loopback(name: str) -> None:
    """No port can be reached from another machine."""
    for port in SERVICES[name].get("ports", []):
        assert re.fullmatch(r"127\.0\.0\.1:\$\{[A-Z]+_PORT:-\d+\}:\d+", port), port


@each_service
def test_images_are_pinned(name: str) -> None:
    """An image has the version in its tag, or is built here."""
    image = SERVICES[name]["image"]
    assert "build" in SERVICES[name] or re.search(r":v?\d+\.\d+\.\d+(-\w+)?$", image), image


def test_kafka_is_the_one_the_tests_run_on() -> None:
    """The image carries the same Kafka as the jars of ``make kafka``."""
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{KAFKA}"


@each_service
def test_privileges_are_dropped(name: str) -> None:
    """No service keeps a capability or can gain one."""
    assert SERVICES[name]["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in SERVICES[name]["security_opt"]


@each_service
def test_only_kafka_writes_into_its_image(name: str) -> None:
    """All file systems are read-only but Kafka's, whose start writes its settings into the image."""
    assert SERVICES[name].get("read_only", False) is (name != "kafka")


@each_service
def test_logs_rotate(name: str) -> None:
    """No log can fill the disk."""
    assert SERVICES[name]["logging"]["options"].keys() == {"max-size", "max-file"}


@each_service
def test_services_are_restarted_and_watched(name: str) -> None:
    """Whatever serves has a health check and is started again; what runs once has neither."""
    service = SERVICES[name]
    assert (service["restart"], "healthcheck" in service) == (
        ("no", False) if name in ("topics", "train") else ("unless-stopped", True)
    )


@each_service
def test_no_service_can_take_the_whole_machine(name: str) -> None:
    """Memory, processors and processes are bounded."""
    assert {"mem_limit", "cpus", "pids_limit"} <= SERVICES[name].keys()


def test_secrets_have_no_default() -> None:
    """Without secrets of the operator's own, nothing starts; those of what is optional are empty."""
    secret = r"\$\{((?:REDIS|KAFKA)_[A-Z]+_PASSWORD|ADMIN_\w+|TRADER_KEY|VIEWER_KEY|WEBHOOK_URL)([^}]*)"
    defaults = {(name, rest.partition(" ")[0]) for name, rest in re.findall(secret, TEXT)}
    needed = {"ADMIN_SECRET", *(one for one in PASSWORDS if one.startswith("REDIS"))}
    optional = {"ADMIN_KEY", "TRADER_KEY", "VIEWER_KEY", "WEBHOOK_URL"}
    within = {("ADMIN_KEY", ":+${ADMIN_SECRET")}  # the API signs only where there is a gateway
    assert defaults == {(one, ":?make") for one in needed} | {(one, ":-") for one in optional} | within


def test_each_service_has_the_secrets_it_needs_and_no_others() -> None:
    """Whatever stands in ``.env``: who is taken over gives away what is his, and nothing more."""
    secrets = {
        name: {
            variable
            for variable, value in service.get("environment", {}).items()
            if str(value) and _is_secret(variable)
        }
        for name, service in SERVICES.items()
    }
    flow = {"ADMIN_SECRET", "REDIS_URL"}
    assert {name: found for name, found in secrets.items() if found} == {
        "flow": flow, "paper": flow, "guard": flow, "train": {"ADMIN_SECRET"}, "webhook": {"WEBHOOK_URL"},
        "api": {"REDIS_URL", "LIMITER_URL", "ADMIN_SECRET", "ADMIN_KEY", "TRADER_KEY", "VIEWER_KEY"},
        "redis": {one for one in PASSWORDS if one.startswith("REDIS")},
    }  # fmt: skip


@each_of_ours
def test_env_file_passes_no_secret_on(name: str) -> None:
    """A service that reads all of ``.env`` has every secret in it blanked, or given on purpose."""
    assert {name for name in SETTINGS | PASSWORDS if _is_secret(name)} <= OURS[name]["environment"].keys()


def test_each_service_is_its_own_redis_user() -> None:
    """The flows write, the API reads, its limits are counted by a third user."""
    users = {
        (name, variable, re.match(r"redis://(\w+):", value)[1])  # type: ignore[index]
        for name, service in OURS.items()
        for variable, value in service["environment"].items()
        if variable in ("REDIS_URL", "LIMITER_URL") and value
    }
    assert users == {
        ("flow", "REDIS_URL", "flow"), ("paper", "REDIS_URL", "flow"), ("guard", "REDIS_URL", "flow"),
        ("api", "REDIS_URL", "api"), ("api", "LIMITER_URL", "limiter"),
    }  # fmt: skip
    known = set(re.findall(r"^user (\w+) on #", (ROOT / "deploy/redis/users.acl").read_text(), re.MULTILINE))
    assert {user for _, _, user in users} <= known


def test_kafka_and_redis_are_reached_by_who_needs_them() -> None:
    """They are on a network without a way out, beside our services; Prometheus and Grafana are not on it."""
    on = {name: set(service["networks"]) for name, service in SERVICES.items()}
    assert COMPOSE["networks"]["backend"] == {"internal": True}
    assert {name for name in SERVICES if "backend" in on[name]} == {"kafka", "redis", *OURS}
    assert {name for name in SERVICES if "tools" in on[name]} == {"kafka", "redis"}
    assert {name for name in SERVICES if "outside" in on[name]} == {"webhook"}


def test_only_the_web_hook_has_a_way_out() -> None:
    """Every other network is internal, or not translated to the addresses of the host."""
    closed = {
        name
        for name, network in COMPOSE["networks"].items()
        if network
        and (
            network.get("internal")
            or network["driver_opts"]["com.docker.network.bridge.enable_ip_masquerade"] == "false"
        )
    }
    assert set(COMPOSE["networks"]) - closed == {"outside"}


@each_service
def test_a_port_is_published_through_a_network_that_is_not_internal(name: str) -> None:
    """Docker publishes nothing of a service that is on internal networks alone."""
    if "ports" in SERVICES[name]:
        assert {"edge", "tools"} & set(SERVICES[name]["networks"])


def test_the_gateway_takes_requests_from_this_host() -> None:
    """What comes through a port on loopback has the host's address on that network."""
    [config] = COMPOSE["networks"]["edge"]["ipam"]["config"]
    assert OURS["api"]["environment"]["IP_ALLOWLIST"].rpartition(",")[2] == config["gateway"]
    assert ip_address(config["gateway"]) in ip_network(config["subnet"])


def test_the_controller_of_kafka_listens_within_its_container() -> None:
    """It asks nobody who he is."""
    environment = SERVICES["kafka"]["environment"]
    listeners = dict(one.split("://") for one in environment["KAFKA_LISTENERS"].split(","))
    assert listeners["CONTROLLER"] == "localhost:29093"
    assert environment["KAFKA_CONTROLLER_QUORUM_VOTERS"] == "1@localhost:29093"


@each_of_ours
def test_environment_names_are_settings(name: str) -> None:
    """A variable given to our image is one it reads, or a secret of others that is kept from it."""
    environment = OURS[name]["environment"]
    assert environment.keys() <= SETTINGS | PASSWORDS
    assert {environment[variable] for variable in environment.keys() & PASSWORDS} == {""}


@each_of_ours
def test_commands_exist(name: str) -> None:
    """The command of each of our services is one of the command line."""
    program, *words = OURS[name]["command"]
    [script] = entry_points(group="console_scripts", name=program)
    assert script.load() is cli.main
    done = CliRunner().invoke(cli.application(), [*words, "--help"])
    assert done.exit_code == 0, done.output


def test_environment_example_is_complete_and_known() -> None:
    """``.env.example`` offers every variable of the compose files, and none that nobody reads."""
    offered = {line.partition("=")[0] for line in EXAMPLE.splitlines() if line and not line.startswith("#")}
    secured = (ROOT / "deploy/kafka/secured.yml").read_text()
    interpolated = set(re.findall(r"\$\{([A-Z_]+)", TEXT + secured))
    assert interpolated <= offered
    assert offered <= interpolated | SETTINGS


def test_example_holds_no_secret() -> None:
    """Secrets are left empty in the example."""
    lines = [line.partition("=") for line in EXAMPLE.splitlines() if line and not line.startswith("#")]
    filled = {name: value for name, _, value in lines if _is_secret(name) and value}
    assert filled == {"REDIS_URL": Settings.model_fields["redis_url"].default}


def test_prometheus_asks_services_that_exist() -> None:
    """Every scraped target is a service of the compose file, on the port it listens on."""
    config = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())
    targets = [
        target
        for job in config["scrape_configs"]
        for group in job["static_configs"]
        for target in group["targets"]
    ]
    inside = {
        name: [port.rpartition(":")[2] for port in service["ports"]]
        for name, service in OURS.items()
        if "ports" in service
    }
    assert {target.partition(":")[0] for target in targets} == {"api", "flow", "paper", "guard", "webhook"}
    for target in targets:
        name, _, port = target.partition(":")
        assert port in inside[name]


def _is_secret(variable: str) -> bool:
    """Return whether a variable holds a secret, or an address with one in it."""
    return variable.endswith(("_PASSWORD", "_KEY", "_SECRET", "_URL"))


def _volumes() -> list[tuple[str, str]]:
    volumes = [volume for service in SERVICES.values() for volume in service.get("volumes", [])]
    return [(volume, volume.partition(":")[0]) for volume in volumes]
