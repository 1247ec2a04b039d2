"""The published records of a topic against what ticks and journal cause."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from verifier.expected import Expected
from verifier.findings import DIFFERENT, DUPLICATED, LOST, OUT_OF_ORDER, UNEXPECTED, Findings
from verifier.keys import NOTHING, key_of, spoken, value_at
from verifier.published import Published
from verifier.report import TopicReport

MustSay = Callable[[Expected, Published], dict[str, Any]]
"""Further fields that a found record must have, given what it says."""


class Comparison:
    """One topic in one era; take its records in log order, then ``finish``.

    ``first`` is the ordinal of the first expected record, None where others come in between. ``must_say``
    adds fields that depend on the record itself.
    """

    def __init__(
        self,
        topic: str,
        expected: list[Expected],
        report: TopicReport,
        findings: Findings,
        *,
        must_say: MustSay,
        first: int | None = 0,
    ) -> None:
        self._topic, self._expected = topic, expected
        self._report, self._findings = report, findings
        self._must_say, self._first = must_say, first
        self._places = {one.key: place for place, one in enumerate(expected)}
        self._seen: dict[int, str] = {}  # where each expected record was found
        self._begin = self._furthest = -1

    def take(self, found: Published) -> bool:
        """Compare the next record of the topic; return whether it is as it must be."""
        key = key_of(self._topic, found.fields)
        place = self._places.get(key)
        if place is None:
            self._about(UNEXPECTED, found, "nothing in ticks and journal causes it")
            return False
        if place in self._seen:
            self._about(DUPLICATED, found, f"stands at {self._seen[place]} already")
            return False
        self._seen[place] = found.record.place
        if place < self._furthest:
            later = spoken(self._topic, self._expected[self._furthest].key)
            self._about(OUT_OF_ORDER, found, f"behind {later}, which must come later")
        equal = self._compare(self._expected[place], place, found)
        self._furthest = max(self._furthest, place)
        return equal

    def finish(self, *, complete: bool, retention: bool) -> None:
        """Count what is missing.

        ``complete``: the run had read everything, so that nothing is still to come. ``retention``: the oldest
        records of the partition are gone, and none of another era stands before those of this one.
        """
        begin = self._begin if self._seen else len(self._expected)
        for place, one in enumerate(self._expected):
            if place in self._seen:
                continue
            if retention and place < begin:
                self._report.expired += 1
            elif place > self._furthest and not complete:
                self._report.to_come += 1
            else:
                text = f"{self._topic}: {spoken(self._topic, one.key)}: not there; {_cause(one)}"
                self._findings.add(LOST, self._topic, text)

    def _compare(self, expected: Expected, place: int, found: Published) -> bool:
        wanted = expected.fields | self._must_say(expected, found)
        wrong = [
            f"{path} is {_short(value_at(found.fields, path))}, must be {_short(value)}"
            for path, value in wanted.items()
            if value_at(found.fields, path) != value
        ]
        if self._begin < 0:
            self._begin = place
            if self._first is not None and found.ordinal != self._first + place:
                wrong.append(f"ordinal is {found.ordinal}, must be {self._first + place}")
        if wrong:
            self._about(DIFFERENT, found, "; ".join(wrong))
        else:
            self._report.equal += 1
        return not wrong

    def _about(self, kind: str, found: Published, text: str) -> None:
        what = spoken(self._topic, key_of(self._topic, found.fields))
        self._findings.add(kind, self._topic, f"{found.record.place}: {what}: {text}")


def _cause(one: Expected) -> str:
    cause = one.fields.get("caused_by") or {
        "offset": one.fields.get("cause_offset"), "seq": one.fields.get("cause_seq"),
    }  # fmt: skip
    return f"the input before tick {cause['offset']} and journal entry {cause['seq']} causes it"


def _short(value: object) -> str:
    if value is NOTHING:
        return "missing"
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:120]}..."
