"""What a report is made of, each alone: elements, words, calendars, bins, rows."""

from __future__ import annotations

import numpy as np
import pytest
from markupsafe import Markup

from flows.reporting.charts.returns_grid import grid
from flows.reporting.charts.underwater import drawdown
from flows.reporting.drawing.bins import bins
from flows.reporting.drawing.svg import element
from flows.reporting.tables.facts import facts
from flows.reporting.tables.trades import trade_rows
from flows.reporting.tables.units import in_words
from flows.reporting.words import cut, duration, figures, percent, plain, signed, signed_percent
from tests.reporting.sample_results import DAY_NS, HOUR_NS, START, trade

NAN = float("nan")


def test_an_element_escapes_whatever_is_not_markup() -> None:
    """Text, attributes and names of attributes alike."""
    made = element("text", "<b>&", Markup("<i>"), class_='a"b', stroke_width=1.26, x=2.0, y=None)
    assert made == '<text class="a&#34;b" stroke-width="1.3" x="2">&lt;b&gt;&amp;<i></text>'


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (plain(1_234_567.891), "1,234,567.89"),
        (plain(-0.001), "0.00"),
        (signed(0.004), "0.00"),
        (signed(12.5), "+12.50"),
        (signed(-12.5), "-12.50"),
        (percent(0.0456), "4.56\u00a0%"),
        (signed_percent(0.0123), "+1.23\u00a0%"),
        (signed_percent(None), "–"),  # noqa: RUF001
        (duration(0), "0\u00a0s"),
        (duration(59.6), "1\u00a0min"),
        (duration(312), "5\u00a0min 12\u00a0s"),
        (duration(90 * 86_400), "90\u00a0d"),
        (duration(2 * 86_400 + 30), "2\u00a0d"),
        (figures(0.000012345), "1.234e-05"),
        (figures(96_153.85, 7), "96,153.85"),
        (figures(1.23456789, 7), "1.234568"),
        (cut("x" * 29), "x" * 27 + "…"),
        (in_words("average_trade_pct", 0.3071), "+0.307\u00a0%"),
        (in_words("trades", 1_800), "1,800"),
        (in_words("cost_share", 0.46), "46.00\u00a0%"),
        (in_words("cost_share", 253.363), "253.4 times"),
        (in_words("sharpe", float("inf")), "–"),  # noqa: RUF001
        (in_words("something_new", 0.5), "0.5000"),
    ],
)
def test_figures_become_words(said: str, words: str) -> None:
    """Thousands apart, no sign on nothing, a dash for what is not known."""
    assert said == words


def test_days_are_laid_out_by_month_and_for_a_phone_by_week() -> None:
    """20 November 2026 is a Friday."""
    ts = [START + day * DAY_NS for day in range(12)]
    returns = [0.01, None, *[0.0] * 9, -0.5]
    wide, narrow = (grid("day", ts, returns, phone) for phone in (False, True))
    assert (wide.rows, wide.total) == (("Nov 2026", "Dec 2026"), "month")
    assert wide.columns == tuple(str(day) for day in range(1, 32))
    assert wide.cells[0] == (0, 19, 0.01, "2026-11-20")
    assert wide.cells[-1] == (1, 0, -0.5, "2026-12-01")
    assert wide.totals == pytest.approx((0.01, -0.5))
    assert (narrow.rows, narrow.total) == (("16 Nov", "23 Nov", "30 Nov"), "week")
    assert narrow.cells[0] == (0, 4, 0.01, "2026-11-20")
    assert narrow.totals == pytest.approx((0.01, 0.0, -0.5))


def test_a_row_returns_what_its_parts_do_one_after_the_other() -> None:
    """Not their sum."""
    found = grid("hour", [START, START + HOUR_NS], [0.1, 0.1], narrow=False)
    assert found.totals == pytest.approx((0.21,))


def test_a_single_row_has_no_empty_columns_at_its_ends() -> None:
    """Half a day is drawn over the whole width."""
    found = grid("hour", [START + hour * HOUR_NS for hour in (9, 11)], [0.1, 0.2], narrow=False)
    assert found.columns == ("9", "10", "11")
    assert [cell.column for cell in found.cells] == [0, 2]


@pytest.mark.parametrize("period", ["hour", "day", "month"])
@pytest.mark.parametrize("narrow", [False, True])
def test_every_return_has_a_cell_of_its_own(period: str, narrow: bool) -> None:
    """Over two years of beginnings of each period."""
    step = {"hour": HOUR_NS, "day": DAY_NS, "month": 31 * DAY_NS}[period]
    found = grid(period, [START + place * step for place in range(20)], [0.01] * 20, narrow)
    assert len({(cell.row, cell.column) for cell in found.cells}) == 20
    assert all(0 <= cell.column < len(found.columns) for cell in found.cells)


def test_a_drawdown_is_measured_from_the_highest_so_far() -> None:
    """In percent; unknown where the value is, and before anything was above zero."""
    found = drawdown(np.array([0.0, 100, 50, NAN, 200, 190]))
    np.testing.assert_allclose(found, [NAN, 0, -50, NAN, 0, -5])


def test_bins_have_round_edges_with_one_at_zero_and_lose_nothing() -> None:
    """Gains and losses never share a bin."""
    gains = np.random.default_rng(6).normal(0.3, 1.2, 500)
    found = bins(gains)
    assert 0.0 in found.edges
    assert found.counts.sum() == 500
    assert found.counts[found.edges[:-1] >= 0].sum() == (gains >= 0).sum()
    assert len(found.counts) <= 40


@pytest.mark.parametrize("gains", [[1.0], [0.0], [-2.0, -2.0], [1e-9], [5.0, -1e6]])
def test_few_or_extreme_trades_have_bins_too(gains: list[float]) -> None:
    """One trade, trades all alike, none that gained."""
    assert bins(np.array(gains)).counts.sum() == len(gains)


def test_only_the_first_and_last_trades_are_listed() -> None:
    """Where they are many; their numbers tell which they are."""
    found = trade_rows([trade(place) for place in range(7)], ends=2)
    assert [row.number for row in found.first] == ["1", "2"]
    assert found.omitted == 3
    assert [row.number for row in found.last] == ["6", "7"]


def test_a_trade_is_told_in_words() -> None:
    """An entry worth nothing has no percentage."""
    row = trade_rows([trade(profit=-1.5, notional=0.0)]).first[0]
    assert row == (
        "1", "BTCUSDT", "2026-11-20 00:00:00", "5\u00a0min", "0.00104", "96,153.85", "97,000.50", "0.40",
        "-1.50", "–", "lgbm-prod@4f1c2a9b", "down",  # noqa: RUF001
    )  # fmt: skip


def test_nested_data_becomes_rows() -> None:
    """Mappings by their path, lists in a row, flags in words."""
    nested = {"a": {"b": 1, "c": {}}, "d": [1, 2.5], "e": [{"f": None}, {"f": True}], "g": []}
    assert list(facts(nested)) == [
        ("a.b", "1"), ("a.c", "–"), ("d", "1, 2.5"), ("e.1.f", "–"), ("e.2.f", "yes"), ("g", "–"),  # noqa: RUF001
    ]  # fmt: skip
