"""What every model that learns in the stream must keep to, however its rows are cut, wherever it restarts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any, Protocol

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws.how_many import examples
from online.blocks import altered, market_block, part
from scoring.makers import WALKED

from connectors.recovery.state import pack, unpack
from models.market.block import DOWN, UNKNOWN, UP, Block
from models.online.river_logistic import RiverLogistic
from models.online.stream_learner import StreamLearner
from models.scoring import registry
from models.ticks import Floats

HORIZON = 60


class Learner(Protocol):
    """A model that is walked."""

    def step(self, block: Block) -> Floats:
        """Return P(up) of every row."""

    def snapshot(self) -> dict[str, Any]:
        """Return the whole state."""


MAKERS: dict[str, Callable[..., Learner]] = {
    RiverLogistic.name: lambda saved=None: StreamLearner(HORIZON, saved)
}
"""By the name under which it is selected; each takes a saved state or none."""


@pytest.fixture(params=MAKERS)
def make(request: pytest.FixtureRequest) -> Callable[..., Learner]:
    """The maker of each learner in turn."""
    return MAKERS[request.param]


def rows() -> Block:
    """Return some minutes of two symbols, some rows of which are not finite."""
    whole = market_block(260, edge=1.0)
    x = whole.x.copy()
    x[7::31, 3] = np.nan
    x[11::47, 5] = np.inf
    return replace(whole, x=x)


WHOLE = rows()
BAD = ~np.isfinite(WHOLE.x).all(axis=1)


@cache
def uncut(name: str) -> Floats:
    """Return what a learner says of all rows as one block."""
    return MAKERS[name]().step(WHOLE)


def test_every_learner_is_tried() -> None:
    """Those that the table of the contract names, and those that can be selected and are made here."""
    assert MAKERS.keys() == WALKED.keys() == set(registry.WALKED) - {"ensemble"}


def test_answers_are_probabilities(make: Callable[..., Learner]) -> None:
    """One double in [0, 1] a row, NaN where a feature is not finite."""
    found = make().step(WHOLE)

    assert found.shape == (len(WHOLE),) and found.dtype == np.float64
    assert ((found[~BAD] >= 0) & (found[~BAD] <= 1)).all()
    assert np.isnan(found[BAD]).all() and BAD.sum() > 10


@examples()
@given(cuts=st.sets(st.integers(1, len(WHOLE) - 1), max_size=12), restart=st.booleans())
@pytest.mark.parametrize("name", MAKERS)
def test_blocks_however_cut_and_restarts_change_no_bit(name: str, cuts: set[int], restart: bool) -> None:
    """Going on from the bytes of a snapshot is going on."""
    make = MAKERS[name]
    learner, found = make(), []
    for piece in np.split(np.arange(len(WHOLE)), sorted(cuts)):
        found.append(learner.step(part(WHOLE, piece)))
        learner = make(unpack(pack(learner.snapshot()))) if restart else learner

    assert np.concatenate(found).tobytes() == uncut(name).tobytes()


def test_one_row_at_a_time_is_the_same(make: Callable[..., Learner]) -> None:
    """Live, a block is one second high, or less."""
    learner = make()

    found = [learner.step(part(WHOLE, [place])) for place in range(len(WHOLE))]

    assert np.concatenate(found).tobytes() == make().step(WHOLE).tobytes()


def test_a_snapshot_is_not_changed_by_going_on(make: Callable[..., Learner]) -> None:
    """Nor is the learner by whoever goes on from it."""
    half, rest = part(WHOLE, slice(0, 300)), part(WHOLE, slice(300, None))
    learner = make()
    learner.step(half)
    saved = learner.snapshot()
    before = pack(saved)
    first, second = make(saved).step(rest), learner.step(rest)

    assert pack(saved) == before
    assert first.tobytes() == second.tobytes()


def test_rows_are_not_changed(make: Callable[..., Learner]) -> None:
    """Arrays that cannot be written are fine."""
    whole = rows()
    for name in ("code", "second", "x", "outcome"):
        getattr(whole, name).flags.writeable = False

    assert make().step(whole).tobytes() == make().step(WHOLE).tobytes()


@examples()
@given(place=st.integers(HORIZON * 2, len(WHOLE) - 1))
@pytest.mark.parametrize("name", MAKERS)
def test_an_outcome_changes_nothing_before_it_came(name: str, place: int) -> None:
    """Rows up to the one it came with keep their answers; it is turned round or taken away."""
    make, before = MAKERS[name], uncut(name)[:place].tobytes()

    for outcome in ({UP: DOWN, DOWN: UP}.get(int(WHOLE.outcome[place]), UP), UNKNOWN):
        assert make().step(altered(WHOLE, place, outcome=outcome))[:place].tobytes() == before


@examples()
@given(place=st.integers(0, len(WHOLE) - 1))
@pytest.mark.parametrize("name", MAKERS)
def test_a_row_teaches_nothing_before_its_outcome_came(name: str, place: int) -> None:
    """With other features its own answer changes, and no other one for a horizon."""
    x = WHOLE.x[place] * 1.5 + 1e-3
    found = MAKERS[name]().step(altered(WHOLE, place, x=x))
    until = (WHOLE.second < WHOLE.second[place] + HORIZON) & (np.arange(len(WHOLE)) != place)

    assert found[until].tobytes() == uncut(name)[until].tobytes()


def test_outcomes_and_rows_do_teach(make: Callable[..., Learner]) -> None:
    """Else the tests above would say nothing: a changed outcome or row changes answers behind it."""
    taught = np.flatnonzero((WHOLE.outcome == UP) & ~BAD)[0]
    row = np.flatnonzero(
        (WHOLE.code == WHOLE.code[taught]) & (WHOLE.second == WHOLE.second[taught] - HORIZON)
    )[0]
    found = make().step(WHOLE)[taught + 1 :]

    assert (make().step(altered(WHOLE, taught, outcome=DOWN))[taught + 1 :] != found).any()
    assert (make().step(altered(WHOLE, row, x=WHOLE.x[row] + 1.0))[taught + 1 :] != found).any()


def test_learners_share_nothing(make: Callable[..., Learner]) -> None:
    """Each shard has its own: what one learns, another does not know."""
    one, other = make(), make()
    one.step(WHOLE)

    assert other.step(WHOLE).tobytes() == make().step(WHOLE).tobytes()


def test_a_version_begins_with_the_name() -> None:
    """As that of every model."""
    assert RiverLogistic.version.startswith(RiverLogistic.name)
