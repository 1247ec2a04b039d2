"""``levibot api``: the read-only HTTP view, as a process of its own (``python -m api``)."""

from __future__ import annotations

import os
import sys


def serve() -> None:
    """Serve the read-only API on API_HOST:API_PORT until stopped."""
    os.execv(sys.executable, [sys.executable, "-m", "api"])  # noqa: S606 - our own interpreter, no shell
