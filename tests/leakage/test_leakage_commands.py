"""``levibot verify lookahead`` and ``levibot verify warmup``: exit codes, and what is shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import Result
from typer.testing import CliRunner

from connectors.settings import settings
from flows import leakage
from flows.cli import application
from models.market.schema import NAMES
from tests.leakage.planted import next_return, planted


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    settings.cache_clear()
    yield
    settings.cache_clear()


def verify(*arguments: str) -> Result:
    return CliRunner().invoke(application(), ["verify", *arguments])


def told(result: Result) -> tuple[int, dict[str, Any]]:
    return result.exit_code, orjson.loads(result.stdout)


def test_look_ahead_holds() -> None:
    """Exit code 0 and a sentence, or the counts as JSON."""
    words = verify("lookahead", "--simulated", "--hours", "0.25")
    code, found = told(verify("lookahead", "--simulated", "--hours", "0.25", "--seed", "2", "--json"))

    assert (words.exit_code, code) == (0, 0), words.output
    assert "no feature, price, outcome or label depends on a later tick" in words.output
    assert (found["holds"], found["different"], found["findings"], found["seed"]) == (True, 0, [], 2)
    assert found["rows"] > 100 and found["labels"] > 1_000


def test_a_look_ahead_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 1, the first values that depend on the future, and how many there are."""
    monkeypatch.setattr(leakage, "market_of", lambda spec: planted(next_return))

    words = verify("lookahead", "--simulated", "--hours", "0.25")
    code, found = told(verify("lookahead", "--simulated", "--hours", "0.25", "--json"))

    assert (words.exit_code, code, found["holds"]) == (1, 1, False)
    assert "values depend on what comes later" in words.output and "ret_1s" in words.output
    assert {finding["column"] for finding in found["findings"]} == {"ret_1s"}


def test_windows_that_are_long_enough() -> None:
    """Exit code 0 and each feature's warm-up."""
    words = verify("warmup", "--simulated", "--hours", "1", "--symbols", "1")
    code, found = told(verify("warmup", "--simulated", "--hours", "1", "--symbols", "1", "--json"))

    assert (words.exit_code, code) == (0, 0), words.output
    assert "every feature is warm within its window" in words.output
    assert (found["holds"], found["judged"]) == (True, True)
    assert [one["name"] for one in found["features"]] == list(NAMES)


def test_a_window_that_is_too_short() -> None:
    """Without any tolerance an exponential average never forgets: exit code 1."""
    words = verify("warmup", "--simulated", "--hours", "1", "--symbols", "1", "--tolerance", "0")

    assert words.exit_code == 1
    assert "TOO SHORT" in words.output and "a declared window is too short" in words.output


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("warmup", "--simulated", "--hours", "0.25", "--symbols", "1"), "must trade for 2,356 s"),
        (("lookahead", "--ticks", "SHORT"), "give a longer history"),
        (("lookahead", "--simulated", "--symbols", "A-B"), "symbol 'A-B': 1 to 32 letters and digits"),
        (("lookahead",), "say which ticks to read"),
        (("warmup", "--ticks", "/nowhere.gz"), "/nowhere.gz: cannot be read"),
    ],
)
def test_what_cannot_be_checked(arguments: tuple[str, ...], why: str, tmp_path: Path) -> None:
    """Exit code 2 and what to do."""
    short = tmp_path / "short.csv"
    short.write_text("symbol,time,price,qty\nAUSDT,1700000000000,1,1\n")

    result = verify(*(str(short) if argument == "SHORT" else argument for argument in arguments))

    assert (result.exit_code, why in " ".join(result.output.split())) == (2, True), result.output
