"""A study worked through: what each part of the data is used for, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from made_rows import HORIZON, drawn_rows

from flows.training import fitting, study
from flows.training.recipe import Recipe, Run
from models.market.schema import TRAINED
from models.training.examples import examples
from models.training.learning.boosting import Boosting
from models.training.learning.search import best
from models.training.split import split

ROWS = drawn_rows(1_500)
PARTS = split(ROWS, HORIZON)
RUN = Run(
    recipe=Recipe(name="lgbm-all", trials=3, seed=5),
    run_id="20261121T141500Z-0123abcd",
    created="now",
    sources=[],
)


@pytest.fixture
def begun(tmp_path: Path) -> Iterator[study.Study]:
    """A fresh study of drawn rows."""
    study.begin(tmp_path, RUN, ROWS)
    with study.opened(tmp_path, RUN.run_id) as held:
        yield held


def test_trials_are_told_one_by_one(begun: study.Study) -> None:
    """The share rises to one, and the note names the best so far with its log-loss."""
    heard: list[tuple[float, str]] = []

    fitting.searched(begun, PARTS, lambda share, note: heard.append((share, note)))

    assert [share for share, _ in heard] == [0.0, 1 / 3, 2 / 3, 1.0]
    lead = best(begun.trials)
    assert heard[-1][1] == (
        f"3 trials, 0 given up early; best {lead.value:.5f} (log-loss {lead.attributes['log_loss']:.5f}) "
        f"in trial {lead.number}"
    )


def test_many_rows_are_thinned_for_the_search_but_not_for_the_model(
    begun: study.Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The trials see every second example, the final model all of them, with the best parameters found."""
    monkeypatch.setattr(fitting, "SEARCH_ROWS", 900)
    train, validation = (examples(ROWS.where(m), TRAINED) for m in (PARTS.train, PARTS.validation))
    assert 900 < len(train) <= 1_800

    fitted = fitting.searched(begun, PARTS, lambda share, note: None)

    params = best(begun.trials).params
    whole = Boosting(train, validation, 5).fit(params)
    half = Boosting(train.thinned(900), validation, 5).fit(params)
    assert whole and half and fitted.content == whole.content != half.content
    assert best(begun.trials).attributes["rounds"] == half.rounds


def test_the_test_part_changes_nothing(begun: study.Study, tmp_path: Path) -> None:
    """Other labels and features there: the same trials and the same model."""
    first = fitting.searched(begun, PARTS, lambda share, note: None)
    other = drawn_rows(1_500)
    other.x[PARTS.test] = 7.0
    other.label[PARTS.test] = 1
    other.realised[PARTS.test] = 1.0
    study.begin(tmp_path / "other", RUN, other)

    with study.opened(tmp_path / "other", RUN.run_id) as held:
        again = fitting.searched(held, PARTS, lambda share, note: None)

    assert again.content == first.content
    assert held.trials == begun.trials
