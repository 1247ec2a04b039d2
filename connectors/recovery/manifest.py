"""What a recovery folder belongs to: everything that must be the same for its state to be gone on with."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson

from connectors.recovery.errors import RecoveryError
from connectors.recovery.state import FORMAT


def app_version() -> str:
    """Return the version of the product and its engine."""
    return f"levibot {version('levibot')}, bytewax {version('bytewax')}, state {FORMAT}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The identity of an instance's state."""

    app: str
    cluster: str  # the broker's own id
    steps: list[str]
    topics: dict[str, int]  # partition count of every topic it reads or writes
    shards: list[str]  # "topic/partition=number" of its share
    instance: str  # "i of n"
    spec: str  # fingerprint

    def write(self, path: Path) -> None:
        """Write it as JSON."""
        path.write_bytes(orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2) + b"\n")

    def differences(self, found: Manifest) -> list[str]:
        """Return, a line each, where ``found`` is not this."""
        return [
            f"{field.name}: it has {_short(getattr(found, field.name))}, "
            f"this start has {_short(getattr(self, field.name))}"
            for field in fields(self)
            if getattr(found, field.name) != getattr(self, field.name)
        ]


def read(path: Path) -> Manifest:
    """Return the manifest in a file; raise ``RecoveryError`` where it is none."""
    try:
        plain: dict[str, Any] = orjson.loads(path.read_bytes())
        return Manifest(**plain)
    except (OSError, orjson.JSONDecodeError, TypeError) as error:
        raise RecoveryError(f"{path} cannot be read ({error}): levibot recover reset") from error


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 120 else f"{text[:117]}..."
