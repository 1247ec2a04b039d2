"""Ticks of the past for training and checks: files, a simulated market or a topic, with provenance."""

from connectors.tick_history.history import HistoryError, TickHistory
from connectors.tick_history.market import simulated
from connectors.tick_history.partitions import topic
from connectors.tick_history.tables import files

__all__ = ["HistoryError", "TickHistory", "files", "simulated", "topic"]
