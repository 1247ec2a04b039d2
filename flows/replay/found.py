"""What became of every topic and shard of a replay: the first difference, plain data, a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.table import Table

from models.judge.records import Shard

if TYPE_CHECKING:
    from connectors.recording.compare import Comparison, Difference

Found = Mapping[tuple[Shard, str], "Comparison"]


def names(found: Found) -> list[str]:
    """Return the topics in the order in which they are compared."""
    return list(dict.fromkeys(topic for _, topic in found))


def first_difference(found: Found) -> Difference | None:
    """Return the first record that differs, by topic, then shard."""
    order = names(found)
    places = sorted(found, key=lambda place: (order.index(place[1]), place[0].number))
    return next(filter(None, (found[place].first for place in places)), None)


def plain(found: Found) -> list[dict[str, Any]]:
    """Return the counts of each topic and shard."""
    return [
        {
            "topic": topic, "partition": shard.number, "recorded": one.recorded,
            "replayed": one.replayed, "equal": one.equal,
        }
        for (shard, topic), one in found.items()
    ]  # fmt: skip


def table(found: Found) -> Table:
    """Return the counts of each topic, summed over its shards."""
    shown = Table("topic", "recorded", "replayed", "equal", box=None)
    for topic in names(found):
        all_of_it = [one for (_, name), one in found.items() if name == topic]
        counts = (sum(getattr(one, c) for one in all_of_it) for c in ("recorded", "replayed", "equal"))
        shown.add_row(topic, *(f"{count:,}" for count in counts))
    return shown


def words(first: Difference) -> str:
    """Return where the first difference is, and both values."""
    return (
        f"{first.topic}/{first.partition}, ordinal {first.ordinal}: {first.field} differs\n"
        f"  recorded  {first.recorded}\n  replayed  {first.replayed}"
    )
