"""The files that settings come from may hold secrets: nobody but their owner should be able to read them."""

from __future__ import annotations

from pathlib import Path

import structlog

from connectors.settings import DEMO_ENV

FILES = (Path(".env"), DEMO_ENV)
_OTHERS = 0o077


def open_to_others(files: tuple[Path, ...] = FILES) -> list[tuple[Path, str]]:
    """Return those of the files that exist and are not for their owner alone, with their mode as ``0644``."""
    modes = [(file, file.stat().st_mode & 0o7777) for file in files if file.is_file()]
    return [(file, f"{mode:04o}") for file, mode in modes if mode & _OTHERS]


def warn_of_open_files() -> None:
    """Log a warning for each of them, with the command that mends it."""
    for file, mode in open_to_others():
        structlog.get_logger().warning(
            "others can read this file, which may hold secrets",
            file=str(file),
            mode=mode,
            do=f"chmod 600 {file}",
        )
