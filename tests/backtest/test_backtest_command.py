"""``levibot backtest`` as a command: its words, its exit codes, its baselines."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from connectors.settings import Settings, settings
from flows.backtest import run
from flows.commands import backtest

CONFIGS = Path(__file__).parent.parent.parent / "configs"
QUARTER = ("--simulated", "--symbols", "1", "--hours", "0.4", "--processes", "1")
Levibot = Callable[..., Result]


@pytest.fixture
def levibot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Levibot:
    """Run the command in an empty folder, with no settings but the defaults."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(CONFIGS, tmp_path / "configs")
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    settings.cache_clear()
    return lambda *words: CliRunner().invoke(backtest.app, [*words])


def written(folder: Path = Path("reports/backtests")) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_it_tests_and_says_where_the_report_is(levibot: Levibot) -> None:
    """A table, what to doubt, and the files; without a word behind it, as with run."""
    said = levibot(*QUARTER)
    assert said.exit_code == 0, said.output
    assert written() == ["BTCUSDT_2023-11-14.html", "BTCUSDT_2023-11-14.json"]
    assert "symbol" in said.output and "mostly luck" in said.output
    assert "BTCUSDT_2023-11-14.html" in said.output
    again = levibot("run", *QUARTER, "--out", "other")
    assert again.exit_code == 0
    assert written(Path("other")) == written()


def test_json_is_for_scripts(levibot: Levibot) -> None:
    """One object a result, with what the table shows and where the files are."""
    [told] = orjson.loads(levibot(*QUARTER, "--json").stdout)
    assert (told["symbol"], told["model"], told["gate"], told["baseline"]) == (
        "BTCUSDT", "ml-fusion", told["gate"], None,
    )  # fmt: skip
    assert orjson.loads(Path(told["json"]).read_bytes())["metrics"] == told["metrics"]
    assert Path(told["html"]).exists()


def test_a_baseline_that_is_held_and_one_that_is_not(levibot: Levibot) -> None:
    """Exit code 0 and 1; the result says so too, and so does its page."""
    assert levibot(*QUARTER, "--store-baseline", "b.json").exit_code == 0
    held = levibot(*QUARTER, "--check-baseline", "b.json")
    assert held.exit_code == 0
    assert "holds" in held.output
    better = orjson.loads(Path("b.json").read_bytes())
    better["baselines"][0]["sharpe"] = 1_000.0
    Path("b.json").write_bytes(orjson.dumps(better))
    fell = levibot(*QUARTER, "--check-baseline", "b.json")
    assert fell.exit_code == 1
    assert "fell" in fell.output
    result = orjson.loads(Path("reports/backtests/BTCUSDT_2023-11-14.json").read_bytes())
    assert result["baseline"]["verdict"] == "fell"


def test_a_baseline_of_something_else_is_unclear(levibot: Levibot) -> None:
    """Exit code 2: it could not be compared."""
    levibot(*QUARTER, "--store-baseline", "b.json")
    other = levibot(*QUARTER[:3], "--hours", "0.5", "--check-baseline", "b.json", "--symbols", "1")
    assert other.exit_code == 2
    assert "another end" in other.output
    symbol = levibot("--simulated", "--symbols", "ADAUSDT", "--hours", "0.4", "--check-baseline", "b.json")
    assert symbol.exit_code == 2
    assert "no baseline of ADAUSDT; there are: BTCUSDT" in symbol.output


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((), "say which ticks"),
        (("--ticks", "gone.csv"), "gone.csv: cannot be read"),
        ((*QUARTER, "--preset", "1y"), "no preset '1y'; there are 24h, 90d"),
        ((*QUARTER, "--preset", "90d", "--days", "3"), "give one of them"),
        ((*QUARTER, "--model", "lgbm-none"), "no model 'lgbm-none'"),
        ((*QUARTER, "--symbol", "NONE"), "no ticks of NONE; there are BTCUSDT"),
        ((*QUARTER, "--check-baseline", "gone.json"), "--store-baseline gone.json"),
        ((*QUARTER, "--check-baseline", "configs/flags.yaml"), "is no file of baselines"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(levibot: Levibot, words: tuple[str, ...], why: str) -> None:
    """On stderr, in one line, with exit code 2."""
    said = levibot(*words)
    assert said.exit_code == 2
    assert why in said.stderr
    assert "Traceback" not in said.output


def test_options_before_another_word_are_refused(levibot: Levibot) -> None:
    """They would be of no effect."""
    said = levibot("--seed", "3", "report", "x.json")
    assert said.exit_code == 2
    assert "behind the word report" in said.stderr


def test_ctrl_c_says_that_the_same_command_goes_on(levibot: Levibot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 130, as of anything that was interrupted; and so it does."""

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(run, "_accounts", interrupted)
        said = levibot(*QUARTER)
    assert said.exit_code == 130
    assert "the same command goes on" in said.stderr
    assert written() == [".work"]
    assert levibot(*QUARTER).exit_code == 0
    assert ".work" not in written()


def test_every_word_has_help() -> None:
    """And the help of the command itself is that of run."""
    group: Any = typer.main.get_command(backtest.app)
    assert set(group.commands) == {"run", "report", "serve-jobs"}
    assert "Exit codes" in group.help and group.help == group.commands["run"].help
    assert all(word.help and "Exit codes" in word.help for word in group.commands.values())
