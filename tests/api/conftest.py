"""A running API: a real server on a real port, over a real Redis, told the time by the test."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import httpx
import pytest
from one_shard import until
from running_api import NOW, Api

from api.server import address, listen, server
from connectors.embedded import EmbeddedRedis
from connectors.redis.connection import connect


@pytest.fixture(scope="module")
def running() -> Iterator[Api]:
    """One API for all tests of a module."""
    with EmbeddedRedis() as redis:
        api = Api(redis)
        socket = listen("127.0.0.1", 0)
        serving = server(api.app)
        thread = threading.Thread(target=serving.run, kwargs={"sockets": [socket]})
        thread.start()
        until(lambda: serving.started)
        with httpx.Client(base_url=address(socket), timeout=10) as api.client:
            yield api
        serving.should_exit = True
        thread.join()
        api.reader.close()


@pytest.fixture
def api(running: Api) -> Api:
    """The API before anything was published."""
    running.now = NOW
    with connect(running.redis.url, 1.0) as client:
        client.flushall()
    return running


@pytest.fixture
def api_without_redis(api: Api) -> Iterator[Api]:
    """The API while its Redis hangs."""
    api.redis.pause()
    yield api
    api.redis.resume()
