"""Whatever happens to the bytes of a bundle: it is refused, or it answers to the bit as before.

Three guards, each tried alone: the sums, the digest that the reference names where the sums were rewritten,
and the child process where there are no hashes at all.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from bundles.made import RUN, Made, bundle, rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.bundles import loading
from connectors.bundles.checking import check
from connectors.bundles.errors import BundleRefused
from connectors.bundles.folder import publish
from connectors.bundles.loading import load
from connectors.bundles.registry import register
from models.bundle.errors import Reason
from models.bundle.opening import open_bundle
from models.bundle.placing import model_rows
from models.bundle.sums import SUMS, sums_text
from models.market.schema import NAMES

pytestmark = pytest.mark.slow

AT = datetime(2026, 11, 21, tzinfo=UTC)
ASKED = model_rows(rows(100, seed=11), NAMES)
KINDS = ("lightgbm", "skops")
Files = dict[str, bytes]


class Place(NamedTuple):
    """A published bundle, its reference, and what it answers."""

    models: Path
    registry: Path
    reference: str
    files: Files
    answers: bytes

    def put(self, files: Files) -> None:
        """Make the folder hold exactly these files."""
        folder = self.models / RUN
        for path in folder.iterdir():
            path.unlink()
        for name, content in files.items():
            (folder / name).write_bytes(content)

    def outcome(self) -> str:
        """Return the reason of a refusal, or ``same``; anything else is the failure of this test."""
        try:
            model = load(self.models, self.reference, self.registry)
        except BundleRefused as refused:
            return str(refused.reason)
        assert model.predict(ASKED).tobytes() == self.answers
        return "same"


@pytest.fixture(scope="module", params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, made: Made) -> Place:
    """A bundle of each kind."""
    root = tmp_path_factory.mktemp(request.param)
    files = bundle(made, request.param)
    publish(root / "models", files)
    reference = register(root / "registry.json", files, AT)
    answers = open_bundle(files).predict(ASKED).tobytes()
    return Place(root / "models", root / "registry.json", reference, files, answers)


@pytest.fixture
def without_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hashes alone: whatever they let through is opened in this very process."""
    monkeypatch.setattr(loading, "check", lambda files, timeout_s: None)


def flipped(content: bytes, at: int, length: int) -> bytes:
    """Return the bytes with a region inverted."""
    return content[:at] + bytes(byte ^ 0xFF for byte in content[at : at + length]) + content[at + length :]


DAMAGES: dict[str, Callable[[bytes, int, int], bytes]] = {
    "flip": flipped,
    "one bit": lambda content, at, length: content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :],
    "cut": lambda content, at, length: content[:at],
    "leave out": lambda content, at, length: content[:at] + content[at + length :],
    "zero": lambda content, at, length: content[:at] + bytes(length) + content[at + length :],
    "insert": lambda content, at, length: content[:at] + b"7" * length + content[at:],
    "repeat": lambda content, at, length: content[: at + length] + content[at:],
}


@st.composite
def damage(draw: st.DrawFn) -> Callable[[Files], Files]:
    """Draw what is done to a bundle's files: to a region of one, to two, or to their number."""
    how = draw(st.sampled_from([*DAMAGES, "swap", "extra", "missing", "empty"]))
    which, other = draw(st.integers(0, 99)), draw(st.integers(1, 99))
    where, length = draw(st.floats(0, 1, exclude_max=True)), draw(st.integers(1, 200))

    def done(files: Files) -> Files:
        names = sorted(files)
        name, second = names[which % len(names)], names[(which + other) % len(names)]
        if how == "swap":
            return files | {name: files[second], second: files[name]}
        if how == "extra":
            return files | {"extra.txt": b"x" * length}
        if how == "missing":
            return {n: content for n, content in files.items() if n != name}
        if how == "empty":
            return files | {name: b""}
        return files | {name: DAMAGES[how](files[name], int(where * len(files[name])), length)}

    return done


MANY = settings(
    max_examples=150, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip


@MANY
@given(damage())
def test_a_damaged_bundle_is_refused_by_its_sums(
    place: Place, without_child: None, done: Callable[[Files], Files]
) -> None:
    """Any byte region of any file, two files changed for each other, one too many, one missing."""
    files = done(place.files)
    place.put(files)

    outcome = place.outcome()

    assert (outcome == "same") == (files == place.files)


@MANY
@given(damage())
def test_rewritten_sums_do_not_help(
    place: Place, without_child: None, done: Callable[[Files], Files]
) -> None:
    """The digest of the sums is no longer the one that the reference and the registry name."""
    files = done(place.files)
    files = files | {SUMS: sums_text(files)}
    place.put(files)

    assert place.outcome() == ("same" if files == place.files else "hash")


def test_another_good_bundle_is_not_taken_for_it(place: Place, without_child: None, made: Made) -> None:
    """It has its own digest, however right its sums are."""
    kind = "lightgbm" if "lgbm" in place.reference else "skops"
    place.put(bundle(made, kind, gates={"passed": True}))

    assert place.outcome() == "hash"


def halves(text: bytes) -> bytes:
    """Return the first half of a model."""
    return text[: len(text) // 2]


def later(text: bytes) -> bytes:
    """Return the model with a run of bytes of its second half gone."""
    at = 3 * len(text) // 4
    return text[:at] + text[at + 40 :]


WITHOUT_HASH: dict[str, Callable[[bytes], bytes]] = {
    "half": halves,
    "a gap": later,
    "zeros": lambda model: flipped(model, 2_000, 8),
    "twice": lambda model: model + model[:1_000],
}


@pytest.mark.parametrize("how", WITHOUT_HASH)
def test_the_child_survives_for_us(place: Place, how: str) -> None:
    """Without any hash. It dies, refuses, or finds the golden answers; this process is none the worse."""
    name = "model.txt" if "model.txt" in place.files else "model.skops"
    damaged = WITHOUT_HASH[how](place.files[name])
    try:
        check(place.files | {name: damaged})
    except BundleRefused as refused:
        assert refused.reason in (
            Reason.CRASHED, Reason.GOLDEN, Reason.SCHEMA, Reason.LIBRARY, Reason.MANIFEST
        )  # fmt: skip
        return
    answers = open_bundle(place.files | {name: damaged}).predict(ASKED)  # the child says that this is safe
    assert ((answers >= 0) & (answers <= 1)).all()


def test_a_truncated_text_ends_the_child_by_a_signal(made: Made) -> None:
    """LightGBM aborts; that this is seen as a refusal is what the child is for."""
    files = bundle(made)

    with pytest.raises(BundleRefused, match=r"SIGABRT|SIGSEGV") as refused:
        check(files | {"model.txt": halves(files["model.txt"])})

    assert refused.value.reason is Reason.CRASHED
