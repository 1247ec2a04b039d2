"""How many examples the property tests try: few and always the same ones, or many and new ones.

``LEVIBOT_HYPOTHESIS=deep pytest tests/laws --timeout 0`` tries fifty times as many, from a new seed
each time.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

_COMMON = settings(
    deadline=None,
    phases=[phase for phase in Phase if phase is not Phase.explain],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

settings.register_profile("ci", _COMMON, max_examples=20, derandomize=True, database=None)
settings.register_profile("deep", _COMMON, max_examples=1_000)

PROFILE = settings.get_profile(os.environ.get("LEVIBOT_HYPOTHESIS", "ci"))


def examples(share: float = 1.0) -> settings:
    """Return the chosen profile's settings with this share of its examples, as a test's decorator."""
    return settings(PROFILE, max_examples=max(1, round(PROFILE.max_examples * share)))
