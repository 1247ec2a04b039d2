"""Plans as hypothesis draws them; a failing one shrinks to few ticks, few commands and few crashes."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.simulation.plan import JOURNAL, OUTPUTS, SNAPSHOT, START, TELLING, Plan


def plans(*, crashes: int, **given: Any) -> st.SearchStrategy[Plan]:
    """Return plans with up to so many crashes; what is given is the same in all of them."""
    drawn: dict[str, st.SearchStrategy[Any]] = {
        "seed": st.integers(0, 2**32 - 1),
        "shards": st.sampled_from((1, 1, 2)),
        "ticks": st.integers(2, 40),
        "commands": st.integers(0, 9),
        "crashes": st.integers(min(crashes, 1), crashes),
        "calm": st.sampled_from((6, 15, 40, 100)),
        "fetch": st.sampled_from((1, 3, 8, 40)),
        "epoch": st.sampled_from((1, 2, 5, 12)),
        "silence": st.sampled_from((0, 0, 4, TELLING)),
        "pauses": st.sampled_from((0.1, 0.7)),
        "wipes": st.booleans(),
        "stalls": st.sampled_from((0, 0, 1, 3)),
        "latest": st.sampled_from((False, False, False, True)),
        "short_lives": st.booleans(),
        "challenger": st.booleans(),
        "transactions": st.booleans(),
        "slow": st.sampled_from(("", JOURNAL, OUTPUTS)),
        "aim": st.sampled_from(("", JOURNAL, SNAPSHOT, START)),
    }
    return st.builds(Plan, **drawn | {name: st.just(value) for name, value in given.items()})
