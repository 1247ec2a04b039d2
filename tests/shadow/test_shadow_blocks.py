"""Blocks of event time: when they may be read, how many are kept, and how much evidence is in them."""

from __future__ import annotations

import numpy as np
from shadow.signals import BLOCK_S, START, wave

from models.shadow.blocks import KEPT, Kept
from models.shadow.paired import Paired
from models.shadow.rows import rows_of
from models.shadow.sums import PLACE, WIDTH

FIRST = START // BLOCK_S


def ones(blocks: int) -> np.ndarray:
    """Return sums in which every number is one."""
    return np.ones((blocks, WIDTH), dtype=np.int64)


def after(seconds: int) -> Paired:
    """Return the stage after so many seconds of one symbol."""
    paired = Paired()
    paired.step(rows_of(wave(range(seconds))))
    return paired


def test_a_block_is_read_once_all_shards_have_passed_its_end() -> None:
    """Not a second before, however much of it is there."""
    paired = after(1_500)
    assert len(paired.blocks(START + 599)) == 0
    assert len(paired.blocks(START + 600)) == 1
    assert len(paired.blocks(START + 1_199)) == 1
    assert len(paired.blocks(START + 1_500)) == 2


def test_a_run_is_read_from_its_first_whole_block_on() -> None:
    """What began before the run does not count in it."""
    blocks = after(3_000).blocks(START + 3_000)
    assert blocks.since(START).first.tolist() == [FIRST + k for k in range(5)]
    assert blocks.since(START + 1).first.tolist() == [FIRST + k for k in range(1, 5)]
    assert len(blocks.since(START + 3_000)) == 0


def test_seconds_of_one_horizon_count_once() -> None:
    """A symbol gives one outcome a minute that shares no second with another; a second symbol none more."""
    alone = after(1_200).blocks(START + 1_200)
    assert alone.horizons_each.tolist() == [9, 10]  # the first outcome comes with second 60
    paired = Paired()
    paired.step(rows_of([*wave(range(1_200)), *wave(range(1_200), "GEM", seed=3)]))
    assert paired.blocks(START + 1_200).horizons == 19


def test_a_longer_horizon_gives_fewer_outcomes() -> None:
    """Five in ten minutes where each takes two."""
    paired = Paired(horizon_s=120)
    paired.step(rows_of(wave(range(1_200))))
    assert paired.blocks(START + 1_200).horizons_each.tolist() == [4, 5]


def test_blocks_come_in_any_order() -> None:
    """Sums meet in the block that they belong to."""
    kept = Kept()
    for first, count in ((10, 2), (7, 2), (9, 4)):
        kept.add(first, ones(count))
    assert kept.blocks().first.tolist() == [7, 8, 9, 10, 11, 12]
    assert kept.blocks().counted("n").tolist() == [1, 1, 1, 2, 2, 1]


def test_no_more_is_kept_than_a_marathon_and_its_watch_need() -> None:
    """The oldest go; what comes for them later is dropped."""
    kept = Kept()
    kept.add(0, ones(KEPT))
    kept.add(KEPT + 4, ones(1))
    blocks = kept.blocks()
    assert (len(blocks), blocks.first[0], blocks.first[-1]) == (KEPT, 5, KEPT + 4)
    assert blocks.table[:, PLACE["n"]].tolist() == [1] * (KEPT - 5) + [0] * 4 + [1]
    kept.add(3, ones(4))
    assert kept.blocks().table[:3, PLACE["n"]].tolist() == [2, 2, 1]
    kept.add(1, ones(2))
    assert kept.blocks().first[0] == 5


def test_a_restart_goes_on_where_it_was() -> None:
    """What is kept is plain arrays."""
    kept = Kept()
    kept.add(3, ones(2))
    again = Kept(kept.snapshot())
    for each in (kept, again):
        each.add(4, ones(3))
    assert again.blocks().table.tolist() == kept.blocks().table.tolist()
