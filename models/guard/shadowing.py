"""The comparison of challenger and incumbent as a run sees it, and how much evidence a phase has gathered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from models.guard.inputs import ACCOUNT, SIGNALS, Told
from models.rules.evaluate import Sample
from models.shadow.blocks import Blocks
from models.shadow.books import Books, Earned, earned
from models.shadow.comparison import Comparison, book_samples, compare, samples
from models.shadow.paired import Paired
from models.shadow.rows import rows_of
from models.spec import SECOND

BOOKS_EVERY_S = 300
"""Seconds between two looks at the books, which cost more with every minute that is kept."""


class Shadowing:
    """Pairs of what both models said, since a run and since a phase began; state is plain data."""

    def __init__(self, horizon_s: int, max_age_s: float, saved: Mapping[str, Any] | None = None) -> None:
        saved = saved or {}
        self._horizon = horizon_s
        self._paired = Paired(horizon_s, int(max_age_s), saved.get("paired"))
        self._books = Books(saved.get("books"))
        self._second: int = saved.get("second", 0)  # behind the last row
        self.run_second: int = saved.get("run", 0)
        """The second at which the run began."""
        self._phase: int = saved.get("phase", 0)
        self._answered: int = saved.get("answered", 0)  # the last horizon in which a model answered
        self._horizons: int = saved.get("horizons", 0)  # in which one did since the phase began

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        return {
            "paired": self._paired.snapshot(), "books": self._books.snapshot(), "second": self._second,
            "run": self.run_second, "phase": self._phase,
            "answered": self._answered, "horizons": self._horizons,
        }  # fmt: skip

    def begin_run(self) -> None:
        """Compare from here on: a run begins."""
        self.run_second = self._second

    def begin_phase(self) -> None:
        """Count evidence from here on: a phase begins."""
        self._phase, self._horizons = self._second, 0

    def take(self, second: int, found: Sequence[Told]) -> None:
        """Take in signals and account of the seconds up to one, in order."""
        signals = [told.body for told in found if told.topic == SIGNALS]
        self._books.step(told.body for told in found if told.topic == ACCOUNT)
        self._second = second
        if signals:
            self._paired.step(rows_of(signals))
            self._count(signals)

    def effective(self, *, paired: bool) -> int:
        """Return the effective outcomes since the phase began: horizons, which share no second.

        Of symbols at one time one counts. Without a challenger they are those in which the model answered.
        """
        return self.blocks.since(self._phase).horizons if paired else self._horizons

    @property
    def blocks(self) -> Blocks:
        """Return the whole blocks since the run began."""
        return self._paired.blocks(self._second).since(self.run_second)

    def comparison(self) -> Comparison:
        """Return everything that the pairs of the run show."""
        return compare(self.blocks)

    def earned(self, second: int) -> Earned:
        """Return what both books did since the run began."""
        return earned(self._books.curves(self.run_second, second))

    def samples(self) -> list[Sample]:
        """Return what the comparison shows, while there is a run; nothing before a block has ended."""
        blocks = self.blocks
        found = samples(blocks) if len(blocks) else []
        if self.run_second and self._second % BOOKS_EVERY_S == 0:
            found += book_samples(self.earned(self._second))
        return found

    def _count(self, signals: list[dict[str, Any]]) -> None:
        answered = {body["ts"] // SECOND // self._horizon for body in signals if not body["fallback"]}
        new = {horizon for horizon in answered if horizon > self._answered}
        self._horizons += len(new)
        self._answered = max(new, default=self._answered)
