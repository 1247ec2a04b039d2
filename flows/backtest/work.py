"""The work folder of a shard: part files of rows, the state behind the newest, and at the end what was found.

A part has its name only once all of it is on disk, and the state that goes on behind it is written after it.
So a walk that was interrupted anywhere finds parts and a state that belong together.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from connectors.bundles import atomic
from connectors.recovery.errors import RecoveryError
from connectors.recovery.folder import locked
from connectors.recovery.state import pack, unpack
from flows.backtest.job import Walked
from models.backtest.decided import Decided, of_columns

_DONE = "walked.json"


class Work:
    """One shard's folder; ``opened`` before it is written to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Make the folder and keep other processes out; raise ``RecoveryError`` where one is in."""
        with locked(self.folder):
            yield

    def walked(self) -> Walked | None:
        """Return what a finished walk found, None where it is not finished."""
        try:
            return msgspec.json.decode((self.folder / _DONE).read_bytes(), type=Walked)
        except (OSError, msgspec.DecodeError):
            return None

    def finish(self, found: Walked) -> None:
        """Note that the walk is finished."""
        atomic.write(self.folder / _DONE, msgspec.json.encode(found))
        for left in self.folder.glob("*.state"):
            left.unlink()

    def put(self, number: int, rows: Decided, state: dict[str, Any] | None) -> None:
        """Write part ``number`` and the state that goes on behind it, None for the last part."""
        content = BytesIO()
        pl.DataFrame(rows.columns()).write_parquet(content, compression="zstd", statistics=False)
        atomic.write(self._part(number), content.getvalue())
        if state is not None:
            atomic.write(self._state(number), pack(state))
            self._state(number - 1).unlink(missing_ok=True)

    def state(self) -> tuple[int, dict[str, Any]] | None:
        """Return the number of the newest part that can be gone on from, and the state behind it."""
        for path in sorted(self.folder.glob("*.state"), reverse=True):
            number = int(path.stem)
            try:
                if self._part(number).exists():
                    return number, unpack(path.read_bytes())
            except RecoveryError:
                continue  # of another version: begin anew
        return None

    def parts(self, count: int) -> Iterator[Decided]:
        """Yield the rows of all parts."""
        for number in range(count):
            frame = pl.read_parquet(self._part(number))
            yield of_columns({name: frame[name].to_numpy() for name in frame.columns})

    def _part(self, number: int) -> Path:
        return self.folder / f"{number:06d}.parquet"

    def _state(self, number: int) -> Path:
        return self.folder / f"{number:06d}.state"
