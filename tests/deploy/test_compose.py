"""docker-compose.yml says what it should: the schema holds, every reference resolves, nothing is open."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import entry_points
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
    """The flow scores with what it can read, and cannot write; account and guard look up the promoted one."""
    mounted = {name: [v for v in s.get("volumes", []) if v.startswith("models:")] for name, s in OURS.items()}
    assert {name: volumes for name, volumes in mounted.items() if volumes} == {
        "flow": ["models:/var/lib/models:ro"], "paper": ["models:/var/lib/models:ro"],
        "guard": ["models:/var/lib/models:ro"],
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


def test_admin_secret_has_no_default() -> None:
    """Without a secret of the operator's own, nothing starts."""
    assert set(re.findall(r"\$\{ADMIN_SECRET[^}]*", TEXT)) == {
        "${ADMIN_SECRET:?set ADMIN_SECRET in .env, see .env.example"
    }


@each_of_ours
def test_environment_names_are_settings(name: str) -> None:
    """A variable given to our image is one it reads."""
    known = {field.upper() for field in Settings.model_fields}
    assert OURS[name]["environment"].keys() <= known


@each_of_ours
def test_commands_exist(name: str) -> None:
    """The command of each of our services is one of the command line."""
    program, *words = OURS[name]["command"]
    [script] = entry_points(group="console_scripts", name=program)
    assert script.load() is cli.main
    done = CliRunner().invoke(cli.app, [*words, "--help"])
    assert done.exit_code == 0, done.output


def test_environment_example_is_complete_and_known() -> None:
    """``.env.example`` offers every variable of the compose file, and none that nobody reads."""
    offered = {
        line.partition("=")[0]
        for line in (ROOT / ".env.example").read_text().splitlines()
        if line and not line.startswith("#")
    }
    interpolated = set(re.findall(r"\$\{([A-Z_]+)", TEXT))
    assert interpolated <= offered
    assert offered <= interpolated | {field.upper() for field in Settings.model_fields}


def test_example_holds_no_secret() -> None:
    """Secrets are left empty in the example."""
    text = (ROOT / ".env.example").read_text()
    assert re.findall(r"^(ADMIN_\w+)=(.*)$", text, re.MULTILINE) == [("ADMIN_SECRET", ""), ("ADMIN_KEY", "")]


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
    assert {target.partition(":")[0] for target in targets} == {"api", "flow", "paper", "guard"}
    for target in targets:
        name, _, port = target.partition(":")
        assert port in inside[name]


def _volumes() -> list[tuple[str, str]]:
    volumes = [volume for service in SERVICES.values() for volume in service.get("volumes", [])]
    return [(volume, volume.partition(":")[0]) for volume in volumes]
