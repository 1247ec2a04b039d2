"""``recording.json``: of what run a folder is the recording, and how much of each table it holds.

It is written last, so that a folder with one is whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from connectors.recording.errors import RecordingError
from models.judge.records import Shard
from models.market.schema import FEATURES_VERSION, FINGERPRINT
from models.paper.spec import PaperSpec
from models.spec import Spec

FORMAT = 1
NAME = "recording.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedShard:
    """A shard, how many rows its tables hold, and its first entry; ``begins`` is None before any run."""

    topic: str
    partition: int
    number: int
    begins: dict[str, int] | None = None  # "offset" of the first tick, "seq" of the genesis
    ticks: int = 0
    journal: int = 0
    outputs: dict[str, int] = field(default_factory=dict)

    @property
    def shard(self) -> Shard:
        """Return its name."""
        return Shard(self.topic, self.partition, self.number)

    def stem(self, table: str) -> str:
        """Return how the files of one of its tables begin."""
        return f"{table}-{self.number:04d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedLine:
    """What the paper account read of a shard: rows of its signals and progress, and the shard's number."""

    number: int
    signals: int
    progress: int

    def stem(self, table: str) -> str:
        """Return how the files of one of its tables begin."""
        return f"account-{table}-{self.number:04d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedAccount:
    """The paper account, and how many rows its tables hold; ``lines`` by shard."""

    fingerprint: str
    spec: dict[str, Any]
    journal: int
    outputs: dict[str, int]
    lines: dict[str, RecordedLine]

    def stem(self, table: str) -> str:
        """Return how the files of one of its tables begin."""
        return f"account-{table}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A recorded run. ``since`` and ``until`` bound its outputs (unix ns), ``until`` its ticks as well."""

    format: int
    app: str
    fingerprint: str
    spec: dict[str, Any]
    ticks: dict[str, str]  # codec by tick topic
    topics: dict[str, str]  # name on the broker of the journal and each output topic
    since: int | None = None
    until: int | None = None
    shards: list[RecordedShard]
    account: RecordedAccount | None = None

    def write(self, folder: Path) -> None:
        """Write it into a folder."""
        text = msgspec.json.format(msgspec.json.encode(self), indent=2)
        (folder / NAME).write_bytes(text + b"\n")

    def rows(self, table: str) -> int:
        """Return the rows of ``ticks`` or ``journal`` over all shards."""
        return sum(getattr(shard, table) for shard in self.shards)


def read(folder: Path) -> Recording:
    """Return the manifest of a folder; raise ``RecordingError`` where it is no recording of this format."""
    path = folder / NAME
    try:
        data = path.read_bytes()
        found = msgspec.json.decode(data, type=dict[str, Any]).get("format")
        if found != FORMAT:
            raise RecordingError(
                f"{path}: format {found}, this version reads {FORMAT}; use the one that wrote it"
            )
        return msgspec.json.decode(data, type=Recording)
    except OSError as error:
        raise RecordingError(
            f"{folder} is no recording: {NAME} cannot be read ({error.strerror}); make one: levibot record"
        ) from error
    except msgspec.DecodeError as error:
        raise RecordingError(f"{path}: {error}; record the run again") from error


def spec_of(recording: Recording) -> Spec:
    """Return the spec of the recorded run; raise ``RecordingError`` where this version has no such spec."""
    try:
        spec = msgspec.convert(recording.spec, Spec)
    except msgspec.ValidationError as error:
        raise RecordingError(_other_version(recording, str(error))) from error
    if spec.fingerprint() != recording.fingerprint:
        raise RecordingError(_other_version(recording, "its fingerprint is another one here"))
    if (spec.features_version, spec.features) != (FEATURES_VERSION, FINGERPRINT):
        raise RecordingError(_other_version(recording, f"features are {FEATURES_VERSION} here"))
    return spec


def account_spec_of(account: RecordedAccount, recording: Recording) -> PaperSpec:
    """Return the spec of the recorded account; raise ``RecordingError`` where there is no such spec here."""
    try:
        spec = msgspec.convert(account.spec, PaperSpec)
    except msgspec.ValidationError as error:
        raise RecordingError(_other_version(recording, str(error))) from error
    if spec.fingerprint() != account.fingerprint:
        raise RecordingError(_other_version(recording, "the account's fingerprint is another one here"))
    return spec


def _other_version(recording: Recording, why: str) -> str:
    return (
        f"the run's spec {recording.fingerprint[:12]} cannot be built by this version ({why}); "
        f"replay with the version that recorded it: {recording.app}"
    )
