"""The written cases of every alert, run by Prometheus' own tool; and that they would find a wrong number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from promtool import TESTS, Plain, alerts_of, cases, passed, promtool

CASES = cases()


def trials() -> Iterator[tuple[str, Plain, list[Plain]]]:
    """Yield every alert with its cases; its file and itself are its name."""
    for (rules, name), written in CASES.items():
        yield f"{rules.stem}-{name}", alerts_of(rules)[name], written


def test_every_alert_does_what_its_cases_say(tmp_path: Path) -> None:
    """Fires, does not fire, resolves, and says so in these words."""
    found = passed(trials(), tmp_path)
    assert len(found) == len(CASES)
    assert [name for name, well in found.items() if not well] == []


WRONG = {">": ">=", ">=": ">", "<": "<=", "<=": "<"}


def harder(alert: Plain) -> Plain | None:
    """Return the alert at a value that is harder to reach."""
    found = re.search(r"\) (>=|<=|>|<) ([\d.e+-]+)(\) unless .*)?$", alert["expr"])
    assert found is not None
    value = float(found[2])
    value = value * 2.1 + (2.5 if value == 0 else 0) if ">" in found[1] else value * 0.4 - 0.5
    return alert | {"expr": f"{alert['expr'][: found.start()]}) {found[1]} {value}{found[3] or ''}"}


def looser(alert: Plain) -> Plain | None:
    """Return the alert with its sign taken less, or more, strictly."""
    found = re.search(r"\) (>=|<=|>|<) ([\d.e+-]+)(\) unless .*)?$", alert["expr"])
    assert found is not None
    changed = f") {WRONG[found[1]]} {found[2]}{found[3] or ''}"
    return alert | {"expr": alert["expr"][: found.start()] + changed}


def at_once(alert: Plain) -> Plain | None:
    """Return the alert without its time."""
    return None if alert["for"] == "0s" else alert | {"for": "0s"}


def without_limit(alert: Plain) -> Plain | None:
    """Return the alert as if chance explained nothing."""
    return None if " unless (" not in alert["expr"] else alert | {"expr": alert["expr"].split(" unless (")[0]}


NOT_FOUND = {
    # a quantile of buckets, a rate and a share of counts hardly ever are exactly the number
    "looser": {
        "LatencyP95High", "EngineLatencyHigh", "InferenceLatencyHigh", "InferenceLatencySpike", "QueueDeep",
        "ApiLatencyHigh", "ScoreLatencyYellow", "ScoreLatencyPreview", "ScoreLatencyRed",
        "ScoreLatencyRollback", "ScoresWarn", "ScoresLow", "TicksLost", "Watchdog",
        "DriftCritical", "GuardBehind",  # 1 or absent; none or several
    },
    "harder": set(),
    "at_once": set(),
    "without_limit": set(),
}  # fmt: skip
"""Faults of which no case can tell."""


@pytest.mark.slow
@pytest.mark.parametrize("fault", [harder, looser, at_once, without_limit])
def test_a_wrong_number_would_be_found(fault: object, tmp_path: Path) -> None:
    """By the cases of each alert: another value, sign, time or limit fails at least one of them."""
    assert callable(fault)
    wrong = [(name, fault(alert), written) for name, alert, written in trials()]
    found = passed([one for one in wrong if one[1] is not None], tmp_path)
    survived = {name.rpartition("-")[2] for name, well in found.items() if well}
    assert survived - NOT_FOUND[fault.__name__] == set()


@pytest.mark.slow
@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_the_files_hold_as_they_are_run_by_hand(path: Path) -> None:
    """With all alerts of the rule file beside the one that is asked about."""
    done = promtool("test", "rules", str(path))
    assert done.returncode == 0, done.stdout + done.stderr
