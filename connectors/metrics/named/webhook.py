"""The process that posts alerts to a webhook; it runs only where there is one."""

from __future__ import annotations

from connectors.metrics.described import WEBHOOK, Described

POSTED: dict[str, Described] = {
    "levibot_webhook_waiting_seconds": Described(
        "gauge", (), WEBHOOK, "How long alerts have waited to be taken by the webhook; 0 while none do."),
    "levibot_webhook_attempts_total": Described(
        "counter", ("outcome",), WEBHOOK, "Attempts to post alerts, by outcome."),
    "levibot_webhook_alerts_total": Described("counter", (), WEBHOOK, "Alerts that the webhook has taken."),
}  # fmt: skip
