"""What can go wrong with a service of our own: one exception, whose message says what to do."""

from __future__ import annotations


class EmbeddedError(RuntimeError):
    """A service this product starts for itself could not be started, or did not do what it was told."""
