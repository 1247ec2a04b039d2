"""What an export can meet."""

from __future__ import annotations


class ExportError(RuntimeError):
    """The export cannot go on; the message says what to do."""
