"""How a finished model does on the parts of the data that it did not learn from."""

from __future__ import annotations

from typing import Any

from flows.training.recipe import Run
from flows.training.scoring import Tuned, asked
from models.ticks import Floats
from models.training.card.windows import by_symbol
from models.training.judging.metrics import Metrics, measure
from models.training.judging.profit import path, trade
from models.training.rows import Rows


class Judged:
    """The scores and figures of validation and test part."""

    def __init__(self, run: Run, ready: Tuned, validation: Rows, test: Rows) -> None:
        self.ready = ready
        self.test_rows = test
        self.how: dict[str, Any] = {
            **ready.policy.policy._asdict(), "horizon_s": run.recipe.horizon_s, "seed": run.recipe.seed,
        }  # fmt: skip
        model = ready.model.together()
        self.test_prob = model.predict(asked(test))
        self.test = self._measured(test, self.test_prob)
        self.validation = self._measured(validation, model.predict(asked(validation)))

    def _measured(self, rows: Rows, prob: Floats) -> Metrics:
        return measure(rows.label, prob, rows.second, rows.code, **self.how)

    def by_symbol(self) -> list[dict[str, Any]]:
        """Return the card's table of symbols."""
        rows = self.test_rows
        return by_symbol(rows.symbols, rows.label, self.test_prob, rows.second, rows.code, **self.how)

    def policy(self, run: Run) -> dict[str, Any]:
        """Return the sweep with what the chosen thresholds did on the test part."""
        found = self.ready.policy
        on_test = trade(path(self.test_rows), self.test_prob, *found.policy, run.recipe.costs)
        return {**found.as_dict(), "on_test": on_test.as_dict()}
