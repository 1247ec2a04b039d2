"""State of a stage as bytes and back: MessagePack of plain data and numpy arrays, with a version in front.

The engine stores what it is given with pickle; given bytes, nothing but bytes is ever unpickled.
"""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from connectors.recovery.errors import RecoveryError

FORMAT = 2
"""Raised whenever the state of any stage changes its shape; older snapshots are then rebuilt, not read."""

_ARRAY = 1


def pack(state: Any) -> bytes:
    """Return the bytes of plain data (None, bool, int, float, str, bytes, list, tuple, dict) and arrays.

    Raises ``TypeError`` for anything else, arrays of objects among it.
    """
    return _ENCODER.encode((FORMAT, state))


def unpack(data: bytes) -> Any:
    """Return what was packed, tuples as lists; raise ``RecoveryError`` where it is of another format."""
    try:
        found, state = _DECODER.decode(data)
    except (msgspec.DecodeError, TypeError, ValueError) as error:
        raise RecoveryError(f"a snapshot cannot be read ({error}): levibot recover reset") from error
    if found != FORMAT:
        raise RecoveryError(f"a snapshot has format {found} instead of {FORMAT}: levibot recover reset")
    return state


def _to_wire(value: Any) -> msgspec.msgpack.Ext:
    if not isinstance(value, np.ndarray) or value.dtype.hasobject:
        raise TypeError(f"no plain data: {type(value).__name__}")
    array = np.ascontiguousarray(value)
    head = msgspec.msgpack.encode((array.dtype.str, value.shape))
    return msgspec.msgpack.Ext(_ARRAY, len(head).to_bytes(2, "big") + head + array.tobytes())


def _from_wire(code: int, data: memoryview) -> Any:
    if code != _ARRAY:
        raise ValueError(f"unknown extension {code}")
    start = 2 + int.from_bytes(data[:2], "big")
    dtype, shape = msgspec.msgpack.decode(data[2:start])
    return np.frombuffer(data[start:], dtype=np.dtype(dtype)).reshape(shape).copy()


_ENCODER = msgspec.msgpack.Encoder(enc_hook=_to_wire)
_DECODER = msgspec.msgpack.Decoder(ext_hook=_from_wire)
