"""The state of a rollout machine: an immutable value, and its plain form for snapshots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from models.rollout.plan import Checked
from models.rollout.tally import Tally

Life = Literal["idle", "live", "rolled_back", "finished"]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where the run is, what it has shown, and which bundles have failed."""

    life: Life = "idle"
    run: str = ""
    model: str = ""
    hours: float | None = None
    second: int = 0  # of the last event
    checked: int = -1  # second of the last check
    at: int = 0  # index of the phase
    watching: bool = False  # the last phase is over
    served: int = 0  # seconds dwelt in the phase, up to the last check
    ran: int = 0  # seconds run since then
    until: int = 0  # dwell of the phase as extended, 0 for the plan's
    samples: int = 0
    approved: str = ""  # by whom
    paused: str = ""  # why
    suspended: str = ""  # why
    told: bool = False  # that the last phase needs longer than planned
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    results: tuple[Checked, ...] = ()  # of the last check in this phase
    failed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # second and reason by reference

    @property
    def live(self) -> bool:
        """Return whether a run is under way."""
        return self.life == "live"

    @property
    def counts_time(self) -> bool:
        """Return whether time that passes now is dwelt."""
        return self.live and not self.paused and not self.suspended

    def as_dict(self) -> dict[str, Any]:
        """Return plain data."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return plain | {
            "tallies": {name: list(tally) for name, tally in self.tallies.items()},
            "results": [list(one) for one in self.results],
            "failed": {reference: dict(what) for reference, what in self.failed.items()},
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> State:
        """Return the state that ``as_dict`` described."""
        held = {
            "tallies": {name: Tally(*counts) for name, counts in plain["tallies"].items()},
            "results": tuple(Checked(*one) for one in plain["results"]),
            "failed": {reference: dict(what) for reference, what in plain["failed"].items()},
        }
        return cls(**{**plain, **held})


def moved_to(state: State, second: int) -> State:
    """Return the state at a later second; ``ValueError`` where time runs backwards."""
    if second < state.second:
        raise ValueError(f"second {second} comes after {state.second}: event time runs forwards")
    return replace(state, second=second, ran=state.ran + state.counts_time * (second - state.second))


def fresh(state: State, **changes: Any) -> State:
    """Return the state as a phase begins with it: nothing dwelt, shown, approved or counted in a row yet."""
    new = replace(
        state, served=0, ran=0, until=0, samples=0, approved="", told=False, results=(),
        tallies={name: tally.afresh() for name, tally in state.tallies.items()},
    )  # fmt: skip
    return replace(new, **changes)
