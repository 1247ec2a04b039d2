"""``levibot profiles``: the list, one of them, a check with its exit codes, and the JSON."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from profiles.written_profile import changed, file_of
from typer.testing import CliRunner, Result

from connectors.settings import settings
from flows.commands.profiles import app

CONFIGS = Path(__file__).parents[2] / "configs"


@pytest.fixture(autouse=True)
def _rules_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RULES_FILE", str(CONFIGS / "rules.yml"))
    settings.cache_clear()


def ran(*args: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, args, env={"COLUMNS": "200"})


def words(text: str, first: str) -> str:
    """Return the line that begins with a word, without its columns."""
    return next(" ".join(line.split()) for line in text.splitlines() if line.split()[:1] == [first])


@pytest.mark.parametrize("args", [(), ("list",)])
def test_the_list_has_phases_and_worst_cases(args: tuple[str, ...]) -> None:
    """With or without the word."""
    found = ran(*args)
    assert found.exit_code == 0
    assert words(found.stdout, "spark") == "spark Phased rollout canary → 10 % → 50 % → 100 % 31h 1m 1h"
    assert [words(found.stdout, name) for name in ("enterprise", "golive", "marathon", "runbook")]


def test_one_is_shown_with_all_its_parts() -> None:
    """Phases, criteria, gates, rules, checklist and measures; critical ones with a dot."""
    found = ran("show", "runbook")
    assert found.exit_code == 0
    assert words(found.stdout, "canary") == "canary 1.0 BTCUSDT, ETHUSDT 15m to 30m 10 yes"
    assert "• engine_latency latency.engine_p95_ms all together < 100 S085" in " ".join(found.stdout.split())
    assert words(found.stdout, "win_rate") == "win_rate account.win_rate all together > 0.45, n >= 20 S110"
    assert "engine_latency_high latency.engine_p95_ms all together > 250 3m P2 alert S260" in " ".join(
        found.stdout.split()
    )
    assert words(found.stdout, "team_informed").endswith("a person S292")
    assert words(found.stdout, "flag.set").startswith("flag.set key max_daily_loss, value -300.0")


def test_the_json_has_every_number() -> None:
    """And the worst-case times, in seconds."""
    found = json.loads(ran("show", "marathon", "--json").stdout)
    assert found["rollout"]["of"] == "challenger" and found["rollout"]["watch_s"] == 604_800
    [phase] = found["rollout"]["phases"]
    assert (phase["rollout"], phase["dwell_s"], phase["longest_s"]) == (0.1, 172_800, 259_200)
    assert found["verdict"]["extend"] == [{
        "name": "checks_passed", "metric": "verdict.checks_passed", "scope": "all", "op": ">=", "value": 3.0,
        "critical": True, "least_n": 0, "requirement": "S104",
    }]  # fmt: skip
    assert found["rules"][0]["requirement"] == "S068, S070, S263"
    assert found["worst_case"]["roll_back_s"] == 1_800
    assert found["preflight"][0] == {"item": "smoke_test", "requirement": "S308", "automatic": True}
    everyone = json.loads(ran("list", "--json").stdout)
    assert [one["name"] for one in everyone] == ["enterprise", "golive", "marathon", "runbook", "spark"]
    assert everyone[2] == found


def test_an_unknown_profile_ends_with_2() -> None:
    """With the names there are."""
    found = ran("show", "sparks")
    assert found.exit_code == 2
    assert found.stderr == (
        "levibot: there is no profile 'sparks'; there are: enterprise, golive, marathon, runbook, spark\n"
    )


def test_a_file_is_checked_before_it_is_used(tmp_path: Path) -> None:
    """0 right, 1 wrong with a line for each error, 2 not to be read."""
    good = file_of(changed(), tmp_path)
    found = ran("check", str(good))
    assert (found.exit_code, found.stdout) == (
        0, f"{good}: profile 'tried': 2 phases and 1 rules, all right\n",
    )  # fmt: skip
    assert json.loads(ran("check", str(good), "--json").stdout)["name"] == "tried"
    wrong = file_of(changed("rollout.phases.0.rollout", 0.2), tmp_path)
    found = ran("check", str(wrong))
    assert found.exit_code == 1
    assert found.stderr == (
        f"levibot: {wrong}: profile 'tried': rollout.phases[preview].rollout: "
        "must be one of preview, 0, 0.1, 0.5, 1.0\n"
    )
    assert ran("check", str(file_of("rules: [", tmp_path))).exit_code == 1
    missing = ran("check", str(tmp_path / "none.yml"))
    assert missing.exit_code == 2 and "cannot be read" in missing.stderr


def test_a_copied_profile_is_found_beside_the_rules_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a set of configuration is one folder; a wrong one makes the list end with 1."""
    shutil.copy(CONFIGS / "rules.yml", tmp_path)
    monkeypatch.setenv("RULES_FILE", str(tmp_path / "rules.yml"))
    settings.cache_clear()
    assert ran("list").exit_code == 2
    folder = tmp_path / "profiles"
    folder.mkdir()
    file_of(changed(), folder)
    assert words(ran("list").stdout, "tried").startswith("tried A tried one preview → all")
    file_of(changed("name", "another"), folder)
    assert ran("list").exit_code == 1
