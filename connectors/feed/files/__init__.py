"""Recorded captures of every known format, recognised by their content."""

from connectors.feed.files.capture import Capture
from connectors.feed.files.recorded import Item, Recorded

__all__ = ["Capture", "Item", "Recorded"]
