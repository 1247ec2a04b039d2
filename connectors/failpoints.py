"""Named points at which a test lets this process die; unarmed, passing one costs a comparison.

``FAILPOINT=journal.sent:3`` kills the process, as ``kill -9`` does, when that point is reached the third
time. The points stand where a crash could do harm: around each send, acknowledgement, produce and snapshot.
"""

from __future__ import annotations

import os
import signal

POINTS = (
    "open.locked", "open.read", "open.fencing", "open.fenced", "open.done",
    "journal.sent", "journal.acknowledged", "journal.emitting",
    "sink.producing", "sink.produced", "sink.delivered",
    "snapshot.source", "snapshot.stage", "snapshot.flushing", "snapshot.flushed",
)  # fmt: skip


class _Armed:
    point = ""
    left = 0


def arm(text: str) -> None:
    """Arm ``point:count``; raise ``ValueError`` naming the known points where it is none."""
    if not text:
        return
    point, _, count = text.partition(":")
    if point not in POINTS or not count.isdigit():
        raise ValueError(f"FAILPOINT must be point:count with one of {', '.join(POINTS)}, not {text!r}")
    _Armed.point, _Armed.left = point, int(count)


def reach(point: str) -> None:
    """Pass a point, or die there."""
    if point == _Armed.point:
        _Armed.left -= 1
        if _Armed.left <= 0:
            os.write(2, f"failpoint {point}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)
