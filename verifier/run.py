"""The check of a run: every output record of every shard against what ticks and journal cause.

1. The journal is folded: what the shard took in besides ticks, and where.
2. Ticks and journal are run again, one record after the other: which seconds closed, through what, with which
   prices; what was refused; what log time did.
3. Each output topic is held against that, record by record; and its ordinals, which need nothing else, by
   themselves.
4. Each signal is held against the kills in force at its cause.

What is not recomputed: scores, features beyond bar, price and age, and the events of the fallback model.
Their records are checked for what they are about and for their numbering (``fallback`` for that alone).
"""

from __future__ import annotations

from collections.abc import Iterable

from verifier.desk import DeskHistory
from verifier.findings import JOURNAL
from verifier.history import History
from verifier.journal import fold
from verifier.log import Partition
from verifier.recount import recount
from verifier.report import Report, ShardReport
from verifier.rules import TOPICS, Rules
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
    for topic in TOPICS:
        partition = history.outputs.get(topic, Partition(topic, history.shard.number))
        TopicCheck(topic, partition, eras, desks, rules, report).run(complete=complete)
    return report
