"""``SHA256SUMS``: the digests of a bundle's files, in the form that ``sha256sum --check`` reads.

The digest of that text stands for the whole bundle: it is the SHA of a model reference ``NAME@SHA``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from models.bundle.errors import BundleError, Reason

SUMS = "SHA256SUMS"
Files = Mapping[str, bytes]
"""A bundle in memory: file name to content."""

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
"""File names of a bundle: no folders, nothing hidden."""
_LINE = re.compile(r"([0-9a-f]{64})  (\S+)")


def sums_text(files: Files) -> bytes:
    """Return the text for files, sorted by name; ``SHA256SUMS`` itself is left out."""
    lines = (f"{sha256(files[name])}  {name}\n" for name in sorted(files) if name != SUMS)
    return "".join(lines).encode()


def parse_sums(text: bytes) -> dict[str, str]:
    """Return file name to hex digest; raise ``BundleError`` for any other form than ours."""
    try:
        lines = text.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise _unreadable("it is no plain text") from error
    if lines[-1] != "" or len(lines) < 2:
        raise _unreadable("it is empty or cut off")
    found: dict[str, str] = {}
    for line in lines[:-1]:
        match = _LINE.fullmatch(line)
        if not match or not NAME.fullmatch(match[2]) or match[2] == SUMS:
            raise _unreadable(f"the line {line[:90]!r} is no digest with a file name")
        found[match[2]] = match[1]
    if list(found) != sorted(found) or len(found) != len(lines) - 1:
        raise _unreadable("its lines are not sorted by name, once each")
    return found


def digest_of(files: Files) -> str:
    """Return the bundle's own digest, the SHA-256 of its ``SHA256SUMS``."""
    if SUMS not in files:
        raise BundleError(Reason.MISSING, f"the bundle has no {SUMS}: restore it, or train again")
    return sha256(files[SUMS])


def check_sums(files: Files) -> None:
    """Raise ``BundleError`` unless the files are exactly those of ``SHA256SUMS``, byte for byte."""
    if SUMS not in files:
        raise BundleError(Reason.MISSING, f"the bundle has no {SUMS}: restore it, or train again")
    listed = parse_sums(files[SUMS])
    present = set(files) - {SUMS}
    if present != listed.keys():
        missing, foreign = sorted(listed.keys() - present), sorted(present - listed.keys())
        raise BundleError(
            Reason.MISSING,
            f"files and {SUMS} differ: missing {missing or 'none'}, not listed {foreign or 'none'}; "
            "restore the folder as it was published",
        )
    changed = [name for name, digest in listed.items() if sha256(files[name]) != digest]
    if changed:
        raise BundleError(
            Reason.HASH, f"{', '.join(changed)}: not the bytes that {SUMS} names; restore the published files"
        )


def sha256(content: bytes) -> str:
    """Return the SHA-256 of bytes, 64 hex digits."""
    return hashlib.sha256(content).hexdigest()


def _unreadable(why: str) -> BundleError:
    return BundleError(Reason.SUMS, f"{SUMS} cannot be used: {why}; restore the published file")
