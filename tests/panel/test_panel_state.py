"""What the panel is told: the figures of the other paths, one sentence on top, null for what is unknown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from api_markets import always_buy
from api_product import publish_shards
from one_shard import OneShard, at, trade
from running_api import Api

from api.panel.redlines import RedLines, red_lines
from connectors.redis import keys
from connectors.redis.writer import ViewWriter

pytestmark = pytest.mark.embedded

RULES = Path("configs/rules.yml")


def headline(api: Api) -> tuple[str, str, list[str]]:
    """Return the tone, the sentence, and what follows it."""
    said = api.get("/panel/state")["headline"]
    return said["tone"], said["text"], [one["text"] for one in said["why"]]


def guard_says(api: Api, second: float = 10.4, **more: Any) -> None:
    """Let the guard that was published say something else."""
    view = {name: value for name, value in (api.reader.guard() or {}).items() if name != "written_at"}
    with ViewWriter(api.redis.url, timeout_s=10.0, clock=lambda: at(second), kind=keys.GUARD) as writer:
        writer.put("guard/0000", {**view, **more, "symbols": {}})


def test_all_is_well(normal: Api) -> None:
    """One sentence, and nothing that explains it away."""
    said = normal.get("/panel/state")
    assert (said["status"], said["redis"], said["executor"], said["control"]) == (
        "LIVE",
        "up",
        "online",
        False,
    )
    assert said["shards"] == {"known": 2, "online": 2, "silent": []}
    assert headline(normal) == ("good", "Trading 2 symbols, all fresh", [])


def test_desk_is_that_of_the_status(normal: Api) -> None:
    """Kill, canary, rollout and model."""
    desk, status = normal.get("/panel/state")["desk"], normal.get("/status")
    for name in ("killed", "halted", "allow_symbols", "preview", "challenger", "share"):
        assert desk[name] == status[name]
    assert (desk["canary"], desk["fraction"]) == (status["canary_mode"], status["rollout"]["fraction"])
    assert (desk["model"], desk["model_version"]) == ("constant-0.9", "constant-0.9-1.0")
    assert (desk["rollout"]["profile"], desk["rollout"]["state"]) == ("", "idle")


def test_service_levels_are_those_of_the_tools(normal: Api) -> None:
    """Values, units and ages of /api/tools/get_metrics; the series of /api/tools/metrics/timeseries."""
    slo, told = normal.get("/panel/state")["slo"], normal.get("/api/tools/get_metrics")
    series = normal.get("/api/tools/metrics/timeseries?window=1h")["data"]
    for name in ("p95_ms", "staleness_s", "error_rate"):
        shown = slo[name]
        assert (shown["value"], shown["unit"], shown["age_s"]) == (
            told[name], told["units"][name], told["ages"][name],
        )  # fmt: skip
        assert shown["points"] == [[point["ts"] // 10**9, point[name]] for point in series]
    assert (slo["p95_ms"]["value"], slo["staleness_s"]["value"], slo["error_rate"]["value"]) == (
        80.0,
        1.0,
        0.5,
    )


def test_limits_are_those_of_the_rules_in_the_unit_of_the_level(normal: Api) -> None:
    """Staleness 30 and 60 s (S239), errors 1 and 2 % (S240); without a run that of p95 is not in force."""
    slo = normal.get("/panel/state")["slo"]
    limits = {
        name: [(one["value"], one["in_force"]) for one in level["limits"]] for name, level in slo.items()
    }
    assert limits == {
        "p95_ms": [(1_000.0, False), (1_500.0, False)],
        "staleness_s": [(30.0, True), (60.0, True)],
        "error_rate": [(1.0, True), (2.0, True)],
    }


def test_symbols_are_those_of_the_table_with_their_targets(normal: Api) -> None:
    """Each row of /symbols, and from the prediction its price target and uncertainty."""
    rows, table = normal.get("/panel/state")["symbols"], normal.get("/symbols")["symbols"]
    for shown, row in zip(rows, table, strict=True):
        predicted = normal.get(f"/ai/predict?symbol={row['symbol']}")
        assert {name: shown[name] for name in row} == row
        assert (shown["price_target"], shown["uncertainty"]) == (
            predicted["price_target"],
            predicted["uncertainty"],
        )
        assert shown["price_target"] > shown["price"]


def test_actions_are_scores_and_commands_newest_first(normal: Api) -> None:
    """As the audit lists them; a refused command says why."""
    said = normal.get("/panel/state")["actions"]
    kinds = [(one["action"], one.get("symbol") or one.get("cmd"), one["_err"]) for one in said["items"]]
    assert said["per_minute"] == 24.0
    assert kinds == [
        ("ml.score", "ETHUSDT", None), ("ml.score", "BTCUSDT", None), ("command", "flag.set", None),
        ("command", "unkill", "the signature does not match"),
    ]  # fmt: skip


def test_guardrails_tell_the_last_breaches_and_that_nothing_is_paused(normal: Api) -> None:
    """The drift that came and went, each with whether it pauses by itself."""
    said = normal.get("/panel/state")["guardrails"]
    assert (said["firing"], said["auto_pause"], said["count_24h"]) == ([], False, 1.0)
    assert [(one["rule"], one["event"], one["auto_pause"], one["age_s"]) for one in said["last"]] == [
        ("drift_kill", "resolved", True, 50.4), ("drift_kill", "firing", True, 110.4),
    ]  # fmt: skip


def test_rule_that_fires_is_told_with_its_limit_and_pauses(normal: Api) -> None:
    """What the guard shows is joined to the record of the alert; P0 makes the sentence bad."""
    scope = "model_symbol:ml-fusion/S0"
    alerts = [
        {"rule": "dlq_target", "severity": "P3", "scope": "all", "since": 1_700_000_006, "value": 3.0},
        {"rule": "drift_kill", "severity": "P0", "scope": scope, "since": 1_699_999_900, "value": 0.35},
    ]
    guard_says(normal, alerts=alerts)
    said = normal.get("/panel/state")["guardrails"]
    first, second = said["firing"]
    assert (first["rule"], first["op"], first["threshold"], first["auto_pause"]) == (
        "drift_kill",
        ">",
        0.3,
        True,
    )
    assert (second["rule"], second["op"], second["auto_pause"], second["age_s"]) == (
        "dlq_target",
        None,
        None,
        4.4,
    )
    assert said["auto_pause"] is True
    assert headline(normal) == (
        "bad",
        "1 breach for somebody to look at now: drift_kill",
        ["1 breach to be known of: dlq_target"],
    )


def test_reliability_is_the_calibration_over_all_symbols(normal: Api) -> None:
    """As /calibration pools it: the bins with their counts, the error beside its floor."""
    said = normal.get("/panel/state")["reliability"]
    assert said == normal.get("/calibration?window=24h")["models"][-1]
    assert (said["symbols"], said["n"], said["ece"]["value"]) == (2, 160, 0.1375)
    assert [(one["left"], one["n"]) for one in said["bins"] if one["n"]] == [(0.5, 60), (0.9, 100)]


def test_drift_has_the_five_worst_with_their_null(normal: Api) -> None:
    """Beyond the null before within it, then by PSI."""
    said = normal.get("/panel/state")["drift"]
    assert [(one["symbol"], one["feature"], one["psi"], one["psi_limit"]) for one in said["features"]] == [
        ("BTCUSDT", "f6", 0.3, 0.22), ("ETHUSDT", "f6", 0.3, 0.22), ("BTCUSDT", "f5", 0.25, 0.22),
        ("ETHUSDT", "f5", 0.25, 0.22), ("BTCUSDT", "f4", 0.2, 0.22),
    ]  # fmt: skip


def test_counters(normal: Api) -> None:
    """Dead letters beside their target; two tenths of the scores, of which 0.5-0.6 holds less than half."""
    said = normal.get("/panel/state")["counters"]
    assert (said["dlq"]["size"], said["dlq"]["limits"][0]["value"]) == (0, 2.0)
    assert said["ml_bucket"] == {"counts": [0, 0, 0, 0, 0, 80, 0, 0, 0, 120], "n": 200, "balanced": True}


def test_paper_is_that_of_its_paths(normal: Api) -> None:
    """Equity, profit and drawdown of /paper/summary, the points of /paper/equity."""
    said, stats = normal.get("/panel/state")["paper"], normal.get("/paper/summary")["stats"]
    for name in ("total_equity", "total_pnl", "pnl_1d", "pnl_7d", "drawdown", "max_drawdown", "total_trades"):
        assert said[name] == stats[name]
    points = normal.get("/paper/equity?window=1d")["points"]
    assert said["curve"] == [[one["second"], one["value"], one["drawdown"]] for one in points]


def test_empty_start_says_what_to_do(empty: Api) -> None:
    """Nothing is claimed: DEMO, no figure is 0, and the command that starts it."""
    said = empty.get("/panel/state")
    assert (said["status"], said["redis"], said["desk"], said["symbols"]) == ("DEMO", "up", None, [])
    assert said["headline"]["text"] == "Nothing is published yet"
    assert "levibot run signals" in said["headline"]["why"][0]["text"]
    assert {level["value"] for level in said["slo"].values()} == {None}
    assert (said["paper"], said["guardrails"], said["reliability"], said["drift"]) == (None,) * 4
    assert (said["counters"]["dlq"]["size"], said["counters"]["ml_bucket"]) == (None, None)


def test_redis_down_is_said_and_everything_is_unknown(without_redis: Api) -> None:
    """200, DEMO, and null for each part."""
    said = without_redis.get("/panel/state")
    assert (said["status"], said["redis"], said["headline"]["text"]) == (
        "DEMO",
        "down",
        "Redis does not answer",
    )
    for part in (
        "desk",
        "slo",
        "symbols",
        "actions",
        "guardrails",
        "counters",
        "reliability",
        "drift",
        "paper",
    ):
        assert said[part] is None


def test_kill_is_said_once_all_shards_have_it(normal: Api) -> None:
    """With one of two killed that is said, and the desk has no single value."""
    first, second = always_buy("BTCUSDT", 0), always_buy("ETHUSDT", 1)
    first.command("kill")
    publish_shards(normal, first, second)
    assert headline(normal) == ("bad", "Killed on 1 of 2 shards", [])
    assert normal.get("/panel/state")["desk"]["killed"] is None
    second.command("kill")
    publish_shards(normal, first, second)
    assert headline(normal) == ("bad", "Killed by ops: every signal is HOLD", [])


def test_narrower_states_are_said_too(normal: Api) -> None:
    """A kill of a symbol, a halt, a preview and a canary, the gravest first."""
    shard = always_buy("BTCUSDT", 0)
    shard.command("kill", scope="symbol:BTCUSDT")
    shard.command("halt")
    shard.command("rollout", phase="preview")
    shard.command("canary", enabled=True, symbols=["BTCUSDT"])
    other = always_buy("ETHUSDT", 1)
    for cmd, args in (
        ("rollout", {"phase": "preview"}),
        ("canary", {"enabled": True, "symbols": ["BTCUSDT"]}),
    ):
        other.command(cmd, **args)
    publish_shards(normal, shard, other)
    assert headline(normal) == (
        "bad", "Killed symbols: BTCUSDT",
        ["Halted: no order is made", "Preview: signals are advisory, no order is made of them.",
         "Canary: BTCUSDT alone may trade."],
    )  # fmt: skip


def test_stale_symbols_are_named(normal: Api) -> None:
    """One that has not been answered for over five seconds, then all of them."""
    late = OneShard(partition=1)
    late.feed(trade("ETHUSDT", 1.5, 100.0), trade("ETHUSDT", 2.1, 101.0))
    publish_shards(normal, always_buy("BTCUSDT", 0), late)
    assert headline(normal) == ("warn", "1 of 2 symbols stale: ETHUSDT", [])
    normal.now = at(12.0)
    assert headline(normal)[:2] == ("warn", "1 of 2 symbols stale: ETHUSDT")
    publish_shards(normal, always_buy("BTCUSDT", 0), late, second=30.0)
    guard_says(normal, second=30.0)
    normal.now = at(30.4)
    assert headline(normal)[:2] == ("warn", "All symbols are stale: no signal is to be acted upon")


def test_silent_shard_guard_and_flow(normal: Api) -> None:
    """A shard that no longer publishes, then a guard, then nobody."""
    publish_shards(normal, always_buy("BTCUSDT", 0), second=14.0)
    guard_says(normal, second=14.0)
    normal.now = at(14.4)
    said = normal.get("/panel/state")
    assert (said["status"], said["shards"]["silent"]) == ("DEGRADED", ["ticks/0001"])
    assert headline(normal)[:2] == ("warn", "1 of 2 shards silent: ticks/0001")
    normal.now = at(16.0)
    publish_shards(normal, always_buy("BTCUSDT", 0), always_buy("ETHUSDT", 1), second=19.8)
    normal.now = at(20.0)
    assert "The guard is silent for 6 s: limits are not watched" in headline(normal)[2]
    normal.now = at(60.0)
    tone, text, why = headline(normal)
    assert (tone, text, normal.get("/panel/state")["status"]) == ("demo", "The flow is offline", "DEMO")
    assert why[-1] == "No shard has published for 3 s; what is shown below is old."


def test_run_of_a_profile_brings_its_limits_and_its_phase(normal: Api) -> None:
    """With spark in force its p95 limits are; the phase of 4 h has been dwelt in for 34 minutes."""
    run = {"profile": "spark", "state": "running", "phase": "canary", "run": "r1", "dwell_s": 2_040}
    told = (normal.reader.guard() or {})["rollout"] | run
    guard_says(normal, rollout=told)
    said = normal.get("/panel/state")
    assert [(one["value"], one["in_force"]) for one in said["slo"]["p95_ms"]["limits"]] == [
        (1_000.0, True), (1_500.0, True),
    ]  # fmt: skip
    shown = said["desk"]["rollout"]
    assert (shown["profile"], shown["phase"], shown["dwell_s"], shown["dwell_of_s"]) == (
        "spark", "canary", 2_040, 14_400,
    )  # fmt: skip


def test_limits_are_the_gravest_of_those_of_one_value() -> None:
    """Two rules of spark hold above 1,000 ms: P3 at once and P2 after 15 minutes."""
    first, second = red_lines(RULES).of("latency.score_e2e_p95_ms", "spark")
    assert (first["value"], first["severity"], first["rule"]) == (1_000.0, "P2", "score_latency_preview")
    assert (second["value"], second["severity"], second["rule"]) == (1_500.0, "P0", "score_latency_rollback")


def test_without_rules_nothing_is_drawn(tmp_path: Path) -> None:
    """The API starts where the files of the flows are not at hand."""
    lines = red_lines(tmp_path / "rules.yml")
    assert (lines.of("errors.rate", ""), lines.dwell_s("spark", "canary")) == ([], None)
    assert RedLines().of("errors.rate", "spark") == []
