"""How two records differ, told by the first field that does."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from connectors.recording.compare import Comparison, difference_of
from connectors.recording.rows import Output

BODY: dict[str, Any] = {"id": "a", "price": 1.0, "caused_by": {"offset": 3, "seq": 1}, "parts": [0.1, 0.2]}


def record(ordinal: int = 0, body: dict[str, Any] | bytes = BODY, **other: Any) -> Output:
    """Return a signal."""
    value = body if isinstance(body, bytes) else orjson.dumps(body)
    return Output("signals", 2, ordinal, None, None, b"BTCUSDT", value, ())._replace(**other)


def test_offset_and_time_of_the_broker_are_no_difference() -> None:
    """A replay has neither."""
    assert difference_of(record(offset=7, ts_ms=9), record()) is None


@pytest.mark.parametrize(
    ("other", "field", "recorded", "replayed"),
    [
        (record(body=BODY | {"price": 2.0}), "price", "1.0", "2.0"),
        (record(body=BODY | {"price": 1}), "price", "1.0", "1"),
        (record(body=BODY | {"caused_by": {"offset": 3, "seq": 2}}), "caused_by.seq", "1", "2"),
        (record(body=BODY | {"parts": [0.1, 0.3]}), "parts[1]", "0.2", "0.3"),
        (record(body=BODY | {"parts": [0.1]}), "parts", "[0.1,0.2]", "[0.1]"),
        (record(body=BODY | {"more": None}), "more", "(absent)", "null"),
        (record(body={k: v for k, v in BODY.items() if k != "id"}), "id", '"a"', "(absent)"),
        (record(ordinal=1), "ordinal", "0", "1"),
        (record(key=b"ETHUSDT"), "key", "BTCUSDT", "ETHUSDT"),
        (record(key=None), "key", "BTCUSDT", "None"),
        (record(headers=(("reason", b"late"),)), "headers.reason", "None", "late"),
        (None, "record", orjson.dumps(BODY).decode(), "(none)"),
    ],
)
def test_the_first_field_that_differs_is_named(
    other: Output | None, field: str, recorded: str, replayed: str
) -> None:
    """With both its values."""
    found = difference_of(record(), other)
    assert found is not None
    assert found == ("signals", 2, 0, field, recorded, replayed)


def test_the_same_content_in_other_bytes_is_a_difference() -> None:
    """Byte for byte means that."""
    found = difference_of(record(body=b'{"a":1}'), record(body=b'{"a": 1}'))
    assert found is not None
    assert (found.field, found.recorded, found.replayed) == ("value, byte 5", '{"a":1}', '{"a": 1}')


def test_what_is_no_json_is_compared_as_bytes() -> None:
    """Dead letters carry whatever came; a null is not the empty value."""
    found = difference_of(record(body=b"\xff\x01"), record(body=b"\xff"))
    assert found is not None
    assert (found.field, found.recorded) == ("value, byte 1", "\ufffd\x01")
    assert difference_of(record(body=b""), record(value=None)) is not None


def compared(recorded: list[int], replayed: list[int]) -> tuple[int, int, int, int | None]:
    """Compare records with these ordinals; return recorded, replayed, equal, the first that differs."""
    comparison = Comparison(record(o, BODY | {"ordinal": o}) for o in recorded)
    for ordinal in replayed:
        comparison.put(record(ordinal, BODY | {"ordinal": ordinal}))
    comparison.close()
    first = comparison.first.ordinal if comparison.first else None
    return comparison.recorded, comparison.replayed, comparison.equal, first


@pytest.mark.parametrize(
    ("recorded", "replayed", "result"),
    [
        ([0, 1, 2], [0, 1, 2], (3, 3, 3, None)),
        ([0, 1], [0, 1, 2, 3], (2, 4, 2, None)),  # the run was cut
        ([2, 3], [0, 1, 2, 3], (2, 2, 2, None)),  # a window, or retention
        ([], [0, 1], (0, 2, 0, None)),
        ([0, 1, 2], [0, 1], (3, 2, 2, 2)),  # the replay ends too early
        ([0, 2], [0, 1, 2], (2, 3, 1, 2)),  # one was lost
        ([0, 1, 1, 2], [0, 1, 2], (4, 3, 2, 1)),  # one was published twice
        ([1, 0, 2], [0, 1, 2], (3, 2, 1, 0)),  # out of order
        ([5], [0, 1], (1, 0, 0, 5)),
    ],
)
def test_records_are_held_against_each_other_in_order(
    recorded: list[int], replayed: list[int], result: tuple[int, int, int, int | None]
) -> None:
    """Only a late begin and an early end are no difference."""
    assert compared(recorded, replayed) == result
