"""What is measured, and which rules hold: from the records of closed seconds to samples and firings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from models.guard.board import Board
from models.guard.desks import Desks
from models.guard.inputs import SLO, Told
from models.guard.measured.account import Account
from models.guard.measured.breakers import breakers
from models.guard.measured.incidents import Incidents
from models.guard.measured.monitors import Monitors
from models.guard.measured.run import RunFigures
from models.guard.measured.symbols import Symbols
from models.guard.spec import GuardSpec
from models.guard.waiting import of_topic
from models.rules.evaluate import Firing, Rules, Sample
from models.rules.metrics import scope_key
from models.rules.rule import Rule
from models.slo.windows import Windows


class Watching:
    """The measurements and the state of the rules; which rules are in force may change with the profile."""

    def __init__(
        self, spec: GuardSpec, rules: tuple[Rule, ...], saved: Mapping[str, Any] | None = None
    ) -> None:
        saved = saved or {}
        self._rules = Rules(rules, saved.get("rules"))
        self._monitors = Monitors(spec.least_n_eff, saved.get("monitors"))
        self._symbols = Symbols(saved.get("symbols"))
        self._windows = Windows(saved.get("windows"))
        self.account = Account(saved.get("account"))
        self.incidents = Incidents(saved.get("incidents"))
        self.run = RunFigures(saved.get("run"))
        self.board = Board(saved.get("board"))

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        return {
            "rules": self._rules.snapshot(),
            "monitors": self._monitors.snapshot(),
            "symbols": self._symbols.snapshot(),
            "windows": self._windows.snapshot(),
            "account": self.account.snapshot(),
            "incidents": self.incidents.snapshot(),
            "run": self.run.snapshot(),
            "board": self.board.snapshot(),
        }

    def enforce(self, rules: tuple[Rule, ...]) -> None:
        """Put other rules in force; one that stays goes on where it stands."""
        self._rules = Rules(rules, self._rules.snapshot())

    def begin_phase(self, second: int) -> None:
        """Count anew what is counted by the phase."""
        self._monitors.forget_critical()
        self.account.begin()
        self.run.begin_phase(second, self._errors(second))

    def begin_run(self) -> None:
        """Count anew what is counted by the run."""
        self.incidents.begin_run()
        self.run.begin_run()

    def step(
        self,
        second: int,
        found: Sequence[Told],
        more: Sequence[Sample],
        desks: Desks,
        shards: Mapping[int, str],
    ) -> list[Firing]:
        """Take in the records of the seconds up to one, and return which rules begin or cease to hold."""
        gone = self._symbols.take(found)
        self.account.take(found, desks.desk.canary_symbols if desks.desk.canary else None)
        for told in of_topic(found, SLO):
            self._windows.take(told.body)
        self.run.take(found)
        samples = [
            *self._monitors.take(found),
            *breakers(found),
            *self._symbols.samples(second, shards),
            *self._windows.samples(second),
            *self.account.samples(),
            *self.incidents.samples(second),
            *more,
        ]
        self.board.put(second, samples)
        figures = self.run.samples(second, self._errors(second))
        samples += figures
        self.board.put(second, figures)
        firings = self._rules.step(second, samples)
        for name in gone:
            firings += self._rules.forget(second, scope_key("symbol", name))
        self.incidents.take(second, firings, self._rules.open())
        return firings

    def _errors(self, second: int) -> float | None:
        """Return the present share of errors."""
        return next((s.value for s in self.board.of("errors.rate", "all", second)), None)

    def firing(self) -> list[dict[str, Any]]:
        """Return what has fired and not resolved, as it is shown."""
        return [
            {"rule": rule.name, "severity": rule.severity, "scope": key, "since": episode.since,
             "value": episode.evidence.value}
            for rule, key, episode in self._rules.open()
        ]  # fmt: skip
