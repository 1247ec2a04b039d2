"""One output topic of a shard, walked once: fields, order, numbering, and on ``signals`` the kills."""

from __future__ import annotations

from functools import partial
from typing import Any

from verifier.answers import UNHEARD, Heard, held, must_say
from verifier.compare import Comparison
from verifier.desks import DeskHistory
from verifier.expected import Expected
from verifier.findings import NOT_HELD, NUMBERING, UNEXPECTED
from verifier.log import Partition
from verifier.ordinals import ordinal_of
from verifier.published import Published, published
from verifier.recount import Era
from verifier.report import ShardReport, TopicReport
from verifier.rules import AUDIT, FALLBACKS, PREDICTIONS, SIGNALS, Rules

BEFORE_ALL = "records from before the oldest genesis in the journal cannot be judged"


class TopicCheck:
    """Holds the records of a topic against the eras of its shard; findings go to the shard's report."""

    def __init__(
        self, topic: str, partition: Partition, eras: list[Era], desks: DeskHistory, rules: Rules,
        report: ShardReport,
    ) -> None:  # fmt: skip
        self._topic, self._partition = topic, partition
        self._eras, self._desks, self._rules = eras, desks, rules
        self._report = report
        self._told = report.topics[topic] = TopicReport()
        self._comparisons = self._compared()

    def run(self, *, complete: bool) -> None:
        """Walk the topic; ``complete``: nothing is still to come."""
        first_era: int | None = None
        for record in self._partition.records:
            self._told.found += 1
            one = published(self._topic, record)
            self._told.numbering.take(one.ordinal if one else ordinal_of(record))
            if one is None:
                self._add(UNEXPECTED, f"{record.place}: no record of this topic")
                continue
            era = sum(era.genesis.seq < one.seq for era in self._eras) - 1
            first_era = era if first_era is None else first_era
            self._take(one, era)
        for number, comparison in enumerate(self._comparisons):
            # of an era behind the first record's, and of all where there is none, retention took nothing
            retention = self._partition.low > 0 and (first_era is None or number <= first_era)
            over = number + 1 < len(self._eras)
            comparison.finish(complete=complete or over, retention=retention)
        self._numbering()

    def _compared(self) -> list[Comparison]:
        """Return a comparison for each era; none for a topic that is not recomputed."""
        if not self._eras or self._topic not in self._eras[0].expectations.topics:
            return []
        return [self._comparison(number) for number in range(len(self._eras))]

    def _comparison(self, number: int) -> Comparison:
        expected = self._published_part(number)
        self._told.expected = (self._told.expected or 0) + len(expected)
        first = None if self._topic == PREDICTIONS else self._first(number)
        return Comparison(
            self._topic,
            expected,
            self._told,
            self._report.findings,
            must_say=partial(self._must_say, self._eras[number]),
            first=first,
        )

    def _first(self, number: int) -> int:
        """Return the ordinal with which an era begins."""
        return self._eras[number].first.get(self._topic, 0)

    def _published_part(self, number: int) -> list[Expected]:
        """Return the records of an era; before a gap, only as many as the next genesis knows of."""
        expected = self._eras[number].expectations.topics[self._topic]
        if number + 1 == len(self._eras):
            return expected
        return expected[: max(self._first(number + 1) - self._first(number), 0)]

    def _must_say(self, era: Era, expected: Expected, one: Published) -> dict[str, Any]:
        desk = self._desks.at(one.seq)
        if desk is None:
            return {}
        heard = UNHEARD
        if self._topic in (AUDIT, SIGNALS):
            name, end, evidence = expected.fields.get("symbol"), expected.fields.get("ts"), era.evidence
            rival = evidence.rival(desk, name, end)
            heard = Heard(evidence.active(name, end), rival, evidence.arm(name, end))
        return must_say(self._topic, desk, expected.age, self._rules, one.fields, heard)

    def _take(self, one: Published, era: int) -> None:
        if self._topic == SIGNALS:
            self._held(one)
        if era < 0:
            self._before_all(one)
        elif not self._eras[era].judges(one.offset, one.seq):
            self._told.unjudged += 1
        elif self._topic == PREDICTIONS:
            self._prediction(one, era)
        elif self._topic == SIGNALS:
            self._signal(one, era)
        elif self._comparisons:
            self._comparisons[era].take(one)
        elif self._topic == FALLBACKS:
            self._breaker(one)

    def _prediction(self, one: Published, era: int) -> None:
        """Only the active model's are expected; what the others say is kept for what is made of it."""
        active = one.fields.get("role") == "active"
        sound = active and self._comparisons[era].take(one)
        self._eras[era].evidence.take(one.fields, sound=sound)

    def _signal(self, one: Published, era: int) -> None:
        """One that is as it must be tells whose answer the row's score is."""
        if self._comparisons[era].take(one):
            self._eras[era].evidence.take_signal(one.fields)

    def _breaker(self, one: Published) -> None:
        """A built-in model always answers, so its breaker never opens."""
        by_breaker = "breaker" in (one.fields.get("event"), one.fields.get("reason"))
        if by_breaker and not self._desks.could_fail(one.seq):
            self._add(UNEXPECTED, f"{one.record.place}: no model was active that can fail")

    def _before_all(self, one: Published) -> None:
        """Before the shard's first genesis there is nothing; if that genesis is gone, nobody can tell."""
        if self._eras and self._eras[0].genesis.seq == 0:
            self._add(UNEXPECTED, f"{one.record.place}: caused before the shard's first genesis")
            return
        self._told.unjudged += 1
        if self._eras and BEFORE_ALL not in self._report.unjudged:
            self._report.unjudged.append(BEFORE_ALL)

    def _held(self, one: Published) -> None:
        """A killed signal is HOLD: told from the journal and the signal alone."""
        desk = self._desks.at(one.seq)
        if desk is None or not held(desk, one.fields):
            return
        self._report.killed_signals += 1
        if one.fields.get("signal") != "HOLD":
            said = f"{one.fields.get('symbol')} is {one.fields.get('signal')}"
            self._add(NOT_HELD, f"{one.record.place}: {said} under the kill of {desk.since}")

    def _numbering(self) -> None:
        numbering, name = self._told.numbering, self._partition.name
        begin = self._first(0) if self._eras else 0
        if self._partition.low == 0 and numbering.first not in (None, begin):
            self._add(NUMBERING, f"{name} begins at {numbering.first} instead of {begin}")
        if not numbering.holds:
            gaps = ", ".join(f"{a} to {b}" for a, b in numbering.gaps[:5]) or "none"
            self._add(
                NUMBERING,
                f"{name}: missing {gaps}; {numbering.repeats} repeated, {numbering.out_of_order} out of "
                f"order, {numbering.unreadable} without a number",
            )

    def _add(self, kind: str, text: str) -> None:
        self._report.findings.add(kind, self._topic, text)
