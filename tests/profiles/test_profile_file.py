"""A profile is read strictly: an error names the file, the profile, the field, and what it needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from profiles.written_profile import CRITERION, MISSING, PROFILE, RULE, changed, file_of

from connectors.config_file import ConfigError
from connectors.profile_file import profile_named, profile_names, read_profile
from models.profiles.profile import Check, Measure, Profile
from models.rollout.plan import ROLLOUTS, Criterion, Phase, Plan
from models.rules.parsing import parse_rules

LATENCY = Criterion("latency", "latency.engine_p95_ms", "all", "<", 100.0)


def test_a_profile_is_what_was_written(tmp_path: Path) -> None:
    """Durations in seconds, what is left out at its default."""
    phases = (
        Phase("preview", "preview", dwell_s=3_600, criteria=(LATENCY,)),
        Phase("all", 1.0, dwell_s=7_200, criteria=(LATENCY,)),
    )
    assert read_profile(file_of(PROFILE, tmp_path)) == Profile(
        name="tried",
        title="A tried one",
        source="a test",
        plan=Plan("tried", phases, check_every_s=60, fails=3, inconclusives=5, of="model", watch_s=0),
        rules=parse_rules([RULE], "x"),
        verdict={"go": (LATENCY,)},
        preflight=(Check("kill_test", "S121"),),
        measures=(Measure("stop", "kill", {}, "all is lost"),),
    )


def test_what_may_be_left_out_is_read_where_it_stands(tmp_path: Path) -> None:
    """Canary symbols, samples, approval, the longest time, whose share, how long it is watched."""
    raw = changed("rollout.of", "challenger")
    raw["rollout"] |= {"watch": "7d"}
    raw["rollout"]["phases"][0] |= {
        "canary": ["BTCUSDT", "binance:ETHUSDT"], "least_samples": 60, "approve": True, "longest": "90m",
    }  # fmt: skip
    raw["rollout"]["phases"][0]["criteria"] = [
        CRITERION | {"critical": False, "least_n": 20, "requirement": "S094, S238"},
        CRITERION | {"name": "b"},
    ]
    found = read_profile(file_of(raw, tmp_path))
    phase = found.plan.phases[0]
    assert (found.plan.of, found.plan.watch_s, found.longest_s) == ("challenger", 604_800, {"preview": 5_400})
    assert (phase.canary, phase.least_samples, phase.approve) == (("BTCUSDT", "binance:ETHUSDT"), 60, True)
    assert phase.criteria[0] == LATENCY._replace(critical=False, least_n=20, requirement="S094, S238")
    assert phase.critical == (LATENCY._replace(name="b"),)


def test_criteria_are_taken_over_by_an_alias(tmp_path: Path) -> None:
    """A list in a list is its criteria; one of them may be changed."""
    criteria = "&all\n      - &one {name: a, metric: dlq.size, scope: all, op: '<=', value: 2}"
    more = "[*all, {<<: *one, name: b, value: 5}]"
    text = (
        "name: tried\ntitle: t\nsource: s\n"
        "rollout:\n  check_every: 1m\n  fails: 1\n  inconclusives: 1\n  phases:\n"
        f"  - name: p\n    rollout: 0.1\n    dwell: 1h\n    criteria: {criteria}\n"
        f"  - {{name: q, rollout: 0.5, dwell: 1h, criteria: {more}}}\nverdict: {{go: *all}}\n"
    )
    found = read_profile(file_of(text, tmp_path))
    assert [(one.name, one.value) for one in found.plan.phases[1].criteria] == [("a", 2), ("b", 5)]
    assert found.verdict["go"] == found.plan.phases[0].criteria


@pytest.mark.parametrize("rollout", ROLLOUTS)
def test_a_rollout_is_one_of_five_values(rollout: Any, tmp_path: Path) -> None:
    """Those which the command takes."""
    raw = changed("rollout.phases.0.rollout", rollout)
    assert read_profile(file_of(raw, tmp_path)).plan.phases[0].rollout == rollout


PHASE, FIRST = "rollout.phases.0", "rollout.phases[preview]"
VALUES = "must be one of preview, 0, 0.1, 0.5, 1.0"
NARROW = {"name": "narrow", "rollout": 0.5, "dwell": "1h", "criteria": [CRITERION]}
CANARY = NARROW | {"rollout": 1.0, "canary": ["A"]}
NO_OP = {"name": "b", "metric": "dlq.size", "scope": "all", "value": 1}


@pytest.mark.parametrize(
    ("place", "value", "field", "needs"),
    [
        ("name", MISSING, "name", "is missing"),
        ("name", "other", "name", "must be 'tried', as the file is called"),
        ("name", "Tried", "name", "must be lower-case letters, digits and _"),
        ("title", "", "title", "must not be empty"),
        ("owner", "me", "owner", "is unknown"),
        ("verdict", MISSING, "verdict", "is missing"),
        ("verdict.go", [], "verdict.go", "must hold a criterion"),
        ("verdict.Go", [CRITERION], "verdict.Go", "must be lower-case letters"),
        ("rollout", None, "rollout", "must be a mapping"),
        ("rollout.of", "both", "rollout.of", "must be 'model' or 'challenger'"),
        ("rollout.check_every", "0s", "rollout.check_every", "must be greater than 0"),
        ("rollout.check_every", 60, "rollout.check_every", "must be a duration such as 0s, 3m or 3h"),
        ("rollout.fails", 0, "rollout.fails", "must be greater than or equal to 1"),
        ("rollout.fails", True, "rollout.fails", "must be a valid integer"),
        ("rollout.inconclusives", 1.5, "rollout.inconclusives", "must be a valid integer"),
        ("rollout.watch", "7 days", "rollout.watch", "must be a duration such as"),
        ("rollout.phases", [], "rollout.phases", "must not be empty"),
        (f"{PHASE}.name", "all", "rollout.phases", "'all' is there 2 times"),
        (f"{PHASE}.name", "watch", "rollout.phases[watch].name", "'watch' is what follows the last phase"),
        (f"{PHASE}.name", MISSING, "rollout.phases[1].name", "is missing"),
        (f"{PHASE}.rollout", 0.2, f"{FIRST}.rollout", VALUES),
        (f"{PHASE}.rollout", "0.1", f"{FIRST}.rollout", VALUES),
        (f"{PHASE}.rollout", True, f"{FIRST}.rollout", VALUES),
        (f"{PHASE}.rollout", 10, f"{FIRST}.rollout", VALUES),
        ("rollout.phases.2", NARROW, "rollout.phases[narrow].rollout", "must not be less than 1.0 of 'all'"),
        ("rollout.phases.2", CANARY, "rollout.phases[narrow].canary", "canary symbols come before"),
        (f"{PHASE}.canary", "BTCUSDT", f"{FIRST}.canary", "must be a list"),
        (f"{PHASE}.canary", [""], f"{FIRST}.canary[1]", "must not be empty"),
        (f"{PHASE}.dwell", MISSING, f"{FIRST}.dwell", "is missing"),
        (f"{PHASE}.dwell", "0s", f"{FIRST}.dwell", "must be greater than 0"),
        (f"{PHASE}.longest", "59m", f"{FIRST}.longest", "must not be below its dwell"),
        (f"{PHASE}.least_samples", -1, f"{FIRST}.least_samples", "must be greater than or equal to 0"),
        (f"{PHASE}.approve", "yes", f"{FIRST}.approve", "must be a valid boolean"),
        (f"{PHASE}.criteria", [], f"{FIRST}.criteria", "must hold a criterion"),
        (f"{PHASE}.criteria", [CRITERION | {"critical": False}], f"{FIRST}.criteria", "one must be critical"),
        (f"{PHASE}.criteria", [CRITERION, CRITERION], f"{FIRST}.criteria", "'latency' is there 2 times"),
        (f"{PHASE}.criteria", [[CRITERION], NO_OP], f"{FIRST}.criteria[b].op", "is missing"),
        (f"{PHASE}.criteria", CRITERION, f"{FIRST}.criteria", "must be a list"),
        (f"{PHASE}.criteria", ["latency"], f"{FIRST}.criteria[1]", "must be a mapping"),
        (f"{PHASE}.criteria.0.op", "=<", f"{FIRST}.criteria[latency].op", "must be '>', '>=', '<' or '<='"),
        (f"{PHASE}.criteria.0.value", "1s", f"{FIRST}.criteria[latency].value", "must be a number"),
        (f"{PHASE}.criteria.0.value", False, f"{FIRST}.criteria[latency].value", "must be a number"),
        (f"{PHASE}.criteria.0.value", float("nan"), f"{FIRST}.criteria[latency].value", "must be a number"),
        (f"{PHASE}.criteria.0.metric", "latency", f"{FIRST}.criteria[latency].metric", "must be a metric"),
        (f"{PHASE}.criteria.0.metric", ["a"], f"{FIRST}.criteria[latency].metric", "must be a metric"),
        (f"{PHASE}.criteria.0.scope", "venue", f"{FIRST}.criteria[latency].scope", "must be one of model"),
        (
            f"{PHASE}.criteria.0.scope",
            "model",
            f"{FIRST}.criteria[latency].scope",
            "must be shard or all",
        ),
        (f"{PHASE}.criteria.0.limit", 1, f"{FIRST}.criteria[latency].limit", "is unknown"),
        (f"{PHASE}.criteria.0.requirement", "94", f"{FIRST}.criteria[latency].requirement", "must be rows"),
        (
            f"{PHASE}.criteria.0.least_n",
            "20",
            f"{FIRST}.criteria[latency].least_n",
            "must be a valid integer",
        ),
        ("preflight.1", {"item": "horoscope"}, "preflight[horoscope].item", "is unknown; known: admin_login"),
        ("preflight.1", {"item": "kill_test"}, "preflight", "'kill_test' is there 2 times"),
        ("measures.0.args", ["a"], "measures[stop].args", "must be a mapping"),
        ("measures.0.cmd", MISSING, "measures[stop].cmd", "is missing"),
        ("rules", {"a": 1}, "rules", "must be a list"),
        ("rules.0.action", "fallback", "rules[slow].action", "the fallback is the shard's own doing"),
        ("rules.0.op", "=>", "rule 'slow'", "field 'op' must be >, >=, < or <="),
        ("rules.1", RULE, "rule 'slow'", "field 'name' is that of a rule above"),
        ("rules.0.requirement", "94", "rule 'slow'", "field 'requirement' must be rows"),
    ],
)
def test_what_is_wrong_is_named(place: str, value: Any, field: str, needs: str, tmp_path: Path) -> None:
    """On one line."""
    path = file_of(changed(place, value), tmp_path)
    with pytest.raises(ConfigError) as caught:
        read_profile(path)
    [line] = str(caught.value).splitlines()
    assert line.startswith(f"{path}: profile 'tried': {field}: {needs}")


def test_every_error_of_the_shape_is_told(tmp_path: Path) -> None:
    """A line for each, so that a file is not mended error by error."""
    raw = changed("rollout.fails", 0)
    raw["titel"] = raw.pop("title")
    path = file_of(raw, tmp_path)
    with pytest.raises(ConfigError) as caught:
        read_profile(path)
    where = f"{path}: profile 'tried'"
    assert str(caught.value).splitlines() == [
        f"{where}: title: is missing",
        f"{where}: rollout.fails: must be greater than or equal to 1",
        f"{where}: titel: is unknown",
    ]


@pytest.mark.parametrize("text", ["", "[1, 2]", "rollout"])
def test_a_file_that_is_no_mapping_is_refused(text: str, tmp_path: Path) -> None:
    """As a whole."""
    path = file_of(text, tmp_path)
    with pytest.raises(ConfigError) as caught:
        read_profile(path)
    assert str(caught.value) == f"{path}: profile 'tried': the file: must be a mapping"


def test_profiles_are_found_by_name(tmp_path: Path) -> None:
    """In the order of their names; another name is told what there is."""
    for name in ("b", "a"):
        file_of(changed("name", name), tmp_path, name)
    assert profile_names(tmp_path) == ("a", "b")
    assert profile_named(tmp_path, "b").name == "b"
    with pytest.raises(ConfigError, match="there is no profile 'c'; there are: a, b"):
        profile_named(tmp_path, "c")
    with pytest.raises(ConfigError, match="no profiles: start in the folder"):
        profile_names(tmp_path / "none")
    with pytest.raises(ConfigError, match=r"tried.yml: cannot be read"):
        read_profile(tmp_path / "tried.yml")
