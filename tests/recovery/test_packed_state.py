"""Snapshots as bytes: what goes in comes out, to the bit, and nothing else is read."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from connectors.recovery.errors import RecoveryError
from connectors.recovery.state import pack, unpack

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
dtypes = st.sampled_from(["i8", "f8", "?", "u2", "<U5"]).map(np.dtype)


@given(plain)
def test_plain_data_comes_back_as_it_was(value: object) -> None:
    """Tuples alone become lists."""
    assert unpack(pack({"it": value})) == {"it": value}


@given(dtypes.flatmap(lambda dtype: arrays.arrays(dtype, arrays.array_shapes(min_side=0))))
def test_arrays_keep_type_shape_and_every_bit(array: np.ndarray) -> None:
    """NaN payloads and negative zeros among them; the copy can be written to."""
    back = unpack(pack(array))
    assert (back.dtype, back.shape, back.tobytes()) == (array.dtype, array.shape, array.tobytes())
    assert back.flags.writeable and back.flags.c_contiguous


def test_a_transposed_array_keeps_its_meaning() -> None:
    """What is stored is the values in order, not the memory."""
    array = np.arange(6).reshape(2, 3).T
    assert unpack(pack(array)).tolist() == array.tolist()


@pytest.mark.parametrize("strange", [object(), np.array([object()]), np.int64(3), math.isnan])
def test_what_is_no_plain_data_is_refused(strange: object) -> None:
    """At the time of the snapshot, not at the restart that needs it."""
    with pytest.raises(TypeError):
        pack({"it": strange})


@pytest.mark.parametrize("data", [b"", b"\x00garbage", msgspec.msgpack.encode(3), pack({"a": 1})[:-1]])
def test_bytes_that_are_no_snapshot_are_refused_with_what_to_do(data: bytes) -> None:
    """One error, whatever is wrong with them."""
    with pytest.raises(RecoveryError, match="levibot recover reset"):
        unpack(data)


def test_another_format_is_refused() -> None:
    """A later version may have changed the shape of every state."""
    with pytest.raises(RecoveryError, match="format 0 instead of 2"):
        unpack(msgspec.msgpack.encode((0, {})))
