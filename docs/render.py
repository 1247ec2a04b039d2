"""Writes what the documents say of the code: pictures of the dataflows, topics, settings, features, rules.

Profiles too, and the capacity that measured speeds come to. ``python -m docs.render`` after a change of any
of them; a test compares the files with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import yaml
from pydantic import SecretStr

from api.app import create_app
from connectors.kafka.topics import Plan, planned
from connectors.metrics.page import metrics_page
from connectors.profile_file import FOLDER, profile_named, profile_names
from connectors.redis.reader import ViewReader
from connectors.rules_file import reactions
from connectors.settings import Settings
from docs.capacity_page import capacity_parts
from docs.settings_page import settings_page
from flows.alerting.files import rule_files, runbook_parts
from flows.dashboards.files import dashboard_files
from flows.picture import guard_mermaid, mermaid, paper_mermaid
from models.control.page import control_page
from models.market.schema import FEATURES, FEATURES_VERSION, SCHEMA_NAME
from models.profiles.page import profiles_page
from models.rules.page import rules_page

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
SETTINGS = ROOT / "docs" / "settings.md"
FEATURE_PAGE = ROOT / "docs" / "features.md"
RULES_PAGE = ROOT / "docs" / "rules.md"
PROFILES_PAGE = ROOT / "docs" / "profiles.md"
PAPER_PAGE = ROOT / "docs" / "paper.md"
GUARD_PAGE = ROOT / "docs" / "guard.md"
CONTROL_PAGE = ROOT / "docs" / "control.md"
RUNBOOK = ROOT / "docs" / "runbook.md"
ASYNCAPI = ROOT / "docs" / "asyncapi.yaml"
OPENAPI = ROOT / "docs" / "openapi.json"
METRICS_PAGE = ROOT / "docs" / "metrics.md"
CAPACITY_PAGE = ROOT / "docs" / "capacity.md"
RESULTS = ROOT / "benchmarks" / "results.json"
ASTERISK = "\\*"


def pages() -> dict[Path, str]:
    """Return the files that are generated, or hold a generated part, as they should be."""
    readme = _between("picture", README.read_text(encoding="utf-8"), _drawn(mermaid()))
    paper = PAPER_PAGE.read_text(encoding="utf-8")
    guard = GUARD_PAGE.read_text(encoding="utf-8")
    rules, folder = reactions(ROOT / "configs" / "rules.yml"), ROOT / "configs" / FOLDER
    return {
        README: _between("topics", readme, topics_table()),
        SETTINGS: settings_page(),
        OPENAPI: openapi_page(),
        FEATURE_PAGE: features_page(),
        METRICS_PAGE: metrics_page(),
        CONTROL_PAGE: control_page(),
        RULES_PAGE: rules_page(rules),
        PROFILES_PAGE: profiles_page([profile_named(folder, name) for name in profile_names(folder)], rules),
        PAPER_PAGE: _between("picture", paper, _drawn(paper_mermaid())),
        GUARD_PAGE: _between("picture", guard, _drawn(guard_mermaid())),
        RUNBOOK: runbook_page(),
        CAPACITY_PAGE: capacity_page(),
        **{ROOT / path: text for path, text in rule_files(ROOT / "configs").items()},
        **{ROOT / path: text for path, text in dashboard_files(ROOT / "configs").items()},
    }


def runbook_page() -> str:
    """Return the runbook with its tables of alerts and phases as the rules and profiles have them."""
    return _with_parts(RUNBOOK, runbook_parts(ROOT / "configs"))


def capacity_page() -> str:
    """Return the page of capacity with what the kept results of the benchmarks come to."""
    return _with_parts(CAPACITY_PAGE, capacity_parts(json.loads(RESULTS.read_text(encoding="utf-8"))))


def _with_parts(path: Path, parts: Mapping[str, str]) -> str:
    text = path.read_text(encoding="utf-8")
    for name, part in parts.items():
        text = _between(name, text, part)
    return text


def _drawn(chart: str) -> str:
    return f"```mermaid\n{chart}\n```"


def topics_table() -> str:
    """Return every topic with its key, how long it is kept, and what is in it."""
    document = yaml.safe_load(ASYNCAPI.read_text(encoding="utf-8"))
    channels = {channel["address"]: channel for channel in document["channels"].values()}
    rows = [
        f"| `{plan.name}` | {_key(document, channels[plan.name])} | {_kept(plan)} | "
        f"{channels[plan.name]['summary']} |"
        for plan in planned(Settings.model_construct())
    ]
    return "\n".join(["| topic | key | kept | what |", "|---|---|---|---|", *rows])


def openapi_page() -> str:
    """Return the OpenAPI document of the API with its control gateway."""
    keys = {"admin_key": SecretStr("not used"), "admin_secret": SecretStr("not used either")}
    with closing(ViewReader("redis://127.0.0.1")) as reader:
        app = create_app(Settings.model_construct(**keys), reader)
    return json.dumps(app.openapi(), indent=1, ensure_ascii=False) + "\n"


def features_page() -> str:
    """Return the data dictionary: every column of a feature row, in order."""
    rows = [
        f"| {place} | `{f.name}`{ASTERISK if f.placeholder else ''} | {f.dtype} | {f.tf} | {f.window} s | "
        f"{f.description} |"
        for place, f in enumerate(FEATURES)
    ]
    head = ["| | name | type | bars | window | what |", "|---|---|---|---|---|---|"]
    named = _FEATURES.format(schema=SCHEMA_NAME, version=FEATURES_VERSION, count=len(FEATURES))
    return "\n".join([named, *head, *rows, ""])


_FEATURES = """# Features

The columns of a feature row, in their order: schema `{schema}`, {count} columns, which messages call version
`{version}`. The source of this page is `models/market/features.yml`; the flow checks it at its start.

A row describes one symbol at the end of one second and sees trades up to that end, nothing later
(`levibot verify lookahead` checks it). Windows are in seconds. A window that reaches behind the first trade
of a symbol sees a flat price and no volume there, so a value is that of a longer history once the symbol has
traded for as long as its window (`levibot verify warmup` checks it); features on five-second bars hold their
value until the next bar ends, up to five seconds more. A value is never missing: in a silent market returns,
volatilities and imbalances are 0, `rsi_14` is 50 and `range_place_60s` 0.5.

Log prices count in units of 1e-12 and one-second returns in 1e-9, those in a volatility or in `bounce_60s`
as at most 0.1. Where the feed gives no side, a trade has that of its move from the one before (tick rule).

The column with an asterisk is a placeholder: its place is kept, its value is 0.0, and no model is trained on
it.
"""


def _between(name: str, text: str, content: str) -> str:
    """Return the text with another content between the two marks of that name."""
    marks = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
    text, found = marks.subn(lambda m: f"{m[1]}{content}\n{m[2]}", text)
    if found != 1:
        raise ValueError(f"the text has no part between <!-- {name} --> and <!-- end of {name} -->")
    return text


def _key(document: dict[str, Any], channel: dict[str, Any]) -> str:
    message = _target(document, next(iter(channel["messages"].values())))
    return str(_target(document, message["bindings"])["kafka"]["key"]["description"])


def _target(document: dict[str, Any], reference: dict[str, str]) -> Any:
    found: Any = document
    for step in reference["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


def _kept(plan: Plan) -> str:
    kept_ms = int(plan.config["retention.ms"])
    return f"{kept_ms // 86_400_000} days" if kept_ms >= 0 else "without limit"


def main() -> None:
    """Bring the files up to date."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
