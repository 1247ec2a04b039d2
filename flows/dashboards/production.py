"""The dashboard "ML Production": is the model still right, and what would it have earned.

The first nine panels are the owner's by name, the other five those of the phased rollout.
"""

from __future__ import annotations

from flows.dashboards.lines import Lines, lines_of
from flows.dashboards.panels import Panel, Query
from flows.dashboards.queries import api, increase, total, watched
from models.profiles.profile import Profile
from models.rules.rule import Rule

TITLE, UID = "ML Production", "ml-production"

Rules = tuple[Rule, ...]


def production(base: Rules, marathon: Profile, spark: Profile) -> list[Panel]:
    """Return the panels, with the lines of the two profiles in which the owner asks for them."""
    return [*_model(marathon.in_force(base)), *_paper(), *_rollout(spark.in_force(base))]


def _model(rules: Rules) -> list[Panel]:
    pair, day = "{{model}} {{symbol}}", {"window": "24h"}
    return [
        Panel(
            "Model ECE", "timeseries",
            (Query(api("levibot_calibration_ece", **day), pair),
             Query(f"max({api('levibot_calibration_ece_limit', **day)})", "what chance explains, at most")),
            "Calibration error over 24 h. A rule holds only above what chance explains as well.",
            lines=lines_of(rules, "calibration.ece", "model_symbol")),
        Panel(
            "Feature Staleness", "timeseries", (Query(watched("staleness.feature", "symbol"), "{{symbol}}"),),
            "Seconds since the last trade behind a symbol's features.", "s",
            lines_of(rules, "staleness.feature", "symbol")),
        Panel(
            "Drift PSI (top 5)", "timeseries",
            (Query(f"topk(5, {api('levibot_drift_psi')})", "{{feature}} {{symbol}} {{model}}"),
             Query(f"max({api('levibot_drift_psi_limit')})", "what chance explains, at most")),
            "The features that have moved most from training, over the last hour.",
            lines=lines_of(rules, "drift.psi", "model_symbol")),
        Panel(
            "Drift Events", "timeseries",
            (Query(total(increase(api("levibot_drift_events_total"), "15m"), "level"), "{{level}}"),),
            "Episodes of drift that began or rose to a level in 15 minutes.", "short"),
        Panel(
            "Ensemble Weights", "timeseries", (Query(api("levibot_ensemble_weight"), "{{member}}"),),
            "Share of each model in the ensemble.", "percentunit"),
        Panel(
            "Model Uncertainty", "timeseries", (Query(api("levibot_model_uncertainty"), "{{symbol}}"),),
            "How far the members of the ensemble disagree, else 1 less the confidence."),
    ]  # fmt: skip


def _paper() -> list[Panel]:
    money, book = "levibot_paper_money", "{{book}}"
    return [
        Panel(
            "Paper PnL (1D, 7D)", "timeseries",
            (Query(api(money, what="pnl_1d"), "1D {{book}}"),
             Query(api(money, what="pnl_7d"), "7D {{book}}")),
            "What the paper books have made in a day and in seven, in the quote currency.", "short"),
        Panel(
            "Sharpe", "timeseries", (Query(api("levibot_paper_sharpe"), book),),
            "Annualised, of hourly returns over seven days; there is none before 24 of them."),
        Panel(
            "MaxDD", "timeseries", (Query(api("levibot_paper_max_drawdown"), book),),
            "The deepest fall below the peak so far.", "percentunit"),
    ]  # fmt: skip


def _rollout(rules: Rules) -> list[Panel]:
    return [
        slo_timechart(rules),
        Panel(
            "RecentActions", "timeseries", (Query(watched("scores.per_minute"), "ml.score a minute"),),
            "The flow of ml.score items, of which a symbol has 12 a minute.", "short",
            lines_of(rules, "scores.per_minute", "all"), width=12),
        Panel(
            "RiskGuardrailsWidget", "bargauge",
            (Query(api("levibot_measure", metric="breaches.count_24h"), "breaches in 24 h"),
             Query(f"max({api('levibot_preview')})", "auto-pause (0 no, 1 yes)"),
             Query(total(api("levibot_alerts_firing"), "severity"), "firing {{severity}}")),
            "Breaches of rules, and whether the desk was put into preview.", "short", width=12, instant=True),
        Panel(
            "Queue DLQ", "timeseries", (Query(watched("dlq.size"), "invalid items of the last hour"),),
            "What could not be read or believed.", "short", lines_of(rules, "dlq.size", "all"), width=12),
        Panel(
            "ml_bucket distribution", "bargauge",
            (Query(total(increase(api("levibot_ml_bucket_total"), "1h"), "bucket"), "0.{{bucket}}"),),
            "Scores of the last hour by tenth of the probability; balanced: none of 0.5-0.8 has over half.",
            "short", width=12, instant=True),
    ]  # fmt: skip


def slo_timechart(rules: Rules, width: int = 24) -> Panel:
    """Return the owner's chart of p95, staleness and error rate with their fixed lines."""
    p95 = lines_of(rules, "latency.score_e2e_p95_ms", "all")
    stale = lines_of(rules, "staleness.tick", "shard")
    errors = lines_of(rules, "errors.rate", "all")
    warned = lines_of(rules, "staleness.tick", "symbol")
    return Panel(
        "SLOTimechart", "timeseries",
        (Query(watched("latency.score_e2e_p95_ms"), "p95", "ms", p95),
         Query(watched("staleness.tick", "shard"), "staleness", "s", Lines(warned.orange, stale.red)),
         Query(watched("errors.rate"), "error rate", "percentunit", errors)),
        "End of a second to its signal (p95 of five minutes), the freshest symbol of the worst shard, the "
        "share of rows on which the model failed.",
        width=width, height=9,
    )  # fmt: skip
