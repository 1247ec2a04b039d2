"""The runbook leads where it says, and what it asks of docker compose is there."""

from __future__ import annotations

import re
import shlex
from collections import Counter

import pytest
import yaml
from runbook_page import BLOCKS, PAGE, ROOT, TEXT, anchors, lines

from connectors.profile_file import profile_named, profile_names
from connectors.rules_file import reactions

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
MAKE = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
PLAYBOOKS = {  # what each of the owner's five documents asks the runbook for
    "stop everything": "stop-everything", "rollback": "roll-back-in-two-minutes",
    "severity": "severity-and-roles",
    "go-live": "going-live", "canary": "canary", "phases": "the-phased-rollout",
    "marathon": "the-48-hour-marathon", "promotion": "promotion", "drift": "retraining-after-drift",
    "daily": "every-morning-and-evening", "soak": "the-soak-and-the-way-to-production", "restore": "restore",
    "positions": "positions-do-not-open", "latency": "latency-is-high", "pnl": "the-pnl-differs",
    "shadow": "the-shadow-logs-are-empty", "time-outs": "predictions-time-out", "down": "the-system-is-down",
    "performance": "poor-performance",
}  # fmt: skip


def test_every_link_leads_somewhere() -> None:
    """To a file that there is, and to a heading of it; and no two headings are one."""
    own = anchors(TEXT)
    assert [name for name, count in Counter(own).items() if count > 1] == []
    for target in re.findall(r"\]\(([^):]+)\)", TEXT):
        file, _, anchor = target.partition("#")
        path = PAGE.parent / file if file else PAGE
        assert path.is_file(), target
        assert not anchor or anchor in anchors(path.read_text(encoding="utf-8")), target


def test_the_first_page_leads_to_every_part() -> None:
    """What is not found in the table is found by nobody at night."""
    table = TEXT[: TEXT.index("## The first look")]
    wanted = {"every-alert", "stop-everything", "roll-back-in-two-minutes", "the-system-is-down", "restore",
              "every-signal-is-hold", "severity-and-roles"}  # fmt: skip
    assert wanted <= set(re.findall(r"\(#([^)]+)\)", table))


@pytest.mark.parametrize("wanted", list(PLAYBOOKS.values()))
def test_the_five_playbooks_are_in_it(wanted: str) -> None:
    """Each procedure has its heading."""
    assert wanted in anchors(TEXT)


def test_it_says_the_measures_of_the_profiles() -> None:
    """What a person may send is written where it is needed, with the profile's own values."""
    names = profile_names(ROOT / "configs" / "profiles")
    for profile in (profile_named(ROOT / "configs" / "profiles", name) for name in names):
        for measure in profile.measures:
            assert measure.cmd in TEXT, f"{profile.name}: {measure.name}"


def test_no_number_of_a_rule_is_missing() -> None:
    """The generated table has each."""
    assert [
        rule.name for rule in reactions(ROOT / "configs" / "rules.yml") if f"`{rule.name}`" not in TEXT
    ] == []


def test_every_block_is_of_a_kind_that_is_tested() -> None:
    """``bash`` is run as it is written; ``console`` needs docker, and is held against the compose file."""
    assert {block.language for block in BLOCKS} == {"bash", "console"}


@pytest.mark.parametrize("line", sorted(set(lines("console"))))
def test_what_is_asked_of_docker_and_make_is_there(line: str) -> None:
    """Services of the compose file, targets of the Makefile."""
    words = [word for word in shlex.split(line) if "=" not in word]
    if words[0] == "make":
        assert words[1] in MAKE
        return
    known = {"compose", "ps", "logs", "restart", "stop", "up", "down", "--tail", "100", "-d", "--build"}
    assert words[:2] == ["docker", "compose"]
    assert words[2] in known
    assert set(words[3:]) - known <= set(COMPOSE["services"])
