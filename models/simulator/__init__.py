"""A seeded market with all the faults of a real feed: the ticks of the demo and of many tests."""

from models.simulator.market import Faults, Instrument, MarketSpec, instruments
from models.simulator.stream import Record, pages, simulate
from models.simulator.text import Kind

__all__ = ["Faults", "Instrument", "Kind", "MarketSpec", "Record", "instruments", "pages", "simulate"]
