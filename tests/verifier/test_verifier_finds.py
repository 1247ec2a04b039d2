"""A sound run, broken in each way that a run can break: the verifier names exactly that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import orjson
import pytest

from models.desk.desk import Desk
from models.spec import Spec
from tests.verifier.drawn import simulated
from tests.verifier.product import rules_of
from verifier.findings import (
    DIFFERENT,
    DUPLICATED,
    JOURNAL,
    LOST,
    NOT_HELD,
    NUMBERING,
    OUT_OF_ORDER,
    UNEXPECTED,
)
from verifier.history import History
from verifier.log import Partition, Record
from verifier.report import ShardReport
from verifier.run import check_shard

SPEC = Spec(models=("stub-sine", "ml-fusion", "constant-0.9"))
DESK = Desk(model="constant-0.9")

Change = Callable[[list[Record]], list[Record]]


@cache
def sound() -> History:
    """Return a run in which nothing is wrong."""
    return simulated(1_500, desk=DESK).run(SPEC)


def check(history: History, *, complete: bool = True) -> ShardReport:
    """Check a run under its own rules."""
    return check_shard(history, rules_of(SPEC), complete=complete)


def with_topic(topic: str, change: Change, low: int = 0) -> History:
    """Return the sound run with the records of one topic changed."""
    was = sound().outputs[topic]
    records = change(list(was.records))
    return replace(sound(), outputs={**sound().outputs, topic: replace(was, records=records, low=low)})


def body(record: Record) -> dict[str, Any]:
    """Return the JSON of a record."""
    found: dict[str, Any] = orjson.loads(record.value or b"")
    return found


def rewritten(place: int, **fields: Any) -> Change:
    """Give the record at ``place`` other fields."""

    def change(records: list[Record]) -> list[Record]:
        records[place] = records[place]._replace(value=orjson.dumps(body(records[place]) | fields))
        return records

    return change


def counts(report: ShardReport) -> dict[tuple[str, str], int]:
    """Return how many findings there are of each kind and topic."""
    return dict(report.findings.counts)


def test_a_sound_run_has_nothing_to_be_named() -> None:
    """The run that the other tests break: exit code 0, and it has signals under a kill."""
    report = check(sound())
    assert (report.exit_code, counts(report), report.unjudged) == (0, {}, [])
    assert report.killed_signals > 50


@pytest.mark.parametrize("topic", ["signals", "predictions", "features", "progress", "dlq", "audit"])
def test_a_lost_record_is_named(topic: str) -> None:
    """By what it was about, and as a number that is missing."""
    gone = sound().outputs[topic].records[7]

    report = check(with_topic(topic, lambda records: records[:7] + records[8:]))

    assert counts(report) == {(LOST, topic): 1, (NUMBERING, topic): 1}
    assert "missing 7 to 7" in text_of(report, NUMBERING)
    if topic == "signals":
        assert f"{body(gone)['symbol']} at " in text_of(report, LOST)
        assert f"before tick {body(gone)['caused_by']['offset']} " in text_of(report, LOST)


def text_of(report: ShardReport, kind: str) -> str:
    """Return the first finding of a kind in words."""
    return next(found.text for found in report.findings.examples if found.kind == kind)


@pytest.mark.parametrize("topic", ["signals", "predictions", "features", "progress", "dlq", "audit"])
def test_a_doubled_record_is_named(topic: str) -> None:
    """With the place at which it stands already."""
    report = check(with_topic(topic, lambda records: [*records[:8], *records[7:]]))
    assert counts(report) == {(DUPLICATED, topic): 1, (NUMBERING, topic): 1}
    assert f"stands at {topic}/0 @7 already" in text_of(report, DUPLICATED)


def test_two_swapped_records_are_named() -> None:
    """The one that comes behind its follower."""
    report = check(with_topic("signals", lambda r: [*r[:7], r[8], r[7], *r[9:]]))
    assert counts(report) == {(OUT_OF_ORDER, "signals"): 1, (NUMBERING, "signals"): 1}
    assert "signals/0 @7" in text_of(report, OUT_OF_ORDER)


@pytest.mark.parametrize(
    ("topic", "field", "value"),
    [
        ("signals", "price", 1.0),
        ("signals", "symbol", "XXX"),
        ("signals", "id", "0" * 32),
        ("signals", "horizon_s", 61),
        ("signals", "model", "stub-sine"),
        ("signals", "confid", 0.1),
        ("predictions", "feature_id", "0" * 32),
        ("predictions", "id", "0" * 32),
        ("predictions", "model", "ml-fusion"),
        ("features", "o", 1.0),
        ("features", "h", 1.0),
        ("features", "l", 1.0),
        ("features", "c", 1.0),
        ("features", "v", 1.0),
        ("features", "n", 1000),
        ("features", "age_s", 1.5),
        ("audit", "id", "0" * 32),
        ("audit", "model", "ml-fusion"),
        ("audit", "context", {"confid": 0.9, "prob": 0.1, "fallback": False}),
        ("progress", "ledger", {"read": 1}),
        ("progress", "caused_by", {"topic": "ticks", "partition": 0, "offset": 1, "seq": 2}),
    ],
)
def test_a_changed_field_is_named(topic: str, field: str, value: Any) -> None:
    """With what it is and what it must be; a changed name is another record, and the old one is lost."""
    report = check(with_topic(topic, rewritten(10, **{field: value})))
    if field == "symbol":
        assert counts(report) == {(UNEXPECTED, topic): 1, (LOST, topic): 1}
    else:
        assert counts(report) == {(DIFFERENT, topic): 1}
        assert f"{field} is {value!r}, must be " in text_of(report, DIFFERENT)


def test_a_number_from_nowhere_is_named() -> None:
    """All ordinals one too high: a loss in front of the first record would look the same."""

    def shift(records: list[Record]) -> list[Record]:
        for place, record in enumerate(records):
            rewritten(place, ordinal=body(record)["ordinal"] + 1)(records)
        return records

    report = check(with_topic("signals", shift))
    assert counts(report) == {(DIFFERENT, "signals"): 1, (NUMBERING, "signals"): 1}
    assert "begins at 1 instead of 0" in text_of(report, NUMBERING)


def test_a_changed_reject_is_named() -> None:
    """Other bytes than those of the tick record."""
    report = check(with_topic("dlq", lambda r: [r[0]._replace(value=b"other"), *r[1:]]))
    assert counts(report) == {(DIFFERENT, "dlq"): 1}


def test_a_signal_that_does_not_hold_under_a_kill_is_named() -> None:
    """With the journal entry of the kill."""
    place = next(i for i, r in enumerate(sound().outputs["signals"].records) if body(r)["reason"] == "killed")
    report = check(with_topic("signals", rewritten(place, signal="BUY")))
    assert counts(report) == {(NOT_HELD, "signals"): 1}
    assert text_of(report, NOT_HELD).endswith("is BUY under the kill of journal/0 @2")


def test_a_signal_held_without_a_kill_is_named() -> None:
    """Nobody asked for it."""
    report = check(with_topic("signals", rewritten(0, signal="HOLD", reason="killed", advisory=True)))
    assert counts(report) == {(DIFFERENT, "signals"): 1}


def test_an_answer_of_the_active_model_to_an_old_trade_is_named() -> None:
    """Law 7: a stale score is never shown as fresh."""
    records = sound().outputs["signals"].records
    stale = next(i for i, r in enumerate(records) if body(r)["fallback"] and body(r)["reason"] != "killed")
    report = check(with_topic("signals", rewritten(stale, model="constant-0.9", fallback=False)))
    assert counts(report) == {(DIFFERENT, "signals"): 1}
    assert "model is 'constant-0.9', must be 'stub-sine'" in text_of(report, DIFFERENT)


def test_a_record_that_nothing_causes_is_named() -> None:
    """Behind the last one, well numbered."""

    def add(records: list[Record]) -> list[Record]:
        last = body(records[-1])
        more = last | {"ts": last["ts"] + 10**9, "ordinal": last["ordinal"] + 1}
        return [*records, records[-1]._replace(offset=len(records), value=orjson.dumps(more))]

    assert counts(check(with_topic("signals", add))) == {(UNEXPECTED, "signals"): 1}


def test_bytes_that_are_no_record_are_named() -> None:
    """They have no number either."""
    report = check(with_topic("features", lambda r: [*r, r[0]._replace(offset=len(r), value=b"{}")]))
    assert counts(report) == {(UNEXPECTED, "features"): 1, (NUMBERING, "features"): 1}


def test_a_tick_that_was_not_taken_in_is_seen_in_what_it_changes() -> None:
    """Its second's bar, and all books behind it."""
    ticks = sound().ticks
    place = next(i for i, r in enumerate(ticks.records) if i > 500 and is_used(r))
    gone = body(ticks.records[place])
    without = Partition("ticks", 0, 0, ticks.high, ticks.records[:place] + ticks.records[place + 1 :])

    report = check(replace(sound(), ticks=without))

    assert {kind for kind, _ in report.findings.counts} == {DIFFERENT}
    assert report.findings.counts[DIFFERENT, "features"] <= 2  # the second and its five seconds
    books = [body(r)["caused_by"]["offset"] for r in sound().outputs["progress"].records]
    assert report.findings.counts[DIFFERENT, "progress"] == sum(offset > place + 1 for offset in books)
    named = next(f.text for f in report.findings.examples if f.topic == "features")
    assert f"{gone['symbol']} at " in named and " n is " in named


def is_used(record: Record) -> bool:
    """Return whether the sound run took a tick record in without a reject, in a second with other trades."""
    letters = {dict(r.headers)["offset"] for r in sound().outputs["dlq"].records}
    return str(record.offset).encode() not in letters


@pytest.mark.parametrize(
    "changed",
    [
        {"grace_ms": 1_500},
        {"disorder_ms": 400},
        {"max_skew_ms": 3_600_000},
        {"symbol_ttl_s": 60},
        {"max_symbols": 2},
        {"horizon_s": 61},
        {"warn_after_s": 20.0},
        {"fallback_after_s": 45.0},
        {"feature_warn_after_s": 60.0},
    ],
)
def test_a_run_under_other_settings_is_not_this_run(changed: dict[str, Any]) -> None:
    """Each setting decides something that is checked."""
    report = check_shard(sound(), replace(rules_of(SPEC), **changed))
    assert report.exit_code == 1


def test_a_run_that_is_behind_is_compared_as_far_as_it_came() -> None:
    """Each topic ends somewhere else; only asked for the whole is it broken."""
    ends = {"signals": 100, "predictions": 90, "features": 50, "staleness": 0, "progress": 20, "dlq": 5}
    outputs = {
        topic: replace(partition, records=partition.records[: ends.get(topic, 0)])
        for topic, partition in sound().outputs.items()
    }
    behind = replace(sound(), outputs=outputs)

    report, whole = check(behind, complete=False), check(behind)

    assert (report.exit_code, counts(report)) == (0, {})
    assert report.topics["signals"].to_come == report.topics["signals"].expected - 100  # type: ignore[operator]
    assert whole.exit_code == 1
    assert whole.findings.of(LOST) == sum(topic.to_come for topic in report.topics.values())


def test_what_retention_took_is_not_lost() -> None:
    """The partition begins above 0, and the first record there has the number that it must have."""
    report = check(with_topic("signals", lambda records: records[100:], low=100))
    assert (report.exit_code, counts(report)) == (0, {})
    assert report.topics["signals"].expired == 100


def test_ticks_that_are_gone_leave_the_run_unjudged() -> None:
    """Nothing can be recomputed; the kills and the numbering are still checked."""
    ticks = replace(sound().ticks, low=10, records=sound().ticks.records[10:])
    report = check(replace(sound(), ticks=ticks))
    assert (report.exit_code, counts(report)) == (2, {})
    assert report.unjudged == ["ticks 0 to 9 of ticks/0 are gone by retention"]
    assert report.topics["signals"].unjudged == report.topics["signals"].found
    assert report.killed_signals > 50


def test_a_record_that_cannot_be_judged_ends_the_recount_there() -> None:
    """What is caused in front of it is compared, the rest counted as unjudged."""
    foreign = b'{"topic":"publicTrade.BTCUSDT","data":[]}'
    records = list(sound().ticks.records)
    records[700] = records[700]._replace(value=foreign)

    report = check(replace(sound(), ticks=replace(sound().ticks, records=records)))

    assert (report.exit_code, counts(report)) == (2, {})
    (why,) = report.unjudged
    assert why.startswith("ticks/0 @700 cannot be judged: it has the fields topic, data")
    signals = report.topics["signals"]
    assert 0 < signals.equal == signals.expected == signals.found - signals.unjudged < signals.found


def test_a_missing_journal_entry_breaks_the_run() -> None:
    """What comes behind it cannot be explained."""
    journal = sound().journal
    report = check(
        replace(sound(), journal=replace(journal, records=journal.records[:2] + journal.records[3:]))
    )
    assert counts(report)[JOURNAL, "journal"] == 1
    assert "but 1 is missing before it" in text_of(report, JOURNAL)


def test_late_appends_of_dead_processes_change_nothing() -> None:
    """An entry of a lower generation is void, one written twice counts once."""
    journal = sound().journal
    kill, beat = journal.records[2], journal.records[-1]
    records = [*journal.records[:3], kill, *journal.records[3:], kill, beat]
    report = check(replace(sound(), journal=replace(journal, records=records)))
    assert (report.exit_code, counts(report)) == (0, {})
    assert (report.journal.void, report.journal.repeated) == (1, 2)


def test_a_shard_that_was_never_opened_cannot_be_checked() -> None:
    """Exit code 2: nothing is broken, and nothing holds."""
    report = check(replace(sound(), journal=Partition("journal", 0), outputs={}))
    assert report.exit_code == 2
