"""What one look gives rise to, as it is gathered."""

from __future__ import annotations

from dataclasses import dataclass, field

from models.control.commands import Command
from models.guard.notes import Note, Now
from models.rules.evaluate import Sample


@dataclass(slots=True)
class Work:
    """When it is told, what is told, and what is ordered."""

    now: Now
    notes: list[Note] = field(default_factory=list)
    orders: list[Command] = field(default_factory=list)
    measured: list[tuple[int, list[Sample]]] = field(default_factory=list)  # by second, of all together
