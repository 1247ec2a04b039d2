"""What keeps a signal from being explained."""

from __future__ import annotations


class ExplainError(RuntimeError):
    """There is no such signal, or not everything behind it is kept; the message says what there is."""
