"""A rule is read strictly: an error names the file, the rule and the field."""

from __future__ import annotations

from typing import Any

import pytest
from rules.written import PAGE, rule, written

from models.rules.metrics import kill_scope, scope_key, scope_of
from models.rules.parsing import BadRuleError, parse_duration, parse_rules
from models.rules.rule import Rule, duration


def test_a_rule_is_what_was_written() -> None:
    """One action may stand alone, several are a list; amounts are numbers."""
    assert rule() == Rule(
        name="psi", metric="drift.psi", scope="model_symbol", op=">", value=0.3, for_s=0, severity="P0",
        actions=("alert",), runbook=PAGE,
    )  # fmt: skip
    tighten = rule(action=["alert", "tighten"], args={"entry": 0.01, "exit": -0.01}, **{"for": "3h"})
    assert (tighten.actions, tighten.args, tighten.for_s) == (
        ("alert", "tighten"),
        {"entry": 0.01, "exit": -0.01},
        10_800,
    )


def test_a_rule_is_written_as_it_was_read() -> None:
    """So that what is printed as JSON is a rules file again."""
    for fields in (
        written(),
        written(action=["tighten"], args={"entry": 0.01, "exit": 0.0}, **{"for": "90s"}),
    ):
        read = parse_rules([fields], "rules.yml")
        assert parse_rules([read[0].as_dict()], "rules.yml") == read


@pytest.mark.parametrize(
    ("wrong", "field", "needs"),
    [
        ({"name": "ECE alert"}, "name", "lower-case"),
        ({"metric": "drift.ks"}, "metric", "drift.psi"),
        ({"scope": "venue"}, "scope", "model_symbol"),
        ({"scope": "shard"}, "scope", "model or model_symbol, where drift.psi is measured"),
        ({"op": "=="}, "op", ">, >=, < or <="),
        ({"value": "0.3"}, "value", "a number"),
        ({"value": True}, "value", "a number"),
        ({"value": float("nan")}, "value", "a number"),
        ({"value": 10**400}, "value", "a number"),
        ({"for": 180}, "for", "a duration such as"),
        ({"for": "3 m"}, "for", "a duration such as"),
        ({"for": "-3m"}, "for", "a duration such as"),
        ({"severity": "P4"}, "severity", "P0, P1, P2 or P3, not 'P4'"),
        ({"action": "unkill"}, "action", "not 'unkill'"),
        ({"action": []}, "action", "a list of different ones"),
        ({"action": ["alert", "alert"]}, "action", "a list of different ones"),
        ({"action": {"alert": 1}}, "action", "not {'alert': 1}"),
        ({"runbook": "docs/runbook.md"}, "runbook", "a heading of the runbook"),
        ({"args": {"entry": 0.01, "exit": 0}}, "args", "for the action tighten only"),
        ({"action": "tighten"}, "args", "entry and exit"),
        ({"action": "tighten", "args": {"entry": 0.01}}, "args", "entry and exit"),
        ({"action": "tighten", "args": {"entry": -0.01, "exit": 0}}, "args.entry", "from 0 to below 1"),
        ({"action": "tighten", "args": {"entry": 0.01, "exit": 0.01}}, "args.exit", "above -1 to 0"),
        ({"action": "tighten", "args": {"entry": 0, "exit": 0}}, "args", "must tighten"),
        ({"op": None}, "op", "is missing"),
        ({"runbook": None}, "runbook", "is missing"),
        ({"vaule": 1}, "vaule", "is unknown; known: name, metric, scope"),
    ],
)
def test_what_is_wrong_is_named(wrong: dict[str, Any], field: str, needs: str) -> None:
    """The file, the rule by its name, the field, and what it needs."""
    with pytest.raises(BadRuleError) as caught:
        parse_rules([written(), written(**({"name": "second"} | wrong))], "configs/rules.yml")
    name = wrong.get("name", "second")
    assert str(caught.value).startswith(f"configs/rules.yml: rule {name!r}: field {field!r} ")
    assert needs in str(caught.value)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (None, "x.yml: 'reactions' must be a list of rules"),
        ({"a": 1}, "x.yml: 'reactions' must be a list of rules"),
        (["alert"], "x.yml: rule 1 is no mapping of fields"),
        ([written(), written(name=None)], "x.yml: rule 2: field 'name' is missing"),
        ([written(), written(name=7)], "x.yml: rule 2: field 'name' must be lower-case"),
        ([written(), written()], "x.yml: rule 'psi': field 'name' is that of a rule above"),
    ],
)
def test_a_rule_without_a_name_is_named_by_its_place(raw: object, said: str) -> None:
    """And two of one name are refused."""
    with pytest.raises(BadRuleError) as caught:
        parse_rules(raw, "x.yml")
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("text", "seconds"), [("0s", 0), ("90s", 90), ("3m", 180), ("3h", 10_800), ("2d", 172_800)]
)
def test_durations_read_and_written(text: str, seconds: int) -> None:
    """In the largest unit that divides them."""
    assert (parse_duration(text), duration(seconds)) == (seconds, text)


@pytest.mark.parametrize(
    ("op", "value", "limit", "holds"),
    [
        (">", 0.3, None, False), (">", 0.31, None, True), (">=", 0.3, None, True), ("<", 0.3, None, False),
        ("<", 0.29, None, True), ("<=", 0.3, None, True), ("<=", 0.31, None, False),
        (">", 0.5, 0.6, False), (">", 0.5, 0.5, False), (">", 0.5, 0.4, True), (">", 0.2, 0.1, False),
        ("<", 0.1, 0.05, False), ("<", 0.1, 0.2, True), ("<=", 0.1, 0.1, False),
    ],
)  # fmt: skip
def test_a_rule_holds_beyond_its_value_and_beyond_the_limit(
    op: str, value: float, limit: float | None, holds: bool
) -> None:
    """As strict as it is written; beyond what chance explains, in its own direction."""
    assert rule(op=op).holds(value, limit) is holds


def test_a_scope_key_says_what_it_is_of() -> None:
    """And what a kill for it stops: the model that drifted, not the symbol for all models."""
    pair = scope_key("model_symbol", "lgbm@" + "0" * 64, "binance:BTCUSDT")
    assert scope_of(pair) == "model_symbol" and kill_scope(pair) == "model:lgbm"
    assert kill_scope(scope_key("model", "ml-fusion")) == "model:ml-fusion"
    assert kill_scope(scope_key("symbol", "binance:BTCUSDT")) == "symbol:binance:BTCUSDT"
    assert kill_scope(scope_key("shard", "ticks/0")) == kill_scope(scope_key("all")) == "all"
    for wrong in (("all", "x"), ("model",), ("model_symbol", "x"), ("model", "x", "y")):
        with pytest.raises(ValueError, match="scope key"):
            scope_key(*wrong)  # type: ignore[arg-type]
