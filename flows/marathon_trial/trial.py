"""The trial: cases one after another on one Kafka, each with a challenger of its own, each judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from flows.marathon_trial.cases import Case
from flows.marathon_trial.challengers import Challengers
from flows.marathon_trial.evidence import figures, said
from flows.marathon_trial.outcome import Outcome, judged, outcome
from flows.marathon_trial.place import Services
from flows.marathon_trial.run import ran

Told = Callable[[str, float, str], None]
"""Hears of which case, after how many hours of its market, and what is going on."""


def tried(services: Services, cases: Sequence[Case], hours: float, told: Told) -> Iterator[Outcome]:
    """Run the cases and yield what came of each."""
    challengers = Challengers(services.models)
    for number, case in enumerate(cases):
        told(case.name, 0.0, "training the challenger")
        reference = challengers.of(case)
        place = services.place(case.name, case.incumbent, number)

        def shown(passed: float, what: str, name: str = case.name) -> None:
            told(name, passed, what)

        done = ran(case, place, reference, hours, shown)
        yield outcome(done, figures(said(place.settings), *judged(done)))
