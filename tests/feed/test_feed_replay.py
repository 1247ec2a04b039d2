"""Replaying captures: merged by record time, untimed records in their place, all times moved together."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from connectors.feed.errors import FeedError
from connectors.feed.files import Capture
from connectors.feed.pump import Outgoing
from connectors.feed.replay import Replay, merged, moved, rebase_shift

SECOND = 1_000_000_000
T0 = 1_700_000_000 * SECOND
NOW = 1_800_000_000 * SECOND + 123_456_789


def log(path: Path, *lines: tuple[int, bytes]) -> Capture:
    path.write_bytes(b"".join(b"%d %s\n" % line for line in lines))
    return Capture(path)


def trade(symbol: str, ns: int) -> bytes:
    return b'{"e":"trade","E":%d,"s":"%s","T":%d}' % (ns // 1_000_000, symbol.encode(), ns // 1_000_000 - 1)


def plan(speed: float, limit: int | None = None) -> Replay:
    return Replay(paths=(), topic="ticks", bootstrap="", speed=speed, rebase=True, limit=limit)


def test_captures_are_merged_by_record_time(tmp_path: Path) -> None:
    """Two recordings interleave; records of equal time keep the order of the files."""
    a = log(tmp_path / "a", (T0, b'{"s":"AUSD"}'), (T0 + 2, b'{"s":"AUSD"}'), (T0 + 4, b'{"s":"AUSD"}'))
    b = log(tmp_path / "b", (T0 + 2, b'{"s":"BUSD"}'), (T0 + 3, b'{"s":"BUSD"}'))
    expected = [(T0, "AUSD"), (T0 + 2, "AUSD"), (T0 + 2, "BUSD"), (T0 + 3, "BUSD"), (T0 + 4, "AUSD")]
    assert [(r.ts, r.key) for r in merged([a, b])] == expected
    assert [(r.ts, r.key) for r in merged([a, b], limit=2)] == expected[:2]


def test_a_message_that_names_no_symbol_goes_with_the_main_one(tmp_path: Path) -> None:
    """Heartbeats and snapshots get the key of the first symbol of the file, so they share its partition."""
    capture = log(tmp_path / "a", (T0, b'{"bids":[]}'), (T0 + 1, b'{"s":"AUSD"}'), (T0 + 2, b'{"s":"BUSD"}'))
    assert [r.key for r in merged([capture])] == ["AUSD", "AUSD", "BUSD"]


def test_untimed_records_keep_their_place(tmp_path: Path) -> None:
    """A line without a time has that of the one before it, an opening one that of the first timed line."""
    path = tmp_path / "a.ndjson"
    path.write_bytes(b"\n".join([b'{"hello":1}', trade("AUSD", T0), b'{"b":1}', trade("AUSD", T0 + SECOND)]))
    assert [r.ts - T0 for r in merged([Capture(path)])] == [0, 0, 0, SECOND]


def test_a_capture_without_any_time_is_refused(tmp_path: Path) -> None:
    """It could not be stamped; the file is named."""
    path = tmp_path / "a.ndjson"
    path.write_bytes(b'{"s":"AUSD"}\n')
    with pytest.raises(FeedError, match=r"a\.ndjson.*has a time"):
        list(merged([Capture(path)]))


def test_a_fast_rebase_ends_now(tmp_path: Path) -> None:
    """The last record is stamped at most a second before now, never after it, by whole seconds."""
    a = log(tmp_path / "a", (T0, b"{}"), (T0 + 100 * SECOND + 7, b"{}"))
    b = log(tmp_path / "b", (T0 + 50 * SECOND, b"{}"))
    for speed in (math.inf, 20.0):
        by = rebase_shift(plan(speed), [a, b], NOW)
        assert by % SECOND == 0
        assert NOW - SECOND < T0 + 100 * SECOND + 7 + by <= NOW


def test_a_slow_rebase_begins_now(tmp_path: Path) -> None:
    """At the recorded pace or below, the first record is stamped now and none can overtake the clock."""
    capture = log(tmp_path / "a", (T0, b"{}"), (T0 + 100 * SECOND, b"{}"))
    for speed in (1.0, 0.5):
        by = rebase_shift(plan(speed), [capture], NOW)
        assert by % SECOND == 0
        assert NOW - SECOND < T0 + by <= NOW


def test_a_rebase_looks_only_at_what_is_sent(tmp_path: Path) -> None:
    """With a limit the last record within it ends now."""
    capture = log(tmp_path / "a", (T0, b"{}"), (T0 + SECOND, b"{}"), (T0 + 100 * SECOND, b"{}"))
    by = rebase_shift(plan(math.inf, limit=2), [capture], NOW)
    assert NOW - SECOND < T0 + SECOND + by <= NOW


def test_a_rebase_moves_all_times_alike() -> None:
    """Record time and every event time keep their distances to the nanosecond."""
    by = 1_234_567 * SECOND
    before = [Outgoing(T0 + 5 + i, "AUSD", trade("AUSD", T0 + i * 7_000_000)) for i in range(100)]
    after = [moved(record, by) for record in before]
    for old, new in zip(before, after, strict=True):
        was, now = json.loads(old.value), json.loads(new.value)
        assert new.ts - old.ts == by
        assert (now["E"] - was["E"]) * 1_000_000 == (now["T"] - was["T"]) * 1_000_000 == by
        assert (new.key, now["s"]) == ("AUSD", "AUSD")


def test_without_a_rebase_nothing_is_touched() -> None:
    """A shift of zero hands on the same object."""
    record = Outgoing(T0, "AUSD", trade("AUSD", T0))
    assert moved(record, 0) is record
