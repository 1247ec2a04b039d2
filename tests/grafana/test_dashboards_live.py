"""The dashboards and the page of metrics against the product as it runs: fast, faulted, and scraped."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from grafana.dashboards import DASHBOARDS, asked, queries
from grafana.faulted import Faulted, faulted
from grafana.picture import draw
from grafana.promtool import checked_metrics
from metrics.scraped import exposed

from connectors.metrics.catalogue import METRICS

pytestmark = [pytest.mark.slow, pytest.mark.embedded, pytest.mark.timeout(600)]

PROCESSES = ("signals", "paper", "guard", "api")
SILENT = {
    "Sharpe": "needs 24 hourly returns, and this market lasts less than an hour",
    "Drift PSI (top 5)": "needs a trained model: the built-in ones have no training to drift from",
}
"""Panels without a series here; tests/metrics holds what they show against views that have it."""
CONSTANT = {
    "Active model": "an information: what changes is its labels",
    "Rollout": "an information, and no rollout is run",
    "Drift Events": "stays 0 without a trained model",
} | SILENT
"""Panels whose value need not change, and why."""
LINT = "levibot_latency_ms metric names should not contain abbreviated units"
"""The owner's name, the one that promtool would have otherwise."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faulted]:
    """One run for all tests of this module."""
    with faulted(tmp_path_factory.mktemp("faulted")) as found:
        yield found


@pytest.mark.parametrize("process", PROCESSES)
def test_the_page_says_what_a_process_has(running: Faulted, process: str) -> None:
    """Both ways: name, type and labels of everything that is scraped, and nothing else is on the page."""
    found = exposed(running.page(process))
    expected = {name: one for name, one in METRICS.items() if process in one.on}
    assert found.keys() == expected.keys()
    for name, (kind, labels) in found.items():
        assert kind == expected[name].kind, name
        assert labels <= {frozenset(expected[name].labels)}, name


@pytest.mark.parametrize("process", PROCESSES)
def test_promtool_has_nothing_against_a_page(running: Faulted, process: str) -> None:
    """But the owner's one name with a unit that is abbreviated."""
    _, said = checked_metrics(running.page(process))
    assert set(said.splitlines()) <= {LINT}


@pytest.mark.parametrize("process", PROCESSES)
def test_every_process_was_scraped(running: Faulted, process: str) -> None:
    """All along, but the one that was killed and those that waited for Redis."""
    [points] = running.series(f'up{{job="{process}"}}')
    assert sum(value for _, value in points) > 0.5 * len(points)


@pytest.mark.parametrize(("dashboard", "title", "expr"), list(queries()), ids=lambda value: str(value)[:60])
def test_every_query_has_a_series(running: Faulted, dashboard: str, title: str, expr: str) -> None:
    """In a run with every kind of fault; a panel that has none here says why."""
    found = [points for points in running.series(expr) if points]
    assert bool(found) is (title not in SILENT), expr


@pytest.mark.parametrize("dashboard", DASHBOARDS)
def test_every_panel_moves(running: Faulted, dashboard: str) -> None:
    """A value that never changes shows nothing; some are excepted by name."""
    still = []
    for panel in DASHBOARDS[dashboard]["panels"]:
        every = [points for target in panel["targets"] for points in running.series(target["expr"])]
        if not any(len({value for _, value in points}) > 1 for points in every):
            still.append(panel["title"])
    assert set(still) <= set(CONSTANT), still


def test_every_metric_of_a_dashboard_moves(running: Faulted) -> None:
    """The metrics behind the queries, one by one."""
    still = set()
    for _, title, expr in queries():
        for name, labels in asked(expr):
            wanted = f'{name}{{job=~"{labels["job"]}"}}'
            moved = any(len({value for _, value in points}) > 1 for points in running.series(wanted))
            if not moved and title not in CONSTANT:
                still.add(f"{title}: {name}")
    assert still == set()


def test_pictures(running: Faulted) -> None:
    """Of each dashboard, into the folder that LEVIBOT_PICTURES names, or nowhere."""
    folder = Path(os.environ.get("LEVIBOT_PICTURES") or running.folder)
    for name, dashboard in DASHBOARDS.items():
        path = folder / f"grafana-{re.sub('^levibot-', '', name)}.png"
        draw(running, dashboard, path)
        assert path.read_bytes().startswith(b"\x89PNG")
