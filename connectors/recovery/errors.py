"""What can be wrong with a recovery folder."""

from __future__ import annotations


class RecoveryError(RuntimeError):
    """A recovery folder cannot be used as it is; the message says what to do."""
