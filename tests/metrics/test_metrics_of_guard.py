"""The guard's view as metrics; an empty one tells nothing that is not so."""

from __future__ import annotations

from metrics.scraped import value

from connectors.metrics.from_guard import guard_families
from flows.metrics.probed import Probed
from models.guard.inputs import UNASKED, Answered

VIEW = {
    "second": 1_700_000_010,
    "rollout": {"profile": "spark", "state": "running", "phase": "10 %", "dwell_s": 120},
    "alerts": [
        {"rule": "tick_warn", "severity": "P3", "scope": "symbol:BTCUSDT"},
        {"rule": "dlq_target", "severity": "P3", "scope": "all"},
        {"rule": "drift_kill", "severity": "P0", "scope": "model_symbol:lgbm/BTCUSDT"},
    ],
    "silent": ["ticks/0001"],
    "measured": [
        ["latency.score_e2e_p95_ms", "all", 320.0, None, 50], ["kill.mttr_s", "all", 0.25, None, None],
        ["account.win_rate", "all", None, None, 0],
    ],
}  # fmt: skip


def test_the_view_of_a_guard() -> None:
    """What was measured by its name, alerts by rule and severity, the rollout's place."""
    found = list(guard_families(VIEW))
    assert value(found, "levibot_measure", metric="latency.score_e2e_p95_ms") == 320.0
    assert value(found, "levibot_measure", metric="account.win_rate") is None
    assert value(found, "levibot_kill_acknowledgement_seconds") == 0.25
    assert value(found, "levibot_alert_firing", rule="dlq_target", scope="all", severity="P3") == 1.0
    counts = {of: value(found, "levibot_alerts_firing", severity=of) for of in ("P0", "P1", "P2", "P3")}
    assert counts == {"P0": 1.0, "P1": 0.0, "P2": 0.0, "P3": 2.0}
    assert value(found, "levibot_rollout_info", profile="spark", state="running", phase="10 %") == 1.0
    assert value(found, "levibot_rollout_dwell_seconds") == 120.0
    assert value(found, "levibot_silent_shards") == 1.0
    assert value(found, "levibot_guard_second") == 1_700_000_010


def test_without_a_view_there_is_no_sample() -> None:
    """No guard has looked: not even that nothing fires is known."""
    assert [sample for family in guard_families({}) for sample in family.samples] == []


def test_probes_of_the_api_are_counted_as_they_are_passed_on() -> None:
    """Each answer once; that nothing was asked since counts as nothing."""
    answers = iter([Answered(True, 3.0), UNASKED, Answered(False, None), Answered(True, None)])
    probed = Probed(lambda: next(answers))
    assert value(probed.collect(), "levibot_api_up") is None
    assert [probed().healthy for _ in range(4)] == [True, None, False, True]
    assert value(probed.collect(), "levibot_api_up") == 1.0
    assert value(probed.collect(), "levibot_api_probes_total", outcome="up") == 2.0
    assert value(probed.collect(), "levibot_api_probes_total", outcome="down") == 1.0
