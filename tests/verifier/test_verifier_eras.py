"""A history that begins anew behind an accepted gap: each side is judged by its own ticks and numbers."""

from __future__ import annotations

from dataclasses import replace

import orjson
from oracle.log import SECOND

from models.desk.desk import Desk
from models.journal.entry import GENESIS
from models.judge.records import TOPICS
from models.spec import Spec
from tests.verifier.drawn import simulated
from tests.verifier.product import Written, outputs_of, product, rules_of
from verifier.history import History
from verifier.log import Record
from verifier.report import ShardReport
from verifier.rules import MS
from verifier.run import check_shard

SPEC = Spec()
LAST = 40
"""The highest ordinal published before the gap, on every topic that has as many."""


def with_gap() -> tuple[Written, History]:
    """Return a run that was cut off, and went on from another genesis with the numbers it had reached.

    Its first genesis has the number 0, its second skips three.
    """
    found = simulated(800)
    first = outputs_of(product(found, SPEC))
    kept = {topic: first[topic].records[: LAST + 1] for topic in TOPICS}
    found.open()
    found.seq += 3
    desk = Desk(killed=True, killed_by="accepted gap").as_dict()
    ordinals = {topic: len(records) for topic, records in kept.items() if records}
    found.entry(GENESIS, {"fingerprint": "f" * 64, "desk": desk, "ordinals": ordinals, "gap": "a drill"})
    more = simulated(800)
    for tick in more.ticks:
        found.tick(tick.value, tick.ts_ms)
    found.beat(more.ticks[-1].ts_ms * MS + 3 * SECOND)
    second = outputs_of(product(found, SPEC))
    joined = {
        topic: replace(
            second[topic],
            records=_numbered([*kept[topic], *second[topic].records[len(first[topic].records) :]]),
        )
        for topic in TOPICS
    }
    return found, found.history(joined)


def _numbered(records: list[Record]) -> list[Record]:
    return [record._replace(offset=offset) for offset, record in enumerate(records)]


def checked(history: History) -> ShardReport:
    """Check the whole of it."""
    return check_shard(history, rules_of(SPEC))


def test_records_on_both_sides_of_a_gap_are_judged() -> None:
    """Before it as many as the second genesis knows of, behind it all; the kill that comes with it holds."""
    _, history = with_gap()

    report = checked(history)

    assert (report.exit_code, report.findings.examples) == (0, [])
    signals = report.topics["signals"]
    assert signals.expected == signals.equal == signals.found > LAST + 1
    assert report.killed_signals > 10


def test_a_record_lost_before_the_gap_is_named() -> None:
    """It does not count as never published."""
    _, history = with_gap()
    signals = history.outputs["signals"]
    outputs = {
        **history.outputs,
        "signals": replace(signals, records=signals.records[:5] + signals.records[6:]),
    }

    report = checked(replace(history, outputs=outputs))

    assert dict(report.findings.counts) == {("lost", "signals"): 1, ("numbering", "signals"): 1}


def test_an_era_whose_ticks_are_gone_is_left_unjudged() -> None:
    """The one behind it is judged all the same."""
    written, history = with_gap()
    begin = orjson.loads(
        next(r for r in reversed(written.journal) if b'"genesis"' in (r.value or b"")).value or b""
    )
    kept = [record for record in history.ticks.records if record.offset >= begin["after"]]

    report = checked(replace(history, ticks=replace(history.ticks, low=begin["after"], records=kept)))

    assert (report.exit_code, report.findings.examples) == (2, [])
    assert report.unjudged == [f"ticks 0 to {begin['after'] - 1} of ticks/0 are gone by retention"]
    signals = report.topics["signals"]
    assert signals.unjudged == LAST + 1
    assert signals.equal == signals.expected == signals.found - LAST - 1
