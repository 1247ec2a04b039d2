"""Loading: by a reference that the registry knows, after a child process has opened the very same bytes."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import orjson
import pytest
from bundles.made import RUN, Made, bundle, rows

from connectors.bundles import checking, loading
from connectors.bundles.checking import check
from connectors.bundles.errors import BundleRefused
from connectors.bundles.folder import publish
from connectors.bundles.loading import load
from connectors.bundles.registry import register
from connectors.bundles.verified import known, machine, remember
from models.bundle.errors import Reason
from models.bundle.opening import open_bundle
from models.bundle.placing import model_rows
from models.bundle.sums import sums_text
from models.market.schema import NAMES

AT = datetime(2026, 11, 21, 14, 15, tzinfo=UTC)
Files = dict[str, bytes]


class Place(NamedTuple):
    """Where a bundle was published and registered."""

    models: Path
    registry: Path
    reference: str

    @property
    def path(self) -> Path:
        """Return the bundle's folder."""
        return self.models / RUN

    def load(self, verified: Path | None = None) -> object:
        """Return the model."""
        return load(self.models, self.reference, self.registry, verified=verified)

    def put(self, name: str, content: bytes) -> None:
        """Replace a file of the bundle, as nobody should."""
        (self.path / name).unlink(missing_ok=True)
        (self.path / name).write_bytes(content)


@pytest.fixture
def place(tmp_path: Path, whole: Files) -> Place:
    """A published and registered bundle."""
    publish(tmp_path / "models", whole)
    registry = tmp_path / "registry" / "model_registry.json"
    return Place(tmp_path / "models", registry, register(registry, whole, AT))


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> list[Files]:
    """Loading without a child process; returns what would have been checked."""
    asked: list[Files] = []
    monkeypatch.setattr(loading, "check", lambda files, timeout_s: asked.append(files))
    return asked


def refusal(place: Place) -> BundleRefused:
    """Return why the bundle is not loaded."""
    with pytest.raises(BundleRefused) as refused:
        place.load()
    return refused.value


@pytest.mark.parametrize("kind", ["lightgbm", "skops"])
def test_a_good_bundle_is_loaded(tmp_path: Path, made: Made, kind: str) -> None:
    """And answers as the bundle that was made."""
    files = bundle(made, kind)
    publish(tmp_path, files)
    reference = register(tmp_path / "r.json", files, AT)
    asked = model_rows(rows(200, seed=8), NAMES)

    found = load(tmp_path, reference, tmp_path / "r.json")

    assert found.predict(asked).tobytes() == open_bundle(files).predict(asked).tobytes()
    assert found.version.endswith(RUN)


def test_the_child_sees_the_bytes_that_were_hashed(place: Place, unchecked: list[Files]) -> None:
    """Not the folder, which could change in between."""
    place.load()

    (asked,) = unchecked
    assert asked == {path.name: path.read_bytes() for path in place.path.iterdir()}


def test_a_changed_file_is_refused(place: Place, whole: Files) -> None:
    """By the sums; where those were rewritten, by the digest that the reference names."""
    place.put("model.txt", whole["model.txt"].replace(b"num_leaves=7", b"num_leaves=8", 1))
    refused = refusal(place)
    assert (refused.reason, "model.txt" in str(refused)) == (Reason.HASH, True)
    assert str(refused).startswith(f"{place.reference} is refused (hash): ")

    changed = {path.name: path.read_bytes() for path in place.path.iterdir()}
    place.put("SHA256SUMS", sums_text(changed))
    assert "another digest" in str(refusal(place))
    assert refusal(place).reason is Reason.HASH


def test_absent_and_foreign_files_are_refused(place: Place) -> None:
    """Each with the reason that they are missing or not listed."""
    place.put("extra.txt", b"")
    assert "extra.txt" in str(refusal(place))
    (place.path / "extra.txt").unlink()
    (place.path / "golden.json").unlink()
    assert (refusal(place).reason, "golden.json" in str(refusal(place))) == (Reason.MISSING, True)
    (place.path / "SHA256SUMS").unlink()
    assert refusal(place).reason is Reason.MISSING
    for path in place.path.iterdir():
        path.unlink()
    place.path.rmdir()
    assert "no folder of a bundle" in str(refusal(place))


@pytest.mark.parametrize("reference", ["lgbm-test", RUN, "lgbm-test@" + "0" * 64, "@", "", "ml-fusion"])
def test_only_a_reference_of_the_registry_is_loaded(place: Place, reference: str) -> None:
    """A name alone could mean another bundle tomorrow."""
    assert refusal(place._replace(reference=reference)).reason is Reason.REGISTRY


def test_a_registry_that_tells_another_story_is_refused(place: Place) -> None:
    """It cannot be read, or it names the bundle otherwise."""
    raw = orjson.loads(place.registry.read_bytes())
    raw["bundles"][RUN]["name"] = "other"
    place.registry.write_bytes(orjson.dumps(raw))
    other = place._replace(reference=place.reference.replace("lgbm-test", "other"))
    assert refusal(other).reason is Reason.REGISTRY
    assert "the registry has it as other" in str(refusal(other))

    place.registry.write_bytes(b"{}{}")
    assert "cannot be used" in str(refusal(place))


DAMAGED = {
    "half of the text": lambda text: text[: len(text) // 2],
    "feature out of range": lambda text: text.replace(b"split_feature=", b"split_feature=9", 1),
    "last tree gone": lambda text: text[: text.index(b"\nTree=11")] + text[text.index(b"\nend of trees") :],
    "a leaf without its sign": lambda text: text.replace(b"leaf_value=-", b"leaf_value=", 1),
    "no model": lambda text: b"",
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_the_child_alone_finds_a_damaged_model(whole: Files, damage: str) -> None:
    """Without any hash: it dies or refuses, and this process lives on with a reason."""
    with pytest.raises(BundleRefused) as refused:
        check(whole | {"model.txt": DAMAGED[damage](whole["model.txt"])})

    assert refused.value.reason in (Reason.CRASHED, Reason.GOLDEN, Reason.SCHEMA)


def test_a_child_that_takes_too_long_is_ended(whole: Files) -> None:
    """Less than the start of Python takes."""
    with pytest.raises(BundleRefused) as refused:
        check(whole, timeout_s=0.001)

    assert refused.value.reason is Reason.TIMEOUT


CHILDREN = {
    "import os, signal; os.kill(os.getpid(), signal.SIGABRT)": (Reason.CRASHED, "SIGABRT"),
    "import os, signal; os.kill(os.getpid(), signal.SIGXCPU)": (Reason.TIMEOUT, "processor time"),
    "import sys; sys.exit(3)": (Reason.CRASHED, "exit code 3"),
    "raise ImportError('no lightgbm')": (Reason.CRASHED, "no lightgbm"),
    "print('all is well')": (Reason.CRASHED, "exit code 0"),
    "print('[]')": (Reason.CRASHED, "exit code 0"),
    "print('{}')": (Reason.CRASHED, "answered nonsense"),
    'print(\'{"holds": "yes"}\')': (Reason.CRASHED, "answered nonsense"),
    'print(\'{"holds": false, "reason": "golden", "detail": "off"}\')': (Reason.GOLDEN, "off"),
    "": (Reason.CRASHED, "exit code 0"),
}


@pytest.mark.parametrize("code", CHILDREN)
def test_whatever_the_child_does_is_a_refusal(
    tmp_path: Path, whole: Files, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    """Unless it says in so many words that the bundle holds."""
    (tmp_path / "strange_child.py").write_text(code)
    monkeypatch.setattr(checking, "_ROOT", tmp_path)
    reason, message = CHILDREN[code]

    with pytest.raises(BundleRefused, match=message) as refused:
        check(whole, module="strange_child")

    assert refused.value.reason is reason


def test_the_child_has_little_to_play_with(
    tmp_path: Path, whole: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No variable of ours, no folder of ours; and its bounds are set before a byte is read."""
    monkeypatch.setenv("ADMIN_SECRET", "secret")
    code = (
        "import os, json; print(json.dumps({'holds': False, 'reason': 'golden', "
        "'detail': ' '.join([os.getcwd(), *sorted(os.environ)])}))"
    )
    (tmp_path / "telling_child.py").write_text(code)
    monkeypatch.setattr(checking, "_ROOT", tmp_path)

    with pytest.raises(BundleRefused) as refused:
        check(whole, module="telling_child")

    cwd, *names = refused.value.detail.split()
    assert cwd == "/"
    assert set(names) <= {
        "PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHASHSEED", "LC_ALL", "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
    }  # fmt: skip


def test_the_child_bounds_itself() -> None:
    """Memory, processor time, files and core dumps, before it reads a byte."""
    code = (
        "import resource as r; from connectors.bundles.check import _limit; _limit(); "
        "kinds = (r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_FSIZE, r.RLIMIT_CORE)\n"
        "print([r.getrlimit(kind)[0] for kind in kinds])\n"
        "try: bytearray(5 << 30)\n"
        "except MemoryError: print('no room')"
    )

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert said.splitlines() == [str([4 << 30, 60, 0, 0]), "no room"]


def test_what_this_machine_has_verified_is_not_checked_again(
    tmp_path: Path, place: Place, unchecked: list[Files]
) -> None:
    """A restart is then quick; a note that cannot be read is worth nothing."""
    note = tmp_path / "verified.json"
    for _ in range(3):
        place.load(verified=note)
    assert len(unchecked) == 1

    for bad in (b"", b"[]", b'{"x": 1}', orjson.dumps({place.reference.split("@")[1]: "another machine"})):
        note.write_bytes(bad)
        place.load(verified=note)
        place.load(verified=note)
    assert len(unchecked) == 5


def test_a_refused_bundle_is_not_remembered(tmp_path: Path, place: Place, whole: Files) -> None:
    """Nor does an earlier note help bytes that have changed."""
    note = tmp_path / "verified.json"
    place.load(verified=note)
    place.put("model.txt", whole["model.txt"][:-1])

    with pytest.raises(BundleRefused):
        place.load(verified=note)
    assert len(orjson.loads(note.read_bytes())) == 1


def test_a_note_that_cannot_be_written_does_no_harm(place: Place, unchecked: list[Files]) -> None:
    """The check is made again next time."""
    note = place.registry / "below a file"

    place.load(verified=note)

    assert len(unchecked) == 1


def test_the_notes_are_bounded_and_name_the_libraries(tmp_path: Path) -> None:
    """Another version of a library, and the check is made anew."""
    note = tmp_path / "verified.json"
    for number in range(120):
        remember(note, f"{number}", machine())

    assert len(orjson.loads(note.read_bytes())) == 100
    assert known(note, "119", machine()) and not known(note, "0", machine())
    assert not known(note, "119", machine().replace("lightgbm", "lightgbm 0."))
    assert note.stat().st_mode & 0o777 == 0o600
