"""Where the ticks of a run come from, as the options of a command say it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from connectors.kafka.topics import tick_topics
from connectors.settings import Settings
from connectors.tick_history import TickHistory, files, simulated, topic
from flows.histories import START
from flows.training.gathering import rows_of
from flows.training.progress import Told
from models.simulator import MarketSpec, instruments
from models.spec import Spec
from models.training.rows import Rows, last_days, of_symbol


class TicksError(ValueError):
    """The options do not name one origin of ticks; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticks:
    """One of files, a topic or a simulated market, and what of it is wanted."""

    files: tuple[Path, ...] = ()
    topic: str | None = None
    market: MarketSpec | None = None
    hours: float = 12.0
    """Length of a simulated market."""
    market_seed: int = 0
    symbol: str | None = None
    days: float | None = None

    def histories(self, settings: Settings) -> list[TickHistory]:
        """Return the histories, one a shard; raise ``TicksError`` unless one origin is named."""
        named = [bool(self.files), self.topic is not None, self.market is not None]
        if sum(named) != 1:
            raise TicksError("say where the ticks come from: one of --ticks FILE, --topic NAME, --simulated")
        if self.files:
            return [files(self.files, self.symbol)]
        if self.topic is not None:
            codec = dict(tick_topics(settings)).get(self.topic, "auto")
            return topic(settings.kafka_bootstrap, self.topic, self.days, codec)
        assert self.market is not None
        return [simulated(self.market, self.market_seed, self.hours * 3_600, START)]


def market_of(symbols: str, edge: float, rate: float) -> MarketSpec:
    """Return the simulated market of a number of symbols or of their names, comma separated."""
    wanted = int(symbols) if symbols.isdigit() else [name.strip() for name in symbols.split(",")]
    try:
        return MarketSpec(instruments=instruments(wanted), edge=edge, ticks_per_second=rate)
    except ValueError as error:
        raise TicksError(str(error)) from error


def wanted_rows(ticks: Ticks, histories: list[TickHistory], spec: Spec, told: Told) -> Rows:
    """Return the rows of the histories that were asked for: one symbol's, the last days'."""
    rows = rows_of(histories, spec, told)
    if ticks.symbol is not None:
        rows = of_symbol(rows, ticks.symbol)
    return rows if ticks.days is None else last_days(rows, ticks.days)
