"""The page of the rules, ``docs/rules.md``, from the rules themselves."""

from __future__ import annotations

from collections.abc import Sequence

from models.rules.metrics import METRICS
from models.rules.rule import Rule, duration


def rules_page(rules: Sequence[Rule]) -> str:
    """Return the page in Markdown: every rule, and every metric a rule can look at."""
    reactions = [
        f"| [`{rule.name}`]({rule.runbook.removeprefix('docs/')}) | `{rule.metric}` of {_scope(rule.scope)} "
        f"| {rule.op} {rule.value:g} | {duration(rule.for_s) if rule.for_s else ''} | {rule.severity} "
        f"| {done(rule)} |"
        for rule in rules
    ]
    metrics = [
        f"| `{name}` | {', '.join(_scope(scope) for scope in metric.scopes)} | {metric.meaning} |"
        for name, metric in METRICS.items()
    ]
    return "\n".join([_INTRODUCTION, *reactions, _METRICS, *metrics, ""])


def done(rule: Rule) -> str:
    """Return the actions of a rule in words."""
    amounts = ", ".join(f"{name} {by:+g}" for name, by in rule.args.items())
    return ", ".join(f"{action} ({amounts})" if action == "tighten" else action for action in rule.actions)


def _scope(scope: str) -> str:
    return {"all": "all together", "model_symbol": "model and symbol"}.get(scope, scope)


_INTRODUCTION = """# Rules

What is done when a metric is beyond a value for a time. The source of this page is `configs/rules.yml`
(RULES_FILE); `levibot rules` prints the rules in force, `levibot rules --check` reads a file as the product
does and names what is wrong in it. Each rule links to its part of the runbook.

The shard itself does the fallback, as it closes each second. The other actions are for what evaluates the
rules (`models/rules/evaluate.py`) over the published records; a person does the same with `levibot control`.

- A rule **fires** once an episode: when it has held for its time, in seconds of the log and not of a clock,
  so that a replay fires where the live run did. It **resolves** with the first value by which it no longer
  holds, and can fire again then. Rules are as strict as their signs.
- Where a metric **has a limit** (what chance explains: [drift](runbook.md#drift),
  [calibration](runbook.md#calibration)), a rule holds only if the value is beyond the limit too.
- **No data** neither fires nor resolves: a running time stops there, and goes on where it stopped if the next
  value holds. Too few samples are no data, so they never kill.
- Several rules on one metric are a ladder; each is told by itself.
- A [profile](profiles.md) adds rules of its own; one of the same name takes the place of the one here.
- **Severity**: P0 stops trading or has stopped it, P1 needs a person now, P2 is to be planned, P3 is to be
  known.

| action | what it does | how it ends |
|---|---|---|
| alert | a record with the rule, its evidence and its page | `resolved` |
| calibration.mark | a line in `data/calibration_markers.csv` | |
| fallback | the shard itself: stub-sine answers, advisory | by itself, with the next trade |
| kill | signals of the model, the symbol, or all become HOLD | `levibot control unkill`, by a person |
| preview | signals stay, advisory | `levibot control send rollout '{"phase": 1.0}'` |
| retrain.requested | a record that asks for training | `levibot train`, `levibot models promote` |
| rollback | rollout 0: every signal is advisory | `levibot control send rollout '{"phase": 0.1}'` |
| tighten | the model's own thresholds plus the amounts, never added up | `levibot control send policy.set` |

## Reactions

| rule | when | beyond | for | severity | what is done |
|---|---|---|---|---|---|"""

_METRICS = """
## Metrics

| metric | of | what |
|---|---|---|"""
