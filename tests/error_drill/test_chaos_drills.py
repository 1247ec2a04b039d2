"""The drills themselves, small: errors, a failing model, a throttled feed, a kill."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.error_drill.plan import Plan
from flows.error_drill.run import drilled

ROOT = Path(__file__).parents[2]


@pytest.mark.embedded
@pytest.mark.slow
@pytest.mark.timeout(150)
def test_all_drills_are_noticed_and_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With limits that make a few seconds enough: stale from 2 s, the breaker tries again after 3 s."""
    rules = (ROOT / "configs" / "rules.yml").read_text()
    for limit, short in (
        ("&tick_warn 30", "&tick_warn 2"), ("&tick_fallback 60", "&tick_fallback 4"),
        ("half_open_after_s: 30", "half_open_after_s: 3"), ("rows: 200", "rows: 40"),
    ):  # fmt: skip
        assert limit in rules
        rules = rules.replace(limit, short)
    (tmp_path / "rules.yml").write_text(rules)
    (tmp_path / "profiles").symlink_to(ROOT / "configs" / "profiles")
    monkeypatch.chdir(ROOT)
    plan = Plan(
        symbols=4, rate=10.0, errors=20, errors_s=2.0, throttle_s=6.0, killed_s=1.0, settle_s=1.0,
        resolved_s=0.0, rules_file=tmp_path / "rules.yml",
    )  # fmt: skip
    told: list[str] = []
    outcome = drilled(tmp_path, plan, lambda _, what: told.append(what), embedded=True)
    assert [(drill.name, drill.wrong) for drill in outcome.drills if not drill.passed] == []
    bad, model, feed, kill = (drill.figures for drill in outcome.drills)
    assert (bad["sent"], bad["on dlq"]) == (20, 20)
    assert model["breakers opened"] >= model["breakers closed"] > 0
    assert feed["symbols told of as stale"] >= 3
    assert (kill["shards"], kill["of them no HOLD"]) == (4, 0)
    assert told == [
        "starting", "bad records", "failing model", "throttled feed", "kill and unkill", "done"
    ]  # fmt: skip
