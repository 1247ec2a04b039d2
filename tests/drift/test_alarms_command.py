"""``levibot verify alarms``: exit codes, and what is shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from connectors.settings import settings
from flows.commands.verify_alarms import verify_alarms
from models.monitor.drift.declared import Declared

pytestmark = pytest.mark.slow

app = typer.Typer()
app.command("alarms")(verify_alarms)

SMALL = ("--simulate", "0.5", "--symbols", "1", "--rate", "1")


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    settings.cache_clear()
    yield
    settings.cache_clear()


def verify(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def told(*arguments: str) -> tuple[int, dict[str, Any]]:
    result = verify(*arguments, "--json")
    return result.exit_code, orjson.loads(result.stdout)


def test_a_simulated_market_without_drift() -> None:
    """Its own regimes are no drift: exit code 0, the rate with its interval, and what was declared."""
    words = verify(*SMALL, "--shifts", "0")

    assert words.exit_code == 0, words.output
    assert "0 alarms in 0.2" in words.output and "declared 1" in words.output
    assert "the declared rate holds; shifts were not looked for" in words.output


def test_too_many_alarms_are_a_broken_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    """With limits at which half of all hours alarm: exit code 1, and the alarms are shown."""
    monkeypatch.setattr(Declared, "hourly", lambda self, detector: 0.4)

    words = verify(*SMALL, "--shifts", "0")
    code, found = told(*SMALL, "--shifts", "0")

    assert (words.exit_code, code, found["holds"], found["rate"]["holds"]) == (1, 1, False, False)
    assert found["rate"]["alarms"] == len(found["alarms"]) > 1
    assert {alarm["before"] for alarm in found["alarms"]} == {"ok"}
    assert "more alarms than declared" in words.output and "detector" in words.output


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "say which ticks to read"),
        (("--simulated", "--hours", "1", "--symbols", "1", "--rate", "1"), "the history is too short"),
        ((*SMALL, "--ticks", "nothing.jsonl"), "say which ticks to read"),
    ],
)
def test_what_cannot_be_checked(arguments: tuple[str, ...], why: str) -> None:
    """Exit code 2 and a sentence."""
    result = verify(*arguments)

    assert result.exit_code == 2 and why in result.output


def test_shifts_too_small_for_any_test_say_nothing() -> None:
    """Where the batch test finds less than twenty: exit code 2, though the rate holds."""
    result = verify(*SMALL, "--shifts", "2")

    assert result.exit_code == 2 and "too few shifts can be found at all" in result.output


@pytest.mark.slow
@pytest.mark.parametrize(
    ("capture", "symbol", "days"),
    [
        ("full_day/btcusdt_20220115_00-12h.parquet", "BTCUSDT", 0.19),
        ("binance_agg_trades/xrpeth_20191011_13.json.gz", "XRPETH", 0.98),
    ],
)
def test_recorded_days_raise_no_more_alarms_than_declared(
    real_data: Path, capture: str, symbol: str, days: float
) -> None:
    """A real market changes within the day, and its limits allow for it."""
    code, found = told("--ticks", str(real_data / capture), "--symbol", symbol, "--shifts", "0")

    assert (code, found["holds"], found["alarms"]) == (0, True, [])
    assert found["rate"]["days"] > days


@pytest.mark.timeout(600)
@pytest.mark.statistics
@pytest.mark.parametrize("seed", [41, 42, 43])
def test_simulated_days_hold(seed: int) -> None:
    """Three symbols over three days: the declared rate, and 95 % of the shifts that can be found."""
    code, found = told("--simulate", "3", "--rate", "2", "--market-seed", str(seed))

    assert code == 0, found
    by_kind = {power["kind"]: power for power in found["shifts"]}
    assert by_kind["feature"]["batch"] >= 20 and by_kind["inflated"]["batch"] >= 10
