"""The report of a day as Markdown, in the order of the owner's template."""

from __future__ import annotations

from typing import Any

from flows.day_report.markdown import NOTHING, cell, page, table
from flows.reporting.words import duration, minute

Plain = dict[str, Any]
OUTCOMES = {"success": "pass", "fail": "FAIL", "no-data": "no data"}


def markdown(found: Plain) -> str:
    """Return the page of a report."""
    return page(
        f"# 24-hour report: {found['date']}",
        _head(found),
        "## Summary",
        _summary(found["summary"]),
        "## How many scores",
        _cardinality(found["cardinality"]),
        "## Calibration",
        _buckets(found["calibration"]),
        "## Parts of the signal",
        _parts(found["signal_parts"]),
        "## Breaches",
        _breaches(found["breaches"]),
        "## What was collected",
        _collection(found["collection"]),
        f"## Criteria: {found['criteria']['answer']}",
        criteria(found["criteria"]),
        "## Actions",
        actions(found["actions"]),
        "## Next step",
        found["next_step"],
        _signed(found),
    )


def _head(found: Plain) -> str:
    phase = found["phase"]
    told = NOTHING if phase is None else f"{phase['phase']} ({phase['state']}) of {phase['profile']}"
    seconds = None if phase is None else phase["seconds"]
    lasted = "" if seconds is None else f", for {duration(seconds)}"
    period = f"{minute(found['from_ts'])} to {minute(found['to_ts'])} UTC"
    lines = [
        f"- Period: {period}, {duration(found['duration_s'])}",
        f"- Profile: {found['profile']}",
        f"- Phase: {told}{lasted}",
        *(f"- {minute(one['ts'])}: {one['event']} {one['phase']}. {one['reason']}" for one in found["moves"]),
    ]
    if found["missing_topics"]:
        lines.append(f"- Topics that there are not: {', '.join(found['missing_topics'])}")
    return "\n".join(lines)


def _summary(rows: list[Plain]) -> str:
    return table(
        ("figure", "value", "n", "state", "worst hour", "its state"),
        [(row["name"], _value(row), row["n"], row["state"], *_worst(row["worst_hour"])) for row in rows],
    )


def _value(row: Plain) -> Any:
    if row["value"] is None and row.get("below") is not None:
        return f"below {row['below']:g}"
    return (
        f"{cell(row['value'])} ({row['of']})" if row["value"] is not None and row.get("of") else row["value"]
    )


def _worst(worst: Plain | None) -> tuple[str, str]:
    if worst is None:
        return "-", "-"
    return f"{cell(worst['value'])} at {minute(worst['ts'])}, n {cell(worst['n'])}", worst["state"]


def _cardinality(found: Plain) -> str:
    peak = found["peak_hour"]
    full = None if peak is None else f"{minute(peak['ts'])}, {peak['count']:,}"
    rows = [("total", found["total"]), ("a minute, mean", found["per_minute"]), ("peak hour", full)]
    return table(("scores", "value"), rows)


def _buckets(found: Plain) -> str:
    heads = ("bucket", "scores", "share", "outcomes", "mean probability", "came true")
    names = ("bucket", "scores", "share", "n", "mean_prob", "hit_rate")
    rows = [[one[name] for name in names] for one in found["buckets"]]
    fields = ("model", "symbols", "n", "n_eff", "hit_rate", "ece", "ece_limit")
    models = [[one[name] for name in fields] for one in found["models"]]
    return page(
        table(heads, rows),
        table(("model", "symbols", "n", "n effective", "hit rate", "ECE", "what chance explains"), models),
    ).rstrip("\n")


def _parts(found: Plain) -> str:
    heads = ("part", "mean", *(f"correlation with {name}" for name in found["parts"]))
    rows = zip(found["parts"], found["means"], found["correlations"], strict=True)
    told = table(heads, [(name, mean, *correlations) for name, mean, correlations in rows])
    return f"{found['n']:,} scores tell their parts.\n\n{told}"


def _breaches(found: Plain) -> str:
    counts = (
        f"Critical {cell(found['critical'])}, minor {cell(found['minor'])}. "
        f"To be known {cell(found['notices'])}; ended, but begun before {cell(found['carried_over'])}; "
        f"held back by themselves {cell(found['auto_paused'])}."
    )
    rows = [
        (one["rule"], one["severity"], f"{one['metric']} {one['op']} {one['threshold']:g}", one["value"],
         duration(one["seconds"]) + (", still" if one["end"] is None else ""), one["scope"])
        for one in found["top"]
    ]  # fmt: skip
    return f"{counts}\n\n" + table(("top 3", "severity", "threshold", "value", "lasted", "of"), rows)


def _collection(found: Plain) -> str:
    return table(("what", "count"), [(name.replace("_", " "), value) for name, value in found.items()])


def criteria(found: Plain) -> str:
    """Return the criteria of a gate as a table."""
    rows = [
        (line["name"] if line["critical"] else f"{line['name']} (not critical)",
         f"{line['metric']} {line['op']} {line['limit']:g}", *_measured(line),
         OUTCOMES.get(line["outcome"], line["outcome"]), line["why"], line["requirement"])
        for line in found["lines"]
    ]  # fmt: skip
    return table(("criterion", "wanted", "value", "n", "", "why", "row"), rows)


def _measured(line: Plain) -> tuple[Any, Any]:
    """Return value and samples; a count has no samples, and what never came about no value."""
    known = line["outcome"] in ("success", "fail")
    blank = "-" if known else None
    return (blank if line["value"] is None else line["value"]), (blank if line["n"] is None else line["n"])


def actions(found: list[Plain]) -> str:
    """Return the actions as a list of boxes to tick."""
    if not found:
        return "None."
    lines = []
    for one in found:
        severity = f"{one['severity']}: " if one["severity"] else ""
        lines.append(
            f"- [ ] {severity}{one['what']}: {one['why']}" + (f" ({one['how']})" if one["how"] else "")
        )
    return "\n".join(lines)


def _signed(found: Plain) -> str:
    blank = "____________________"
    return "\n".join([
        f"Prepared by: {found['prepared_by']}, {found['made_at']}  ",
        f"Reviewed by: {found['reviewed_by'] or blank}  ",
        f"Approved by: {found['approved_by'] or blank}",
    ])  # fmt: skip
