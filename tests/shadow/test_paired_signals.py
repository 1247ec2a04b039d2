"""Two models on the same rows: which pairs count, and what is summed up of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from judge.published import Story
from laws.how_many import examples
from shadow.signals import BLOCK_S, START, Body, expected, signal, wave

from connectors.recovery.state import pack, unpack
from models.desk.desk import Desk
from models.shadow.blocks import Blocks
from models.shadow.paired import Paired
from models.shadow.rows import Pair, rows_of

LOSSES = (
    "brier_active", "brier_challenger", "log_loss_active", "log_loss_challenger", "bet", "stake",
)  # fmt: skip
COUNTS = ("n", "agree", "same", "ties", "stale")
END = START + 100 * BLOCK_S


def after(signals: list[Body], cuts: tuple[int, ...] = (), pair: Pair = Pair()) -> Paired:  # noqa: B008
    """Return the stage after signals that are given in pieces, saved and restored between them."""
    paired = Paired()
    for first, last in zip((0, *cuts), (*cuts, len(signals)), strict=True):
        paired.step(rows_of(signals[first:last], pair))
        paired = Paired(saved=unpack(pack(paired.snapshot())))
    return paired


def counts(blocks: Blocks, *names: str) -> dict[str, int]:
    """Return counts over all blocks."""
    return {name: int(blocks.counted(name).sum()) for name in names}


def test_every_sum_is_that_of_the_pairs_one_by_one() -> None:
    """Two symbols over half an hour, against a plain loop."""
    signals = [one for k in range(1_800) for one in (*wave([k]), *wave([k], "GEM", seed=2))]
    blocks = after(signals).blocks(END)
    wanted = expected(signals)
    assert blocks.first.tolist() == sorted(wanted)
    for name in COUNTS:
        assert blocks.counted(name).tolist() == [wanted[b].get(name, 0) for b in blocks.first.tolist()], name
    for name in LOSSES:
        by_block = [wanted[b].get(name, 0.0) for b in blocks.first.tolist()]
        assert blocks.summed(name) == pytest.approx(by_block, abs=1e-5), name
    assert min(counts(blocks, *COUNTS).values()) > 0


def test_reliability_bins_hold_the_same_pairs() -> None:
    """Ten bins of each arm: what was said and what came true."""
    signals = wave(range(1_200))
    blocks = after(signals).blocks(END)
    wanted = expected(signals)
    for arm in ("active", "challenger"):
        for what in ("n", "prob", "up"):
            by_block = [
                [wanted[b].get(f"{what} of {arm} {place}", 0.0) for place in range(10)]
                for b in blocks.first.tolist()
            ]
            assert blocks.bins(arm, what) == pytest.approx(np.array(by_block), abs=1e-6)


@examples()
@given(cuts=st.lists(st.integers(0, 700), max_size=8).map(lambda cuts: tuple(sorted(cuts))))
def test_cutting_changes_nothing(cuts: tuple[int, ...]) -> None:
    """Neither pieces, empty ones among them, nor a restart between any two."""
    signals = wave([*range(400), *range(430, 730)])
    once, cut = after(signals).blocks(END), after(signals, cuts).blocks(END)
    assert once.first.tolist() == cut.first.tolist()
    assert once.table.tolist() == cut.table.tolist()


def test_shards_may_follow_each_other_in_any_order() -> None:
    """One that is an hour ahead gives the same as two that go hand in hand."""
    one, other = wave(range(1_300)), wave(range(1_300), "GEM", seed=1)
    hand_in_hand = [signal for both in zip(one, other, strict=True) for signal in both]
    ahead = after([*other, *one], (1_300,)).blocks(END)
    assert ahead.table.tolist() == after(hand_in_hand).blocks(END).table.tolist()


def test_the_label_is_the_project_s_own() -> None:
    """Against the outcomes that Judge counts on the same rows, ties and stale ones among them."""
    times = [k + 0.5 for k in range(400) if k % 50 not in range(10, 17)]
    prices = {second: 100 + round(3 * math.sin(second / 20), 1) for second in times}
    line = Story().trades(times, prices).told(desk=Desk(model="constant-0.9", challenger="ml-fusion"))
    signals = [one.body for each in line.emissions for one in each.records if one.topic == "signals"]
    judged = line.judge.snapshot()["outcomes"]["counts"]
    assert counts(after(signals).blocks(END), "n", "ties", "stale") == {
        "n": judged["matured"],
        "ties": judged["ties"],
        "stale": judged["stale"],
    }
    assert (judged["ties"], judged["stale"]) == (1, 42)


@pytest.mark.parametrize(
    ("quiet", "found"),
    [
        (range(-4, 1), {"n": 1, "stale": 0}),  # the last trade was in the second before these five
        (range(-5, 1), {"n": 0, "stale": 1}),
        (range(57, 61), {"n": 1, "stale": 0}),
        (range(56, 61), {"n": 0, "stale": 1}),
    ],
)
def test_a_price_is_stale_from_five_seconds_on(quiet: range, found: dict[str, int]) -> None:
    """At either end of the horizon: four seconds without a trade are well, five are not."""
    # (-4 .. 0 without a trade are five seconds; the first row of all begins without a known trade)
    seconds = range(-10, 61)
    silent = quiet if quiet[0] > 0 else range(quiet[0] + 1, 1)
    signals = [
        signal(k, 100.0 + k, 0.6, 0.7 if k == 0 else None) | ({"open": None} if k in silent else {})
        for k in seconds
    ]
    assert counts(after(signals).blocks(END), *found) == found


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"model": "stub-sine"}, "fallback"),
        ({"shadow": None}, "unpaired"),
        ({"prob": None}, "unpaired"),
        ({"arm": "challenger"}, "unpaired"),  # and nothing is known of the incumbent
        ({"model": "another", "model_version": "another-1"}, "other"),
    ],
)
def test_a_row_that_is_no_pair_is_counted_as_what_it_is(change: dict[str, Any], kind: str) -> None:
    """In fallback, without one of the two, or of other models."""
    signals = [signal(0, 100.0, 0.6, 0.7) | change, signal(60, 101.0, 0.6, 0.7)]
    blocks = after(signals, pair=Pair("old", "young-1")).blocks(END)
    kinds = ("fallback", "unpaired", "other", "n")
    assert counts(blocks, *kinds) == dict.fromkeys(kinds, 0) | {kind: 1}


def test_where_the_challenger_decides_the_incumbent_still_has_its_own_word() -> None:
    """The pair is the same, whoever the signal is from."""
    own = {"model": "old", "model_version": "old-1", "prob": 0.6, "wanted": "BUY"}
    decided = signal(0, 100.0, 0.4, 0.4, arm="challenger", incumbent=own, model="young")
    signals = [decided, signal(60, 101.0, 0.5, 0.5)]
    blocks = after(signals, pair=Pair("old", "young")).blocks(END)
    assert blocks.summed("brier_active").sum() == pytest.approx(0.16, abs=1e-8)
    assert blocks.summed("brier_challenger").sum() == pytest.approx(0.36, abs=1e-8)
    assert counts(blocks, "same", "agree") == {"same": 0, "agree": 0}


def test_a_row_without_a_price_has_no_label() -> None:
    """It is as if the price were too old."""
    signals = [signal(0, 100.0, 0.6, 0.7), signal(60, 100.0, 0.6, 0.7) | {"price": None}]
    assert counts(after(signals).blocks(END), "n", "stale") == {"n": 0, "stale": 1}


def test_no_rows_are_no_matter() -> None:
    """Before anything came, and in between."""
    paired = after([], ())
    assert len(paired.blocks(END)) == 0


@pytest.mark.parametrize("horizon_s", [70, 5, 300])
def test_a_horizon_must_fit_into_blocks(horizon_s: int) -> None:
    """Whole ones, so many that pairs begin and end in a block; others are refused."""
    with pytest.raises(
        ValueError, match=f"a horizon of {horizon_s} s: must divide 600 s, and be 10 to 120 s"
    ):
        Paired(horizon_s=horizon_s)
