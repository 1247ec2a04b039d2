"""``model_registry.json``: which bundles there are, which one is current, and which were before it.

Read strictly, written in one step, by one writer at a time.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
import orjson

from connectors.bundles.atomic import write
from connectors.bundles.errors import RegistryError

FORMAT = 1
LOG = "promotions.jsonl"
Sha = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
RunId = Annotated[str, msgspec.Meta(pattern=r"^\d{8}T\d{6}Z-[0-9a-f]{8}$")]
Kind = Annotated[str, msgspec.Meta(pattern="^(lightgbm|skops)$")]
_T = TypeVar("_T")


class Registered(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A bundle that may be loaded; ``gates`` are those of its model card."""

    name: str
    sha256: Sha
    kind: Kind
    version: str
    registered_at: str
    calibration: dict[str, Any]
    policy: dict[str, float]
    gates: dict[str, Any]

    @property
    def reference(self) -> str:
        """Return ``NAME@SHA256``."""
        return f"{self.name}@{self.sha256}"

    @property
    def passed(self) -> bool:
        """Return whether every gate of its card was passed."""
        return self.gates.get("passed") is True


class Promoted(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A bundle that was made the current one; ``override`` says why, where a gate had failed."""

    name: str
    run_id: RunId
    sha256: Sha
    reference: str
    version: str
    kind: Kind
    promoted_at: str
    note: str
    calibration: dict[str, Any]
    policy: dict[str, float]
    gates: dict[str, Any]
    override: str | None = None


class Failed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A bundle that was taken back: it is promoted again only with an override."""

    why: str
    at: str


class Registry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole file; ``previous`` has the latest first, ``failed`` is by digest."""

    format: int = FORMAT
    current: Promoted | None = None
    previous: tuple[Promoted, ...] = ()
    bundles: dict[RunId, Registered] = {}
    failed: dict[Sha, Failed] = {}


def read(path: Path) -> Registry:
    """Return the registry, an empty one where there is no file; raise ``RegistryError`` for a bad one."""
    try:
        registry = msgspec.json.decode(path.read_bytes(), type=Registry)
    except FileNotFoundError:
        return Registry()
    except (OSError, msgspec.MsgspecError) as error:
        raise RegistryError(
            f"{path}: cannot be used ({error}): mend it, or move it away and register the bundles again with "
            "levibot models register"
        ) from error
    if registry.format != FORMAT:
        raise RegistryError(f"{path}: format {registry.format}, this version reads {FORMAT}: upgrade levibot")
    return registry


def change(path: Path, step: Callable[[Registry], tuple[Registry, dict[str, Any] | None, _T]]) -> _T:
    """Replace the registry by what ``step`` makes of it, and log its line, while no other writer can.

    ``step`` returns the new registry, a line for ``promotions.jsonl`` or None, and what is returned here.
    """
    with locked(path):
        registry, line, result = step(read(path))
        try:
            write(path, msgspec.json.format(msgspec.json.encode(registry), indent=2) + b"\n")
            if line is not None:
                _append(path.with_name(LOG), line)
        except OSError as error:
            raise RegistryError(f"{path}: cannot be written ({error.strerror})") from error
    return result


def log(path: Path) -> list[dict[str, Any]]:
    """Return the promotions and rollbacks beside a registry, oldest first."""
    try:
        lines = path.with_name(LOG).read_bytes().splitlines()
        return [orjson.loads(line) for line in lines]
    except FileNotFoundError:
        return []
    except (OSError, orjson.JSONDecodeError) as error:
        raise RegistryError(f"{path.with_name(LOG)}: cannot be read ({error}): mend it") from error


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep every other writer of a registry out, making its folder where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _append(path: Path, line: dict[str, Any]) -> None:
    with path.open("ab") as file:
        file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        file.flush()
        os.fsync(file.fileno())
