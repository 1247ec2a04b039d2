"""A criterion against a sample: success, fail, or why neither can be said."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence

from models.rollout.plan import Checked, Criterion
from models.rules.evaluate import Sample

Check = Callable[[Sequence[Criterion]], Sequence[Checked]]
"""What finds, for criteria, what holds of each, in their order."""

_OPS: Mapping[str, Callable[[float, float], bool]] = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
}  # fmt: skip


def holds(criterion: Criterion, value: float) -> bool:
    """Return whether a value is what a criterion asks for."""
    return _OPS[criterion.op](value, criterion.value)


def checked(criterion: Criterion, sample: Sample | None) -> Checked:
    """Return what a sample shows, None where there is none.

    A value that misses, but within what chance alone explains (the sample's limit), is inconclusive: it
    shows neither a good model nor a bad one. So is one behind which stand fewer than ``least_n`` samples.
    """
    name = criterion.name
    if sample is None or sample.value is None:
        return Checked(name, "no-data", None, None if sample is None else sample.n, "nothing is measured")
    value, n = sample.value, sample.n
    if not math.isfinite(value):
        return Checked(name, "error", None, n, f"measured {value}, which is no number")
    if (n or 0) < criterion.least_n:
        return Checked(name, "inconclusive", value, n, f"{n or 0} of {criterion.least_n} samples")
    told = f"{value:.6g}, wanted {criterion.op} {criterion.value:g}"
    if holds(criterion, value):
        return Checked(name, "success", value, n, told)
    if sample.limit is not None and not _beyond(criterion, value, sample.limit):
        return Checked(name, "inconclusive", value, n, f"{told}; chance explains {sample.limit:.6g}")
    return Checked(name, "fail", value, n, told)


def of_samples(samples: Mapping[str, Sample]) -> Check:
    """Return a check of criteria by one sample a metric."""
    return lambda criteria: [checked(one, samples.get(one.metric)) for one in criteria]


def taken_literally(criterion: Criterion, found: Checked) -> Checked:
    """Return what a value shows if chance and the number of samples are not looked at."""
    if found.outcome != "inconclusive" or found.value is None:
        return found
    return checked(criterion._replace(least_n=0), Sample(criterion.metric, "", found.value, None, found.n))


def _beyond(criterion: Criterion, value: float, limit: float) -> bool:
    return value > limit if criterion.op.startswith("<") else value < limit
