"""The end of a training run on the terminal: the verdict, where the bundle is, what to do next."""

from __future__ import annotations

from typing import Any

import orjson
import typer
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from flows.training.run import Published

_NAMES = {"accuracy": "accuracy", "ece": "calibration error", "inference_p95_ms": "time to answer, ms"}


def tell(done: Published, as_json: bool) -> None:
    """Print the result, as JSON or for people."""
    if as_json:
        typer.echo(orjson.dumps(plain(done), option=orjson.OPT_INDENT_2).decode())
    else:
        Console().print(summary(done))


def plain(done: Published) -> dict[str, Any]:
    """Return what a script wants to know."""
    card = done.finished.card
    return {
        "run_id": card["identity"]["run_id"],
        "name": card["identity"]["name"],
        "reference": done.reference,
        "folder": str(done.folder),
        "gates": card["gates"],
        "edge": card["edge"],
        "calibration": card["calibration"]["method"],
        "policy": {name: card["policy"][name] for name in ("entry", "exit", "profitable")},
        "card": str(done.folder / "model_card.json"),
    }


def summary(done: Published) -> RenderableType:
    """Return the result for people."""
    card = done.finished.card
    identity, policy = card["identity"], card["policy"]
    run_id = identity["run_id"]
    return Group(
        Text.assemble("\n", (identity["name"], "bold"), f"  run {run_id}\n{done.folder}\n"),
        _gates(card["gates"]),
        Text(f"\n{_sentence(card['edge']['sentence'])}"),
        Text(f"Calibration: {_calibration(card['calibration'])}."),
        Text(f"Thresholds: BUY from {policy['entry']:g}, SELL up to {policy['exit']:g}: {policy['why']}."),
        Text.assemble("\nthe whole card:  ", (f"levibot models show {run_id}", "yellow")),
        _next(card["gates"], run_id),
    )


def _gates(gates: dict[str, Any]) -> Table:
    table = Table("gate", "", "", box=None, show_header=False, padding=(0, 2, 0, 0))
    for name, words in _NAMES.items():
        passed = gates[name]["passed"]
        mark = Text("pass", "bold green") if passed else Text("FAIL", "bold red")
        table.add_row(words, mark, _sentence(gates[name]["sentence"]))
    return table


def _calibration(found: dict[str, Any]) -> str:
    if found["method"] == "identity":
        return f"none: {found['why']}"
    before, after = found["ece_before"], found["ece_after"]
    error = f"calibration error {before:.4f} before, {after:.4f} after"
    return f"{found['method']}; {error}, on rows it was not fitted to"


def _next(gates: dict[str, Any], run_id: str) -> Text:
    if gates["passed"]:
        return Text.assemble("put it to work:  ", (f'levibot models promote {run_id} --note "..."', "yellow"))
    return Text("a gate failed: it is not promoted without a reason (levibot models promote --help)")


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
