"""The looks for leakage on a card: they pass on an honest split and find a planted leak."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from made_rows import HORIZON, drawn_rows

from models.market.schema import NAMES, TRAINED
from models.training.judging.leakage_checks import checks
from models.training.split import split

ROWS = drawn_rows(3_000, strength=1.0)
PARTS = split(ROWS, HORIZON)
ORDER, PURGE, PLACEHOLDERS, DISGUISE = (
    "parts in order of time", "labels end before the next part", "no placeholder features",
    "no feature tells the label alone",
)  # fmt: skip


def failed(rows=ROWS, parts=PARTS, features=TRAINED) -> list[str]:  # type: ignore[no-untyped-def]
    """Return the checks that failed."""
    return [one.check for one in checks(rows, parts, features, HORIZON) if not one.passed]


def test_an_honest_split_passes_every_check() -> None:
    """And each says in words what was looked at."""
    found = checks(ROWS, PARTS, TRAINED, HORIZON)

    assert [one.check for one in found] == [ORDER, PURGE, PLACEHOLDERS, DISGUISE]
    assert failed() == [] and all(one.detail for one in found)
    assert "236 rows purged" in found[1].detail


def test_a_shuffled_split_is_found() -> None:
    """Rows of a later part are older."""
    shuffled = replace(PARTS, train=np.random.default_rng(0).permutation(PARTS.train) & ~PARTS.test)

    assert ORDER in failed(parts=shuffled)


def test_labels_over_a_boundary_are_found() -> None:
    """One row that was not purged is enough."""
    train = PARTS.train.copy()
    train[np.flatnonzero(~PARTS.train)[0]] = True

    assert failed(parts=replace(PARTS, train=train)) == [PURGE]


def test_a_placeholder_is_found() -> None:
    """Whatever is in the schema but not trained on."""
    assert failed(features=(*TRAINED, "sentiment")) == [PLACEHOLDERS]


def test_the_label_in_disguise_is_found() -> None:
    """A feature that tells it alone, also turned round."""
    x = ROWS.x.copy()
    x[:, NAMES.index("ret_5s")] = -ROWS.label + 0.1 * x[:, 0]

    assert failed(rows=replace(ROWS, x=x)) == [DISGUISE]
