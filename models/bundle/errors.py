"""Why a bundle is not used: one of few reasons, for counting, and a sentence, for people."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """The kind of a refusal; the ``reason`` label of metrics and records."""

    MISSING = "missing"
    """There is no such bundle, or a file of it is absent, foreign or no plain file."""
    SUMS = "sums"
    """SHA256SUMS cannot be read."""
    HASH = "hash"
    """Bytes are not those that the sums or the reference name."""
    REGISTRY = "registry"
    """The registry does not know the bundle, or knows it with another hash."""
    MANIFEST = "manifest"
    """bundle.json or golden.json is not of the form that is asked for."""
    SCHEMA = "schema"
    """It was made for other features or another horizon than this version computes."""
    GOLDEN = "golden"
    """It does not give the answers it gave when it was made."""
    CRASHED = "crashed"
    """The library died, or could not read the model."""
    TIMEOUT = "timeout"
    """Loading took too long."""
    LIBRARY = "library"
    """It needs another version of a library, or a type that is not known to be harmless."""


class BundleError(ValueError):
    """A bundle cannot be used as it is; the message says why and what to do."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
