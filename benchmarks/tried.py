"""What was tried where a target is missed, by the start of the row's name; told only while it is missed."""

from __future__ import annotations

TRIED: dict[str, str] = {}
