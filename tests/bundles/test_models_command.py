"""``levibot models``: what an operator sees and does, and how each command ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from bundles.made import COIN, FEATURES, PASSED, Made, bundle
from click.testing import Result
from typer.testing import CliRunner

from connectors.bundles import link, loading
from connectors.bundles.folder import publish, read
from connectors.bundles.loading import load
from connectors.bundles.registry_file import log
from connectors.bundles.registry_file import read as read_registry
from connectors.kafka.errors import BrokerError
from connectors.settings import settings
from flows.cli import application
from flows.registry import announcing

ROOT = Path(__file__).parents[2]
GOOD, TREES, BAD = (f"2026112{day}T141500Z-0123abcd" for day in (1, 2, 3))


class Place:
    """Folders of bundles and registry, and the commands that work on them."""

    def __init__(self, folder: Path) -> None:
        self.models, self.registry = folder / "models", folder / "registry" / "model_registry.json"

    def run(self, *arguments: str, code: int = 0) -> Result:
        """Return what a command said, after a look at its exit code."""
        found = CliRunner().invoke(application(), ["models", *arguments])
        assert found.exit_code == code, found.output
        return found

    def json(self, *arguments: str, code: int = 0) -> Any:
        """Return what a command said to a script."""
        return orjson.loads(self.run(*arguments, "--json", code=code).stdout)

    def damage(self, run_id: str) -> None:
        """Change a byte of a bundle's model."""
        (path,) = (self.models / run_id).glob("model.[ts]*")
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """An empty place, as the settings name it."""
    found = Place(tmp_path)
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("MODELS_DIR", str(found.models))
    monkeypatch.setenv("REGISTRY_FILE", str(found.registry))
    monkeypatch.setenv("ADMIN_SECRET", "a secret for tests")
    settings.cache_clear()
    yield found
    settings.cache_clear()


@pytest.fixture
def full(place: Place, made: Made, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Two good bundles and one that failed a gate; none is opened in a child, which other tests try."""
    monkeypatch.setattr(loading, "check", lambda files, timeout_s: None)
    for run, kind, gates in ((GOOD, "lightgbm", PASSED), (TREES, "skops", PASSED), (BAD, "lightgbm", COIN)):
        publish(place.models, bundle(made, kind, gates, run_id=run))
        place.run("register", run)
    return place


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """The commands that would go to the control topic."""
    found: list[tuple[str, dict[str, Any]]] = []

    def announce(cmd: str, args: dict[str, Any]) -> dict[str, Any]:
        found.append((cmd, args))
        return {"id": "1", "cmd": cmd, "shards": 4, "ms": 12.0}

    monkeypatch.setattr(announcing, "on_control", lambda config, wait_s: announce)
    return found


def test_the_list_says_what_there_is(full: Place) -> None:
    """Newest first: gates, files, the current one; what nobody registered is named."""
    full.run("promote", GOOD, "--no-command")
    full.damage(TREES)
    (full.models / GOOD).rename(full.models / "20261120T000000Z-0123abcd")

    found = full.json("list")

    assert [(one["run_id"], one["current"], one["files"]) for one in found["bundles"]] == [
        (BAD, False, "ok"), (TREES, False, "hash"), (GOOD, True, "missing")
    ]  # fmt: skip
    assert found["current"].startswith("lgbm-test@")
    assert found["unregistered"] == ["20261120T000000Z-0123abcd"]
    text = full.run("list").stdout
    assert "FAILED" in text and "accuracy" in text
    assert "levibot models register 20261120T000000Z-0123abcd" in text


def test_an_empty_list_says_what_to_do(place: Place) -> None:
    """Nothing is there, which is no error."""
    assert "levibot train" in place.run("list").stdout
    assert place.json("list") == {"current": None, "bundles": [], "unregistered": []}


def test_a_promotion_is_entered_linked_and_told(full: Place, sent: list[Any]) -> None:
    """By any name of the bundle; the shards get its reference."""
    found = full.json("promote", "skops-local", "--note", "ECE 0.042")

    reference = read_registry(full.registry).bundles[TREES].reference
    assert found == {
        "run_id": TREES, "reference": reference, "version": f"skops-test-{TREES}",
        "policy": {"entry": 0.56, "exit": 0.44}, "override": None,
        "command": {"id": "1", "cmd": "model.promote", "shards": 4, "ms": 12.0},
    }  # fmt: skip
    assert sent == [("model.promote", {"name": reference, "note": "ECE 0.042"})]
    assert link.target(full.models, "skops") == TREES
    assert link.target(full.models, "lightgbm") is None


def test_a_failed_gate_blocks_a_promotion(full: Place, sent: list[Any]) -> None:
    """The override is kept, and the card is shown with it."""
    said = full.run("promote", BAD, code=1)
    assert "accuracy is 0.507, the threshold 0.65" in said.stderr
    assert "--override" in said.stderr
    assert sent == [] and read_registry(full.registry).current is None

    full.run("promote", BAD, "--override", "a drill")

    assert log(full.registry)[-1]["override"] == "a drill"
    assert "past a failed gate: a drill" in full.run("show").stdout
    assert "past a failed gate: a drill" in full.run("list").stdout


def test_a_damaged_bundle_is_not_promoted(full: Place, sent: list[Any]) -> None:
    """Whatever its gates say."""
    full.damage(GOOD)

    said = full.run("promote", GOOD, code=1)

    assert "is refused (hash): model.txt" in said.stderr
    assert sent == [] and read_registry(full.registry).current is None


def test_a_silent_broker_is_told(full: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The registry has changed, the shards do not know: exit code 2."""

    def announce(cmd: str, args: dict[str, Any]) -> dict[str, Any]:
        raise BrokerError("no broker at 127.0.0.1:1")

    monkeypatch.setattr(announcing, "on_control", lambda config, wait_s: announce)

    said = full.run("promote", GOOD, code=2)

    assert "no broker at 127.0.0.1:1" in said.stderr
    assert "levibot control model.select lgbm-test@" in said.stderr


def test_without_a_secret_no_shard_can_be_told_and_the_registry_alone_changes(
    full: Place, sent: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says how running shards take the model."""
    monkeypatch.delenv("ADMIN_SECRET")
    settings.cache_clear()

    said = full.run("promote", GOOD)

    assert "no shard was told" in said.stdout and "levibot control model.select lgbm-test@" in said.stdout
    assert sent == [] and read_registry(full.registry).current is not None


def test_rollback_goes_to_the_model_before(full: Place, sent: list[Any]) -> None:
    """Verified again, linked again, told; with nothing before it exit code 2."""
    assert "no model was promoted before" in full.run("rollback", code=2).stderr
    full.run("promote", GOOD)
    full.run("promote", BAD, "--override", "a drill")
    assert link.target(full.models, "lightgbm") == BAD

    said = full.run("rollback", "--note", "too wild")

    assert f"back to lgbm-test-{GOOD}" in said.stdout
    assert "all 4 shards score with it after 12 ms" in said.stdout
    assert link.target(full.models, "lightgbm") == GOOD
    assert sent[-1][0] == "model.rollback" and sent[-1][1]["note"] == "too wild"


def test_there_is_no_way_back_to_a_damaged_bundle(full: Place, sent: list[Any]) -> None:
    """The current one stays."""
    full.run("promote", GOOD)
    full.run("promote", TREES)
    full.damage(GOOD)

    full.run("rollback", code=1)

    current = read_registry(full.registry).current
    assert current is not None and current.run_id == TREES
    assert [cmd for cmd, _ in sent] == ["model.promote", "model.promote"]


def test_what_is_no_bundle_cannot_be_promoted(full: Place) -> None:
    """A built-in model is selected, an unknown one is not there, an earlier run was current once."""
    assert "levibot control model.select ml-fusion" in full.run("promote", "ml-fusion", code=2).stderr
    assert "no model 'absent'" in full.run("promote", "absent", code=2).stderr
    full.run("promote", GOOD, "--no-command")
    full.run("promote", TREES, "--no-command")
    assert "was not promoted before" in full.run("rollback", BAD, code=2).stderr


def test_verify_tells_each_bundle(full: Place) -> None:
    """Exit code 0 where all can be loaded, 1 where one is refused, 2 where there is nothing to verify."""
    assert "no bundle was promoted yet" in full.run("verify", code=2).stderr
    assert "built in" in full.run("verify", "ml-fusion", code=2).stderr
    assert full.json("verify", "--all")["holds"] is True
    full.damage(BAD)

    found = full.json("verify", "--all", code=1)

    assert [(one["run_id"], one["holds"], one["reason"]) for one in found["bundles"]] == [
        (BAD, False, "hash"), (TREES, True, ""), (GOOD, True, "")
    ]  # fmt: skip
    assert f"{GOOD}  lgbm-test  ok" in full.run("verify", GOOD).stdout


def test_nothing_registered_is_nothing_verified(place: Place) -> None:
    """It could not be checked."""
    assert "nothing to verify" in place.run("verify", "--all", code=2).stderr


def test_the_card_is_shown(full: Place) -> None:
    """As a page and as JSON; not where the files are not as published."""
    assert "A card" in full.run("show", TREES).stdout
    assert full.json("show", BAD)["card"] == {"gates": COIN}
    assert "2 bundles answer to lgbm-test" in full.run("show", "lgbm-test").stdout
    assert "it has no card" in full.run("show", "ml-fusion", code=2).stderr
    assert "no bundle was promoted yet" in full.run("show", code=2).stderr
    full.damage(TREES)
    full.run("show", TREES, code=1)


def test_a_damaged_bundle_is_not_registered(place: Place, made: Made) -> None:
    """Not with wrong sums, nor from outside of the models' folder."""
    publish(place.models, bundle(made, run_id=GOOD))
    place.damage(GOOD)

    place.run("register", GOOD, code=1)
    place.run("register", "20261130T000000Z-0123abcd", code=1)
    place.run("register", "../absent", code=2)

    assert not place.registry.exists()


def test_a_damaged_registry_is_told(place: Place) -> None:
    """Exit code 2, and what to do."""
    place.registry.parent.mkdir()
    place.registry.write_bytes(b"{")

    for command in (("list",), ("verify", "--all"), ("promote", GOOD), ("rollback",), ("show", GOOD)):
        assert "cannot be used" in place.run(*command, code=2).stderr


@pytest.mark.parametrize("suffix", ["txt", pytest.param("skops", marks=pytest.mark.slow)])
def test_a_model_of_ones_own_becomes_a_bundle(place: Place, made: Made, tmp_path: Path, suffix: str) -> None:
    """Judged on ticks and with a card, loaded as any other; a coin toss does not pass its gates."""
    path = tmp_path / f"mine.{suffix}"
    path.write_bytes(made.lightgbm if suffix == "txt" else made.trees)
    ticks = ("--simulated", "--hours", "1", "--symbols", "2")

    found = place.json(
        "pack", "--model", str(path), "--name", "mine", "--features", ",".join(FEATURES), *ticks
    )

    files = read(place.models / found["run_id"])
    assert orjson.loads(files["model_card.json"])["training"] is None
    assert load(place.models, found["reference"], place.registry).name == "mine"
    assert found["gates"]["passed"] is False
    shown = place.json("show", "mine")
    assert shown["reference"] == found["reference"]
    importance = shown["card"]["feature_importance"]
    assert importance["kind"] == "permutation" and importance["features"] == len(FEATURES)


@pytest.mark.parametrize(
    ("file", "name", "features", "message"),
    [
        ("mine.pkl", "mine", "ret_1s", "LightGBM's text"),
        ("absent.txt", "mine", "ret_1s", "cannot be read"),
        ("mine.txt", "My Model", "ret_1s", "no model name"),
        ("mine.txt", "mine", "absent", "no features absent; there are ret_1s"),
    ],
)
def test_what_cannot_be_packed_says_why(
    place: Place, made: Made, tmp_path: Path, file: str, name: str, features: str, message: str
) -> None:
    """Before any ticks are read."""
    (tmp_path / "mine.txt").write_bytes(made.lightgbm)
    (tmp_path / "mine.pkl").write_bytes(b"")

    said = place.run(
        "pack", "--model", str(tmp_path / file), "--name", name, "--features", features, "--simulated", code=2
    )

    assert message in said.stderr
