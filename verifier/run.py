"""The check of a run: every output record of every shard against what ticks and journal cause.

1. The journal is folded: what the shard took in besides ticks, and where.
2. Ticks and journal are run again, one record after the other: which seconds closed, through what, with which
   prices; what was refused; what log time did.
3. Each output topic is held against that, record by record; and its ordinals, which need nothing else, by
   themselves.
4. Each signal is held against the kills in force at its cause, and against the predictions of its row.
5. What must stand on ``calibration`` follows from predictions that were found to be sound, and from prices.

What is not recomputed: scores, features beyond bar, price and age, the events of the fallback model, what is
estimated of calibration (ECE and the like), and what is told of drift. Their records are checked for what
they are about and for their numbering; ``fallback`` for that alone, and that a breaker moves only where a
model can fail.
"""

from __future__ import annotations

from collections.abc import Iterable

from verifier.asked import references
from verifier.calibration import Calibrations
from verifier.desks import DeskHistory
from verifier.drift import drifts
from verifier.findings import JOURNAL
from verifier.history import History
from verifier.journal import fold
from verifier.keys import key_of
from verifier.log import Partition
from verifier.published import published
from verifier.recount import Era, recount
from verifier.report import Report, ShardReport
from verifier.rules import CALIBRATION, DRIFT, PREDICTIONS, TOPICS, Rules
from verifier.topic import TopicCheck


def check(histories: Iterable[History], rules: Rules, *, complete: bool = True) -> Report:
    """Check shard after shard; histories may be read while this goes on."""
    return Report([check_shard(history, rules, complete=complete) for history in histories])


def check_shard(history: History, rules: Rules, *, complete: bool = True) -> ShardReport:
    """Check one shard.

    ``complete``: the run has read all of its ticks and journal, so that everything must be there. Else only
    what is published is compared, and the rest counted as still to come.
    """
    report = ShardReport(history.shard.key, tick_records=len(history.ticks.records))
    report.journal = journal = fold(history.journal)
    if journal.problem:
        report.findings.add(JOURNAL, "journal", journal.problem)
    desks = DeskHistory(journal.entries, rules.models)
    eras = recount(history.shard, history.ticks, journal, rules)
    if eras:
        report.books = eras[-1].books
        report.unjudged += [era.why for era in eras if era.why]
    else:
        report.unjudged.append(
            f"{history.journal.name} holds no genesis: the shard was never opened, or its beginning is gone"
        )
    for topic in _ORDER:
        partition = history.outputs.get(topic, Partition(topic, history.shard.number))
        if topic == CALIBRATION:
            _expect_monitors(eras, partition, desks, rules)
        TopicCheck(topic, partition, eras, desks, rules, report).run(complete=complete)
        if topic == PREDICTIONS:
            for era in eras:
                era.evidence.whole = report.topics[topic].numbering.holds
    report.topics = {topic: report.topics[topic] for topic in TOPICS}
    return report


_ORDER = (PREDICTIONS, *(topic for topic in TOPICS if topic != PREDICTIONS))
"""Predictions come first: what they say is held against the signals."""


def _expect_monitors(eras: list[Era], calibration: Partition, desks: DeskHistory, rules: Rules) -> None:
    """Add to each era what follows from its buckets and the predictions in it."""
    found = (published(CALIBRATION, record) for record in calibration.records)
    there = {key_of(CALIBRATION, one.fields) for one in found if one is not None}
    for era in eras:
        expectations, buckets = era.expectations, era.expectations.buckets
        asked = references(buckets, desks, rules.horizon_s)
        calibrations = Calibrations(era.evidence, desks, rules)
        expectations.topics[CALIBRATION] = calibrations.expected(buckets, asked, there)
        expectations.topics[DRIFT] = drifts(buckets, asked, expectations.shard)
