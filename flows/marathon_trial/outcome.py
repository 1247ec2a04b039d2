"""What came of a run against what should have: each thing that is looked at, and whether it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from flows.marathon_trial.evidence import Figures
from flows.marathon_trial.run import Ran
from models.guard.records import AUDIT, ROLLOUT
from models.spec import SECOND

STEPS = ("started", "entered", "promoted", "rolled_back", "finished")
"""Events of a run that move it, or its bundle."""
ORDERS = ("rollout", "model.promote", "rollback")
ECE_WITHIN = 0.005
"""The monitors publish every five minutes, so a figure of theirs is that much older than the decision."""
MINUTES_WITHIN = 0.02


class Looked(NamedTuple):
    """One thing that was looked at."""

    what: str
    wanted: str
    found: str
    holds: bool


class Outcome(NamedTuple):
    """A run, judged."""

    ran: Ran
    figures: Figures
    looked: tuple[Looked, ...]

    @property
    def holds(self) -> bool:
        """Return whether all is as it should be."""
        return all(one.holds for one in self.looked)

    def as_dict(self) -> dict[str, Any]:
        """Return plain data."""
        ran = self.ran
        return {
            "case": ran.case.name,
            "holds": self.holds,
            "challenger": ran.challenger,
            "looked_at": [one._asdict() for one in self.looked],
            "figures": self.figures._asdict(),
            "decisions": decisions(ran),
            "transitions": [
                {name: body[name] for name in ("ts", "event", "from", "to", "phase", "reason", "ordinal")}
                for body in ran.records[ROLLOUT]
                if body["event"] != "check"
            ],
            "checks": len(checks(ran)),
            "ticks": ran.ticks,
            "seconds": round(ran.seconds, 1),
        }


def decisions(ran: Ran) -> list[dict[str, Any]]:
    """Return the decision records of the run, in order."""
    return [dict(body["numbers"]) for body in ran.records[ROLLOUT] if body["event"] == "decision"]


def checks(ran: Ran) -> list[Mapping[str, Any]]:
    """Return the checks of the run, in order."""
    return [body for body in ran.records[ROLLOUT] if body["event"] == "check"]


def judged(ran: Ran) -> tuple[int, int]:
    """Return the seconds at which the run began and was checked last."""
    began = [body["ts"] // SECOND for body in ran.records[ROLLOUT] if body["event"] == "started"]
    return began[0], max([*began, *(body["ts"] // SECOND for body in checks(ran))])


def outcome(ran: Ran, figures: Figures) -> Outcome:
    """Judge a run; ``figures`` are those worked out anew at its last check."""
    return Outcome(ran, figures, tuple(_looked(ran, figures)))


def _looked(ran: Ran, figures: Figures) -> Iterator[Looked]:
    case = ran.case
    found = [one["decision"] for one in decisions(ran)]
    yield _same("the last decision", case.decision, found[-1] if found else "none")
    yield _same("the steps of the run", _steps(case.ends), _told(ran))
    yield _same("what the guard ordered", _ordered(case.ends), _given(ran))
    yield _same(
        "the model in use afterwards",
        ran.challenger if case.ends == "promoted" else ran.case.incumbent,
        ran.desk["model"],
    )
    yield from _numbering(ran)
    yield from _evidence(ran, figures)
    if case.ends == "rolled_back":
        wanted = f"bundle '{ran.challenger}' was rolled back"
        yield Looked("a second start", wanted, ran.second_start, ran.second_start.startswith(wanted))


def _same(what: str, wanted: str, found: str) -> Looked:
    return Looked(what, wanted, found, wanted == found)


def _steps(ends: str) -> str:
    return ", ".join(one for one in ("started", ends) if one)


def _told(ran: Ran) -> str:
    return ", ".join(body["event"] for body in ran.records[ROLLOUT] if body["event"] in STEPS)


def _ordered(ends: str) -> str:
    last = {"promoted": "model.promote", "rolled_back": "rollback"}.get(ends, "")
    return ", ".join(one for one in ("rollout", last) if one)


def _given(ran: Ran) -> str:
    return ", ".join(
        body["cmd"]
        for body in ran.records[AUDIT]
        if body["accepted"] and body["role"] == "guard" and body["cmd"] in ORDERS
    )


def _numbering(ran: Ran) -> Iterator[Looked]:
    for topic, bodies in ran.records.items():
        gaps = sum(body["ordinal"] != place for place, body in enumerate(bodies))
        yield Looked(
            f"numbers on {topic}", "contiguous", f"{len(bodies)} records, {gaps} out of place", not gaps
        )
    twice = sum(count - 1 for count in Counter(body["ts"] for body in checks(ran)).values())
    yield Looked("checks of one second", "once", f"{twice} twice", not twice)


def _evidence(ran: Ran, figures: Figures) -> Iterator[Looked]:
    """Compare the last check with what the signals say."""
    if not checks(ran):
        yield Looked("checks", "some", "none", holds=False)
        return
    last = checks(ran)[-1]
    found = {one["criterion"]: one for one in last["checks"]}
    ece, samples = found["ece"]["value"], last["numbers"]["samples"]
    if ece is not None:
        near = abs(ece - figures.ece) <= ECE_WITHIN
        yield Looked(
            "calibration error", f"{figures.ece:.4f} ({figures.outcomes:,} outcomes)", f"{ece:.4f}", near
        )
    near = abs(samples - figures.minutes) <= max(2, MINUTES_WITHIN * figures.minutes)
    yield Looked("effective outcomes", str(figures.minutes), str(samples), near)
