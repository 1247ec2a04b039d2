"""Where metrics are read; what several of them need is read once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self, TypeVar, cast

from connectors.kafka.monitor_log import newest, since
from connectors.kafka.topics import existing, output
from connectors.redis.reader import RedisDownError
from flows.checks.ground import Ground
from models.guard.records import ROLLOUT
from models.judge.records import CALIBRATION, DRIFT
from models.profiles.profile import Profile
from models.slo.body import SLO

Plain = dict[str, Any]
_T = TypeVar("_T")

HOUR_S = 3_600.0
PRESENT_S = 4_500.0
MOST = 2_000


class Where:
    """The topics and the view, each read once when it is first asked for; raises as its reader does."""

    def __init__(self, ground: Ground, profile: Profile) -> None:
        self.ground = ground
        self.profile = profile
        self._known: dict[str, Any] = {}

    @property
    def shards(self) -> dict[str, Plain]:
        """Every shard that shows a view, symbols included."""
        return self._once("shards", self._shown)

    @property
    def model(self) -> str:
        """The reference of the model that the profile is about, empty where shards differ or have none."""
        field = "challenger" if self.profile.plan.of == "challenger" else "model"
        found = {str(head["desk"].get(field) or "") for head in self.shards.values()}
        return found.pop() if len(found) == 1 else ""

    @property
    def calibration(self) -> list[Plain]:
        """The calibration of the present."""
        return self._once("calibration", lambda: self._since(CALIBRATION, PRESENT_S))

    @property
    def drift(self) -> list[Plain]:
        """The drift of the present."""
        return self._once("drift", lambda: self._since(DRIFT, PRESENT_S))

    @property
    def load(self) -> list[Plain]:
        """What every source told of its service in the last hour."""
        return self._once("load", lambda: self._since(SLO, HOUR_S))

    @property
    def guard(self) -> Plain | None:
        """What the guard shows, None where there is none."""
        return self._once("guard", self.ground.guard)

    @property
    def moves(self) -> list[Plain]:
        """What the guard last told of rollouts by this profile, in order."""
        return self._once("moves", self._moves)

    def known(self, **found: Any) -> Self:
        """Take what was read already, by the names of the properties."""
        self._known |= found
        return self

    def _once(self, name: str, read: Callable[[], _T]) -> _T:
        """Return what is known, reading it at most once: also that it cannot be read is known then."""
        if name not in self._known:
            try:
                self._known[name] = read()
            except (OSError, RuntimeError, RedisDownError) as error:
                self._known[name] = error
        found = self._known[name]
        if isinstance(found, Exception):
            raise found
        return cast(_T, found)

    def _shown(self) -> dict[str, Plain]:
        return {key: head for key, head in self.ground.shards().items() if not head["gone"]}

    def _moves(self) -> list[Plain]:
        if not self._has(ROLLOUT):
            return []
        found = newest(self.ground.settings, ROLLOUT, MOST, self._ours, lambda _: None)
        return sorted(filter(self._ours, found), key=_ordinal)

    def _ours(self, body: Plain) -> bool:
        return bool(body["profile"] == self.profile.name)

    def _since(self, topic: str, seconds: float) -> list[Plain]:
        # asked first, and once for all topics: without a broker each reader would wait for it
        self._has(topic)
        return list(since(self.ground.settings, topic, seconds, lambda _: None))

    def _has(self, topic: str) -> bool:
        config, wait_s = self.ground.settings, self.ground.timeout_s
        there = self._once("topics", lambda: existing(config.kafka_bootstrap, wait_s))
        return output(topic, config) in there


def _ordinal(body: Plain) -> int:
    return int(body["ordinal"])
