"""A profile in words: for the page and the command line."""

from __future__ import annotations

from itertools import pairwise

from models.rollout.plan import Criterion, Plan
from models.rules.rule import UNITS, duration


def needs(criterion: Criterion) -> str:
    """Return what a criterion asks for, such as ``< 200`` or ``>= 10, n >= 100``."""
    samples = f", n >= {criterion.least_n}" if criterion.least_n else ""
    return f"{criterion.op} {criterion.value:,.10g}{samples}"


def scope_name(scope: str) -> str:
    """Return what a metric is measured of."""
    return {"all": "all together", "model_symbol": "model and symbol"}.get(scope, scope)


def of_whom(plan: Plan) -> str:
    """Return in a sentence whose share the phases set, how it is checked, and what follows them."""
    whose = (
        "the challenger's share; at the end it is promoted"
        if plan.of == "challenger"
        else "the model's share"
    )
    watched = f", and watched for {duration(plan.watch_s)} after" if plan.watch_s else ""
    return (
        f"The phases set {whose}. Checked every {duration(plan.check_every_s)}: {plan.fails} fails in a row "
        f"roll back, {plan.inconclusives} without a finding pause{watched}."
    )


def span(seconds: int) -> str:
    """Return seconds in hours and minutes, or in minutes and seconds, rounded up: 93,784 s are ``26h 4m``."""
    units = [(name, size) for name, size in UNITS.items() if name != "d"]
    for (name, size), (smaller, part) in pairwise(units):
        if seconds >= size:
            parts = -(-seconds // part)
            whole, rest = divmod(parts, size // part)
            return f"{whole}{name} {rest}{smaller}" if rest else f"{whole}{name}"
    return f"{seconds}s"
