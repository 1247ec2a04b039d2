"""The documentation is proved: every path has an example, and the running app answers in its form."""

from __future__ import annotations

from typing import Any

import pytest
from api_markets import always_buy
from running_api import Api

from api.documentation import examples

pytestmark = pytest.mark.embedded


def form(plain: Any) -> Any:
    """Return keys and kinds; what may be absent (null, an empty list or object) has none."""
    if isinstance(plain, dict):
        return {key: form(value) for key, value in plain.items() if form(value) not in (None, {}, [])}
    if isinstance(plain, list):
        return form(plain[0]) if plain else None
    return None if plain is None else "number" if type(plain) in (int, float) else type(plain).__name__


@pytest.fixture
def market(api: Api) -> Api:
    """The market of the examples."""
    api.publish(always_buy("BTCUSDT", 0), always_buy("ETHUSDT", 1))
    return api


@pytest.mark.parametrize("path", [p for p, e in examples().items() if not isinstance(e["answer"], str)])
def test_example_has_the_form_of_the_answer(market: Api, path: str) -> None:
    """Keys and kinds of the documented answer are those of the real one."""
    example = examples()[path]
    assert form(market.get(example["request"])) == form(example["answer"])


def test_metrics_in_the_example_exist(market: Api) -> None:
    """Each line of the documented scrape is a series of the real one."""
    real = market.client.get("/metrics").text
    for line in examples()["/metrics"]["answer"].splitlines():
        assert line.rpartition(" ")[0] in real


def test_every_path_has_an_example(api: Api) -> None:
    """The machine-readable document carries them."""
    paths = api.get("/openapi.json")["paths"]
    assert paths.keys() == examples().keys()
    for path, methods in paths.items():
        [content] = methods["get"]["responses"]["200"]["content"].values()
        assert content["example"] == examples()[path]["answer"]


def test_page_needs_no_script_and_no_other_host(api: Api) -> None:
    """/docs lists every path and loads nothing."""
    page = api.client.get("/docs").text
    assert "<script" not in page
    assert "http://" not in page and "https://" not in page
    for example in examples().values():
        assert example["request"].replace("&", "&amp;") in page
