"""The report of the drills as Markdown: no path and no name of a machine, so that it can be kept."""

from __future__ import annotations

from flows.day_report.markdown import cell, page, table
from flows.error_drill.result import WITHIN_S, Drill, Outcome

NOT_IN_TIME = f"not within {WITHIN_S:.0f} s"


def markdown(outcome: Outcome) -> str:
    """Return the page."""
    answer = "every drill passed" if outcome.exit_code == 0 else "NOT every drill passed"
    return page(
        "# Kill switch and chaos: what was injected, and how soon all was well",
        f"Written by `levibot chaos` on {outcome.day}, version {outcome.version}: **{answer}**.\n"
        f"Where: {outcome.where}; {outcome.machine}.",
        "Each drill runs against the three flows as processes of their own over a live simulated market. "
        "Times are the broker's. *Noticed* is the first record of the product that tells of the trouble, "
        f"counted from its beginning; *MTTR* runs from the end of the trouble until all is well, and must "
        f"be under {WITHIN_S:.0f} s.",
        overview(outcome),
        *(_drill(drill) for drill in outcome.drills),
    )


def overview(outcome: Outcome) -> str:
    """Return a line for each drill."""
    rows = [
        (one.name, seconds(one.lasted_s), seconds(one.noticed_s), mttr(one), "pass" if one.passed else "FAIL")
        for one in outcome.drills
    ]
    return table(("drill", "lasted", "noticed after", "MTTR", ""), rows)


def mttr(drill: Drill) -> str:
    """Return the time to repair in words."""
    return NOT_IN_TIME if drill.mttr_s is None else seconds(drill.mttr_s)


def seconds(value: float | None) -> str:
    """Return a time in words."""
    if value is None:
        return "never"
    return f"{value * 1_000:.0f} ms" if value < 1 else f"{value:.1f} s"


def _drill(drill: Drill) -> str:
    firing = f"; still firing: {', '.join(drill.firing)}" if drill.firing else ""
    return page(
        f"## {drill.name[:1].upper()}{drill.name[1:]}",
        f"Injected: {drill.injected}.\nAll is well when {drill.normal}: {mttr(drill)}.",
        table(("noticed by", "after"), [(one.what, seconds(one.after_s)) for one in drill.sights]),
        table(("figure", "value"), [(name, _told(value)) for name, value in drill.figures.items()]),
        f"Alerts that fired: {', '.join(drill.alerts) or 'none'}{firing}.",
        "".join(f"- FAIL: {words}\n" for words in drill.wrong),
    ).rstrip("\n")


def _told(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {count:,}" for name, count in value.items())
    return cell(value)
