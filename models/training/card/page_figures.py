"""The sections of a card's page that hold figures: test beside validation and beside knowing nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.training.card.page_tables import figure, interval, number, stack, table

Card = Mapping[str, Any]

_ROWS: tuple[tuple[str, str, str | float | None], ...] = (
    ("accuracy", "accuracy", "majority"),
    ("hit rate where it acts", "hit_rate", None),
    ("AUC", "auc", 0.5),
    ("PR-AUC", "pr_auc", "up_share"),
    ("Cohen's kappa", "kappa", 0.0),
    ("log-loss", "log_loss", "log_loss"),
    ("log-loss saved, nats", "log_loss_saved", 0.0),
    ("Brier score", "brier", "brier"),
    ("ECE, equal width", "ece", None),
    ("ECE, equal mass", "ece_equal_mass", None),
)
_NONE = {"value": None, "low": None, "high": None, "n_effective": None}


def figures(card: Card) -> str:
    """Return the section with each figure of the test part."""
    test, validation = card["metrics"]["test"], card["metrics"]["validation"] or {}
    lines = [_line(*row, test, validation) for row in _ROWS]
    heads = ("", "test", "95 % interval", "worth rows", "knowing nothing", "validation")
    picture = f"![Reliability]({card['pictures']['reliability']})"
    return stack("## Figures", table(heads, lines), _floors(test), _counts(test), picture)


def _line(
    words: str, name: str, nothing: str | float | None, test: Card, validation: Card
) -> tuple[str, ...]:
    found, before = test[name] or _NONE, validation.get(name) or _NONE
    chance = test["base"][nothing] if isinstance(nothing, str) else nothing
    worth = number(found["n_effective"])
    return words, figure(found["value"]), interval(found), worth, figure(chance), figure(before["value"])


def _floors(test: Card) -> str:
    wide, mass, parts = test["ece_floor"], test["ece_equal_mass_floor"], test["murphy"]
    return (
        f"A perfectly calibrated model with these scores would show an ECE of {figure(wide['median'])} "
        f"(95 of 100 times below {figure(wide['q95'])}), by equal mass {figure(mass['median'])} "
        f"({figure(mass['q95'])}). If outcomes did not overlap it would be "
        f"{figure(wide['independent_median'])}. Brier score = reliability {figure(parts['reliability'])} "
        f"- resolution {figure(parts['resolution'])} + uncertainty {figure(parts['uncertainty'])} "
        f"+ within bins {figure(parts['within_bins'])}."
    )


def _counts(test: Card) -> str:
    counts = test["counts"]
    return (
        f"{counts['rows']:,} test rows: {counts['up']:,} up, {counts['down']:,} down, {counts['tie']:,} "
        f"unmoved, {counts['stale']:,} stale, {counts['unknown']:,} whose outcome lies past the end; "
        f"the policy acts on {counts['acted']:,}."
    )


def symbols(card: Card) -> str:
    """Return the section with a line for each symbol."""
    heads = ("symbol", "with outcome", "commoner side", "accuracy", "AUC", "ECE", "ECE floor")
    return stack("## By symbol", table(heads, [_symbol(line) for line in card["by_symbol"]]))


def _symbol(line: Card) -> tuple[str, ...]:
    base, floor = line["base"] or {}, line["ece_floor"] or {}
    found = [line[name] or _NONE for name in ("accuracy", "auc", "ece")]
    told = [f"{figure(one['value'])} ({interval(one)})" for one in found]
    labelled, majority = number(line["labelled"]), figure(base.get("majority"))
    return line["symbol"], labelled, majority, *told, figure(floor.get("median"))
