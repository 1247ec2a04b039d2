"""The drills, in their order."""

from __future__ import annotations

from collections.abc import Callable

from flows.error_drill.drills.bad_records import bad_records
from flows.error_drill.drills.failing_model import failing_model
from flows.error_drill.drills.kill_and_unkill import kill_and_unkill
from flows.error_drill.drills.throttled_feed import throttled_feed
from flows.error_drill.ground import Ground
from flows.error_drill.result import Drill

DRILLS: tuple[Callable[[Ground], Drill], ...] = (bad_records, failing_model, throttled_feed, kill_and_unkill)
