"""The decision record: everything that led to a verdict, as JSON and as a page."""

from __future__ import annotations

import numpy as np
import orjson
from shadow.told_blocks import blocks_of
from verdict.marathon_gates import GATES, verdict

from models.shadow.books import Curves, earned
from models.shadow.comparison import compare
from models.verdict.page import page
from models.verdict.record import Run, record

RUN = Run("r-1", "marathon", "old@aa", "young@bb", 1_700_006_400, 1_700_006_400 + 172_800)
BLOCKS = blocks_of(
    n=[500] * 8, agree=[400] * 8, same=[300] * 8, horizons=[1023] * 8, brier_active=[100.0] * 8,
    brier_challenger=[99.0] * 8, bet=[-1.0] * 8, stake=[9.0] * 8, fallback=[2] * 8,
)  # fmt: skip
HOURS = np.arange(49)
BOOKS = Curves(HOURS * 3_600_000_000_000, 1_000 + HOURS % 3, 1_000 + HOURS * 0.5 + HOURS % 2, 31)


def test_a_record_holds_each_criterion_with_its_number() -> None:
    """And is plain enough for JSON."""
    found = record(RUN, verdict(shadow__trades=19.0), compare(BLOCKS), earned(BOOKS))
    assert orjson.loads(orjson.dumps(found)) == found
    assert (found["decision"], found["checks_passed"], found["ready"]) == ("PROMOTE", 4, True)
    assert found["run"]["hours"] == 48.0
    assert {name: len(gate) for name, gate in found["gates"].items()} == {
        name: len(gate) for name, gate in GATES.items()
    }
    assert found["gates"]["checks"][3] == {
        "name": "shadow_trades", "requirement": "", "metric": "shadow.trades", "scope": "all", "op": ">=",
        "limit": 20, "critical": False, "outcome": "fail", "value": 19.0, "n": 500,
        "why": "19, wanted >= 20", "change": "needs shadow.trades at least 20: 1 from 19",
    }  # fmt: skip
    assert found["comparison"]["pairs"] == 4_000
    assert found["comparison"]["n_effective"] == 80
    assert found["books"]["trades"] == 31
    assert found["books"]["max_drawdown"]["ratio"] is not None
    assert [one["by"] for one in found["checklist"]] == [
        "record", "person", "record", "record", "person", "record",
    ]  # fmt: skip


def test_a_page_shows_the_same() -> None:
    """The decision first, then why, the gates, the pairs, the books, and the list."""
    text = page(record(RUN, verdict(shadow__sharpe_lead=0.1), compare(BLOCKS), earned(BOOKS)))
    lines = text.splitlines()
    assert lines[0] == "# EXTEND: young@bb against old@aa"
    assert lines[2].startswith("Run `r-1`, profile `marathon`, 48 hours of event time from second 1700006400")
    assert lines[2].endswith("strict rules; 5 of 5 checks passed; ready.")
    assert "- sharpe_lead: fail (0.1, wanted >= 0.2)" in lines
    assert "| ece (critical) | calibration.ece <= 0.06 | 0.04 | 500 | success |  |" in lines
    assert "| Brier score | -0.002 | -0.002 to -0.002 |" in lines
    assert any(line.startswith("31 trades closed by the challenger.") for line in lines)
    assert lines[-6:][1] == "- [ ] Shadow logs looked through by hand"
    titles = [line for line in lines if line.startswith("## ")]
    assert titles == [
        "## Why", "## What would change it", "## The checks", "## To promote: all of these", "## To extend",
        "## To keep: one that fails rolls back", "## Ready (told beside the verdict)",
        "## Paired predictions", "## Paper books, after costs", "## List",
    ]  # fmt: skip


def test_a_record_of_nothing_measured() -> None:
    """No pairs and no books: the figures are missing, the decision is there."""
    bare = record(RUN, verdict(literal=True))
    assert (bare["comparison"], bare["books"], bare["literal"]) == (None, None, True)
    assert "literal rules" in page(bare)
    empty = record(RUN, verdict(), compare(BLOCKS.until(0)), earned(Curves(*[np.zeros(0)] * 3, 0)))  # type: ignore[arg-type]
    text = page(empty)
    assert "| Brier score | - | - |" in text
    assert "| Total return | - | - |" in text
