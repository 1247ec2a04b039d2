"""Looks for leakage at the very rows a model was trained and judged on, for its card.

That features do not change when the future does is a law of its own: ``levibot verify lookahead``.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from sklearn.metrics import roc_auc_score

from models.market.schema import TRAINED
from models.training.card.contents import Check
from models.training.examples import examples
from models.training.rows import Rows
from models.training.split import Split, before

SUSPECT = 0.95
_LOOKED_AT = 50_000  # examples for the AUC of single features


def checks(rows: Rows, parts: Split, features: tuple[str, ...], horizon_s: int) -> list[Check]:
    """Return each check with how it ended; parts without rows are passed over."""
    return [
        _ordered(rows, parts),
        _purged(rows, parts, horizon_s),
        _placeholders(features),
        _too_good(rows, parts, features),
    ]


def _ordered(rows: Rows, parts: Split) -> Check:
    spans = [rows.second[mask] for mask in (parts.train, parts.validation, parts.test) if mask.any()]
    good = all(a.max() < b.min() for a, b in pairwise(spans))
    detail = "every row of a part is older than every row of the next one, for all symbols together"
    return Check("parts in order of time", good, detail if good else "a later part has older rows")


def _purged(rows: Rows, parts: Split, horizon_s: int) -> Check:
    ends = zip((parts.train, parts.validation), parts.boundaries, strict=True)
    good = all(before(rows.second[mask], horizon_s, boundary).all() for mask, boundary in ends)
    detail = f"no label of {horizon_s} s looks past the end of its part; {parts.purged:,} rows purged"
    return Check(
        "labels end before the next part", good, detail if good else "a label looks into a later part"
    )


def _placeholders(features: tuple[str, ...]) -> Check:
    foreign = sorted(set(features) - set(TRAINED))
    detail = f"{len(features)} features, none of them a placeholder"
    return Check("no placeholder features", not foreign, ", ".join(foreign) if foreign else detail)


def _too_good(rows: Rows, parts: Split, features: tuple[str, ...]) -> Check:
    """A single feature that nearly tells the label is the label in disguise."""
    mask = parts.train if parts.train.any() else parts.validation
    part = examples(rows.where(mask), features).thinned(_LOOKED_AT)
    name = "no feature tells the label alone"
    if len(np.unique(part.label)) < 2:
        return Check(name, True, "the rows have one kind of label only")
    areas = [abs(float(roc_auc_score(part.label, part.x[:, i])) - 0.5) + 0.5 for i in range(len(features))]
    best = int(np.argmax(areas))
    detail = f"the strongest, {features[best]}, has an AUC of {areas[best]:.3f} alone; suspect from {SUSPECT}"
    return Check(name, areas[best] < SUSPECT, detail)
