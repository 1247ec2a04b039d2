"""What keeps a feed from running."""

from __future__ import annotations


class FeedError(RuntimeError):
    """A feed could not run; the message says what to do."""
