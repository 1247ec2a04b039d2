"""A scrape as tests look at it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


class Told(Collector):
    """Families as a collector."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = list(families)

    def collect(self) -> Iterator[Metric]:
        """Yield them."""
        yield from self._families


def registry_of(families: Iterable[Metric]) -> CollectorRegistry:
    """Return a registry that holds these families, each once."""
    registry = CollectorRegistry()
    registry.register(Told(families))
    return registry


def value(families: Iterable[Metric], name: str, /, **labels: str) -> float | None:
    """Return a sample of families."""
    return registry_of(families).get_sample_value(name, labels)


def exposed(text: str) -> dict[str, tuple[str, set[frozenset[str]]]]:
    """Return what a page of metrics has: type and sets of label names by the name that is asked for."""
    found: dict[str, tuple[str, set[frozenset[str]]]] = {}
    for family in text_string_to_metric_families(text):
        name, kind = _asked_for(family)
        labels = {frozenset(sample.labels) - {"le"} for sample in family.samples}
        found[name] = kind, labels
    return found


def _asked_for(family: Metric) -> tuple[str, str]:
    """Return the name under which samples are found, and the type: an info is exposed as a gauge."""
    if family.type == "counter":
        return f"{family.name}_total", "counter"
    if family.name.endswith("_info") and family.name != "python_info":
        return family.name, "info"
    return family.name, family.type
