"""Every command in words, for the page of the commands; a test holds it against the schema."""

from __future__ import annotations

from typing import NamedTuple


class Described(NamedTuple):
    """A command in words: its arguments, what it does, and how that ends."""

    arguments: str
    effect: str
    ends: str


COMMANDS: dict[str, Described] = {
    "kill": Described(
        "`reason`?; scope",
        "every signal of the scope is HOLD; of all: orders reduce positions only",
        "`unkill` of the same scope",
    ),
    "unkill": Described("`reason`; scope", "ends a kill of the same scope", ""),
    "halt": Described("`reason`?", "no order at all, closing ones neither; signals go on", "`resume`"),
    "resume": Described("`reason`", "ends a halt", ""),
    "canary": Described(
        "`enabled`, `symbols`?, `reason`?",
        "only these symbols trade, the others are advisory",
        "`enabled` false",
    ),
    "rollout": Described(
        "`phase`: preview, 0, 0.1, 0.5 or 1.0; `of`?: model or challenger; `symbols`?; `reason`?",
        "that share of the symbols: of the model, to trade; of the challenger, to decide",
        "the next `rollout` or `rollback`",
    ),
    "rollout.start": Described(
        "`profile`, `model`?, `hours`?, `literal`?, `reason`?",
        "the guard begins a run of the profile; `hours` of event time instead of the profile's; `literal`: "
        "its verdict counts checks, whichever they are",
        "promotion, rollback, or the end of the profile",
    ),
    "rollout.approve": Described(
        "`reason`?", "a phase that waits for a person may be left at the next check", "that check"
    ),
    "rollout.suspend": Described(
        "`reason`", "the run stays where it is; checks go on, and may roll it back", "`rollout.resume`"
    ),
    "rollout.resume": Described("`reason`", "ends a suspension", ""),
    "rollout.retry": Described(
        "`reason`, `model`?",
        "the bundle that was rolled back last, or `model`, may be started again; starts nothing",
        "",
    ),
    "rollback": Described(
        "`reason`?",
        "ends the rollout that was steered last: the challenger decides nothing any more; of the model: "
        "every signal is advisory too ([challenger.md](challenger.md))",
        "`rollout`",
    ),
    "model.select": Described(
        "`name`, `as`?: model or challenger; `note`?, `reason`?",
        "another model answers, or answers beside it; a bundle once it is loaded; `none` drops a challenger",
        "the next one",
    ),
    "model.promote": Described("`name`, `note`?, `reason`?", "as a selection, and ends the canary", ""),
    "model.rollback": Described("`name`, `note`?, `reason`?", "as a selection: back to a model before", ""),
    "flag.set": Described("`key`, `value`, `reason`?", "sets a flag of the whitelist", "the next value"),
    "policy.set": Described(
        "`entry`, `exit`, `reason`?",
        "the thresholds of BUY and SELL",
        "the next one, or a model that brings its own",
    ),
    "weights.set": Described(
        "`parts`?, `members`?, `reason`?",
        "weights of the parts of ml-fusion, of the members of the ensemble",
        "the next ones",
    ),
    "partitions.grow": Described(
        "`topic`, `partitions`, `reason`?",
        "symbols that go to another partition are retired; sent by `levibot topics grow`",
        "",
    ),
    "paper.order": Described(
        "`symbol`, `side`, `notional_usd`, `reason`?", "an order of the paper account", "its fill or refusal"
    ),
    "paper.close": Described("`symbol`?, `reason`?", "sells a position, or all", "its fill"),
    "calibration.mark": Described(
        "`note`?, `reason`?", "marks the moment for who reads the calibration later; changes nothing", ""
    ),
    "backtest.run": Described(
        "`symbols`?, `days`?, `model`?, `reason`?",
        "a backtest, by who runs `levibot backtest serve-jobs`",
        "its report",
    ),
}
