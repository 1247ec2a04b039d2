"""What both books of the account look at: the time, the last prices, the desk, which shards are behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from models.desk.desk import Desk
from models.desk.references import name_of
from models.paper.money import money_units, price_units


class Limits(NamedTuple):
    """The desk's flags that bind an entry, money in units; None where a flag is not set."""

    position: int | None
    positions: int | None
    loss: int | None


class Scene:
    """The account's surroundings as of the last input; ``now`` is the end of the last second, ns."""

    def __init__(self, saved: Mapping[str, Any] | None = None) -> None:
        kept = saved or {}
        self.now: int = kept.get("now", 0)
        self.prices: dict[str, float] = dict(kept.get("prices", {}))
        self.homes: dict[str, str] = dict(kept.get("homes", {}))  # the shard that told of a symbol last
        self.behind: set[str] = set(kept.get("behind", ()))
        self.rule(Desk.from_dict(kept["desk"]) if "desk" in kept else Desk())

    def snapshot(self) -> dict[str, Any]:
        """Return the whole state as plain data."""
        return {
            "now": self.now,
            "prices": dict(self.prices),
            "homes": dict(self.homes),
            "behind": sorted(self.behind),
            "desk": self.desk.as_dict(),
        }

    def rule(self, desk: Desk) -> None:
        """Let another desk be in force."""
        self.desk = desk
        size, count, loss = (
            desk.flags.get(name) for name in ("max_position_size_usd", "max_open_positions", "max_daily_loss")
        )
        self.limits = Limits(
            None if size is None else money_units(size),
            None if count is None else int(count),
            None if loss is None else money_units(loss),
        )

    def price_of(self, symbol: str) -> int:
        """Return a symbol's last price in units."""
        return price_units(self.prices[symbol])

    @property
    def killed_bundles(self) -> set[str]:
        """Return the names of models with a killed bundle: an order does not tell which bundle ordered it."""
        return {name_of(model) for model in self.desk.killed_models}

    def killed(self, symbol: str, model: str | None) -> bool:
        """Return whether a kill of any scope reaches an entry; a command's entry has no model."""
        desk = self.desk
        by_model = model is not None and not desk.killed_models.isdisjoint((model, name_of(model)))
        by_symbol = not desk.killed_symbols.isdisjoint((symbol, plain_name(symbol)))
        return desk.killed or by_model or by_symbol

    def known_as(self, name: str) -> list[str]:
        """Return the symbols with a price that a command may mean: that one, or all of that plain name."""
        if name in self.prices:
            return [name]
        return sorted(symbol for symbol in self.prices if plain_name(symbol) == name)


def plain_name(symbol: str) -> str:
    """Return a symbol's name without its venue."""
    return symbol.rpartition(":")[2]


def venue_of(symbol: str) -> str:
    """Return a symbol's venue, empty where it has none."""
    return symbol.rpartition(":")[0]


def full_name(symbol: str) -> str:
    """Return ``venue:symbol`` as ids of records have it, with nothing before the colon without a venue."""
    return f"{venue_of(symbol)}:{plain_name(symbol)}"
