"""The registry of models: what may be loaded, what is current, what was before, and who overrode a gate."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
import pytest
from bundles.made import COIN, PASSED, Made, bundle

from connectors.bundles.errors import GateError, RegistryError
from connectors.bundles.gates import gates_of
from connectors.bundles.registry import promote, register, resolve, rollback
from connectors.bundles.registry_file import LOG, log, read
from models.bundle.errors import BundleError

AT = datetime(2026, 11, 21, 14, 15, tzinfo=UTC)
Register = Callable[..., str]
FIRST, SECOND, THIRD = (f"2026112{day}T000000Z-0123abcd" for day in (1, 2, 3))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The registry's file."""
    return tmp_path / "registry" / "model_registry.json"


@pytest.fixture(scope="module")
def bundles(made: Made) -> Callable[..., dict[str, bytes]]:
    """Bundles by run id, kind, gates and name; each is made once."""
    kept: dict[str, dict[str, bytes]] = {}

    def one(
        run_id: str, kind: str = "lightgbm", gates: object = PASSED, name: str = "lgbm-test"
    ) -> dict[str, bytes]:
        key = f"{run_id} {kind} {gates} {name}"
        if key not in kept:
            kept[key] = bundle(made, kind, gates, run_id=run_id, name=name)
        return kept[key]

    return one


@pytest.fixture
def three(path: Path, bundles: Callable[..., dict[str, bytes]]) -> dict[str, str]:
    """References of two good bundles and of one that failed its gate, by run id."""
    gates = {FIRST: PASSED, SECOND: PASSED, THIRD: COIN}
    return {run: register(path, bundles(run, gates=gates[run]), AT) for run in gates}


def test_a_bundle_is_registered_once(path: Path, bundles: Callable[..., dict[str, bytes]]) -> None:
    """With what its manifest and its card say; other files under its run id are refused."""
    reference = register(path, bundles(FIRST), AT)

    assert register(path, bundles(FIRST), AT + timedelta(days=1)) == reference
    entry = read(path).bundles[FIRST]
    assert entry.reference == reference == f"lgbm-test@{entry.sha256}"
    assert (entry.kind, entry.version, entry.registered_at) == (
        "lightgbm", f"lgbm-test-{FIRST}", "2026-11-21T14:15:00Z"
    )  # fmt: skip
    assert entry.policy == {"entry": 0.56, "exit": 0.44}
    assert entry.calibration == {"method": "platt", "a": 0.9, "b": 0.02}
    assert entry.gates == PASSED
    with pytest.raises(RegistryError, match="registered with other files"):
        register(path, bundles(FIRST, gates=COIN), AT)
    with pytest.raises(BundleError):
        register(path, bundles(SECOND) | {"model.txt": b""}, AT)


def test_promotion_makes_it_current(path: Path, three: dict[str, str]) -> None:
    """The file has what an operator's script looks for: .current.calibration and .current.policy."""
    promote(path, FIRST, note="first", at=AT)
    promoted = promote(path, SECOND, note="ECE 0.042", at=AT + timedelta(hours=1))

    current = orjson.loads(path.read_bytes())["current"]
    assert current == {
        "name": "lgbm-test", "run_id": SECOND, "sha256": three[SECOND].split("@")[1],
        "reference": three[SECOND], "version": f"lgbm-test-{SECOND}", "kind": "lightgbm",
        "promoted_at": "2026-11-21T15:15:00Z", "note": "ECE 0.042",
        "calibration": {"method": "platt", "a": 0.9, "b": 0.02}, "policy": {"entry": 0.56, "exit": 0.44},
        "gates": PASSED, "override": None,
    }  # fmt: skip
    assert promoted == read(path).current
    assert [one.run_id for one in read(path).previous] == [FIRST]


def test_a_failed_gate_blocks(path: Path, three: dict[str, str]) -> None:
    """Unless an override says why; it is kept in the registry and in its log."""
    for override in (None, "", "  "):
        with pytest.raises(GateError, match=r"accuracy is 0.507, the threshold 0.65.*--override"):
            promote(path, THIRD, note="", at=AT, override=override)
    assert read(path).current is None

    promote(path, THIRD, note="drill", at=AT, override="a drill of the rollback")

    current = read(path).current
    assert current is not None and current.override == "a drill of the rollback"
    assert log(path) == [
        {
            "at": "2026-11-21T14:15:00Z", "what": "promote", "run_id": THIRD, "reference": three[THIRD],
            "note": "drill", "override": "a drill of the rollback",
            "overrides": ["accuracy is 0.507, the threshold 0.65"],
        }
    ]  # fmt: skip


def test_an_override_that_is_not_needed_is_not_kept(path: Path, three: dict[str, str]) -> None:
    """It would look like a failed gate."""
    promote(path, FIRST, note="", at=AT, override="just in case")

    current = read(path).current
    assert current is not None and current.override is None
    assert log(path)[0]["overrides"] == []


@pytest.mark.parametrize(
    "card", [b"", b"{}", b"[]", b"null", b'{"gates": 1}', b'{"gates": {"passed": "yes"}}']
)
def test_a_card_that_says_nothing_passes_nothing(card: bytes) -> None:
    """Nor does a bundle without a card."""
    for files in ({"model_card.json": card}, {}):
        assert gates_of(files) == {"passed": False, "why": "it has no model_card.json with gates"}


def test_what_cannot_be_promoted_says_why(path: Path, three: dict[str, str]) -> None:
    """An unknown run, and the current one."""
    with pytest.raises(RegistryError, match="no bundle 20261129T000000Z-0123abcd is registered"):
        promote(path, "20261129T000000Z-0123abcd", note="", at=AT)
    promote(path, FIRST, note="", at=AT)
    with pytest.raises(RegistryError, match="current model already"):
        promote(path, FIRST, note="", at=AT)


def test_rollback_goes_back_step_by_step(path: Path, three: dict[str, str]) -> None:
    """And never forward again to what was left."""
    with pytest.raises(RegistryError, match=r"model\.select ml-fusion"):
        rollback(path, at=AT)
    for run in (FIRST, SECOND, THIRD):
        promote(path, run, note="", at=AT, override="drill")

    assert rollback(path, at=AT, note="too wild").run_id == SECOND
    assert rollback(path, at=AT).run_id == FIRST
    assert read(path).previous == ()
    with pytest.raises(RegistryError, match="no model was promoted before"):
        rollback(path, at=AT)
    assert [(line["what"], line["run_id"], line["note"]) for line in log(path)] == [
        ("promote", FIRST, ""), ("promote", SECOND, ""), ("promote", THIRD, ""),
        ("rollback", SECOND, "too wild"), ("rollback", FIRST, ""),
    ]  # fmt: skip


def test_rollback_to_a_named_run(path: Path, three: dict[str, str]) -> None:
    """One that was promoted before; what came after it is left."""
    for run in (FIRST, SECOND, THIRD):
        promote(path, run, note="", at=AT, override="drill")

    with pytest.raises(RegistryError, match=f"these were, latest first: {SECOND}, {FIRST}"):
        rollback(path, at=AT, to=THIRD)

    assert rollback(path, at=AT, to=FIRST).run_id == FIRST
    assert read(path).previous == ()


def test_what_failed_needs_a_word_to_come_back(path: Path, three: dict[str, str]) -> None:
    """Its digest is remembered until it is promoted with an override."""
    promote(path, FIRST, note="", at=AT)
    promote(path, SECOND, note="", at=AT)
    rollback(path, at=AT, note="ECE 0.09", failed=True)

    with pytest.raises(GateError, match=r"taken back before \(ECE 0.09\)"):
        promote(path, SECOND, note="", at=AT)
    promote(path, SECOND, note="", at=AT, override="the feed was broken, not the model")

    assert read(path).failed == {}


def test_twenty_previous_models_are_kept(path: Path, three: dict[str, str]) -> None:
    """The latest first."""
    for number in range(25):
        promote(path, (FIRST, SECOND)[number % 2], note=str(number), at=AT)

    assert [one.note for one in read(path).previous] == [str(n) for n in range(23, 3, -1)]


def test_names_stand_for_bundles(path: Path, bundles: Callable[..., dict[str, bytes]]) -> None:
    """Run ids, references, names and aliases; of several the newest, and it is said."""
    one = register(path, bundles(FIRST), AT)
    two = register(path, bundles(SECOND), AT)
    trees = register(path, bundles(THIRD, "skops", name="my-trees"), AT)
    promote(path, FIRST, note="", at=AT)

    def found(wanted: str) -> str:
        return resolve(read(path), wanted).reference

    assert found(FIRST) == one and found(two) == two and found("my-trees") == trees
    assert resolve(read(path), "lgbm-test") == (
        two, SECOND, f"2 bundles answer to lgbm-test; {SECOND} is the newest"
    )  # fmt: skip
    assert found("skops-local") == trees
    assert found("best_lgbm") == found("current") == one
    assert [resolve(read(path), name) for name in ("ml-fusion", "constant-0.9")] == [
        ("ml-fusion", "", ""), ("constant-0.9", "", "")
    ]  # fmt: skip
    with pytest.raises(RegistryError, match="no skops model was promoted yet"):
        found("best_skops")
    with pytest.raises(RegistryError, match=r"no model 'absent'; bundles: lgbm-test, my-trees; built in"):
        found("absent")
    promote(path, THIRD, note="", at=AT)
    assert found("best_skops") == trees and found("best_lgbm") == one


def test_a_bundle_of_its_own_name_goes_before_an_alias(
    path: Path, bundles: Callable[..., dict[str, bytes]]
) -> None:
    """A bundle may be called skops-local."""
    local = register(path, bundles(FIRST, "skops", name="skops-local"), AT)
    register(path, bundles(SECOND, "skops", name="other-trees"), AT)

    assert resolve(read(path), "skops-local").reference == local


DAMAGE: tuple[tuple[Callable[[Any], Any], str], ...] = (
    (lambda raw: raw | {"format": 2}, "format 2, this version reads 1"),
    (lambda raw: raw | {"extra": 1}, "unknown field `extra`"),
    (lambda raw: raw["current"].pop("policy") and raw, "missing required field `policy`"),
    (lambda raw: raw["current"].update(sha256="0") or raw, r"current.sha256"),
    (lambda raw: raw["bundles"].update({"../up": raw["bundles"][FIRST]}) or raw, "matching regex"),
    (lambda raw: raw["bundles"][FIRST].update(kind="pickle") or raw, r"kind"),
    (lambda raw: [], "Expected `object`"),
)


@pytest.mark.parametrize(("damage", "message"), DAMAGE)
def test_a_damaged_registry_is_refused(
    path: Path, three: dict[str, str], damage: Callable[[Any], Any], message: str
) -> None:
    """With the place of the damage; and it is not overwritten."""
    promote(path, FIRST, note="", at=AT)
    path.write_bytes(orjson.dumps(damage(orjson.loads(path.read_bytes()))))
    before = path.read_bytes()

    with pytest.raises(RegistryError, match=message):
        read(path)
    with pytest.raises(RegistryError):
        promote(path, SECOND, note="", at=AT)

    assert path.read_bytes() == before


def test_no_file_is_an_empty_registry(path: Path) -> None:
    """With an empty log; a log that cannot be read is refused."""
    assert read(path).bundles == {} and read(path).current is None and log(path) == []
    path.parent.mkdir()
    (path.parent / LOG).write_bytes(b"{")
    with pytest.raises(RegistryError, match="cannot be read"):
        log(path)


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from connectors.bundles.registry import promote
for number in range(20):
    run = sys.argv[2 + number % 2]
    try:
        promote(Path(sys.argv[1]), run, note=sys.argv[4], at=datetime(2026, 1, 1, tzinfo=UTC))
    except ValueError:
        pass
"""


def test_two_writers_do_not_lose_each_others_work(path: Path, three: dict[str, str]) -> None:
    """Every promotion that is in the log was made from the registry that the one before it left."""
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), *runs, name])
        for name, runs in (("a", (FIRST, SECOND)), ("b", (SECOND, FIRST)))
    ]
    assert [writer.wait() for writer in writers] == [0, 0]

    runs = [line["run_id"] for line in log(path)]
    assert all(one != next_one for one, next_one in pairwise(runs))
    current = read(path).current
    assert current is not None and current.run_id == runs[-1]
    assert [one.run_id for one in read(path).previous] == runs[-2::-1][:20]
