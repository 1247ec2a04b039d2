"""What the guard does by itself: the rules that do more than alert."""

from __future__ import annotations

import logging
from functools import lru_cache
from pathlib import Path

from api.shown.freshness import Plain
from connectors.config_file import ConfigError
from models.rules.rule import duration

_LOG = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def reactions(rules: Path) -> list[Plain] | None:
    """Return the rules of the file, read once as the guard does; null where it cannot be read."""
    from connectors.rules_file import reactions as read  # noqa: PLC0415  only where it is asked for

    try:
        found = read(rules)
    except (ConfigError, OSError) as error:
        _LOG.warning("the rules cannot be shown: %s", error)
        return None
    return [
        {
            "rule": rule.name, "metric": rule.metric, "scope": rule.scope, "op": rule.op,
            "threshold": rule.value, "for": duration(rule.for_s), "actions": list(rule.actions),
            "runbook": rule.runbook,
        }
        for rule in found
        if set(rule.actions) != {"alert"}
    ]  # fmt: skip
