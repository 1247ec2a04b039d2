"""A gate of a profile against what a stretch came to: each criterion passes, fails or has no data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flows.checks.gate import Answer, answer
from flows.checks.measuring.measures import Line
from flows.day_report.ages import Age
from models.profiles.profile import Criteria
from models.rollout.plan import Checked, Criterion
from models.rules.evaluate import Sample
from models.verdict.checking import checked

Plain = dict[str, Any]


class Gate(NamedTuple):
    """The criteria of a gate, and what they come to."""

    name: str
    answer: Answer
    lines: list[Line]

    def as_dict(self) -> Plain:
        """Return it JSON-ready."""
        return {"gate": self.name, "answer": self.answer, "lines": [line.as_dict() for line in self.lines]}


def judged(
    name: str, criteria: Criteria, samples: Mapping[str, Sample], stale: Age, checks: Sequence[Checked] = ()
) -> Gate:
    """Return what the criteria of a gate come to.

    ``samples`` by metric, of all together; ``stale`` is the age of the shards' freshest symbols; ``checks``
    are what the guard's last check found, for what is measured nowhere else.
    """
    told = {one.criterion: one for one in checks}
    lines = [Line(one, _of(one, samples, stale, told.get(one.name))) for one in criteria]
    return Gate(name, answer(lines), lines)


def _of(one: Criterion, samples: Mapping[str, Sample], stale: Age, told: Checked | None) -> Checked:
    if one.metric == "staleness.tick":
        return _stale(one, stale)
    if one.metric in samples:
        return checked(one, samples[one.metric])
    return told or checked(one, None)


def _stale(one: Criterion, stale: Age) -> Checked:
    if stale.value is None and stale.below is not None and one.value >= stale.below:
        why = f"no shard's freshest tick became {stale.below:g} s old"
        return Checked(one.name, "success", None, None, why)
    return checked(one, Sample(one.metric, stale.of, stale.value))
