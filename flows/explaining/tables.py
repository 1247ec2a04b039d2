"""An explanation for people and for scripts."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flows.explaining.finding import said
from flows.explaining.run import Explained

Plain = dict[str, Any]
_RESULT = {True: "[bold]stops here[/bold]", False: "passed", None: "[dim]not come to[/dim]"}


def as_plain(one: Explained) -> Plain:
    """Return an explanation as JSON-ready data."""
    signal, desk = one.found.signal, one.desk
    return {
        "symbol": signal["symbol"], "ts": signal["ts"], "at": said(signal["ts"]),
        "sentence": one.sentence, "agrees": not one.differences, "differences": one.differences,
        "decided": one.decision._asdict(), "steps": [step._asdict() for step in one.steps],
        "notes": one.notes, "signal": signal, "scores": one.found.predictions, "row": one.found.row,
        "desk": desk.as_dict(),
    }  # fmt: skip


def show(one: Explained, console: Console) -> None:
    """Print the sentence, the steps of the gate, who said what, the row and the desk."""
    signal = one.found.signal
    console.print(f"[bold]{escape(signal['symbol'])}[/bold] {said(signal['ts'])}: {escape(one.sentence)}")
    for note in one.notes:
        console.print(f"  {escape(note)}")
    console.print(_steps(one), _scores(one))
    row, desk = one.found.row, one.desk
    console.print(
        f"row   price {row['price']}, last trade {row['age_s']:.3f} s before, {row['feature_version']}"
    )
    console.print(escape(_desk(desk.as_dict())))
    for difference in one.differences:
        console.print(f"[bold red]differs[/bold red] {escape(difference)}")


def _steps(one: Explained) -> Table:
    table = Table("step", "seen", "applies when", "result", box=None)
    for step in one.steps:
        table.add_row(step.reason, escape(step.seen), escape(step.applies_when), _RESULT[step.applies])
    return table


def _scores(one: Explained) -> Table:
    table = Table("model", "role", "p", "fallback", box=None)
    for row in one.found.predictions:
        prob = "-" if row["prob"] is None else f"{row['prob']:.6g}"
        table.add_row(escape(row["model"]), row["role"], prob, "yes" if row["fallback"] else "no")
    return table


def _desk(desk: Plain) -> str:
    rollout = "preview" if desk["preview"] else f"{desk['fraction']:g}"
    return (
        f"desk  model {desk['model']}, entry {desk['entry']:g}, exit {desk['exit']:g}, rollout {rollout}, "
        f"canary {'on' if desk['canary'] else 'off'}, killed {'yes' if desk['killed'] else 'no'}, "
        f"challenger {desk['challenger'] or 'none'} on {desk['share']:g}"
    )
