"""What watches the product: its rules, their pages, Prometheus and Grafana."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from connectors.profile_file import FOLDER, profile_named
from connectors.rules_file import reactions
from flows.checks.ground import Ground, Plain
from flows.checks.seen import Seen, failed, passed, unknown
from flows.checks.site import SiteDownError
from models.rules.rule import Rule

PROMETHEUS_RULES = Path("deploy/prometheus/alerts.yml")
OF_PROFILE = "deploy/prometheus/profiles/{}.yml"
MONITORING = "docker compose --profile monitoring up -d"


def alerts_loaded(ground: Ground) -> Seen:
    """The rules of the profile can be read, and Prometheus has loaded every alert of one of its files."""
    own = len(_rules(ground))
    files = [PROMETHEUS_RULES, Path(OF_PROFILE.format(ground.profile))]
    every = [found for path in files if (found := _alerts_of(ground.root / path))] or [set()]
    try:
        told: Plain = ground.prometheus.get("/api/v1/rules").json
    except SiteDownError as error:
        return unknown(f"{own} rules of the product are in force; {error}", MONITORING)
    groups: list[Plain] = (told.get("data") or {}).get("groups", [])
    loaded = {rule["name"] for group in groups for rule in group["rules"]}
    missing = min((sorted(wanted - loaded) for wanted in every), key=len)
    if missing or not loaded:
        return failed(f"Prometheus has not loaded {', '.join(missing) or 'any alert'}", "reload Prometheus")
    return passed(f"{own} rules of the product in force, {len(loaded)} alerts in Prometheus")


def runbook_in_repository(ground: Ground) -> Seen:
    """The runbook is there, with the heading that each rule names."""
    rules = _rules(ground)
    missing = sorted({rule.runbook for rule in rules if not _has_page(ground.root, rule.runbook)})
    if missing:
        return failed(f"missing: {', '.join(missing)}", "start in the checkout of the product")
    return passed(f"{len(rules)} rules, each with its page")


def grafana(ground: Ground) -> Seen:
    """Grafana answers, its database too."""
    try:
        told: Plain = ground.grafana.get("/api/health").json
    except SiteDownError as error:
        return unknown(str(error), MONITORING)
    if told.get("database") != "ok":
        return failed(f"Grafana's database is {told.get('database', 'unknown')}", "its log says why")
    shown = ground.root / "deploy" / "grafana" / "dashboards"
    return passed(
        f"version {told.get('version')}; {len(list(shown.glob('*.json')))} dashboards are provisioned"
    )


def _rules(ground: Ground) -> tuple[Rule, ...]:
    base = reactions(ground.settings.rules_file)
    if not ground.profile:
        return base
    return profile_named(ground.settings.rules_file.parent / FOLDER, ground.profile).in_force(base)


def _alerts_of(path: Path) -> set[str]:
    if not path.is_file():
        return set()
    groups: list[Plain] = yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]
    return {rule["alert"] for group in groups for rule in group["rules"] if "alert" in rule}


def _has_page(root: Path, link: str) -> bool:
    page, _, anchor = link.partition("#")
    path = root / page
    if not path.is_file():
        return False
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
