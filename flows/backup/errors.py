"""What a backup can meet."""

from __future__ import annotations


class BackupError(RuntimeError):
    """A backup cannot be made or put back; the message says what to do."""
