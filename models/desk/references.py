"""How a model is named in commands, on the desk and in the journal.

A built-in model by its name; a trained one by ``NAME@SHA256``, the digest of its bundle, so that every shard
takes the very same bytes and a bundle that was changed on disk is another model.
"""

from __future__ import annotations

import re

SLOTS = ("deep",)
"""Models that may come; they can be named, and are not available."""

_BUNDLE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}@[0-9a-f]{64}")


def is_bundle(reference: str) -> bool:
    """Return whether a reference is that of a bundle."""
    return bool(_BUNDLE.fullmatch(reference))


def name_of(reference: str) -> str:
    """Return the model's name without the digest of its bundle."""
    return reference.partition("@")[0]
