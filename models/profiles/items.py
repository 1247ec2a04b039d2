"""What is to be looked at before a start, by name: a check that a command makes, or a person's own."""

from __future__ import annotations

from typing import NamedTuple


class Item(NamedTuple):
    """A line of a checklist; ``automatic``: ``levibot check full`` finds out by itself."""

    automatic: bool
    meaning: str


ITEMS: dict[str, Item] = {
    "admin_login": Item(True, "commands over HTTP need the login of an administrator"),
    "alerts_loaded": Item(True, "every rule of the profile is in force, and Prometheus has loaded its own"),
    "api_health": Item(True, "the API answers that all is well, and names its build (X-Build-SHA)"),
    "audit_works": Item(True, "a refused and an accepted command both leave a record"),
    "backup": Item(False, "state and configuration are saved elsewhere"),
    "backups_kept": Item(False, "daily snapshots are kept for 7 days, rotated logs for 30"),
    "canary_tested": Item(True, "the canary phase has been run for its time"),
    "chaos_reported": Item(True, "errors and a throttled feed were injected, the kill's time was measured"),
    "deciles_csv": Item(True, "the calibration has ten deciles, and they can be had as CSV"),
    "fallback_without_model": Item(
        True, "without a usable model answers are flagged fallback, the rest is up"
    ),
    "grafana": Item(True, "Grafana answers and has the dashboards"),
    "guard_fails_closed": Item(True, "a feature that is null, NaN or infinite gives HOLD, advisory"),
    "ip_allowlist": Item(True, "an address that is not on the list gets 403"),
    "kill_test": Item(True, "kill and un-kill have been tried, and every shard acknowledged"),
    "log_rotation": Item(False, "logs are rotated"),
    "metrics_arrive": Item(True, "the API and every flow answer with metrics"),
    "models_trained": Item(True, "a challenger is in the registry, its digests and golden answers hold"),
    "nightly_replay": Item(False, "the nightly replay runs"),
    "postfix_check": Item(True, "the quick check passes: API, Redis, every shard's heartbeat"),
    "public_offline": Item(True, "public paths answer 200 and DEMO while no flow runs"),
    "registry_complete": Item(True, "the registry's current model has its calibration and its policy"),
    "rollback_plan": Item(True, "there is a model to go back to, and the page that says how"),
    "runbook_in_repository": Item(True, "every rule's page of the runbook is in the repository"),
    "smoke_test": Item(True, "a tick in gives a signal out"),
    "team_informed": Item(False, "those who are on call know of it"),
    "ui_locks": Item(False, "the panel shows DEMO, roles and locks as it should (the browser tests pass)"),
}
