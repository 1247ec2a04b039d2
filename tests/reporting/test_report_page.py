"""The page of a result: the right figures, nothing from elsewhere, no text that comes to life."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from typing import Any

import pytest

from flows.reporting.page import page
from models.performance.baseline import Finding
from models.performance.result import Calendar, CalibrationPoint, Curves, DriftPoint, Result, Significance
from models.performance.result_file import as_dict, from_dict
from tests.reporting.html_reading import Node, read, section
from tests.reporting.sample_results import HOUR_NS, METRICS, MINUTE_NS, START, bare, trade, walk

CHARTS = ("equity", "underwater", "returns", "distribution", "calibration", "drift")
HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7 * 7 }}</style><!--"


@pytest.fixture(scope="module")
def half_day_html() -> str:
    """The page of twelve hours as it is written."""
    return page(walk(720))


@pytest.fixture(scope="module")
def half_day(half_day_html: str) -> Node:
    """The page of twelve hours."""
    return read(half_day_html)


@pytest.fixture(scope="module")
def quarter_html() -> str:
    """The page of ninety days of minutes as it is written."""
    return page(walk(90 * 24 * 60, trades=1_800))


def row(node: Node, label: str) -> list[str]:
    """Return the cells of the row that begins with a label."""
    return next(cells for cells in node.rows() if cells[0] == label)


def test_the_head_says_what_was_tested(half_day: Node) -> None:
    """Symbol, period and model, as a heading and as the title of the window."""
    assert half_day.all("h1")[0].text == "BTCUSDT"
    assert half_day.all("title")[0].text == (
        "Backtest BTCUSDT, 2026-11-20 00:00 to 2026-11-20 12:00 UTC"
    )  # fmt: skip
    assert half_day.styled("about")[0].text == (
        "2026-11-20 00:00 to 2026-11-20 12:00 UTC 12 h model lgbm-prod@4f1c2a9b"
    )


def test_the_verdict_and_what_to_doubt_come_first(half_day: Node) -> None:
    """Before any figure."""
    assert half_day.styled("verdict")[0].text == (
        "Gate passed A Sharpe ratio of 1.83 against 0.40 of buying and holding, a lead of +1.43 where +0.50 "
        "is asked for (over 0.5 days; the gate is meant for 90)."
    )
    assert "Half a day is little" in half_day.styled("caveats")[0].text


def test_the_figures_that_matter_most_are_on_cards(half_day: Node) -> None:
    """With their grade, interval and what the market did."""
    assert [card.text for card in half_day.styled("card")] == [
        "Total return +1.23 % buy & hold -0.51 %",
        "Sharpe ratio good 1.83 95 %: -0.70 to 4.10",
        "Maximum drawdown excellent 4.56 % buy & hold 8.10 %",
        "Trades 40 held 5 min 12 s on average",
        "Hit rate good 57.50 % 95 %: 42.00 to 72.00 %",
        "Average trade target +0.307 % of its entry, after costs",
        "Share of costs 46.00 % fees and slippage over the profit before them",
        "p-value 0.028 of entries at random",
    ]


@pytest.mark.parametrize(
    "cells",
    [
        ["Total return", "+1.23 %", "-1.10 to +3.60 %", "-0.51 %"],
        ["Sharpe ratio good", "1.83", "-0.70 to 4.10", "0.40"],
        ["Maximum drawdown excellent", "4.56 %", "2.10 to 9.40 %", "8.10 %"],
        ["Value at risk, 95 %", "0.04 %", "–", "0.09 %"],  # noqa: RUF001
        ["Average trade, % target", "+0.307 %", "–", "–"],  # noqa: RUF001
        ["Turnover a day", "3.20", "–", "–"],  # noqa: RUF001
    ],
)
def test_every_figure_stands_beside_that_of_the_market(half_day: Node, cells: list[str]) -> None:
    """With its interval where there is one."""
    assert row(section(half_day, "figures"), cells[0]) == cells


def test_the_better_of_two_is_marked(half_day: Node) -> None:
    """A lower drawdown is better, a higher return is; where one is missing neither is."""
    better = [node.text for node in section(half_day, "figures").styled("better")]
    assert better[:4] == ["+1.23 %", "1.83", "2.90", "31.00 %"]
    assert "57.50 %" not in better  # the market makes no trades to compare with


def test_how_the_figures_were_made_is_said(half_day: Node) -> None:
    """Periods, intervals and chance, each in a sentence."""
    said = section(half_day, "figures").text
    assert "made of 720 returns over 1 min each, 525,600 of which make a year" in said
    assert (
        "95 % of 1,000 draws of a stationary bootstrap (mean block 9.0 returns, 3.4 trades; seed 6)" in said
    )
    assert "entered at random: 97.3 % of 1,000 such runs earned less (p = 0.028, seed 6)." in said


def test_costs_go_from_none_to_twice(half_day: Node) -> None:
    """The costs that were assumed stand out."""
    table = section(half_day, "costs").all("table")[0]
    assert [cells[:3] for cells in table.rows()] == [
        ["Costs", "Total return", "Sharpe ratio"],
        ["no costs", "+2.28 %", "1.83"],
        ["\u00d7 0.5", "+1.75 %", "1.83"],
        ["as assumed", "+1.23 %", "1.83"],
        ["\u00d7 2", "+0.18 %", "1.83"],
    ]
    assert [cells[0] for cells in [one.text.split()[:2] for one in table.styled("assumed")]] == ["as"]


def test_orders_that_were_not_made_are_counted_by_reason(half_day: Node) -> None:
    """The most frequent first, each with what it means."""
    table = section(half_day, "costs").all("table")[1]
    assert table.rows()[1:] == [
        ["insufficient_balance", "there was not enough cash", "12"],
        ["max_open_positions", "as many positions were open as may be", "3"],
        ["killed", "a kill was in force", "1"],
    ]


def test_what_it_was_made_of_is_told(half_day: Node) -> None:
    """Inputs with their hashes, and how many ticks went in."""
    said = section(half_day, "manifest").text
    assert "inputs.1.name btcusdt.parquet inputs.1.sha256 " + "9f" * 32 in said
    assert "rejected.late 7 rejected.duplicate 2" in said


def test_many_trades_show_both_ends() -> None:
    """Fifty from each, and how many lie between."""
    rows = section(read(page(walk(1_440, trades=130))), "trades").rows()
    assert [rows[1][0], rows[50][0], rows[51], rows[52][0], rows[-1][0]] == [
        "1", "50", ["30 more; the JSON file has them all"], "81", "130",
    ]  # fmt: skip


def test_trades_of_several_symbols_are_told_apart(half_day: Node) -> None:
    """Those with most trades first; of one symbol there is nothing to tell apart."""
    mixed = [trade(0, 2.0), trade(1, -1.0), trade(2, 3.0, symbol="ETHUSDT")]
    found = section(read(page(bare(trades=mixed))), "trades")
    assert found.all("table")[0].rows() == [
        [
            "",
            "Trades",
            "Hit rate",
            "Profit of trades",
            "Profit factor",
            "Average trade, %",
            "Fees",
            "Slippage",
        ],
        ["BTCUSDT", "2", "50.00 %", "+1.00", "2.00", "+0.500 %", "0.60", "0.20"],
        ["ETHUSDT", "1", "100.00 %", "+3.00", "–", "+3.000 %", "0.30", "0.10"],  # noqa: RUF001
    ]
    assert [each.text for each in found.all("h3")] == ["By symbol", "One by one"]
    assert not section(half_day, "trades").all("h3")


@pytest.mark.parametrize("anchor", CHARTS)
def test_every_chart_is_drawn_for_a_page_and_for_a_phone(half_day: Node, anchor: str) -> None:
    """And says in words what it shows, for those who cannot see it."""
    charts = section(half_day, anchor).all("svg")
    assert [chart.attributes["class"] for chart in charts] == ["wide", "narrow"]
    assert all(chart.attributes["role"] == "img" and chart.attributes["aria-label"] for chart in charts)


@pytest.mark.parametrize("html", ["half_day_html", "quarter_html"])
def test_everything_is_drawn_inside_its_chart(html: str, request: pytest.FixtureRequest) -> None:
    """No coordinate lies outside of the box, whatever the period."""
    for chart in read(request.getfixturevalue(html)).all("svg"):
        _, _, width, height = (float(edge) for edge in (chart.attributes["viewbox"] or "").split())
        for node in chart.every():
            x, y = _coordinates(node)
            assert all(0 <= value <= width for value in x), node
            assert all(0 <= value <= height for value in y), node


def _coordinates(node: Node) -> tuple[list[float], list[float]]:
    found = {name: float(value or 0) for name, value in node.attributes.items() if name in _PLACES}
    path = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", node.attributes.get("d") or "")]
    x = [value for name, value in found.items() if "x" in name] + path[::2]
    y = [value for name, value in found.items() if "y" in name] + path[1::2]
    return x, y


_PLACES = {"x", "y", "x1", "x2", "y1", "y2", "cx", "cy"}


def test_a_value_under_the_pointer_is_told(half_day: Node) -> None:
    """Time, strategy and market; the first strip is the beginning."""
    first = section(half_day, "equity").all("svg")[0].styled("hit")[0]
    assert first.all("text")[0].text == "2026-11-20 00:00 1,000.00 (0.00 %) 1,000.00 (0.00 %)"


def test_ninety_days_of_minutes_fit_in_two_megabytes(quarter_html: str) -> None:
    """So that a report can be mailed."""
    assert len(quarter_html.encode()) < 2_000_000


def test_a_fall_of_one_minute_in_ninety_days_is_drawn() -> None:
    """Its curve has 129,601 points; that one reaches the foot of the chart."""
    ts = [START + minute * MINUTE_NS for minute in range(90 * 24 * 60 + 1)]
    equity = [1_000.0] * len(ts)
    equity[70_000] = 500.0
    found = section(read(page(bare(equity=Curves(ts=ts, strategy=equity, benchmark=equity)))), "equity")
    for chart in found.all("svg"):
        line = next(node for node in chart.styled("line") if "strategy" in (node.attributes["class"] or ""))
        assert max(_coordinates(line)[1]) == max(
            float(each.attributes["y1"] or 0) for each in chart.styled("grid")
        )


def test_nothing_comes_from_elsewhere(half_day: Node, half_day_html: str) -> None:
    """No address, script, font or picture; the policy allows its own style sheet alone."""
    assert half_day_html.startswith("<!DOCTYPE html>\n")
    assert not re.search(r"://|url\(|@import|javascript:", half_day_html)
    assert not {node.tag for node in half_day.every()} & {
        "script", "img", "link", "iframe", "object", "embed", "form", "base", "audio", "video", "use",
    }  # fmt: skip
    attributes = {name for node in half_day.every() for name in node.attributes}
    assert not attributes & {"src", "srcset", "style", "action", "xlink:href"}
    assert not [name for name in attributes if name.startswith("on")]
    style = half_day_html.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = next(node for node in half_day.all("meta") if "http-equiv" in node.attributes)
    assert policy.attributes["content"] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def test_every_link_of_the_page_leads_to_one_of_its_sections(half_day: Node) -> None:
    """Anchors are unique."""
    anchors = [node.attributes["id"] for node in half_day.every() if "id" in node.attributes]
    assert len(anchors) == len(set(anchors))
    links = [node.attributes["href"] for node in half_day.all("a")]
    assert links == [f"#{anchor}" for anchor in anchors]


def hostile() -> Result:
    """Return a result whose every text is an attack."""
    made = walk(720)
    return replace(
        made,
        symbol=HOSTILE, model=HOSTILE, currency=HOSTILE, caveats=[HOSTILE],
        gate=replace(made.gate, why=HOSTILE), grades=dict.fromkeys(made.grades, HOSTILE),
        metrics={**made.metrics, HOSTILE: 1.0}, blocked={HOSTILE: 1},
        significance=Significance(p_value=None, better_than=None, runs=0, seed=0, why=HOSTILE),
        drift=[replace(point, feature=HOSTILE) for point in made.drift],
        trades=[each._replace(symbol=HOSTILE, model=HOSTILE) for each in made.trades],
        ledger={HOSTILE: HOSTILE}, manifest={HOSTILE: [{HOSTILE: HOSTILE}]},
        baseline=Finding(verdict="fell", sharpe=1.0, baseline_sharpe=2.0, least=1.8, why=HOSTILE),
    )  # fmt: skip


def test_hostile_texts_come_out_as_text(half_day: Node) -> None:
    """No element, attribute or template expression of theirs comes to life."""
    found = read(page(hostile()))
    assert {node.tag for node in found.every()} == {node.tag for node in half_day.every()}
    known = {name for node in half_day.every() for name in node.attributes}
    assert {name for node in found.every() for name in node.attributes} == known
    assert found.all("h1")[0].text == HOSTILE
    assert found.text.count("{{ 7 * 7 }}") > 50
    assert len(found.all("style")) == 1


EMPTY = {
    "equity": "No equity is on record.",
    "underwater": "No equity is on record.",
    "returns": "No return is on record.",
    "distribution": "No trade was closed.",
    "calibration": "No hour has enough outcomes.",
    "drift": "The model has no reference to drift from, or the period is too short.",
    "figures": "There are no returns to make figures of.",
    "costs": "No other costs were tried.",
    "trades": "No trade was closed.",
    "manifest": "No manifest.",
}


@pytest.mark.parametrize(("anchor", "words"), EMPTY.items())
def test_a_result_with_nothing_in_it_says_so_everywhere(anchor: str, words: str) -> None:
    """Instead of empty frames, or NaN."""
    found = section(read(page(bare())), anchor)
    assert words in found.text
    assert not found.all("svg")


def test_what_is_not_known_is_a_dash() -> None:
    """Every figure of nothing, and no word of Python's for it; the gate is not judged."""
    found = read(page(bare()))
    assert row(section(found, "figures"), "Sharpe ratio") == ["Sharpe ratio", *["–"] * 3]  # noqa: RUF001
    assert found.styled("verdict")[0].text.startswith("Gate not judged The strategy has no Sharpe ratio")
    assert not re.search(r"\b(nan|inf|None|null)\b", found.text)


FLAT = Curves(ts=[START, START + MINUTE_NS], strategy=[1_000.0] * 2, benchmark=[1_000.0] * 2)
CASES: dict[str, dict[str, Any]] = {
    "one trade": {"trades": [trade()], "metrics": METRICS},
    "flat equity": {"equity": FLAT},
    "one moment": {"equity": Curves(ts=[START], strategy=[1_000.0], benchmark=[1_000.0])},
    "lost everything": {"equity": Curves(ts=FLAT.ts, strategy=[1_000.0, 0.0], benchmark=[0.0, 0.0])},
    "entries worth nothing": {"trades": [trade(notional=0.0), trade(profit=0.0, symbol="ETHUSDT")]},
    "one return of nothing": {"returns": Calendar(period="month", ts=[START], strategy=[0.0])},
    "no outcome": {"calibration": [CalibrationPoint(ts=START, n=0, ece=None, floor=None, brier=None)]},
    "one hour": {"calibration": [CalibrationPoint(ts=START, n=9, ece=0.1, floor=None, brier=None)]},
    "drift of nothing": {"drift": [DriftPoint(ts=START, worst_psi=0.0, feature=None)]},
    "later than the end": {"drift": [DriftPoint(ts=START + 9 * HOUR_NS, worst_psi=9.0, feature="a")]},
    "no time at all": {"to_ts": START, "equity": FLAT},
    "no costs tried": {"costs": [], "significance": None},
}


@pytest.mark.parametrize("changed", CASES.values(), ids=CASES.keys())
def test_odd_results_have_a_page_too(changed: dict[str, Any]) -> None:
    """Whole, with nothing drawn at a place that is none."""
    html = page(bare(**changed))
    read(html)
    assert not re.search(r"\bnan\b|\binf\b", html)


def test_a_result_read_back_from_its_file_has_the_same_page() -> None:
    """To the byte: the page needs nothing but the file."""
    result = walk(120)
    assert page(from_dict(as_dict(result))) == page(result)
