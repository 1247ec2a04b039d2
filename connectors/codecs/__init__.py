"""Tick codecs: what a producer put on a tick topic, read as the columns of ``models.ticks``.

Each exchange is one module that says which JSON objects are its messages and which trades they carry. A
record may hold one message, a JSON array of messages, or one message a line. ``Decoder`` is the only entry.
"""

from __future__ import annotations

from connectors.codecs.decode import CODECS, Decoder

__all__ = ["CODECS", "Decoder"]
