"""``levibot backtest serve-jobs`` as a process: it ends cleanly on Ctrl-C and SIGTERM."""

from __future__ import annotations

import signal
from collections.abc import Callable

from connectors.settings import settings
from flows.backtest.asked import Asked
from flows.backtest.jobs import Line, serve


def serve_and_tell(template: Asked, *, once: bool, show: Callable[[Line], None]) -> None:
    """Serve until asked to end; a job that runs then goes on at the next start."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        serve(template, settings(), _silent, show, once=once)
    except KeyboardInterrupt:
        pass  # nothing is lost: what was walked is on disk
    finally:
        signal.signal(signal.SIGTERM, before)


def _silent(_records: int, _share: float | None) -> None:
    """Show no bar: jobs come at any time."""
