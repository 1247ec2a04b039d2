"""The child that opens a bundle before anyone else does: ``python -m connectors.bundles.check``.

Reads from stdin a line ``{"files": [[name, size], ...]}`` and then the bytes of the files; opens the
bundle, which compares its golden answers, and writes one line: ``{"holds": true, "version": ...}`` or
``{"holds": false, "reason": ..., "detail": ...}``. Whatever the libraries print goes nowhere.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import Any

MEMORY = 4 << 30
CPU_S = 60


def main() -> None:
    """Answer for the bundle on stdin."""
    answers = os.dup(1)
    _limit()
    header = json.loads(sys.stdin.buffer.readline())
    files = {name: sys.stdin.buffer.read(size) for name, size in header["files"]}
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.write(answers, json.dumps(_answer(files)).encode() + b"\n")
    os._exit(0)  # nothing that a library left behind may still spoil the end


def _limit() -> None:
    """Bound what a bad model can take: memory, time, files, a core dump."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, CPU_S), (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):  # fmt: skip
        _, hard = resource.getrlimit(what)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (bound, bound))


def _answer(files: dict[str, bytes]) -> dict[str, Any]:
    from models.bundle.errors import BundleError, Reason  # noqa: PLC0415  the limits come first
    from models.bundle.opening import open_bundle  # noqa: PLC0415

    try:
        return {"holds": True, "version": open_bundle(files).version}
    except BundleError as error:
        return {"holds": False, "reason": error.reason, "detail": error.detail}
    except Exception as error:  # whatever the libraries raise over a damaged model
        return {"holds": False, "reason": Reason.CRASHED, "detail": f"it cannot be opened ({error!r})"}


if __name__ == "__main__":
    main()
