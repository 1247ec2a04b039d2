"""A running API: a real server on a real port, over a real Redis, told the time by the test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from running_api import NOW, Api, served

from connectors.embedded import EmbeddedRedis
from connectors.redis.connection import connect


@pytest.fixture(scope="module")
def running() -> Iterator[Api]:
    """One API for all tests of a module."""
    with EmbeddedRedis() as redis, served(Api(redis)) as api:
        yield api


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
