"""The C functions of librdkafka's mock cluster, reached through the library inside the confluent-kafka wheel.

They have no Python interface and are not promised to stay, so each is looked up by name before use.
"""

from __future__ import annotations

import ctypes
from ctypes import POINTER, c_char_p, c_int, c_int16, c_int32, c_size_t, c_void_p
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from connectors.embedded.errors import EmbeddedError

NEEDED = "2.16"

SYMBOLS: dict[str, tuple[list[Any], Any]] = {
    "rd_kafka_conf_new": ([], c_void_p),
    "rd_kafka_conf_set": ([c_void_p, c_char_p, c_char_p, c_char_p, c_size_t], c_int),
    "rd_kafka_new": ([c_int, c_void_p, c_char_p, c_size_t], c_void_p),
    "rd_kafka_destroy": ([c_void_p], None),
    "rd_kafka_mock_cluster_new": ([c_void_p, c_int], c_void_p),
    "rd_kafka_mock_cluster_destroy": ([c_void_p], None),
    "rd_kafka_mock_cluster_bootstraps": ([c_void_p], c_char_p),
    "rd_kafka_mock_topic_create": ([c_void_p, c_char_p, c_int, c_int], c_int),
    "rd_kafka_mock_group_initial_rebalance_delay_ms": ([c_void_p, c_int32], None),
    "rd_kafka_mock_push_request_errors_array": ([c_void_p, c_int16, c_size_t, POINTER(c_int)], None),
    "rd_kafka_mock_broker_set_down": ([c_void_p, c_int32], c_int),
    "rd_kafka_mock_broker_set_up": ([c_void_p, c_int32], c_int),
    "rd_kafka_mock_broker_set_rtt": ([c_void_p, c_int32, c_int], c_int),
}
"""Name to (argument types, result type) of every function used."""

Pointer = int
"""An opaque handle of librdkafka."""


def load() -> ctypes.CDLL:
    """Return librdkafka with ``SYMBOLS`` declared; raise ``EmbeddedError`` naming what is missing."""
    library = ctypes.CDLL(str(_shared_object()))
    for name, (arguments, result) in SYMBOLS.items():
        try:
            function = getattr(library, name)
        except AttributeError as error:
            raise _unusable(f"lacks {name}") from error
        function.argtypes, function.restype = arguments, result
    return library


def _shared_object() -> Path:
    spec = find_spec("confluent_kafka")
    if spec is None or spec.origin is None:
        raise _unusable("is not installed")
    package = Path(spec.origin).parent
    for folder in (package.parent / "confluent_kafka.libs", package / ".dylibs"):  # Linux, macOS
        for found in sorted(folder.glob("librdkafka*")):
            return found
    raise _unusable("carries no librdkafka of its own (not installed from a wheel?)")


def _unusable(why: str) -> EmbeddedError:
    try:
        installed = version("confluent-kafka")
    except PackageNotFoundError:
        installed = "(none)"
    return EmbeddedError(
        f"the embedded broker needs the confluent-kafka wheel, version {NEEDED} or a later 2.x: "
        f"the installed one, {installed}, {why}. "
        f"Install it with: pip install --only-binary :all: 'confluent-kafka>={NEEDED},<3'; "
        "or point KAFKA_BOOTSTRAP at a real Apache Kafka."
    )
