"""Rules over samples: which begin to hold long enough, and which cease to. Pure, on log time."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, cast

from models.rules.episode import Episode, Evidence
from models.rules.metrics import scope_of
from models.rules.rule import Rule


class Sample(NamedTuple):
    """What a metric is now, for one scope key; it stands until the next of the two.

    ``value`` None (or NaN): there is nothing to be said. ``limit``: a rule holds only beyond it as well.
    """

    metric: str
    scope_key: str
    value: float | None
    limit: float | None = None
    n: int | None = None


class Firing(NamedTuple):
    """A rule began to hold for its time, or ceased to; once each an episode."""

    second: int
    kind: Literal["fired", "resolved"]
    rule: Rule
    scope_key: str
    since: int  # second at which it began to hold
    evidence: Evidence  # of ``fired``: the last while it held; of ``resolved``: the first that no longer did


class Rules:
    """The state of a set of rules; only what holds at present is kept.

    A rule fires at the second at which it has held for ``for``, even if no sample comes at that second, and
    resolves with the first sample by which it does not hold. A None does neither: a running ``for`` stops
    there and goes on where it stopped, if the next value holds.
    """

    def __init__(self, rules: Sequence[Rule], saved: Mapping[str, Any] | None = None) -> None:
        self._rules = tuple(rules)
        saved = saved or {}
        self._second: int | None = saved.get("second")
        self._episodes: list[dict[str, Episode]] = [
            {key: Episode.from_list(plain) for key, plain in _saved(saved, rule).items()} for rule in rules
        ]
        self._asked: dict[tuple[str, str], list[int]] = defaultdict(list)
        for place, rule in enumerate(self._rules):
            self._asked[rule.metric, rule.scope].append(place)

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data; a rule whose condition is another at the restart begins anew."""
        found = [
            {"name": rule.name, "condition": rule.condition, "keys": {k: e.as_list() for k, e in of.items()}}
            for rule, of in zip(self._rules, self._episodes, strict=True)
            if of
        ]
        return {"second": self._second, "rules": found}

    def step(self, second: int, samples: Iterable[Sample] = ()) -> list[Firing]:
        """Take in the samples of a second, in any order, and return what follows from them by then.

        Called at most once a second, in order, or ``ValueError``; seconds without samples may be left out.
        Firings are in the order of their seconds, then of the rules, then of the scope keys.
        """
        if self._second is not None and second <= self._second:
            raise ValueError(f"second {second} comes after {self._second}: rules are stepped once a second")
        self._second = second
        found = self._due(second)
        for key, group in _by_key(samples).items():
            for place in self._asked.get((key[0], scope_of(key[1])), ()):
                found += self._take(place, key[1], second, _worst(self._rules[place], group))
        found += self._due(second + 1)
        return self._ordered(found)

    def forget(self, second: int, scope_key: str) -> list[Firing]:
        """End the episodes of what is no more, such as an expired symbol, behind the step of that second."""
        return [
            Firing(second, "resolved", rule, scope_key, gone.since, gone.evidence)
            for rule, of in zip(self._rules, self._episodes, strict=True)
            if (gone := of.pop(scope_key, None)) is not None and gone.fired
        ]

    def open(self) -> list[tuple[Rule, str, Episode]]:
        """Return what has fired and not resolved, in the order of the rules, then of the scope keys."""
        pairs = zip(self._rules, self._episodes, strict=True)
        return [(rule, key, of[key]) for rule, of in pairs for key in sorted(of) if of[key].fired]

    def _due(self, before: int) -> list[Firing]:
        found = []
        for rule, of in zip(self._rules, self._episodes, strict=True):
            for key, episode in of.items():
                due = episode.reaches(before, rule.for_s)
                if due is not None:
                    episode.fired = True
                    found.append(Firing(due, "fired", rule, key, episode.since, episode.evidence))
        return found

    def _take(self, place: int, key: str, second: int, sample: Sample) -> list[Firing]:
        rule, episodes = self._rules[place], self._episodes[place]
        episode = episodes.get(key)
        if sample.value is None:
            if episode is not None:
                episode.go_on(second, known=False)
            return []
        evidence = Evidence(sample.value, sample.limit, sample.n)
        if not rule.holds(sample.value, sample.limit):
            ended = episodes.pop(key, None)
            told = ended is not None and ended.fired
            return [Firing(second, "resolved", rule, key, ended.since, evidence)] if ended and told else []
        if episode is None:
            episodes[key] = Episode(second, second, evidence)
        else:
            episode.go_on(second, known=True)
            episode.evidence = evidence
        return []

    def _ordered(self, found: list[Firing]) -> list[Firing]:
        place = {rule.name: i for i, rule in enumerate(self._rules)}
        return sorted(found, key=lambda f: (f.second, place[f.rule.name], f.scope_key))


def _by_key(samples: Iterable[Sample]) -> dict[tuple[str, str], list[Sample]]:
    found: dict[tuple[str, str], list[Sample]] = defaultdict(list)
    for sample in samples:
        nothing = sample.value is None or math.isnan(sample.value)
        found[sample.metric, sample.scope_key].append(sample._replace(value=None) if nothing else sample)
    return found


def _worst(rule: Rule, same: list[Sample]) -> Sample:
    """Return the worst of several samples of one second for a rule, so that their order says nothing."""
    if len(same) == 1:
        return same[0]
    sign = 1.0 if rule.rising else -1.0

    def badness(sample: Sample) -> tuple[float, ...]:
        value, limit = sample.value, sample.limit
        if value is None:
            return (False,)
        room = math.inf if limit is None else -sign * limit
        return True, rule.holds(value, limit), sign * value, room, -1 if sample.n is None else sample.n

    return max(same, key=badness)


def _saved(saved: Mapping[str, Any], rule: Rule) -> Mapping[str, list[Any]]:
    for old in saved.get("rules", ()):
        if (old["name"], old["condition"]) == (rule.name, rule.condition):
            return cast(Mapping[str, list[Any]], old["keys"])
    return {}
