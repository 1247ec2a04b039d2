"""The store of snapshots as the engine keeps it: rows of an epoch first, that the epoch is complete later.

A crash in between leaves rows of an epoch that never was: another history's. The product deletes them before
each start (``connectors.recovery.store.purge``); so does this twin, unless told not to.
"""

from __future__ import annotations

Row = tuple[str, str]
"""The step and the key of a state."""


class Disk:
    """Snapshots by row and epoch, and the epoch at which the next process goes on."""

    def __init__(self) -> None:
        self.resume = 1
        self._rows: dict[Row, dict[int, bytes]] = {}

    def load(self) -> dict[Row, bytes]:
        """Return the newest states from before the epoch at which the process goes on."""
        before = {
            row: {epoch: state for epoch, state in found.items() if epoch < self.resume}
            for row, found in self._rows.items()
        }
        return {row: found[max(found)] for row, found in before.items() if found}

    def write(self, epoch: int, rows: dict[Row, bytes]) -> None:
        """Write the states of an epoch, in one transaction."""
        for row, state in rows.items():
            self._rows.setdefault(row, {})[epoch] = state

    def complete(self, epoch: int) -> None:
        """Write, in a later transaction, that an epoch is durable; what only older ones needed may go."""
        self.resume = epoch + 1
        for found in self._rows.values():
            newest = max((e for e in found if e <= epoch), default=epoch)
            for old in [e for e in found if e < newest]:
                del found[old]

    def purge(self) -> int:
        """Delete the rows of epochs that were never completed and return how many there were."""
        stale = [(found, epoch) for found in self._rows.values() for epoch in found if epoch >= self.resume]
        for found, epoch in stale:
            del found[epoch]
        return len(stale)

    def wipe(self) -> None:
        """The folder is deleted."""
        self.resume = 1
        self._rows.clear()
