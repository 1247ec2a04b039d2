"""The report as one HTML page: no script, no font, no picture from elsewhere, every word of it escaped."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from flows.reporting import summary
from flows.reporting.figures import figures_of
from flows.reporting.tables import parts
from flows.reporting.tables.comparison import comparison
from flows.reporting.tables.costs import cost_rows, heads
from flows.reporting.tables.facts import blocked_rows, facts
from flows.reporting.tables.trades import trade_rows
from flows.reporting.words import UNKNOWN, duration, minute
from models.performance.result import Result

_TEMPLATES = Path(__file__).parent
_SECOND_NS = 1_000_000_000


def page(result: Result) -> str:
    """Return the report of a result; whatever its texts hold, they come out as text."""
    style = _style()
    return _environment().get_template("report.html").render(
        result=result,
        style=Markup(style),  # noqa: S704 - our own file
        policy=_policy(style),
        unknown=UNKNOWN,
        period=f"{minute(result.from_ts)} to {minute(result.to_ts)} UTC",
        span=duration((result.to_ts - result.from_ts) / _SECOND_NS),
        caveats=[summary.sentence(words) for words in result.caveats],
        verdicts=summary.verdicts(result),
        cards=summary.cards(result),
        basis=summary.basis(result.metrics),
        resampled=summary.resampled(result),
        significance=summary.significance(result),
        figures=figures_of(result),
        comparison=comparison(result),
        cost_heads=heads(),
        costs=cost_rows(result.costs),
        blocked=blocked_rows(result.blocked),
        trades=trade_rows(result.trades),
        part_heads=parts.heads(),
        parts=parts.parts(result.trades),
        ledger=list(facts(result.ledger)),
        manifest=list(facts(result.manifest)),
    )  # fmt: skip


def _policy(style: str) -> str:
    """Return the policy that forbids a browser everything but this very style sheet."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@cache
def _style() -> str:
    return (_TEMPLATES / "report.css").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
