"""Result rows: medians, ratios of pairs, targets, and the tables made of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest

from benchmarks import kept
from benchmarks.errors import BenchmarkError
from benchmarks.results import Row, Target, figure, percentile, row
from benchmarks.table import cells, markdown

ROOT = Path(__file__).parent.parent.parent
SAID = {"name": str, "ours": float, "against": float, "ratio": float, "target": str, "met": bool}
"""What every row of ``results.json`` has at least, by type; any but name and ours may be null."""


def told(rows: Sequence[Row], **failed: str) -> dict[str, Any]:
    """Return the results that hold these rows."""
    plain = [row.as_dict() for row in rows]
    facts = {"machine": {"python": "3.11"}, "broker": "a broker", "quick": False}
    return {**facts, "failed": failed, "rows": plain}


def test_a_row_holds_medians_and_the_median_of_the_pairs_ratios() -> None:
    """The ratio is that of figures measured side by side, not of the two medians."""
    found = row("speed", "ticks/s", [100.0, 300.0, 200.0], against=[100.0, 600.0, 800.0], against_what="peer")
    assert (found.ours, found.spread, found.against, found.repeats) == (200.0, (100.0, 300.0), 600.0, 3)
    assert (found.ratio, found.ratio_spread) == (0.5, (0.25, 1.0))
    assert (found.target, found.met) == (None, None)


def test_a_target_bounds_the_ratio_or_our_own_figure_from_below_or_above() -> None:
    """A bound that is just reached counts as met."""
    assert Target(bound=0.6).met(1.0, 0.6) and not Target(bound=0.6).met(1.0, 0.59)
    assert Target(bound=150.0, of="ours").met(150.0, None)
    latency = Target(bound=100.0, of="ours", at_least=False)
    assert latency.met(100.0, None) and not latency.met(101.0, None)
    assert [t.text("ms") for t in (Target(bound=0.6), latency)] == ["≥ 0.60 of it", "≤ 100 ms"]


def test_a_percentile_is_one_of_the_values() -> None:
    """It is the smallest that enough of the values do not exceed."""
    values = [float(v) for v in range(100, 0, -1)]
    assert [percentile(values, share) for share in (0.5, 0.99, 1.0)] == [50.0, 99.0, 100.0]
    assert percentile([7.0], 0.5) == 7.0


def test_figures_have_as_many_digits_as_say_something() -> None:
    """Three or more, with separators."""
    assert [figure(v) for v in (1_234_567.8, 99.96, 12.34, 1.234)] == ["1,234,568", "100.0", "12.3", "1.23"]


def test_the_tables_show_whether_a_target_was_met() -> None:
    """A missed one stands out."""
    fast = row("fast", "ms", [5.0], target=Target(bound=100.0, of="ours", at_least=False))
    slow = row(
        "slow", "ms", [500.0], against=[5.0], against_what="idle", target=Target(bound=2.0, at_least=False)
    )
    assert cells(fast) == ("fast", "5.00 ms (5.00 … 5.00)", "", "", "≤ 100 ms", "yes")
    assert cells(slow)[2:] == ("5.00 ms: idle", "100.00 (100.00 … 100.00)", "≤ 2.00 of it", "NO")
    text = markdown(told([fast, slow]))
    assert "| fast | 5.00 ms (5.00 … 5.00) |  |  | ≤ 100 ms | yes |" in text
    assert "\npython: 3.11" in text


def test_the_tables_end_with_what_was_missed() -> None:
    """How far, what is known of it, and what was tried; or that nothing was."""
    target = Target(bound=0.6)
    far = row(
        "catching up", "ticks/s", [200.0], against=[500.0], against_what="ceiling", target=target,
        note="share of the core 0.97",
    )  # fmt: skip
    late = row("kill", "ms", [218.0], target=Target(bound=100.0, of="ours", at_least=False))
    met = row("fast", "ticks/s", [400.0], against=[500.0], target=target)
    assert markdown(told([far, met, late]), {"catching": "larger batches: the same"}).partition(
        "## Missed\n\n"
    )[2].splitlines() == [
        "- catching up: 0.40 of it instead of ≥ 0.60 of it; share of the core 0.97; "
        "tried: larger batches: the same",
        "- kill: 218 ms instead of ≤ 100 ms",
    ]
    assert markdown(told([met])).endswith("## Missed\n\nNo target.\n")
    assert markdown(told([met], latency="no signal")).endswith("No target.\n- latency failed: no signal\n")


def test_the_tables_show_the_picture_of_curves() -> None:
    """Only where there is one."""
    curve = row("curve", "slope", [0.9], points=((1.0, 2.0), (2.0, 4.0)))
    assert "\n\n![Cost against size](growth.png)\n\npython: 3.11" in markdown(told([curve]))
    assert "growth.png" not in markdown(told([row("alone", "s", [1.0])]))


def test_what_failed_and_was_run_again_joins_the_kept_results(tmp_path: Path) -> None:
    """Its rows come behind the others, and it has failed no more."""
    kept.write(tmp_path, told([row("fast", "s", [1.0])], late="no signal"))
    both = kept.joined(kept.read(tmp_path), told([row("late", "s", [2.0])]))
    kept.write(tmp_path, both)
    assert [each["name"] for each in kept.read(tmp_path)["rows"]] == ["fast", "late"]
    assert kept.read(tmp_path)["failed"] == {}
    assert "| late | 2.00 s" in (tmp_path / "results.md").read_text()


def test_results_of_another_machine_are_not_joined(tmp_path: Path) -> None:
    """The message says what differs; and where nothing is kept, what to run."""
    here = told([row("fast", "s", [1.0])], late="no signal")
    with pytest.raises(BenchmarkError, match="differ in machine and broker: run all"):
        kept.joined({**here, "machine": {}, "broker": "another"}, told([]))
    with pytest.raises(BenchmarkError, match="run all benchmarks first"):
        kept.read(tmp_path)


def test_a_row_is_plain_data() -> None:
    """Every row has what the schema promises, whatever it was made of, and it survives JSON."""
    rows = [
        row("alone", "s", [1.0, 2.0]),
        row("beside", "s", [1.0], against=[2.0], against_what="peer", target=Target(bound=0.4)),
        row("curve", "slope", [0.9], target=Target(bound=1.0, of="ours"), points=((1.0, 2.0), (2.0, 4.0))),
    ]
    assert_follows_the_schema([one.as_dict() for one in rows])
    told = json.loads(orjson.dumps([one.as_dict() for one in rows]))
    assert [one["met"] for one in told] == [None, True, False]
    assert told[2]["points"] == [[1.0, 2.0], [2.0, 4.0]]


def test_the_kept_results_follow_the_schema() -> None:
    """The object has the machine beside the rows, and every row what is promised."""
    told = json.loads((ROOT / "benchmarks" / "results.json").read_text(encoding="utf-8"))
    assert {"machine", "broker", "quick", "rows"} <= told.keys()
    assert {"processor", "cores", "python"} <= told["machine"].keys()
    assert told["quick"] is False
    assert_follows_the_schema(told["rows"])


def assert_follows_the_schema(rows: list[dict[str, object]]) -> None:
    """Check names and types, and what belongs together."""
    for one in rows:
        assert SAID.keys() <= one.keys() <= set(Row.__dataclass_fields__)
        assert isinstance(one["name"], str) and isinstance(one["ours"], float)
        assert all(isinstance(one[name], kind) for name, kind in SAID.items() if one[name] is not None)
        assert (one["against"] is None) is (one["ratio"] is None)
        assert (one["target"] is None) is (one["met"] is None)
