"""One trouble while it lasts and afterwards: what was told since it began, and when all is well."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from flows.error_drill import judging
from flows.error_drill.ground import Ground
from flows.error_drill.heard import Note
from flows.error_drill.result import WITHIN_S, Drill, Sight
from models.guard.records import ALERTS
from models.judge.records import SIGNALS

OWN = "every symbol's signal is the selected model's own again"
FIRING = "firing"


def now_ms() -> int:
    """Return the clock that the broker stamps its records with; all is on one machine."""
    return time.time_ns() // 1_000_000


class Trial:
    """Begins when it is made; ``over`` ends the trouble. Times are the broker's, ms."""

    def __init__(self, ground: Ground, began: int | None = None) -> None:
        self.ground = ground
        self.began = self.ended = now_ms() if began is None else began

    def lasts(self, seconds: float) -> None:
        """Let the trouble last until so long after its beginning, and listen meanwhile."""
        end = self.began + seconds * 1_000
        self.ground.heard.until(lambda: now_ms() >= end, seconds + 1)

    def over(self, ended: int | None = None) -> None:
        """End the trouble, now if no time is given."""
        self.ended = now_ms() if ended is None else ended

    def told(self, topic: str) -> list[Note]:
        """Return what was told on a topic since the beginning, in the order of time."""
        return self.ground.heard.since(topic, self.began)

    def own_again(self, *, trading: bool = False) -> int | None:
        """Return when the last symbol had its model's own answer again, None before that."""
        self.ground.look_after()
        after = self.ground.heard.since(SIGNALS, self.ended)
        return judging.own_again(after, self.ground.market.symbols, self.ended, trading=trading)

    def well(self, normal: Callable[[], int | None]) -> float | None:
        """Wait until all is well and stays so; return how long after the end, s, None: not in time."""
        heard, deadline = self.ground.heard, time.monotonic() + WITHIN_S
        while heard.until(lambda: normal() is not None, deadline - time.monotonic()):
            heard.until(lambda: False, self.ground.plan.settle_s)
            found = normal()
            if found is not None:
                self._resolved()
                return max(0, found - self.ended) / 1_000
        return None

    def _resolved(self) -> None:
        """Give the guard time to tell that it is over; a rule over an hour goes on firing."""
        waits = self.ground.plan.resolved_s

        def quiet() -> bool:
            return not any(not rule.startswith("dlq") for rule in judging.still(self.told(ALERTS)))

        self.ground.heard.until(quiet, waits)

    def sights(self, kinds: Mapping[str, Sequence[Note]]) -> tuple[Sight, ...]:
        """Return the first of each kind, in order of time, the guard's alerts among them."""
        alerts = [note for note in self.told(ALERTS) if note.body["event"] == FIRING]
        found = {what: notes[0].ms for what, notes in {**kinds, "alert": alerts}.items() if notes}
        ordered = sorted(found.items(), key=lambda one: one[1])
        return tuple(Sight(what, (ms - self.began) / 1_000) for what, ms in ordered)

    def drill(
        self, name: str, injected: str, mttr_s: float | None, normal: str, sights: tuple[Sight, ...],
        figures: Mapping[str, object], *wrong: tuple[bool, str],
    ) -> Drill:  # fmt: skip
        """Return what it came to; of ``wrong``, what is true counts."""
        alerts = self.told(ALERTS)
        return Drill(
            name=name,
            injected=injected,
            lasted_s=(self.ended - self.began) / 1_000,
            sights=sights,
            figures=figures,
            mttr_s=mttr_s,
            normal=normal,
            wrong=tuple(words for holds, words in wrong if holds),
            alerts=tuple(judging.fired(alerts)),
            firing=tuple(judging.still(alerts)),
        )
