"""``levibot rules``: the table, the JSON, and the check with its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from connectors.rules_file import reactions
from connectors.settings import settings
from flows.commands.rules import rules
from models.rules.parsing import parse_rules

FILE = Path(__file__).parents[2] / "configs" / "rules.yml"


@pytest.fixture(autouse=True)
def _rules_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RULES_FILE", str(FILE))
    settings.cache_clear()


def ran(*args: str) -> Result:
    """Run the command."""
    app = typer.Typer()
    app.command("rules")(rules)
    return CliRunner().invoke(app, args, env={"COLUMNS": "200"})


def test_the_table_has_every_rule_with_what_it_does() -> None:
    """Of RULES_FILE."""
    found = ran()
    assert found.exit_code == 0
    line = next(line for line in found.stdout.splitlines() if line.startswith("drift_kill"))
    assert (
        " ".join(line.split()) == "drift_kill drift.psi model, symbol > 0.3 P0 alert, kill, retrain.requested"
    )
    assert all(rule.name in found.stdout for rule in reactions(FILE))


def test_the_json_is_the_file_again() -> None:
    """Each rule with its page."""
    found = json.loads(ran("--json").stdout)
    assert parse_rules(found, "stdout") == reactions(FILE)
    assert found[1]["args"] == {"entry": 0.01, "exit": -0.01} and found[1]["for"] == "0s"


def test_a_right_file_is_told_to_be_right() -> None:
    """With how many rules it has."""
    found = ran("--check", str(FILE))
    assert (found.exit_code, found.stdout) == (0, f"{FILE}: {len(reactions(FILE))} rules, all right\n")


def test_a_wrong_file_ends_with_1_and_names_the_field(tmp_path: Path) -> None:
    """And where there is no file, or no YAML, with 2 and 1."""
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(FILE.read_text(encoding="utf-8").replace("for: 3m", "for: 3 min", 1), encoding="utf-8")
    found = ran("--check", str(wrong))
    assert found.exit_code == 1
    assert found.stderr.startswith(f"levibot: {wrong}: rule 'tick_stale': field 'for' must be a duration")
    wrong.write_text("reactions: [", encoding="utf-8")
    assert ran("--check", str(wrong)).exit_code == 1
    missing = ran("--check", str(tmp_path / "none.yml"))
    assert missing.exit_code == 2 and "cannot be read" in missing.stderr
