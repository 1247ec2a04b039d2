"""A decision record as a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from models.verdict.verdict import GATES_TOLD

TITLES = {
    "checks": "The checks",
    "promote": "To promote: all of these",
    "extend": "To extend",
    "keep": "To keep: one that fails rolls back",
    "ready": "Ready (told beside the verdict)",
}
_DIFFERENCES = {
    "agreement": "Same side of one half",
    "same": "Same BUY, SELL or HOLD",
    "brier": "Brier score",
    "log_loss": "Log loss",
    "ece": "Calibration error (ECE)",
}


def page(record: Mapping[str, Any]) -> str:
    """Return a record as ``models.verdict.record`` makes it, as Markdown."""
    return "\n".join(_lines(record)) + "\n"


def _lines(record: Mapping[str, Any]) -> Iterator[str]:
    run = record["run"]
    reading = "literal" if record["literal"] else "strict"
    yield f"# {record['decision']}: {run['challenger']} against {run['model']}"
    yield ""
    yield (
        f"Run `{run['id']}`, profile `{run['profile']}`, {run['hours']:.4g} hours of event time from second "
        f"{run['since']} to {run['until']}; {reading} rules; {record['checks_passed']} of "
        f"{len(record['gates']['checks'])} checks passed; {'' if record['ready'] else 'not '}ready."
    )
    yield from _list("Why", record["reasons"])
    yield from _list("What would change it", record["would_change"])
    known = record["gates"]
    for name in (*(g for g in GATES_TOLD if g in known), *(g for g in known if g not in GATES_TOLD)):
        yield from _gate(TITLES.get(name, name.capitalize()), known[name])
    if record["comparison"] is not None:
        yield from _comparison(record["comparison"])
    if record["books"] is not None:
        yield from _books(record["books"])
    yield from ("", "## List", "")
    yield from (f"- [{'x' if one['by'] == 'record' else ' '}] {one['what']}" for one in record["checklist"])


def _list(title: str, lines: Sequence[str]) -> Iterator[str]:
    yield from ("", f"## {title}", "")
    yield from (f"- {line}" for line in lines)


def _gate(title: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield from (
        "",
        f"## {title}",
        "",
        "| criterion | wanted | found | n | outcome | row |",
        "|---|---|---|---|---|---|",
    )
    for row in rows:
        weight = "critical" if row["critical"] else "important"
        yield (
            f"| {row['name']} ({weight}) | {row['metric']} {row['op']} {row['limit']:g} | "
            f"{_number(row['value'])} | {_number(row['n'])} | {row['outcome']} | {row['requirement']} |"
        )


def _comparison(found: Mapping[str, Any]) -> Iterator[str]:
    left_out = ", ".join(f"{name} {count}" for name, count in found["left_out"].items())
    yield from ("", "## Paired predictions", "")
    yield (
        f"{found['pairs']} pairs with an outcome, at least {found['n_effective']} of them independent; "
        f"left out: {left_out}."
    )
    yield from ("", "| challenger less active | value | 95 % interval |", "|---|---|---|")
    for name, title in _DIFFERENCES.items():
        yield _interval(title, found[name])
    evidence = found["evidence"]
    yield ""
    yield (
        f"That the challenger is worse: p = {evidence['p']:.3g}, valid at every look; "
        f"that it is better: p = {found['better_p']:.3g}."
    )


def _books(found: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", "## Paper books, after costs", "", "| | active | challenger |", "|---|---|---|")
    for name, title in (("sharpe", "Sharpe ratio, annualised"), ("max_drawdown", "Maximum drawdown")):
        yield f"| {title} | {_number(found[name]['active'])} | {_number(found[name]['challenger'])} |"
    yield from ("", "| challenger less active | value | 95 % interval |", "|---|---|---|")
    yield _interval("Total return", found["return_lead"])
    chance = found["sharpe"]["chance"]
    yield ""
    yield (
        f"{found['trades']} trades closed by the challenger. Lead in Sharpe ratio: "
        f"{_number(found['sharpe']['lead'])}; chance alone explains {_number(chance)} either way."
    )


def _interval(title: str, figure: Mapping[str, float | None] | None) -> str:
    if figure is None:
        return f"| {title} | - | - |"
    ends = "-" if figure["low"] is None else f"{_number(figure['low'])} to {_number(figure['high'])}"
    return f"| {title} | {_number(figure['value'])} | {ends} |"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"
