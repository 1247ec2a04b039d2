"""One step as it unfolds: the state so far, and the transitions told of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.rollout.plan import Checked, Phase, Plan
from models.rollout.standing import numbers, phase_of, place_of
from models.rollout.state import State
from models.rollout.transition import Kind, Transition, Want


class Course:
    """The state of a step, and what has been told so far; each telling moves on to a new state."""

    def __init__(self, plan: Plan, state: State) -> None:
        self.plan = plan
        self.state = state
        self.told: list[Transition] = []

    @property
    def phase(self) -> Phase:
        """Return the phase that the run is in; of one that is watched, the last."""
        return phase_of(self.plan, self.state)

    def tell(
        self,
        event: Kind,
        reason: str,
        new: State | None = None,
        *,
        wants: tuple[Want, ...] = (),
        checks: tuple[Checked, ...] = (),
        figures: Mapping[str, Any] | None = None,
    ) -> None:
        """Move on to ``new`` (None: stay) and tell of it; ``figures`` are those before unless given."""
        old, self.state = self.state, new or self.state
        self.told.append(
            Transition(
                second=self.state.second,
                event=event,
                run=self.state.run,
                model=self.state.model,
                was=place_of(self.plan, old),
                now=place_of(self.plan, self.state),
                reason=reason,
                numbers=numbers(self.plan, old) if figures is None else figures,
                checks=checks,
                wants=wants,
            )
        )

    def refuse(self, why: str) -> None:
        """Tell that a wish is not granted, and what to do instead."""
        self.tell("refused", why)
