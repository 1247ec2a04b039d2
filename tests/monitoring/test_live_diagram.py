"""The picture of live reliability, and the bar that is shown while records are read."""

from __future__ import annotations

import io
from collections.abc import Iterator

from matplotlib.container import BarContainer
from rich.console import Console

from flows.monitoring.diagram import diagram_figure, diagram_png
from flows.monitoring.patience import reading
from flows.monitoring.reliability import Reliability
from tests.monitoring.monitor_records import START_S, Plain, calibration


def models(*names: str, hours: int = 9) -> list[Plain]:
    """Return the diagrams of models with two buckets of scores."""
    found = Reliability()
    for name in names:
        for hour in range(hours):
            counts = {4: (50, 50, 18 + hour, 22.5), 6: (30, 30, 20, 19.5), 8: (5, 0, 0, 0.0)}
            found.put(calibration("BTCUSDT", START_S + 300 + 3_600 * hour, model=name, bucket=counts))
    return found.as_dicts()


def test_the_curve_runs_through_the_buckets_with_outcomes() -> None:
    """Mean score against share of ups, the interval of each, and all counts below."""
    [model] = models("lgbm")
    full = [one for one in model["buckets"] if one["n"]]
    upper, lower = diagram_figure([model]).axes
    diagonal, ups, curve, unsure = upper.lines

    assert diagonal.get_xydata().tolist() == [[0, 0], [1, 1]]
    assert ups.get_ydata()[0] == model["up"] / model["n"]
    assert curve.get_xydata().tolist() == [[one["prob_mean"], one["up_share"]] for one in full]
    assert unsure.get_xydata().tolist() == []
    assert [path.vertices[:, 1].tolist() for path in upper.collections[0].get_paths()] == [
        [one["low"], one["high"]] for one in full
    ]
    bars = next(one for one in lower.containers if isinstance(one, BarContainer))
    assert [bar.get_height() for bar in bars] == [one["n"] for one in model["buckets"]]


def test_a_bucket_of_few_hours_stands_apart() -> None:
    """Its share is shown, but no line leads to it and no interval is claimed."""
    [model] = models("lgbm", hours=2)
    upper = diagram_figure([model]).axes[0]

    assert upper.collections[0].get_paths() == []
    assert [len(line.get_xdata()) for line in upper.lines[2:]] == [0, 2]


def test_the_title_tells_error_chance_and_time() -> None:
    """In figures; without enough hours it says that it cannot tell."""
    [model] = models("lgbm")
    title = diagram_figure([model]).axes[0].get_title(loc="left")
    [short] = models("lgbm", hours=2)

    assert title.splitlines() == [
        "lgbm, 1 symbol",
        "2026-11-21 00:00 to 2026-11-21 08:05 UTC",
        f"ECE {model['ece']:.3f} on 720 outcomes; a calibrated model would show about {model['floor']:.3f}",
    ]
    assert "too few hours to tell" in diagram_figure([short]).axes[0].get_title(loc="left")


def test_models_stand_side_by_side_and_the_bytes_are_the_same() -> None:
    """A column each; the same sums give the same picture."""
    both = models("lgbm", "stub-sine")

    assert len(diagram_figure(both).axes) == 4
    assert diagram_png(both) == diagram_png(both)


def clock(*seconds: float) -> Iterator[float]:
    yield from seconds


def test_a_bar_is_drawn_after_two_seconds_on_a_terminal() -> None:
    """Not before, and nowhere else; it tells how many records were read."""
    for seconds, terminal, shown in (
        ((0.0, 1.0, 2.5), True, True),
        ((0.0, 1.0, 1.9), True, False),
        ((0.0, 1.0, 9.0), False, False),
    ):
        screen, times = io.StringIO(), clock(*seconds)
        console = Console(file=screen, force_terminal=terminal, width=80)
        with reading("drift", console=console, clock=lambda times=times: next(times)) as told:
            told(1_000)
            told(234)
        assert ("1,234 records" in screen.getvalue()) is shown
