"""A running API whose panel is looked at, told the time by the test."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parent.parent / "api"))  # what runs an API is that room's

from api_markets import always_buy
from api_product import guarded, publish_account, publish_guard, publish_shards, walked
from chromium import CHROMIUM, started
from running_api import NOW, Api, served

from connectors.embedded import EmbeddedRedis
from connectors.redis.connection import connect


@pytest.fixture(scope="module")
def running() -> Iterator[Api]:
    """One API for all tests of a module."""
    with EmbeddedRedis() as redis, served(Api(redis)) as api:
        yield api


@pytest.fixture
def empty(running: Api) -> Api:
    """The API before anything was published."""
    running.now = NOW
    with connect(running.redis.url, 5.0) as client:
        client.flushall()
    return running


@pytest.fixture
def normal(empty: Api, tmp_path: Path) -> Api:
    """Two shards, an account and a guard, all well at 10.4 s."""
    publish_shards(empty, always_buy("BTCUSDT", 0), always_buy("ETHUSDT", 1))
    publish_account(empty, walked())
    publish_guard(empty, guarded(), tmp_path / "policy.json")
    return empty


@pytest.fixture
def without_redis(normal: Api) -> Iterator[Api]:
    """The API while its Redis hangs."""
    normal.redis.pause()
    yield normal
    normal.redis.resume()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser without a window; skips where there is none, unless LEVIBOT_REQUIRE_CHROMIUM=1."""
    if CHROMIUM is None:
        why = "no Chromium (apt-get install chromium)"
        if os.environ.get("LEVIBOT_REQUIRE_CHROMIUM") == "1":
            pytest.fail(why, pytrace=False)
        pytest.skip(why)
    with started() as chromium:
        yield chromium
