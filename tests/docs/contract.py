"""``docs/asyncapi.yaml`` as something to hold records against."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import yaml
from jsonschema import Draft7Validator

DOCUMENT: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "docs" / "asyncapi.yaml").read_text(encoding="utf-8")
)
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
BYTES = "application/octet-stream"


def resolve(ref: str) -> Any:
    """Return what a reference of the document points at."""
    found: Any = DOCUMENT
    for step in ref.removeprefix("#/").split("/"):
        found = found[step]
    return found


def channels() -> dict[str, str]:
    """Return the names of the channels by topic."""
    return {channel["address"]: name for name, channel in DOCUMENT["channels"].items()}


def messages(topic: str) -> dict[str, dict[str, Any]]:
    """Return the kinds of message that a topic carries, by name."""
    found = DOCUMENT["channels"][channels()[topic]]["messages"]
    return {name: resolve(ref["$ref"]) for name, ref in found.items()}


def key_of(message: dict[str, Any]) -> str:
    """Return what a message says that its key is."""
    return str(resolve(message["bindings"]["$ref"])["kafka"]["key"]["description"])


@cache
def validator(schema: str) -> Draft7Validator:
    """Return the validator of one of the document's schemas."""
    return Draft7Validator({"$ref": f"#/components/schemas/{schema}", "components": DOCUMENT["components"]})


def kinds(topic: str, value: bytes, headers: dict[str, str] | None = None) -> list[str]:
    """Return the names of the messages of a topic that a record could be: one, if all is well."""
    return [name for name, message in messages(topic).items() if _is(message, value, headers or {})]


def why_not(topic: str, value: bytes, headers: dict[str, str] | None = None) -> str:
    """Return what each kind of message has against a record, for people."""
    said = []
    for name, message in messages(topic).items():
        schema, instance = _compared(message, value, headers or {})
        said += [f"{name}: {e.json_path}: {e.message}" for e in validator(schema).iter_errors(instance)]
    return f"{topic}: {value[:400]!r}\n" + "\n".join(said)


def references(part: Any = DOCUMENT) -> Iterator[str]:
    """Yield every reference of the document."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from references(one)


def _is(message: dict[str, Any], value: bytes, headers: dict[str, str]) -> bool:
    schema, instance = _compared(message, value, headers)
    return bool(validator(schema).is_valid(instance))


def _compared(message: dict[str, Any], value: bytes, headers: dict[str, str]) -> tuple[str, Any]:
    """Return the name of a schema and what is to follow it: the JSON, or the headers around plain bytes."""
    if message.get("contentType") == BYTES:
        return message["headers"]["$ref"].rpartition("/")[2], headers
    assert not headers, "a JSON record has no headers"
    return message["payload"]["$ref"].rpartition("/")[2], orjson.loads(value)
