"""The simulation itself: kept seeds hold, a seed repeats itself, and every missing safeguard is found."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from tests.simulation.__main__ import main
from tests.simulation.corpus import seeds
from tests.simulation.errors import BrokenError
from tests.simulation.plan import HALTING_FEED, JOURNAL, SHORT_EPOCHS, Plan, plan_of
from tests.simulation.rules import Rules
from tests.simulation.run import run


@pytest.mark.parametrize("seed", seeds())
def test_a_kept_seed_holds(seed: int) -> None:
    """What was found once does not come back."""
    run(plan_of(seed))


def test_a_seed_decides_everything() -> None:
    """The same seed gives the same logs, lives and events; others do not."""
    first, again, other = run(plan_of(3)), run(plan_of(3)), run(plan_of(4))
    assert (first.lives, first.happened) == (again.lives, again.happened)
    assert without_nonces(first) == without_nonces(again) != without_nonces(other)


def without_nonces(outcome: Any) -> dict[Any, list[Any]]:
    """Return a run's logs but for the random words in the openings of its journal."""
    logs = outcome.world.broker.logs
    return {
        where: [one for one in log if b'"nonce"' not in (one.value or b"")] for where, log in logs.items()
    }


def test_everything_that_can_happen_does() -> None:
    """Two hundred seeds meet every kind of event."""
    happened: Counter[str] = Counter()
    for seed in range(200):
        happened += run(plan_of(seed, whole=False)).happened
    assert set(happened) == {
        "crash", "freeze", "wake", "gave up", "stop", "wipe", "stall", "late entry", "produce", "command",
        "command while down",
    }  # fmt: skip


TEETH: tuple[tuple[str, dict[str, Any], int], ...] = (
    ("hold", {"slow": JOURNAL, "whole": False}, 100),
    ("fence", HALTING_FEED, 100),
    ("barrier", {"whole": False}, 50),
    ("emitted_gen", {"epoch": 2, "fetch": 3, "crashes": 7, "calm": 40, "whole": False}, 100),
    ("purge", SHORT_EPOCHS, 100),
    ("ordinals", {"whole": False}, 20),
    ("flush", {"whole": False}, 20),
    ("commands_first", {"whole": False}, 20),
)


@pytest.mark.parametrize(("rule", "temper", "within"), TEETH)
def test_a_missing_safeguard_is_found(rule: str, temper: dict[str, Any], within: int) -> None:
    """Within so many seeds; with all safeguards, the run that found it holds."""
    found = next((plan for plan in _plans(temper, within) if broken(plan, Rules(**{rule: False}))), None)
    assert found, f"not found in {within} runs"
    assert not broken(found, Rules())


def test_a_woken_process_beside_its_replacement_would_be_found() -> None:
    """Without transactions nothing but the folder's lock keeps it from publishing; with them it cannot."""
    plans = [replace(plan, transactions=False, freezes=3) for plan in _plans({"whole": False}, 30)]
    found = next((plan for plan in plans if broken(plan, Rules())), None)
    assert found
    assert not broken(replace(found, transactions=True), Rules())


def _plans(temper: dict[str, Any], count: int) -> list[Plan]:
    return [plan_of(seed, **temper) for seed in range(count)]


def broken(plan: Plan, rules: Rules) -> str:
    """Return how a run breaks a promise, empty where it does not."""
    try:
        run(plan, rules)
    except BrokenError as error:
        return str(error)
    return ""


def test_the_command_tells_what_it_ran(capsys: pytest.CaptureFixture[str]) -> None:
    """How many runs, and how many of them a minute."""
    assert main(["--runs", "5", "--seed", "7"]) == 0
    told = capsys.readouterr().out
    assert "all promises held" in told
    assert f"{5 + len(seeds())} runs" in told
    assert "runs a minute" in told


def test_the_command_names_the_seed_that_failed(capsys: pytest.CaptureFixture[str]) -> None:
    """And how to repeat it."""
    assert main(["--runs", "20", "--without", "flush"]) == 1
    told = capsys.readouterr().out
    assert "again: python -m tests.simulation --seed" in told
