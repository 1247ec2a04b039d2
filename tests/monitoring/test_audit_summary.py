"""What the newest scores come to: counts, means and correlations against numpy."""

from __future__ import annotations

import numpy as np
import pytest

from flows.monitoring.audit_summary import is_score, newest, summary
from tests.monitoring.monitor_records import NS, START_S, Plain, score


def test_the_newest_are_kept_in_order_of_time_and_symbol() -> None:
    """Whatever order the partitions come in."""
    items = [score(symbol, START_S + s, 0.5) for s in (5, 0, 10) for symbol in ("BUSDT", "AUSDT")]

    found = [(item["ts"] // NS - START_S, item["symbol"]) for item in newest(items, 3)]

    assert found == [(5, "BUSDT"), (10, "AUSDT"), (10, "BUSDT")]
    assert len(newest(items, 100)) == 6 and newest([], 3) == []


def test_only_scores_are_scores() -> None:
    """The topic holds other items as well."""
    assert is_score(score("BTCUSDT", START_S, 0.5))
    assert not is_score({"action": "kill"}) and not is_score({})


def test_buckets_are_tenths_of_the_score() -> None:
    """The last holds 1.0; where an item tells its bucket that one counts; one without a score is in none."""
    items = [score("BTCUSDT", START_S, p) for p in (0.0, 0.3, 0.55, 0.59999, 1.0, None)]
    items[1]["context"]["ml_bucket"] = 7

    found = summary(items)

    assert {b["bucket"]: (b["count"], b["share"]) for b in found["buckets"] if b["count"]} == {
        0: (1, 0.2), 5: (2, 0.4), 7: (1, 0.2), 9: (1, 0.2),
    }  # fmt: skip
    assert (found["count"], found["symbols"], found["models"]) == (6, {"BTCUSDT": 6}, {"lgbm": 6})
    assert found["confid_median"] == pytest.approx(0.7)
    assert (found["from_ts"], found["to_ts"]) == (START_S * NS, START_S * NS)


def test_parts_have_means_and_correlations() -> None:
    """As numpy has them; items in which a part is missing are left out."""
    values = np.random.default_rng(4).normal(size=(50, 3))
    items = [score("BTCUSDT", START_S, 0.5, row.tolist()) for row in values]
    items.append(score("BTCUSDT", START_S, 0.5, (1.0, None, 2.0)))
    items.append(score("BTCUSDT", START_S, 0.5))

    parts = summary(items)["signal_parts"]

    assert (parts["count"], parts["parts"]) == (50, ["rsi", "macd", "trend"])
    assert list(parts["means"].values()) == pytest.approx(values.mean(axis=0).tolist(), abs=1e-12)
    assert np.allclose(parts["correlations"], np.corrcoef(values.T), atol=1e-12)


@pytest.mark.parametrize("rows", [[], [(0.1, 0.2, 0.3)], [(0.1, 0.2, 0.3), (0.4, 0.2, 0.1)]])
def test_a_correlation_that_is_not_defined_is_null(rows: list[tuple[float, float, float]]) -> None:
    """Of less than two items, and of a part that does not vary."""
    parts: Plain = summary([score("BTCUSDT", START_S, 0.5, row) for row in rows])["signal_parts"]

    known = [[value is not None for value in row] for row in parts["correlations"]]
    varies = [len(rows) > 1, False, len(rows) > 1]
    assert known == [[a and b for a in varies] for b in varies]
    if not rows:
        assert parts["means"] == {"rsi": None, "macd": None, "trend": None}
