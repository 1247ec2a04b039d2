"""The pulse: API, Redis, every shard's heartbeat, and how far each is behind its log."""

from __future__ import annotations

from typing import Any

from connectors.kafka.inspection import tick_ends
from connectors.kafka.topics import existing
from connectors.redis.reader import RedisDownError
from flows.checks.ground import Ground
from flows.checks.seen import Seen, failed, passed, unknown
from flows.checks.site import SiteDownError

LAG_RECORDS = 10_000
"""Records behind the end of its log from which a shard is told to be behind, as ``levibot doctor`` has it."""
NS = 1e9


def api_answers(ground: Ground) -> Seen:
    """The API answers that all is well."""
    try:
        answer = ground.api.get("/healthz")
    except SiteDownError as error:
        return failed(str(error), "levibot api, or set API_HOST and API_PORT")
    if answer.status != 200:
        return failed(f"{ground.api.url}/healthz answers {answer.status}", "levibot doctor")
    found = answer.json
    told = f"{found['status']}, executor {found['executor']}, Redis {found['redis']}"
    return passed(told) if found["ok"] else failed(told, "levibot doctor")


def redis_answers(ground: Ground) -> Seen:
    """Redis answers with a view of this version."""
    try:
        heads = ground.heads()
    except RedisDownError as error:
        return failed(str(error), "start Redis, or set REDIS_URL; the flow goes on without")
    return passed(f"{len(heads)} shards")


def heartbeats(ground: Ground) -> Seen:
    """No shard is offline: each has published its view within OFFLINE_AFTER_S."""
    heads = ground.heads()
    if not heads:
        return failed("no shard has ever published a view", "levibot run signals")
    limit, now = ground.settings.offline_after_s, ground.clock()
    ages = {key: max(0.0, (now - head["written_at"]) / NS) for key, head in heads.items()}
    silent = [f"{key} for {age:.0f} s" for key, age in ages.items() if age > limit or heads[key]["gone"]]
    if silent:
        return failed(f"silent: {', '.join(silent)}", "levibot run signals; its log says why it ended")
    return passed(f"{len(heads)} shards, the oldest view {max(ages.values()):.1f} s old")


def lag(ground: Ground) -> Seen:
    """No shard is behind the end of its log by more than it takes in at a time."""
    heads = {key: head for key, head in ground.heads().items() if not head["gone"]}
    if not heads:
        return unknown("no shard shows how far it is", "levibot run signals")
    existing(ground.settings.kafka_bootstrap, ground.timeout_s)  # says in plain words that there is no broker
    ends = tick_ends(ground.settings, [_place(head) for head in heads.values()])
    behind = {key: max(0, ends[_place(head)] - head["offset"]) for key, head in heads.items()}
    worst = max(behind, key=behind.__getitem__)
    told = f"{worst} is {behind[worst]:,} records behind, no shard more"
    if behind[worst] > LAG_RECORDS:
        return failed(told, "is another process on this machine busy? levibot doctor")
    return passed(told)


def _place(head: dict[str, Any]) -> tuple[str, int]:
    return head["topic"], head["partition"]
