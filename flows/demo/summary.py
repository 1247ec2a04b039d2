"""The demo's living summary: rates, signals, staleness, processes, and where to look."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from connectors.settings import DEMO_ENV
from flows.demo.services import Demo

SHOWN_TOPICS = ("ticks", "signals", "predictions", "features", "journal", "dlq", "trades")


@dataclass(slots=True)
class Reading:
    """One look at the running demo."""

    at: float
    counts: dict[str, int]
    symbols: list[dict[str, Any]] = field(default_factory=list)


def rates(before: Reading | None, now: Reading) -> dict[str, float]:
    """Return records per second by topic since the reading before."""
    if before is None or now.at <= before.at:
        return dict.fromkeys(now.counts, 0.0)
    return {t: (n - before.counts.get(t, 0)) / (now.at - before.at) for t, n in now.counts.items()}


def line(reading: Reading, rate: dict[str, float]) -> str:
    """Return the reading as one line, for output that is no terminal."""
    worst = max((s["age_s"] for s in reading.symbols), default=0.0)
    return (
        f"signals {reading.counts['signals']:>6}  (+{rate['signals']:.1f}/s)  ticks "
        f"{reading.counts['ticks']:>7}  (+{rate['ticks']:.1f}/s)  "
        f"symbols {len(reading.symbols)}  oldest trade {worst:.1f} s"
    )


def picture(demo: Demo, reading: Reading, rate: dict[str, float], left_s: float | None) -> RenderableType:
    """Return the reading as a screen."""
    return Group(_head(demo, left_s), _topics(reading, rate), _symbols(reading), _processes(demo))


def _head(demo: Demo, left_s: float | None) -> Text:
    until = "Ctrl-C ends it" if left_s is None else f"{left_s:.0f} s left"
    url = f"http://{demo.settings.api_host}:{demo.settings.api_port}"
    return Text.assemble(
        ("LEVIBOT demo", "bold"), f"  {until}\n",
        "API ", (f"{url}/status", "cyan"), f"  {url}/ai/predict?symbol=BTCUSDT\n",
        "in another terminal: ", ("levibot control kill --wait", "yellow"), "\n",
        f"ADMIN_KEY, which opens the control gateway ({url}/auth/admin/login), is in {DEMO_ENV}\n",
        *(f"{text}\n" for text in demo.moved),
    )  # fmt: skip


def _topics(reading: Reading, rate: dict[str, float]) -> Table:
    table = Table("topic", "records", "per second", box=None)
    for name in SHOWN_TOPICS:
        table.add_row(name, f"{reading.counts.get(name, 0):,}", f"{rate.get(name, 0.0):,.1f}")
    return table


def _symbols(reading: Reading) -> Table:
    table = Table("symbol", "price", "signal", "p(up)", "model", "reason", "last trade", box=None)
    for s in reading.symbols:
        colour = {"BUY": "green", "SELL": "red"}.get(str(s["signal"]), "")
        table.add_row(
            str(s["symbol"]), f"{s['price']:.10g}", Text(str(s["signal"]), colour), f"{s['prob']:.3f}",
            str(s["model"]), str(s["reason"]), f"{s['age_s']:.1f} s ago",
        )  # fmt: skip
    return table


def _processes(demo: Demo) -> Text:
    pids = [f"broker {demo.broker.pid}", f"redis {demo.redis.pid}"]
    pids += [
        f"{p.name} {p.pid}" + (f" (started {p.restarts + 1} times)" if p.restarts else "")
        for p in demo.processes
    ]
    return Text("pids: " + ", ".join(pids) + f"\nlogs: {demo.settings.run_dir}/logs", "dim")
