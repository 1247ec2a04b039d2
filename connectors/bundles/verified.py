"""Which bundles this machine has opened before with these libraries, so that a restart need not check again.

A file of one line a bundle, trusted as the recovery folder is. Whatever cannot be read in it counts as
unknown, and what is unknown is checked again.
"""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import orjson

from connectors.bundles.atomic import write

KEPT = 100
_LIBRARIES = ("levibot", "lightgbm", "numpy", "scikit-learn", "scipy", "skops")


def machine() -> str:
    """Return what a check holds for: the machine, Python, and the libraries that take part."""
    parts = (platform.node(), platform.machine(), platform.system(), platform.release())
    return " | ".join((*parts, platform.python_version(), *(_version(name) for name in _LIBRARIES)))


def known(path: Path, digest: str, where: str) -> bool:
    """Return whether the bundle of this digest was found good ``where`` it is to be opened now."""
    return _read(path).get(digest) == where


def remember(path: Path, digest: str, where: str) -> None:
    """Note that a bundle was found good; the file keeps the last ``KEPT``."""
    found = _read(path)
    found.pop(digest, None)
    kept = dict(list({**found, digest: where}.items())[-KEPT:])
    write(path, orjson.dumps(kept, option=orjson.OPT_INDENT_2), mode=0o600)


def _read(path: Path) -> dict[str, str]:
    try:
        raw = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    return raw if isinstance(raw, dict) else {}


def _version(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"no {name}"
