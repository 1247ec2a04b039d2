"""Everything that shapes what the guard does, frozen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.desk.desk import Desk
from models.profiles.profile import Profile
from models.rules.rule import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardSpec:
    """Rules, profiles by name, and the desk that shards begin with."""

    rules: tuple[Rule, ...]
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    desk: Desk = field(default_factory=Desk)
    models: tuple[str, ...] = ()  # that can be named without a bundle
    horizon_s: int = 60
    max_age_s: float = 5.0  # of a trade at either end of a label
    least_n_eff: float = 60.0  # effective outcomes, below which a model's calibration is not judged
    look_every_s: int = 10  # event time between two looks at the rules
    silent_after_s: float = 10.0  # by the clock, before a shard counts as silent
    act: bool = True  # send commands; else only say what would be sent

    def fingerprint(self) -> str:
        """Return the SHA-256 of the canonical JSON of what decides, 64 hex digits; the desk is no part."""
        plain: dict[str, Any] = {
            "rules": [rule.as_dict() for rule in self.rules],
            "profiles": {name: _plain(profile) for name, profile in sorted(self.profiles.items())},
            "numbers": [
                self.horizon_s, self.max_age_s, self.least_n_eff, self.look_every_s, self.silent_after_s,
            ],
        }  # fmt: skip
        text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def _plain(profile: Profile) -> Any:
    return {
        "plan": profile.plan,
        "rules": [rule.as_dict() for rule in profile.rules],
        "verdict": dict(profile.verdict),
    }
