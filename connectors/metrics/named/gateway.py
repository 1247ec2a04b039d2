"""The control gateway of the API; without one they stay 0."""

from __future__ import annotations

from connectors.metrics.described import API, Described

GATEWAY: dict[str, Described] = {
    "levibot_gateway_requests_total": Described(
        "counter", ("outcome",), API,
        "Requests that asked the gateway for something: `done`, `repeat`, `refused` (the caller must change "
        "something) or `failed` (allowed, and not done)."),
    "levibot_gateway_audit_lost_total": Described(
        "counter", (), API, "Records of the gateway that could not be written to AUDIT_FILE."),
    "levibot_gateway_acknowledgement_seconds": Described(
        "histogram", ("cmd",), API,
        "Seconds from a command's record on `control` to the last shard's journal entry of it, by the "
        "broker's clock; of a kill, how long until all shards held."),
}  # fmt: skip
