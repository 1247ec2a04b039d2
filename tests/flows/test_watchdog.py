"""A process without progress ends, with the stacks of its threads on stderr; with progress it lives."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from flows import watchdog as module
from flows.watchdog import Watchdog

ROOT = Path(__file__).parents[2]
WATCHED = """
import threading, time
from flows import watchdog as module

module._RENEW_S = 0.0

def hangs(seconds):
    threading.Event().wait(seconds)

"""


def ended(code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own."""
    command = [sys.executable, "-c", WATCHED + code]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_without_progress_the_process_ends_and_tells_where_it_hangs() -> None:
    """Exit code 1, which makes a supervisor start it again."""
    done = ended("module.Watchdog(0.2)(); hangs(50)")
    assert done.returncode == 1
    assert "Timeout (0:00:00.200000)!" in done.stderr
    assert "in hangs" in done.stderr


def test_a_hang_that_begins_later_is_noticed_too() -> None:
    """Progress before it is no excuse."""
    done = ended(
        "watch = module.Watchdog(0.2)\nfor _ in range(100): watch()\nprint('worked', flush=True)\nhangs(50)"
    )
    assert (done.returncode, done.stdout) == (1, "worked\n")
    assert "in hangs" in done.stderr


def test_with_progress_the_process_lives() -> None:
    """For longer than it might stand still."""
    done = ended("watch = module.Watchdog(2.0)\nfor _ in range(25): watch(); hangs(0.1)\nprint('lived')")
    assert (done.returncode, done.stdout, done.stderr) == (0, "lived\n", "")


def test_a_stopped_watch_ends_nothing() -> None:
    """Closing may take its time."""
    done = ended("watch = module.Watchdog(0.2); watch(); watch.stop(); hangs(1); print('closed')")
    assert (done.returncode, done.stdout, done.stderr) == (0, "closed\n", "")


def test_a_watch_that_was_never_called_ends_nothing() -> None:
    """It begins with the first sign of progress, since a start may take long."""
    done = ended("watch = module.Watchdog(0.2); hangs(1); watch.stop(); print('started')")
    assert (done.returncode, done.stdout, done.stderr) == (0, "started\n", "")


def test_the_timer_is_set_again_at_most_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress is shown thousands of times a second; setting the timer costs a thread each time."""
    now, armed = [0.0], []
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(
        module.faulthandler,
        "dump_traceback_later",
        lambda seconds, exit: armed.append((now[0], seconds, exit)),
    )
    watch = Watchdog(45.0)
    for now[0] in (10.0, 10.5, 10.99, 11.0, 11.5, 12.25):
        watch()
    assert armed == [(10.0, 45.0, True), (11.0, 45.0, True), (12.25, 45.0, True)]
