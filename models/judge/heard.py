"""Who said what of a block's rows: the answer that counts, and what the two sides say beside it."""

from __future__ import annotations

from math import isfinite
from typing import Any, NamedTuple

from models.desk.desk import Desk
from models.desk.gate import SIGNALS, word_of
from models.ticks import Bools, Floats

Word = dict[str, Any]
"""What a model says of one row, as signals carry it: its name and version, probability, and what it wants."""

INCUMBENT, CHALLENGER = "incumbent", "challenger"
"""Whose answer a signal has."""


class Said(NamedTuple):
    """What a model said of every row, and under which name."""

    prob: Floats
    models: list[str]
    versions: list[str]
    role: str
    horizon_s: int


class Heard(NamedTuple):
    """Who said what of every row."""

    counted: Said  # the answer that counts
    incumbent: Said  # what it is without a challenger
    shadow: Said | None  # the challenger's, NaN where it gave none
    decides: Bools | None  # whether the challenger's is the one that counts; None where it never is


def arms_of(heard: Heard, desk: Desk, rows: int) -> tuple[list[str], list[Word | None], list[Word | None]]:
    """Return of every row who decides it, the challenger's word, the incumbent's where it does not."""
    shadows = _words(heard.shadow, desk, rows)
    if heard.decides is None:
        return [INCUMBENT] * rows, shadows, [None] * rows
    decides = heard.decides.tolist()
    words = zip(decides, _words(heard.incumbent, desk, rows), strict=True)
    return (
        [CHALLENGER if by else INCUMBENT for by in decides],
        shadows,
        [word if by else None for by, word in words],
    )


def _words(said: Said | None, desk: Desk, rows: int) -> list[Word | None]:
    """Return what a model says of every row, null where it gave no answer."""
    if said is None:
        return [None] * rows
    words = word_of(said.prob, desk).tolist()
    columns = zip(said.models, said.versions, said.prob.tolist(), words, strict=True)
    return [
        {"model": model, "model_version": version, "prob": prob, "wanted": SIGNALS[word]}
        if isfinite(prob) else None
        for model, version, prob, word in columns
    ]  # fmt: skip
