"""Predictions are limited to so many a minute for each address; what is asked for health is not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from api_markets import always_buy
from running_api import Api, served

from connectors.embedded import EmbeddedRedis
from connectors.settings import Settings

pytestmark = pytest.mark.embedded

PATHS = ("/ai/predict", "/ml/predict", "/ml/predict_deep", "/ml/predict_ensemble")


@pytest.fixture(scope="module")
def limited() -> Iterator[Api]:
    """An API that allows four predictions a minute, and believes a proxy on this machine."""
    settings = {"predict_per_minute": 4, "trusted_proxies": "127.0.0.1"}
    with EmbeddedRedis() as redis, served(Api(redis, **settings)) as api:
        api.publish(always_buy())
        yield api


def ask(api: Api, path: str, caller: str) -> int:
    """Return the status of an answer to somebody behind the proxy."""
    found = api.client.get(f"{path}?symbol=BTCUSDT", headers={"X-Forwarded-For": caller})
    return found.status_code


def test_sixty_a_minute_are_allowed_as_it_comes() -> None:
    """The owner's limit is the default."""
    assert Settings(_env_file=None).predict_per_minute == 60


def test_one_more_than_allowed(limited: Api) -> None:
    """All prediction paths count as one; the next gets 429 with the seconds to wait, and so on."""
    assert [ask(limited, path, "192.0.2.1") for path in PATHS] == [200] * 4
    said = limited.client.get("/ai/predict?symbol=BTCUSDT", headers={"X-Forwarded-For": "192.0.2.1"})
    assert (said.status_code, said.json()["error"]) == (429, "too_many_requests")
    assert 1 <= int(said.headers["Retry-After"]) <= 60
    assert "4 requests a minute" in said.json()["message"]
    assert [ask(limited, path, "192.0.2.1") for path in PATHS] == [429] * 4
    assert ask(limited, "/ai/predict", "192.0.2.2") == 200


def test_bad_requests_count_too(limited: Api) -> None:
    """Guessing at symbols is no way around the limit."""
    statuses = [
        limited.client.get("/ai/predict?symbol=%00", headers={"X-Forwarded-For": "192.0.2.3"}).status_code
        for _ in range(5)
    ]
    assert statuses == [400] * 4 + [429]


def test_health_is_not_limited(limited: Api) -> None:
    """Nor is anything else that only reads."""
    assert {limited.client.get("/healthz").status_code for _ in range(50)} == {200}
    assert {limited.client.get("/symbols").status_code for _ in range(20)} == {200}


def test_refused_ones_are_counted(limited: Api) -> None:
    """They are an outcome of their own in the metrics."""
    assert {ask(limited, "/ml/predict", "192.0.2.4") for _ in range(5)} == {200, 429}
    assert 'outcome="limited"' in limited.client.get("/metrics").text
