"""The documentation is proved: every path has an example, and the running app answers in its form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from api_product import publish_product
from running_api import Api

from api.openapi.document import examples, operations

pytestmark = pytest.mark.embedded

GATEWAY = ("POST /admin/", "POST /auth/", "POST /ai/", "POST /ml/", "POST /live/", "POST /paper/", "/auth/")
"""Operations of the control gateway, which is not mounted here; its own tests prove their examples."""


def form(plain: Any) -> Any:
    """Return keys and kinds; what may be absent (null, an empty list or object) has none."""
    if isinstance(plain, dict):
        return {key: form(value) for key, value in plain.items() if form(value) not in (None, {}, [])}
    if isinstance(plain, list):
        return form(plain[0]) if plain else None
    return None if plain is None else "number" if type(plain) in (int, float) else type(plain).__name__


def own() -> list[str]:
    """Return the operations that this app has."""
    return [name for name in examples() if not name.startswith(GATEWAY)]


@pytest.fixture
def market(api: Api, tmp_path: Path) -> Api:
    """The product of the examples."""
    publish_product(api, tmp_path / "policy.json")
    return api


def proved() -> list[str]:
    """Return those whose answer is JSON; the card of a bundle is proved where there is one."""
    return [name for name in own() if name != "/ml/card" and not isinstance(examples()[name]["answer"], str)]


@pytest.mark.parametrize("name", proved())
def test_example_has_the_form_of_the_answer(market: Api, name: str) -> None:
    """Keys and kinds of the documented answer are those of the real one."""
    example = examples()[name]
    method = name.rpartition(" ")[0] or "GET"
    answer = market.client.request(method, example["request"], json=example.get("body"))
    assert answer.status_code == 200
    assert form(answer.json()) == form(example["answer"])


def test_metrics_in_the_example_exist(market: Api) -> None:
    """Each line of the documented scrape is a series of the real one."""
    real = market.client.get("/metrics").text
    for line in examples()["/metrics"]["answer"].splitlines():
        assert line.rpartition(" ")[0] in real


def test_every_path_has_an_example(api: Api) -> None:
    """The machine-readable document carries them."""
    documented = operations(api.get("/openapi.json"))
    assert documented.keys() == set(own())
    for name, operation in documented.items():
        contents = operation["responses"]["200"]["content"].values()
        assert [one["example"] for one in contents if "example" in one] == [examples()[name]["answer"]]


def test_page_needs_no_script_and_no_other_host(api: Api) -> None:
    """/docs lists every path and loads nothing."""
    page = api.client.get("/docs").text
    assert "<script" not in page
    assert "http://" not in page and "https://" not in page
    for name in own():
        assert examples()[name]["request"].replace("&", "&amp;") in page
