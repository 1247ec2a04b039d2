"""The arguments of commands about a challenger: what is taken, and what is refused with which words."""

from __future__ import annotations

from typing import Any

import pytest

from control.examples import DIGEST, command
from models.control.commands import BadCommandError, check

BUNDLE = f"lgbm-btcusdt@{DIGEST}"


@pytest.mark.parametrize(
    ("cmd", "args"),
    [
        ("model.select", {"name": BUNDLE, "as": "challenger"}),
        ("model.select", {"name": "none", "as": "challenger"}),
        ("model.select", {"name": BUNDLE, "as": "model", "note": "as ever"}),
        ("rollout", {"phase": 0.1, "of": "challenger"}),
        ("rollout", {"phase": 0.1, "of": "model"}),
        ("rollout", {"phase": 0.1, "symbols": ["BTCUSDT"]}),
        ("rollout", {"phase": 0.1, "symbols": []}),
        ("rollout", {"phase": 0.1, "of": "challenger", "symbols": None}),
    ],
)
def test_what_is_taken(cmd: str, args: dict[str, Any]) -> None:
    """Both defaults are the model."""
    check(command(cmd, args))


@pytest.mark.parametrize(
    ("cmd", "args", "says"),
    [
        ("model.select", {"name": BUNDLE, "as": "shadow"}, "'as' must be model or challenger"),
        ("model.select", {"name": BUNDLE, "as": None}, "'as' must be model or challenger"),
        ("model.select", {"name": BUNDLE, "of": "challenger"}, "unknown argument 'of'"),
        ("model.select", {"as": "challenger"}, "'name' must be the name of a model"),
        ("model.promote", {"name": BUNDLE, "as": "challenger"}, "unknown argument 'as'"),
        ("model.rollback", {"name": BUNDLE, "as": "model"}, "unknown argument 'as'"),
        ("rollout", {"phase": 0.1, "of": "shadow"}, "'of' must be model or challenger"),
        ("rollout", {"phase": 0.1, "of": []}, "'of' must be model or challenger"),
        ("rollout", {"phase": 0.1, "as": "challenger"}, "unknown argument 'as'"),
        ("rollout", {"phase": 0.2, "of": "challenger"}, "'phase' must be preview, 0, 0.1, 0.5 or 1.0"),
        ("rollout", {"phase": 0.1, "symbols": "BTCUSDT"}, "'symbols' must be a list of names"),
        ("rollout", {"phase": 0.1, "symbols": [""]}, "'symbols' must be a list of names"),
        ("rollout", {"phase": 0.1, "symbols": [1]}, "'symbols' must be a list of names"),
        ("rollout", {"phase": 0.1, "symbols": False}, "'symbols' must be a list of names"),
        ("rollback", {"of": "challenger"}, "unknown argument 'of'"),
    ],
)
def test_what_is_refused(cmd: str, args: dict[str, Any], says: str) -> None:
    """Saying what it must be."""
    with pytest.raises(BadCommandError, match=says.replace(".", r"\.")):
        check(command(cmd, args))


def test_the_guard_steers_the_challengers_share_and_canary_symbols_and_selects_nothing() -> None:
    """Whom it challenges with is for people to say."""
    check(command("rollout", {"phase": 0.1, "of": "challenger"}, role="guard"))
    check(command("rollout", {"phase": 0, "symbols": ["BTCUSDT"]}, role="guard"))
    check(command("model.promote", {"name": BUNDLE}, role="guard"))
    with pytest.raises(BadCommandError, match=r"role 'guard' may not send 'model\.select'"):
        check(command("model.select", {"name": BUNDLE, "as": "challenger"}, role="guard"))
