"""``/docs`` and ``/openapi.json``: every path with a request and the answer to it, on a page without scripts.

The page is made here, since the usual ones load their scripts from elsewhere: it works without a network.
The examples are real answers; the tests compare their form with the running app's.
"""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from html import escape
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse

from api.http.refusals import CONTROL
from api.openapi.document import Example, document, examples, operations

_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "h2{margin-top:2.5rem;font:600 1.05rem ui-monospace,monospace}"
    "pre{background:#f5f5f2;padding:.8rem;overflow:auto;max-height:26rem}code{font-family:ui-monospace,monospace}"
)
_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; frame-ancestors 'none'"


def add_documentation(app: FastAPI) -> None:
    """Add the page and the OpenAPI document."""

    def openapi() -> dict[str, Any]:
        app.openapi_schema = app.openapi_schema or document(app)
        return app.openapi_schema

    def docs(_: Request) -> HTMLResponse:
        return HTMLResponse(_page(app.openapi()), headers={"Content-Security-Policy": _POLICY})

    app.openapi = openapi  # type: ignore[method-assign]
    app.add_route("/docs", docs, include_in_schema=False)


def _page(schema: dict[str, Any]) -> str:
    found = examples()
    paths = "".join(_path(name, operation, found.get(name)) for name, operation in operations(schema).items())
    controls = "".join(f"<li><code>{escape(p)}</code>: <code>{c}</code></li>" for p, c in CONTROL.items())
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>LEVIBOT API</title><style>{_STYLE}</style>"
        f"<h1>LEVIBOT API {escape(schema['info']['version'])}</h1>"
        "<p>Every value comes with its age. Machine-readable: <a href=/openapi.json>/openapi.json</a>.</p>"
        f"{paths}<h2>What is done by a control command</h2><ul>{controls}</ul></html>"
    )


def _path(name: str, operation: dict[str, Any], example: Example | None) -> str:
    asked = name if " " in name else f"GET {name}"
    text = "".join(f"<p>{escape(part)}</p>" for part in operation.get("description", "").split("\n\n"))
    shown = f"{_parameters(operation)}{_statuses(operation)}{_example(asked, example)}"
    return f"<h2>{escape(asked)}</h2>{text}{shown}"


def _parameters(operation: dict[str, Any]) -> str:
    items = [
        f"<li><code>{escape(p['name'])}</code>: {escape(p.get('description', ''))}</li>"
        for p in operation.get("parameters", ())
        if p["in"] != "header"
    ]
    return f"<ul>{''.join(items)}</ul>" if items else ""


def _statuses(operation: dict[str, Any]) -> str:
    refused = [
        f"<li>{status}: {escape(answer['description'])}</li>"
        for status, answer in operation["responses"].items()
        if status != "200"
    ]
    return f"<ul>{''.join(refused)}</ul>" if refused else ""


def _example(asked: str, example: Example | None) -> str:
    if example is None:
        return ""
    answer, body = example["answer"], example.get("body")
    shown = answer if isinstance(answer, str) else json.dumps(answer, indent=2)
    sent = f"\n{json.dumps(body)}" if body is not None else ""
    request = f"{asked.partition(' ')[0]} {example['request']}{sent}"
    return f"<pre><code>{escape(request)}\n\n{escape(shown)}</code></pre>"
