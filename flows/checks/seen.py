"""What a look at one thing has found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple, get_args

State = Literal["passed", "failed", "manual", "unknown"]
STATES: tuple[State, ...] = get_args(State)


class Seen(NamedTuple):
    """The state of a thing, what was seen of it, and what to do; ``unknown``: it could not be looked at."""

    state: State
    evidence: str
    do: str = ""


class Looked(NamedTuple):
    """One line of a checklist; ``requirement`` is the row it answers to."""

    item: str
    state: State
    evidence: str
    do: str
    requirement: str
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """Return it JSON-ready."""
        return self._asdict()


def passed(evidence: str) -> Seen:
    """Return that all is well."""
    return Seen("passed", evidence)


def failed(evidence: str, do: str) -> Seen:
    """Return that something is wrong, and what mends it."""
    return Seen("failed", evidence, do)


def unknown(evidence: str, do: str = "") -> Seen:
    """Return that it could not be looked at, and what would make it possible."""
    return Seen("unknown", evidence, do)


def manual(meaning: str) -> Seen:
    """Return that a person has to look."""
    return Seen("manual", meaning)


def exit_code(states: Iterable[State]) -> int:
    """Return 1 where something failed, else 2 where something could not be looked at, else 0."""
    found = set(states)
    return 1 if "failed" in found else 2 if "unknown" in found else 0
