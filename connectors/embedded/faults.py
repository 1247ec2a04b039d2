"""Faults a test can put into the embedded broker: refused requests, no broker at all, a slow network."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

from connectors.embedded.errors import EmbeddedError
from connectors.embedded.librdkafka import Pointer

BROKER = 1
"""Id of the only broker of the mock cluster."""

APIS = {
    "produce": 0,
    "fetch": 1,
    "list_offsets": 2,
    "metadata": 3,
    "offset_commit": 8,
    "offset_fetch": 9,
    "find_coordinator": 10,
    "join_group": 11,
    "heartbeat": 12,
    "sync_group": 14,
    "init_producer_id": 22,
}
"""Kafka's request types by name, as its protocol numbers them."""


class Faults:
    """The faults of one mock cluster, given the library and the cluster's handle."""

    def __init__(self, library: ctypes.CDLL, cluster: Pointer) -> None:
        self._library = library
        self._cluster = cluster

    def errors(self, api: str, codes: Sequence[int]) -> None:
        """Answer the next ``len(codes)`` requests of ``api`` with these Kafka error codes, in order.

        Code 0 lets one request pass; 7 is REQUEST_TIMED_OUT, 6 NOT_LEADER_OR_FOLLOWER.
        """
        if api not in APIS:
            raise EmbeddedError(f"unknown request type {api!r}; known: {', '.join(APIS)}")
        array = (ctypes.c_int * len(codes))(*codes)
        self._library.rd_kafka_mock_push_request_errors_array(self._cluster, APIS[api], len(codes), array)

    def down(self) -> None:
        """Drop every connection and accept no new one; what is in the topics stays."""
        _check("down", self._library.rd_kafka_mock_broker_set_down(self._cluster, BROKER))

    def up(self) -> None:
        """Accept connections again."""
        _check("up", self._library.rd_kafka_mock_broker_set_up(self._cluster, BROKER))

    def rtt(self, ms: int) -> None:
        """Delay every answer by ``ms`` milliseconds."""
        _check("rtt", self._library.rd_kafka_mock_broker_set_rtt(self._cluster, BROKER, ms))


def _check(what: str, code: int) -> None:
    if code != 0:
        raise EmbeddedError(f"the mock broker refused {what!r} (librdkafka error {code})")
