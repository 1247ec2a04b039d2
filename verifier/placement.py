"""Where Kafka's default partitioner puts a keyed record: MurmurHash2 of the key, made positive, modulo."""

from __future__ import annotations

_MULTIPLIER, _SEED = 0x5BD1E995, 0x9747B28C


def partition_of(key: str, partitions: int) -> int:
    """Return the partition of a record with this key."""
    data = key.encode()
    state = _SEED ^ len(data)
    end = len(data) // 4 * 4
    for start in range(0, end, 4):
        word = _times(int.from_bytes(data[start : start + 4], "little"))
        state = _times(state) ^ _times(word ^ word >> 24)
    if data[end:]:
        state = _times(state ^ int.from_bytes(data[end:], "little"))
    state = _times(state ^ state >> 13)
    return ((state ^ state >> 15) & 0x7FFFFFFF) % partitions


def _times(number: int) -> int:
    return number * _MULTIPLIER % 2**32
