"""What is written of the alerts: Prometheus' files and the generated parts of the runbook."""

from __future__ import annotations

from pathlib import Path

from connectors.profile_file import FOLDER, profile_named, profile_names
from connectors.rules_file import reactions, rules_of
from flows.alerting.rendering import alerts_file, profile_file
from flows.alerting.tables import alerts_table, phases_table

ALERTS = Path("deploy/prometheus/alerts.yml")
PROFILES = Path("deploy/prometheus/profiles")


def rule_files(configs: Path) -> dict[Path, str]:
    """Return each rule file by its path in the repository, from the folder of ``rules.yml``."""
    base, outside = reactions(configs / "rules.yml"), rules_of(configs / "rules.yml").outside
    profiles = [profile_named(configs / FOLDER, name) for name in profile_names(configs / FOLDER)]
    return {
        ALERTS: alerts_file(base, profiles, outside),
        **{PROFILES / f"{one.name}.yml": profile_file(one, base, outside) for one in profiles},
    }


def runbook_parts(configs: Path) -> dict[str, str]:
    """Return the generated parts of the runbook by the names of their marks."""
    base, outside = reactions(configs / "rules.yml"), rules_of(configs / "rules.yml").outside
    profiles = [profile_named(configs / FOLDER, name) for name in profile_names(configs / FOLDER)]
    return {"alerts": alerts_table(base, profiles, outside), "phases": phases_table(profiles)}
