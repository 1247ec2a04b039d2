"""Which ticks of the past a command is to read. The fields are its options: ``flows/tick_options.py``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from typer import Option

from connectors.kafka.topics import tick_topics
from connectors.settings import Settings
from connectors.tick_history import TickHistory, files, simulated, topic
from models.simulator import MarketSpec, instruments

START = 1_700_000_000 * 1_000_000_000
"""When a simulated market begins, ns: the same seed always gives the same bytes."""


class TicksError(ValueError):
    """The options do not say which ticks; the message tells what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticks:
    """One of files, a topic or a simulated market, and what of it is wanted."""

    ticks: Annotated[
        list[Path] | None,
        Option(metavar="FILE", help="Recorded ticks; give it again for more files, merged by time."),
    ] = None
    topic: Annotated[str | None, Option(help="Or the ticks of a topic, each partition a shard.")] = None
    simulated: Annotated[bool, Option("--simulated", help="Or the ticks of a simulated market.")] = False
    symbols: Annotated[str, Option(help="Simulated: how many, or their names, comma separated.")] = "3"
    edge: Annotated[
        float, Option(min=0, max=1, help="Simulated: how far order flow tells the next 60 s.")
    ] = 0.0
    hours: Annotated[float, Option(min=0.01, help="Simulated: how long.")] = 12.0
    rate: Annotated[float, Option(min=0.01, help="Simulated: mean ticks per second and symbol.")] = 5.0
    market_seed: Annotated[int, Option(min=0, help="Simulated: same seed, same ticks.")] = 0
    symbol: Annotated[
        str | None, Option(help="Rows of this symbol alone; also names tables that do not name one.")
    ] = None
    days: Annotated[
        float | None, Option(min=0.01, help="The last days before the newest tick; else all there is.")
    ] = None

    @property
    def named(self) -> bool:
        """Return whether any origin of ticks is named."""
        return bool(self.ticks or self.topic is not None or self.simulated)

    def histories(self, settings: Settings) -> list[TickHistory]:
        """Return the histories, one a shard; of a topic, the last days.

        Raises ``TicksError`` unless one origin is named that can be.
        """
        if sum((bool(self.ticks), self.topic is not None, self.simulated)) != 1:
            raise TicksError("say which ticks to read: one of --ticks FILE, --topic NAME, --simulated")
        if self.ticks:
            return [files(self.ticks, self.symbol)]
        if self.topic is not None:
            codec = dict(tick_topics(settings)).get(self.topic, "auto")
            return topic(settings.kafka_bootstrap, self.topic, self.days, codec)
        return [simulated(self.market(), self.market_seed, self.hours * 3_600, START)]

    def unfiltered(self, settings: Settings) -> list[TickHistory]:
        """Return the histories for a command that takes every row of them, and so cannot drop old ones."""
        if self.days is not None and self.topic is None:
            raise TicksError("--days counts back from the end of a topic here: use it with --topic NAME")
        return self.histories(settings)

    def market(self) -> MarketSpec:
        """Return the simulated market; raise ``TicksError`` where it is impossible."""
        wanted = int(self.symbols) if self.symbols.isdigit() else self.symbols.replace(" ", "").split(",")
        try:
            return MarketSpec(instruments=instruments(wanted), edge=self.edge, ticks_per_second=self.rate)
        except ValueError as error:
            raise TicksError(str(error)) from error
