"""Queries: what rules watch is asked as the alerts ask it, so that a panel shows what an alert judges."""

from __future__ import annotations

from flows.alerting.expressions import RULES


def watched(metric: str, scope: str = "all") -> str:
    """Return the query of a rule's metric."""
    return RULES[metric, scope].value


def api(name: str, /, **labels: str) -> str:
    """Return a metric as the API has it of all processes."""
    return _selected(name, {"job": "api", **labels})


def of(job: str, name: str, /, **labels: str) -> str:
    """Return a metric as a process alone has it."""
    return _selected(name, {"job": job, **labels})


def every(metric: str) -> str:
    """Return a metric of every flow."""
    return f'{metric}{{job=~"signals|paper|guard"}}'


def rate(selected: str, window: str = "1m") -> str:
    """Return how much a counter grows in a second."""
    return f"rate({selected}[{window}])"


def increase(selected: str, window: str) -> str:
    """Return how much a counter grows in a window."""
    return f"increase({selected}[{window}])"


def total(query: str, *by: str) -> str:
    """Return the sum over all labels but some."""
    return f"sum by ({', '.join(by)}) ({query})" if by else f"sum({query})"


def quantile(selected: str, *by: str, share: float = 0.95, window: str = "5m") -> str:
    """Return a quantile of a histogram's buckets."""
    inner = total(rate(selected, window), "le", *by)
    return f"histogram_quantile({share}, {inner})"


def _selected(metric: str, labels: dict[str, str]) -> str:
    wanted = ",".join(f'{label}="{value}"' for label, value in labels.items())
    return f"{metric}{{{wanted}}}"
