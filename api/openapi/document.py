"""The OpenAPI document: every path with its parameters, all statuses it may answer with, and an example."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.openapi.schemas import Refusal

EXAMPLES = Path(__file__).with_name("examples.json")

Example = dict[str, Any]
Plain = dict[str, Any]

_ALWAYS = (
    "/health", "/healthz", "/metrics", "/ai/predict", "/ml/predict", "/api/ml/", "/api/public/", "/backtest",
)  # fmt: skip
"""How the paths begin that answer without Redis."""
_BODY = {
    "400": "The body is no JSON.",
    "408": "The body did not come within 10 s.",
    "413": "The body is too long.",
    "415": "The body is of another type than JSON.",
}
_LIMITED = {"429": "Too many requests in a minute; `Retry-After` says how many seconds to wait."}
_PARAMETERS = {"400": "A parameter is missing, or is not what it should be."}
_DOWN = {"503": "The read model is not available: Redis does not answer."}


def examples() -> dict[str, Example]:
    """Return by operation one example: ``request``, ``body`` where there is one, and ``answer``.

    An operation is a path, with ``POST`` and a space before it where that is its method. The answer is plain
    data, or text where it is no JSON, with its ``type`` where that is not ``text/plain``.
    """
    found: dict[str, Example] = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    return found


def operations(schema: Plain) -> dict[str, Plain]:
    """Return a document's operations by the names that examples have."""
    return {
        path if method == "get" else f"{method.upper()} {path}": operation
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    }


def document(app: FastAPI) -> Plain:
    """Return the document of an app."""
    schema = get_openapi(title=app.title, version=app.version, routes=app.routes)
    known = examples()
    for name, operation in operations(schema).items():
        _complete(name, operation)
        if name in known:
            _exemplify(operation, known[name])
    schemas = schema.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Refusal"] = Refusal.model_json_schema()
    schema["components"]["schemas"] = dict(sorted(schemas.items()))
    return schema


def _complete(name: str, operation: Plain) -> None:
    """Add the statuses that follow from what an operation takes and needs."""
    responses = operation["responses"]
    responses.pop("422", None)  # a bad parameter is answered 400
    for status, why in _statuses(name, operation).items():
        responses.setdefault(status, _refused(why))
    operation["responses"] = dict(sorted(responses.items()))


def _statuses(name: str, operation: Plain) -> dict[str, str]:
    found: dict[str, str] = {}
    if "gateway" in operation.get("tags", ()):
        # it documents its own; what cannot be part of a path is no path
        return {"405": "There is no such path for POST."} if "{" in name else found
    if any(parameter["in"] != "header" for parameter in operation.get("parameters", ())):
        found |= _PARAMETERS
    if "requestBody" in operation:
        found |= _BODY
    if "predictions" in operation.get("tags", ()):
        found |= _LIMITED
    if not name.rpartition(" ")[2].startswith(_ALWAYS) and not name.endswith("/healthz"):
        found |= _DOWN
    return found


def _refused(why: str) -> Plain:
    form = {"$ref": "#/components/schemas/Refusal"}
    return {"description": why, "content": {"application/json": {"schema": form}}}


def _exemplify(operation: Plain, example: Example) -> None:
    answer, good = example["answer"], operation["responses"]["200"]
    if isinstance(answer, str):
        good["content"] = {
            example.get("type", "text/plain"): {"schema": {"type": "string"}, "example": answer}
        }
        return
    good.setdefault("content", {}).setdefault("application/json", {})["example"] = answer
