"""Result rows: medians, ratios of pairs, targets, and the tables made of them."""

from __future__ import annotations

from benchmarks.results import Target, cells, figure, markdown, percentile, row


def test_a_row_holds_medians_and_the_median_of_the_pairs_ratios() -> None:
    """The ratio is that of figures measured side by side, not of the two medians."""
    found = row("speed", "ticks/s", [100.0, 300.0, 200.0], against=[100.0, 600.0, 800.0], against_what="peer")
    assert (found.ours, found.spread, found.against, found.repeats) == (200.0, (100.0, 300.0), 600.0, 3)
    assert (found.ratio, found.ratio_spread) == (0.5, (0.25, 1.0))
    assert (found.target, found.met) == (None, None)


def test_a_target_bounds_the_ratio_or_our_own_figure_from_below_or_above() -> None:
    """A bound that is just reached counts as met."""
    assert Target(bound=0.6).met(1.0, 0.6) and not Target(bound=0.6).met(1.0, 0.59)
    assert Target(bound=150.0, of="ours").met(150.0, None)
    latency = Target(bound=100.0, of="ours", at_least=False)
    assert latency.met(100.0, None) and not latency.met(101.0, None)
    assert [t.text("ms") for t in (Target(bound=0.6), latency)] == ["≥ 0.60 of it", "≤ 100 ms"]


def test_a_percentile_is_one_of_the_values() -> None:
    """It is the smallest that enough of the values do not exceed."""
    values = [float(v) for v in range(100, 0, -1)]
    assert [percentile(values, share) for share in (0.5, 0.99, 1.0)] == [50.0, 99.0, 100.0]
    assert percentile([7.0], 0.5) == 7.0


def test_figures_have_as_many_digits_as_say_something() -> None:
    """Three or more, with separators."""
    assert [figure(v) for v in (1_234_567.8, 99.96, 12.34, 1.234)] == ["1,234,568", "100.0", "12.3", "1.23"]


def test_the_tables_show_whether_a_target_was_met() -> None:
    """A missed one stands out."""
    fast = row("fast", "ms", [5.0], target=Target(bound=100.0, of="ours", at_least=False))
    slow = row(
        "slow", "ms", [500.0], against=[5.0], against_what="idle", target=Target(bound=2.0, at_least=False)
    )
    assert cells(fast) == ("fast", "5.00 ms (5.00 … 5.00)", "", "", "≤ 100 ms", "yes")
    assert cells(slow)[2:] == ("5.00 ms: idle", "100.00 (100.00 … 100.00)", "≤ 2.00 of it", "NO")
    text = markdown([fast, slow], {"python": "3.11"})
    assert "| fast | 5.00 ms (5.00 … 5.00) |  |  | ≤ 100 ms | yes |" in text
    assert text.endswith("python: 3.11\n")
