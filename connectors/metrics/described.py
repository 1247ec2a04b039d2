"""What a metric is: its type, its labels, the processes that have it, and what it means."""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["counter", "gauge", "histogram", "info"]
Process = Literal["signals", "paper", "guard", "api", "webhook"]

SIGNALS: tuple[Process, ...] = ("signals",)
PAPER: tuple[Process, ...] = ("paper",)
GUARD: tuple[Process, ...] = ("guard",)
API: tuple[Process, ...] = ("api",)
FLOWS: tuple[Process, ...] = ("signals", "paper", "guard")
WEBHOOK: tuple[Process, ...] = ("webhook",)
EVERY: tuple[Process, ...] = (*FLOWS, *API)


class Described(NamedTuple):
    """A metric under the name by which it is asked for; a histogram's series have the usual suffixes."""

    kind: Kind
    labels: tuple[str, ...]
    on: tuple[Process, ...]
    meaning: str
