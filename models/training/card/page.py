"""``model_card.md``: the card as a page for a desk, the verdict first, pictures linked."""

from __future__ import annotations

from models.training.card.page_figures import Card, figures, symbols
from models.training.card.page_tables import bullets, figure, number, stack, table
from models.training.judging.limits import Limit


def card_text(card: Card) -> str:
    """Return the page for a card, as Markdown; the card is that of ``card.card``, or read from JSON."""
    return stack(*(section(card) for section in _SECTIONS)) + "\n"


def _verdict(card: Card) -> str:
    identity = card["identity"]
    gates = {name: gate for name, gate in card["gates"].items() if name != "passed"}
    failed = [name for name, gate in gates.items() if not gate["passed"]]
    outcome = f"Gates failed: {', '.join(failed)}." if failed else "All gates passed."
    judged = [
        (name, figure(gate["value"]), str(Limit(gate["operator"], gate["threshold"])), _yes(gate["passed"]))
        for name, gate in gates.items()
    ]
    return stack(
        f"# Model card: {identity['name']}",
        f"Run `{identity['run_id']}`, {identity['kind']}, {identity['horizon_s']} s ahead, made "
        f"{identity['created']}{_origin(identity)}.",
        "## Verdict",
        f"**{outcome}** {_sentence(card['edge']['sentence'])}",
        table(("gate", "test data", "limit", "passed"), judged),
        bullets(_sentence(gate["sentence"]) for gate in gates.values()),
    )


def _policy(card: Card) -> str:
    calibration, policy = card["calibration"], card["policy"]
    return stack(
        "## Calibration and policy",
        f"Calibration: {calibration['method']}; held-out ECE {figure(calibration['ece_before'])} before, "
        f"{figure(calibration['ece_after'])} after.",
        f"BUY from {policy['entry']:g} on, SELL up to {policy['exit']:g}: {policy['why']}.",
        _on_test(policy.get("on_test")),
        *_sweep(policy),
    )


def _on_test(outcome: Card | None) -> str:
    if outcome is None:
        return ""
    return (
        f"On the test data these thresholds make {outcome['trades']:,} trades, "
        f"gross {outcome['gross']:+.4f}, net of costs {outcome['net']:+.4f} (log returns, summed)."
    )


def _sweep(policy: Card) -> tuple[str, ...]:
    least = max(1, policy.get("least_trades", 1))
    enough = [cell for cell in policy["sweep"] if cell["trades"] >= least]
    if not enough:
        return ()
    best = [
        (f"{cell['entry']:g} / {cell['exit']:g}", number(cell["trades"]), f"{cell['net']:+.4f}")
        for cell in sorted(enough, key=lambda cell: -cell["net"])[:5]
    ]
    said = f"Of {len(policy['sweep'])} pairs of thresholds these netted most on the validation data"
    return f"{said} (at least {least} trades):", table(("entry / exit", "trades", "net log return"), best)


def _features(card: Card) -> str:
    found = card["feature_importance"]
    lines = [
        (str(place), f"`{one['feature']}`", f"{one['share']:.1%}")
        for place, one in enumerate(found["top"], 1)
    ]
    if not lines:
        return ""
    return stack(
        "## Features",
        f"The {len(lines)} of {found['features']} features that matter most, by {found['kind']}.",
        table(("", "feature", "share"), lines),
        f"![Importance]({card['pictures']['importance']})",
    )


def _data(card: Card) -> str:
    data = card["data"]
    lines = [
        (part, window["start"], window["end"], number(window["rows"]), number(window["labelled"]))
        for part, window in data["windows"].items()
        if window
    ]
    return stack(
        "## Data",
        table(("part", "from", "to (UTC)", "rows", "with outcome"), lines),
        f"Split {data['split_strategy']}; {data['purged']:,} rows lie between the parts. "
        f"Snapshot `{data['snapshot_id']}`, symbols {', '.join(data['symbols'])}.",
    )


def _training(card: Card) -> str:
    training = card["training"]
    if training is None:
        return stack(
            "## Training", "Trained elsewhere: this card knows its answers, not how it learned them."
        )
    imbalance = training["imbalance"]
    best = [(f"`{name}`", figure(value)) for name, value in training["best_parameters"].items()]
    return stack(
        "## Training",
        f"{training['trials']} trials, {training['pruned']} of them pruned, seed {training['seed']}. "
        f"Objective: {training['objective']}. Share of ups in train {figure(imbalance['up_share'])}, "
        f"an up weighs {figure(imbalance['up_weight'])}.",
        table(("parameter", "best"), best),
    )


def _leakage(card: Card) -> str:
    lines = [(one["check"], _yes(one["passed"]), one["detail"]) for one in card["leakage_checks"]]
    return stack("## Leakage checks", table(("check", "passed", "how"), lines))


def _speed(card: Card) -> str:
    latency = card["latency_ms"]
    lines = [
        (height, *(figure(times[p]) for p in ("p50", "p90", "p95", "p99")))
        for height, times in latency["rows"].items()
    ]
    libraries = ", ".join(f"{name} {version}" for name, version in sorted(card["libraries"].items()))
    return stack(
        "## Latency",
        table(("rows", "p50 ms", "p90 ms", "p95 ms", "p99 ms"), lines),
        f"{latency['runs']:,} calls after {latency['warm_ups']} to warm up, on {latency['machine']}. "
        f"Libraries: {libraries}.",
    )


def _limits(card: Card) -> str:
    return stack("## What this card does not say", bullets(card["limits"]))


def _overrides(card: Card) -> str:
    lines = [", ".join(f"{name}: {value}" for name, value in one.items()) for one in card["overrides"]]
    return stack("## Overrides", bullets(lines)) if lines else ""


def _origin(identity: Card) -> str:
    before = identity["calibrated_from"]
    return f"; the model of `{before}`, calibrated anew" if before else ""


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + "."


def _yes(passed: bool) -> str:
    return "yes" if passed else "**no**"


_SECTIONS = (
    _verdict, figures, symbols, _policy, _features, _data, _training, _leakage, _speed, _limits, _overrides,
)  # fmt: skip
