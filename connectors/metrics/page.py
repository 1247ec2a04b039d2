"""The page of metrics."""

from __future__ import annotations

from connectors.metrics.catalogue import SECTIONS
from connectors.metrics.described import EVERY, Described


def metrics_page() -> str:
    """Return docs/metrics.md."""
    parts = [_INTRODUCTION]
    for title, section in SECTIONS.items():
        rows = [_row(name, one) for name, one in section.items()]
        parts.append("\n".join([f"## {title}", "", *_HEAD, *rows, ""]))
    return "\n".join(parts)


_HEAD = ("| metric | type | labels | on | meaning |", "|---|---|---|---|---|")


def _row(name: str, one: Described) -> str:
    labels = ", ".join(f"`{label}`" for label in one.labels)
    on = "all" if one.on == EVERY else ", ".join(one.on)
    return f"| `{name}` | {one.kind} | {labels} | {on} | {one.meaning} |"


_INTRODUCTION = """# Metrics

Every process serves its own at `/metrics`: the signals flow on FLOW_PORT (4001), the paper account on
PAPER_PORT (4002), the guard on GUARD_PORT (4003), the API on API_PORT (8000; `/metrics/prom` too), the
webhook on WEBHOOK_PORT (4004). What the API has of the others it derives from the view in Redis at each
scrape, over all instances: one look shows the whole. What a dead flow no longer measures is left out there,
what grows old (staleness, ages) goes on growing, and counters never fall while the API runs. So a query
over all processes takes `job="api"`, and one of what a process alone knows takes that process.

Labels are bounded. `symbol`: the symbols known (SYMBOL_TTL_S after the last trade they go; where two venues
share a name, both count as one); `shard`: the partitions of the tick topics; `model`: the models loaded;
`feature`: five for each model and symbol; `book`: the paper books; `rule`: the rules in force, with a `scope`
each; `reason`, `stage`, `what`, `outcome`, `level`, `event`, `topic`: the words in the text.

"""
