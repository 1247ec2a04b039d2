"""The pictures of a card: what is drawn is what the card says, and the bytes are always the same."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from cards import a_card
from matplotlib.container import BarContainer

from flows.training.pictures import importance_figure, importance_png, reliability_figure, reliability_png

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def card() -> dict[str, Any]:
    """Return a card with scores in most bins and thirty features."""
    return a_card(0.8, importance={f"feature_{i:02}": float(i) for i in range(30)})


def bars(axes: Any) -> BarContainer:
    """Return the bars of a picture."""
    return next(one for one in axes.containers if isinstance(one, BarContainer))


def test_the_curve_runs_through_the_bins(card: dict[str, Any]) -> None:
    """Mean score against share of ups, empty bins left out, with the interval of each and the diagonal."""
    test = card["metrics"]["test"]
    full = [each for each in test["reliability"] if each["count"]]
    upper, lower = reliability_figure(test, "lgbm").axes
    diagonal, ups, curve = upper.lines

    assert diagonal.get_xydata().tolist() == [[0, 0], [1, 1]]
    assert ups.get_ydata()[0] == test["base"]["up_share"]
    assert curve.get_xydata().tolist() == [[each["mean_prob"], each["mean_label"]] for each in full]
    assert [path.vertices[:, 1].tolist() for path in upper.collections[0].get_paths()] == [
        [each["low"], each["high"]] for each in full
    ]
    assert [bar.get_height() for bar in bars(lower)] == [each["count"] for each in test["reliability"]]


def test_the_title_tells_the_error_and_its_floor(card: dict[str, Any]) -> None:
    """In figures."""
    test = card["metrics"]["test"]
    title = reliability_figure(test, "lgbm-btcusdt").axes[0].get_title(loc="left")

    assert title.startswith(f"lgbm-btcusdt: ECE {test['ece']['value']:.3f} (95 % interval ")
    assert f"would show {test['ece_floor']['median']:.3f} (95 % below" in title


def test_a_bin_without_an_interval_is_drawn_without_one(card: dict[str, Any]) -> None:
    """A history too short for intervals still has a curve."""
    test = card["metrics"]["test"]
    bare = [each | {"low": None, "high": None} for each in test["reliability"]]
    short = test | {"reliability": bare, "ece": test["ece"] | {"low": None, "high": None}}
    upper = reliability_figure(short, "lgbm").axes[0]

    assert upper.collections[0].get_paths() == [] and len(upper.lines[2].get_xdata()) > 3
    assert "interval" not in upper.get_title(loc="left")


def test_the_bars_are_the_twenty_features_the_greatest_on_top(card: dict[str, Any]) -> None:
    """With their shares."""
    (axes,) = importance_figure(card["feature_importance"]).axes
    names = [label.get_text() for label in axes.get_yticklabels()]

    assert (len(names), names[-1], names[0]) == (20, "feature_29", "feature_10")
    assert [bar.get_width() for bar in bars(axes)] == pytest.approx([i / 435 for i in range(10, 30)])
    assert axes.get_title(loc="left") == "The 20 of 30 features that matter most, by gain"


def test_the_files_are_png_of_a_thousand_pixels_and_always_the_same(card: dict[str, Any]) -> None:
    """Two drawings of a card agree to the byte."""
    for draw, height in ((reliability_png, 880), (importance_png, 810)):
        content = draw(card)

        assert content[:8] == PNG
        assert struct.unpack(">II", content[16:24]) == (1_000, height)
        assert draw(card) == content


def test_a_card_without_importance_has_an_empty_picture() -> None:
    """A model that was made elsewhere, of a kind that tells none."""
    assert importance_png(a_card(importance={}))[:8] == PNG
