"""The OpenAPI document says which statuses there are and what answers look like; the file is up to date."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_markets import always_buy
from jsonschema import Draft202012Validator
from one_shard import at
from running_api import Api

from api.openapi.document import examples, operations
from docs.render import OPENAPI, openapi_page

pytestmark = pytest.mark.embedded


def test_the_file_is_up_to_date() -> None:
    """What is written down is what the app says."""
    assert OPENAPI.read_text(encoding="utf-8") == openapi_page(), "run: .venv/bin/python -m docs.render"


@pytest.fixture(scope="module")
def document(running: Api) -> Any:
    """The document as it is served."""
    return running.get("/openapi.json")


def check(document: Any, name: str, status: int, answer: Any) -> None:
    """Hold an answer against the form that is documented for its status."""
    content = operations(document)[name]["responses"][str(status)]["content"]["application/json"]
    whole = {**content["schema"], "components": document["components"]}
    Draft202012Validator(whole).validate(answer)


@pytest.mark.parametrize("name", [n for n, e in examples().items() if not isinstance(e["answer"], str)])
def test_examples_have_the_documented_form(document: Any, name: str) -> None:
    """As strictly as it is documented."""
    if name in operations(document):
        check(document, name, 200, examples()[name]["answer"])


@pytest.mark.parametrize("path", ["/ai/predict", "/ml/predict", "/ml/predict_ensemble", "/ml/predict_deep"])
def test_predictions_of_every_kind(api: Api, document: Any, path: str) -> None:
    """DEMO, live, stale, unknown, refused: each in the form that stands there."""
    query = f"{path}?symbol=BTCUSDT"
    check(document, path, 200, api.get(query))
    api.publish(always_buy())
    check(document, path, 200, api.get(query))
    api.now = at(60)
    check(document, path, 200, api.get(query))
    check(document, path, 400, api.get(f"{path}?symbol=%00", 400))
    if path != "/ml/predict_deep":
        check(document, path, 404, api.get(f"{path}?symbol=XRPUSDT", 404))


@pytest.fixture
def without_redis(api: Api) -> Iterator[Api]:
    """The API while there is no Redis at all, which is said at once."""
    api.redis.stop()
    yield api
    api.redis.start()


def test_what_needs_redis_documents_503(without_redis: Api, document: Any) -> None:
    """And what is asked in any case does not: it answers 200."""
    for name, operation in operations(document).items():
        if not name.startswith("POST") and not name.startswith("/metrics"):
            answer = without_redis.client.get(examples()[name]["request"])
            assert str(answer.status_code) in operation["responses"], name
            assert (answer.status_code == 503) == ("503" in operation["responses"]), name


def test_no_status_of_the_framework_is_left(document: Any) -> None:
    """A bad parameter is 400 everywhere, never the framework's 422."""
    assert "422" not in json.dumps(document["paths"])
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_the_file_is_where_the_documents_are() -> None:
    """Beside the others."""
    assert Path("docs", "openapi.json") == OPENAPI.relative_to(OPENAPI.parent.parent)
