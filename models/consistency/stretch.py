"""Between which window ends the feature rows of a shard are known to be there, all of them.

Recorded rows may begin late (a window, retention) and end early (the run was going on). Rows of several
symbols are not released in the order of their windows: a busy symbol's own ticks close its seconds ahead of
log time, an idle one waits for log time. So the first and the last recorded row alone say little; the
seconds that the shard itself says are closed, and the causes of both, do. Behind its last tick a shard closes
seconds by beats, of which ticks alone know nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from models.inputs import Cause
from models.spec import SECOND, Spec


class Mark(NamedTuple):
    """A ``progress`` record: every row of a window that ends by ``ts`` (ns) is released by ``cause``."""

    ts: int
    cause: Cause


class Stretch(NamedTuple):
    """Window ends, ns: rows in ``(after, upto]`` are there on both sides; ``after`` None: from the first."""

    after: int | None
    upto: int

    def __contains__(self, ts: object) -> bool:
        """Return whether a window that ends at ``ts`` lies inside."""
        return isinstance(ts, int) and (self.after is None or ts > self.after) and ts <= self.upto


def stretch(
    marks: Iterable[Mark], first: Cause, last: Cause, *, whole: bool, log_ts: int, spec: Spec
) -> Stretch | None:
    """Return what is known of recorded rows, whose first and last have these causes; None: of no row.

    ``whole`` says that the first is the first that ever was; ``log_ts`` is the log time of the last tick.
    """
    known = list(marks)
    # rows of the last cause may be cut apart, those of earlier ones are not; the first likewise
    ends = [mark.ts for mark in known if mark.cause < last]
    begins = [mark.ts for mark in known if mark.cause > first]
    if not ends or not (whole or begins):
        return None
    # a tick that closes its symbol's windows up to T is accepted from log time T - max_skew on
    after = None if whole else min(begins) + spec.grace + spec.max_skew
    upto = min(max(ends), (log_ts - spec.grace) // SECOND * SECOND)
    return Stretch(after, upto) if after is None or after < upto else None
