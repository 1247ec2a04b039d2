"""One entry of a shard's journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

OPEN, GENESIS, COMMAND, BEAT = "open", "genesis", "command", "beat"
NO_CONTROL = -1


@dataclass(frozen=True, slots=True)
class Entry:
    """What a shard took in, and where: before tick ``after``, behind tick ``after - 1``.

    ``gen`` is the generation of the process that wrote it, ``seq`` its place among all entries of the shard
    (an ``open`` has none, -1), ``ctl_offset`` the offset of a command on the control topic.
    """

    gen: int
    seq: int
    after: int
    kind: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    ctl_offset: int = NO_CONTROL

    def as_dict(self) -> dict[str, Any]:
        """Return plain data, the form on the journal topic."""
        return {
            "gen": self.gen, "seq": self.seq, "after": self.after, "kind": self.kind,
            "payload": dict(self.payload), "ctl_offset": self.ctl_offset,
        }  # fmt: skip
