"""A free port is one nobody listens on."""

from __future__ import annotations

import socket

import pytest

from connectors.embedded import free_port
from connectors.embedded.ports import LOOPBACK, SEARCHED


@pytest.fixture
def listener() -> socket.socket:
    """A socket that listens on some port of loopback."""
    with socket.create_server((LOOPBACK, 0)) as server:
        yield server


def test_a_free_port_is_given_as_preferred() -> None:
    """The preferred port is kept where it can be."""
    port = free_port()
    assert free_port(port) == port


def test_a_taken_port_gives_way(listener: socket.socket) -> None:
    """Where somebody listens, another port is found."""
    taken = listener.getsockname()[1]
    assert free_port(taken) != taken


def test_ports_are_searched_below_those_of_clients() -> None:
    """A port found by search is none the kernel hands to outgoing connections."""
    assert {free_port() in SEARCHED for _ in range(20)} == {True}
