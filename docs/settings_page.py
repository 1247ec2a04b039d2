"""The page of settings: each with what it accepts, its default, and what a change of it means for a run."""

from __future__ import annotations

import re
from typing import Any

from connectors.settings import Settings

PART_OF_SPEC = (
    "disorder_ms", "grace_ms", "max_skew_ms", "symbol_ttl_s", "model", "extra_models", "rules_file",
)  # fmt: skip
"""Settings that shape the output, so that a shard begun under one value is not continued under another."""
PART_OF_PAPER = (
    "paper_start_balance", "paper_maker_bps", "paper_taker_bps", "paper_slippage_bps", "paper_liquidity",
    "paper_latency_ms", "paper_equity_fraction",
)  # fmt: skip
"""The same for the paper account, which has a fingerprint of its own."""
STAR, DAGGER = "\\*", "†"


def settings_page() -> str:
    """Return the page of settings."""
    fields = Settings.model_json_schema()["properties"]
    rows = [
        f"| `{name.upper()}`{_mark(name)} | {_kind(field)} | {_default(field)} | "
        f"{_meaning(field['description'])} |"
        for name, field in fields.items()
    ]
    return "\n".join(
        [_INTRODUCTION, "| setting | value | default | meaning |", "|---|---|---|---|", *rows, ""]
    )


def _mark(name: str) -> str:
    return STAR if name in PART_OF_SPEC else DAGGER if name in PART_OF_PAPER else ""


_INTRODUCTION = """# Settings

Every setting is an environment variable. A variable wins over a line in `.env` in the working directory, that
over what a running `levibot demo` left in `.levibot/demo.env`, that over the default. An empty variable
counts as not set. A bad value ends the start with exit code 2 and names the setting.

Those with an asterisk shape the output: a shard that was begun under one value is not continued under
another. Run the new value beside the old one, with another TOPIC_SUFFIX. Those with a dagger do the same for
the paper account: there, another ACCOUNT_SUFFIX will do.
"""


def _kind(field: dict[str, Any]) -> str:
    """Return in words what a JSON Schema admits."""
    options = [option for option in field.get("anyOf", [field]) if option.get("type") != "null"]
    return " or ".join(map(_words, options))


def _words(option: dict[str, Any]) -> str:
    if "enum" in option or "const" in option:
        return ", ".join(f"`{value}`" for value in option.get("enum", [option.get("const")]))
    if option["type"] == "array":
        count = option.get("minItems")
        return f"{count} numbers, comma separated" if count else "comma separated"
    if option.get("format") == "path":
        return "path"
    words = {"integer": "whole number", "number": "number", "boolean": "`true`, `false`", "string": "text"}
    return words[option["type"]] + _range(option)


def _range(option: dict[str, Any]) -> str:
    bounds = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "to", "exclusiveMaximum": "to below"}
    return "".join(f" {word} {option[name]:,}" for name, word in bounds.items() if name in option)


def _default(field: dict[str, Any]) -> str:
    value = field["default"]
    if value is None or value in ("", []):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _meaning(docstring: str) -> str:
    text = re.sub(r"``(.+?)``", r"`\1`", " ".join(docstring.split()))
    return re.sub(r"`(flags_file)`", lambda m: f"`{m[1].upper()}`", text)
