"""What can be wrong with a recording."""

from __future__ import annotations


class RecordingError(RuntimeError):
    """A run cannot be recorded, or a recording cannot be used; the message says why and what to do."""
