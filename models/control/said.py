"""What a refused record says of itself, fit for an audit: plain, short, and without signatures or secrets.

Anybody who may write to the control topic chooses these words, so they are cut, and nothing is believed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

WORD, TEXT, MOST_ARGS = 80, 300, 16
"""The longest word and text, in characters, and how many arguments are kept."""
HIDDEN = "(hidden)"
SHORTEST_SECRET = 8
"""Shorter words are not looked for: a forger could blot out whole sentences with them."""

_WORDS = ("id", "actor", "role", "cmd", "scope")
_LARGEST = 2**63


def said(raw: Any, hidden: Sequence[str] = ()) -> dict[str, Any]:
    """Return who a decoded record claims to be from and what it asks for, as far as that is plain.

    Fields of another type than a command's are left out; so is the signature. ``hidden`` are words that must
    not be told wherever they stand: the secret, and what stood in place of the signature.
    """
    if not isinstance(raw, Mapping):
        return {}
    told: dict[str, Any] = {
        name: shown(raw[name], hidden, WORD) for name in _WORDS if isinstance(raw.get(name), str)
    }
    if type(raw.get("n")) is int and abs(raw["n"]) < _LARGEST:
        told["n"] = raw["n"]
    args = raw.get("args")
    return told | {"args": _args(args, hidden)} if isinstance(args, Mapping) else told


def shown(text: str, hidden: Sequence[str] = (), longest: int = TEXT) -> str:
    """Return a text in which nothing hidden is left, cut at ``longest`` characters."""
    for word in hidden:
        if len(word) >= SHORTEST_SECRET:
            text = text.replace(word, HIDDEN)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _args(args: Mapping[str, Any], hidden: Sequence[str]) -> dict[str, Any]:
    kept = list(args.items())[:MOST_ARGS]
    return {shown(str(name), hidden, WORD): _plain(value, hidden) for name, value in kept}


def _plain(value: Any, hidden: Sequence[str]) -> Any:
    if isinstance(value, str):
        return shown(value, hidden, WORD)
    if isinstance(value, bool) or value is None or isinstance(value, float):
        return value
    if isinstance(value, int):
        return value if abs(value) < _LARGEST else "…"
    return "…"  # lists and objects of strangers are not worth their length
