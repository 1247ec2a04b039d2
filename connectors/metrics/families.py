"""Families of samples by name: type, labels and text are those of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)

from connectors.metrics.catalogue import METRICS

Labels = tuple[str, ...]
Values = Mapping[Any, float]
"""Values by ``Labels``: the key is open, since one of a mapping is not taken for a more general one."""
Buckets = tuple[Sequence[float], float]
"""Counts of each bucket, not added up, the last above all bounds; and the sum of the values."""


def gauge(name: str, values: Values | float | None) -> Metric:
    """Return a gauge by labels, or its one value; without any it is told of, and has no sample."""
    return _filled(GaugeMetricFamily(name, METRICS[name].meaning, labels=METRICS[name].labels), values)


def counter(name: str, values: Values | float) -> Metric:
    """Return a counter by labels, or its one value."""
    return _filled(CounterMetricFamily(name, METRICS[name].meaning, labels=METRICS[name].labels), values)


def _filled(family: GaugeMetricFamily | CounterMetricFamily, values: Values | float | None) -> Metric:
    if values is None:
        return family
    by_labels = values if isinstance(values, Mapping) else {(): values}
    for labels, value in by_labels.items():
        family.add_metric(labels, value)
    return family


def info(name: str, values: Iterable[Labels]) -> Metric:
    """Return an information: 1 for each of its label values."""
    described = METRICS[name]
    family = InfoMetricFamily(name.removesuffix("_info"), described.meaning, labels=described.labels)
    for labels in values:
        family.add_metric(labels, {})
    return family


def histogram(name: str, edges: Sequence[float], values: Mapping[Any, Buckets]) -> Metric:
    """Return a histogram by labels; ``edges`` are the upper bounds of all buckets but the last."""
    family = HistogramMetricFamily(name, METRICS[name].meaning, labels=METRICS[name].labels)
    bounds = [*(repr(float(edge)) for edge in edges), "+Inf"]
    for labels, (counts, total) in values.items():
        reached, buckets = 0.0, []
        for bound, count in zip(bounds, counts, strict=True):
            reached += count
            buckets.append((bound, reached))
        family.add_metric(labels, buckets, total)
    return family
