"""Edge-triggered episodes: one change when a level is reached, none while it lasts, one when it ends."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from laws.how_many import examples

from models.judge.episodes import Change, Episodes

Rows = list[tuple[int, int]]  # symbol code and level


def update(episodes: Episodes, rows: Rows) -> list[Change]:
    """Return the changes of a block of rows."""
    code, level = (np.array([row[i] for row in rows], dtype=np.int64) for i in range(2))
    return episodes.update(code, level)


def test_a_level_is_told_once_and_its_end_once() -> None:
    """A second episode is told again."""
    episodes = Episodes()

    assert update(episodes, [(0, 0), (0, 1), (0, 1), (0, 0), (0, 0), (0, 1)]) == [
        (1, 0, 1),
        (3, 1, 0),
        (5, 0, 1),
    ]


def test_an_episode_lasts_across_blocks() -> None:
    """The first row of a block is compared with the last of the one before."""
    episodes = Episodes()
    update(episodes, [(0, 2)])

    assert update(episodes, [(0, 2)]) == []
    assert update(episodes, [(0, 1)]) == [(0, 2, 1)]


def test_symbols_have_episodes_of_their_own_told_in_row_order() -> None:
    """Interleaved as the rows of a block are."""
    assert update(Episodes(), [(3, 1), (0, 0), (3, 1), (0, 2), (3, 0)]) == [(0, 0, 1), (3, 0, 2), (4, 1, 0)]


def test_the_end_of_a_life_ends_its_episode_silently() -> None:
    """The next life begins at level 0; the level it had is returned."""
    episodes = Episodes()
    update(episodes, [(1, 2)])

    assert (episodes.end(1), episodes.end(1), episodes.end(9)) == (2, 0, 0)
    assert update(episodes, [(1, 1)]) == [(0, 0, 1)]


def test_no_rows_change_nothing() -> None:
    """Blocks may be empty."""
    assert update(Episodes(), []) == []


def test_two_followers_built_from_one_snapshot_do_not_disturb_each_other() -> None:
    """A snapshot is a copy on both sides."""
    episodes = Episodes()
    update(episodes, [(0, 1), (1, 1)])
    saved = episodes.snapshot()
    one, other = Episodes(saved), Episodes(saved)

    update(one, [(0, 0), (1, 2)])

    assert update(other, [(0, 1), (1, 1)]) == []
    assert saved.tolist()[:2] == [1, 1]


@examples(3)
@given(rows=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=40), size=st.integers(1, 40))
def test_changes_are_those_of_a_plain_loop(rows: Rows, size: int) -> None:
    """However the rows are cut into blocks."""
    level: dict[int, int] = {}
    expected = []
    for i, (code, now) in enumerate(rows):
        if level.get(code, 0) != now:
            expected.append((i, level.get(code, 0), now))
        level[code] = now

    episodes, found = Episodes(), []
    for start in range(0, len(rows), size):
        found += [(start + c.row, c.before, c.level) for c in update(episodes, rows[start : start + size])]

    assert found == expected
