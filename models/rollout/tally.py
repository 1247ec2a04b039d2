"""How often a criterion came out how, in all and in a row."""

from __future__ import annotations

from typing import NamedTuple

from models.rollout.plan import CONCLUSIVE, Outcome


class Tally(NamedTuple):
    """The outcomes of one criterion, each kind counted apart.

    An outcome that says nothing neither adds to the fails in a row nor ends them. If it ended them, a bad
    model whose data come and go would never be rolled back; if it added to them, want of data would roll
    back a good one. Only a success ends them.
    """

    success: int = 0
    fail: int = 0
    inconclusive: int = 0
    error: int = 0
    no_data: int = 0
    fails_in_row: int = 0  # whatever says nothing in between is left aside
    unsure_in_row: int = 0  # inconclusive, error and no-data

    def after(self, outcome: Outcome) -> Tally:
        """Return the tally after one more check."""
        name = outcome.replace("-", "_")
        return self._replace(
            **{name: getattr(self, name) + 1},
            fails_in_row={"success": 0, "fail": self.fails_in_row + 1}.get(outcome, self.fails_in_row),
            unsure_in_row=0 if outcome in CONCLUSIVE else self.unsure_in_row + 1,
        )

    def afresh(self) -> Tally:
        """Return the totals with nothing in a row, as a phase begins with."""
        return self._replace(fails_in_row=0, unsure_in_row=0)
