"""Opening a bundle in a child process first: a damaged model ends the child, not the flow."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from connectors.bundles.errors import BundleRefused
from connectors.settings import environment
from models.bundle.errors import Reason
from models.bundle.golden import GOLDEN
from models.bundle.manifest import MANIFEST, MODEL_FILES
from models.bundle.sums import Files

TIMEOUT_S = 30.0
_MODULE = "connectors.bundles.check"
_KEPT = ("PATH", "LD_LIBRARY_PATH")
_ROOT = Path(__file__).parents[2]
_DO = "restore the bundle as it was published, or train again"


def check(files: Files, timeout_s: float = TIMEOUT_S, module: str = _MODULE) -> None:
    """Let a child process open the bundle in these very bytes; raise ``BundleRefused`` unless it holds.

    The child has no more than a few variables of the environment, bounds on memory and time, and no way to
    write files. It needs about two seconds, most of them for importing libraries.
    """
    needed = [name for name in (MANIFEST, GOLDEN, *MODEL_FILES.values()) if name in files]
    header = orjson.dumps({"files": [[name, len(files[name])] for name in needed]})
    asked = b"".join([header, b"\n", *(files[name] for name in needed)])
    command = [sys.executable, "-B", "-P", "-s", "-m", module]
    try:
        child = subprocess.run(  # noqa: S603  a list built here, no shell
            command, input=asked, capture_output=True, check=False, timeout=timeout_s, cwd="/",
            env=_environment(), start_new_session=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise BundleRefused(Reason.TIMEOUT, f"it was not open after {timeout_s:g} s: {_DO}") from error
    except OSError as error:
        raise BundleRefused(Reason.CRASHED, f"no process to check it in ({error}): try again") from error
    _judge(child)


def _environment() -> Mapping[str, str]:
    whole = environment()
    kept = {name: whole[name] for name in _KEPT if name in whole}
    threads = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
    return {**kept, **threads, "PYTHONPATH": str(_ROOT), "PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8"}


def _judge(child: subprocess.CompletedProcess[bytes]) -> None:
    if child.returncode == -signal.SIGXCPU:
        raise BundleRefused(Reason.TIMEOUT, f"opening it took too much processor time: {_DO}")
    if child.returncode < 0:
        name = signal.Signals(-child.returncode).name
        raise BundleRefused(Reason.CRASHED, f"the model ended the process that opened it ({name}): {_DO}")
    answer = _answer(child)
    if answer.get("holds") is True:
        return
    if answer.get("reason") not in set(Reason):
        raise BundleRefused(Reason.CRASHED, f"the process that opened it answered nonsense: {_DO}")
    raise BundleRefused(Reason(answer["reason"]), str(answer.get("detail")))


def _answer(child: subprocess.CompletedProcess[bytes]) -> dict[str, Any]:
    try:
        answer = orjson.loads(child.stdout)
    except orjson.JSONDecodeError:
        answer = None
    if child.returncode != 0 or not isinstance(answer, dict):
        words = child.stderr.decode(errors="replace").strip().rpartition("\n")[2] or "no word"
        raise BundleRefused(
            Reason.CRASHED,
            f"the process that opened it ended with exit code {child.returncode} ({words}): {_DO}",
        )
    return answer
