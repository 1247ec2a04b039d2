"""What is selected of the records, and what the lines of the tables come to."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from flows.monitoring.writing import count, days, interval, moment, number, share, short
from models.monitor.lines.calibration_lines import calibration_lines
from models.monitor.lines.deciles import deciles_csv
from models.monitor.lines.drift_lines import drift_line, rank, worst
from models.monitor.lines.pooling import pooled
from models.monitor.lines.selecting import present, wanted
from tests.monitoring.monitor_records import (
    START_S,
    calibration,
    error,
    feature,
    figures,
    head,
    levels,
)


def test_the_newest_record_of_each_model_and_symbol_is_the_present() -> None:
    """In any order of reading; another bundle of the same name is another model."""
    old, new = (head("BTCUSDT", START_S + s, "lgbm") for s in (0, 300))
    eth, other = head("ETHUSDT", START_S, "lgbm"), head("BTCUSDT", START_S, "lgbm", sha="ab12")

    assert present([new, other, old, eth]) == [new, eth, other]
    assert present([]) == []


def test_what_a_shard_has_left_behind_is_not_the_present() -> None:
    """By the newest record of the shard: another one may run at another time."""
    gone = head("XRPUSDT", START_S, "lgbm")
    here = head("BTCUSDT", START_S + 4_500, "lgbm")
    elsewhere = head("ETHUSDT", START_S - 86_400, "lgbm", partition=1)

    assert present([gone, here, elsewhere]) == [here, elsewhere]
    assert present([gone, {**here, "ts": here["ts"] - 1}, elsewhere])[-1] == gone


def test_models_and_symbols_are_chosen_by_either_of_their_names() -> None:
    """Name or reference; symbol alone or behind its venue."""
    record = head("BTCUSDT", START_S, "lgbm", sha="ab12")
    chosen = [(None, None), ("lgbm", "BTCUSDT"), ("lgbm@ab12", "binance:BTCUSDT")]
    others = [("lgbm@ff", None), (None, "bybit:BTCUSDT"), ("stub-sine", "BTCUSDT")]

    assert [wanted(*one)(record) for one in chosen + others] == [True] * 3 + [False] * 3


def test_a_drift_line_is_the_worst_of_its_features_and_shows_the_first_by_psi() -> None:
    """The features that are shown are those of the greatest PSI; the level is of all."""
    found = {"a": feature(0.1), "b": feature(0.4, "ok"), "c": feature(0.3, "alert"), "d": feature(None, None)}
    record = levels("BTCUSDT", START_S, found, previous={"b": {"psi": 0.07}})

    line = drift_line(record, "3600", 2)

    assert (line.level, line.rows, [one.name for one in line.top]) == ("alert", 3_600, ["b", "c"])
    assert line.top[0] == ("b", 0.4, 0.22, 2.5, 0.1, 0.3, "ok", 0.07, None)
    assert line.top[1].previous is None
    assert [one.name for one in drift_line(record, "900", 9).top] == ["b", "c", "a", "d"]


def test_too_few_rows_have_no_level() -> None:
    """Whatever the features say; neither has a model without a reference."""
    few = levels("BTCUSDT", START_S, {"a": feature(0.9, "kill")}, rows=100, insufficient=True)
    none = {**few, "levels": {**few["levels"], "windows": {}}}

    assert (drift_line(few, "3600", 5).level, drift_line(few, "3600", 5).insufficient_data) == (None, True)
    assert drift_line(none, "3600", 5)[5:] == (None, None, False, [])


def test_a_feature_without_limits_is_not_judged() -> None:
    """Training could not tell what is usual; a level of it would be made up."""
    none = {"psi_limit": None, "ks_limit": None}
    found = {"a": feature(0.9, "ok", **none), "b": feature(0.1, "ok", psi_limit=None)}
    record = levels("BTCUSDT", START_S, found, previous={"b": feature(0.4, "alert")})

    line = drift_line(record, "3600", 5)

    assert [one.level for one in line.top] == [None, "ok"] and line.level == "ok"
    assert (line.top[1].previous, line.top[1].previous_level) == (0.4, "alert")
    assert drift_line(levels("BTCUSDT", START_S, {"a": found["a"]}), "3600", 5).level is None


def test_levels_are_ordered_and_what_judges_nothing_is_below_them() -> None:
    """So that no script waits for a level that is not there."""
    assert worst(["ok", "kill", None, "watch", "unjudged"]) == "kill"
    assert worst([]) is None
    assert [rank(level) for level in ("ok", "watch", "alert", "kill", None)] == [0, 1, 2, 3, -1]


ONE = {3: (40, 30, 15, 10.0), 6: (10, 10, 2, 6.5)}
OTHER = {3: (30, 10, 1, 3.5), 9: (0, 0, 0, 0.0)}


def test_the_error_of_a_model_is_that_of_the_sums_over_its_symbols() -> None:
    """Residuals of opposite signs in one bucket cancel: 10 - 15 and 3.5 - 1 leave 2.5, and 4.5 stays."""
    found = pooled([figures(ONE), figures(OTHER)])

    assert (found["said"], found["n"], found["up"]) == (80, 50, 18)
    assert found["ece"]["value"] == pytest.approx((2.5 + 4.5) / 50, abs=1e-15)
    assert found["buckets"][3] == {"said": 70, "n": 40, "up": 16, "prob": 13.5}


def test_what_chance_does_to_the_sum_is_bounded_by_the_mean_over_symbols() -> None:
    """40 and 10 outcomes: weights 0.8 and 0.2; the interval is as wide as both together."""
    one = figures(ONE, 16.0, hit_rate=0.6, log_loss=0.5, ece=error(0.2375, 0.02, 0.05))
    other = figures(OTHER, 4.0, hit_rate=0.1, log_loss=1.0, ece=error(0.25, 0.07, 0.10))

    found = pooled([one, other])

    assert found["ece"] == pytest.approx(
        {"value": 0.14, "floor": 0.03, "limit": 0.06, "low": 0.13, "high": 0.15}
    )
    assert found["n_eff"] == pytest.approx(1 / (0.8 / 4 + 0.2 / 2) ** 2)
    assert found["hit_rate"] == pytest.approx(0.5) and found["log_loss"] == pytest.approx(0.6)


def test_one_symbol_pools_to_itself_and_none_to_nothing() -> None:
    """What one symbol cannot tell is not told for all; a symbol without outcomes changes nothing."""
    one, none = figures(ONE), figures({2: (7, 0, 0, 0.0)}, None, ece=error(None, None, None))

    alone = pooled([one])
    assert alone["ece"] == pytest.approx(one["ece"]) and alone["n_eff"] == pytest.approx(16.0)
    assert pooled([one, none])["ece"] == alone["ece"] and pooled([one, none])["said"] == 57
    assert pooled([none, none]) == {"said": 14, "n": 0}
    unsure = pooled([one, figures(OTHER, None, ece=error(0.25, None, None))])
    assert (unsure["n_eff"], unsure["ece"]["floor"], unsure["ece"]["limit"]) == (None, None, None)


def test_each_model_is_followed_by_the_line_over_its_symbols() -> None:
    """A window with nothing in it is a line with nothing to say."""
    records = [
        calibration("BTCUSDT", START_S, hour=figures(ONE)),
        calibration("ETHUSDT", START_S + 300, hour=figures(OTHER)),
        calibration("BTCUSDT", START_S, model="stub-sine"),
    ]
    found = calibration_lines(records, "1h")

    assert [(line.model, line.symbol, line.symbols, line.figures["n"]) for line in found] == [
        ("lgbm", "BTCUSDT", 1, 40), ("lgbm", "ETHUSDT", 1, 10), ("lgbm", None, 2, 50),
        ("stub-sine", "BTCUSDT", 1, 0), ("stub-sine", None, 1, 0),
    ]  # fmt: skip
    assert found[2].ts == (START_S + 300) * 10**9
    assert found[3].ece == {} and not found[3].above(0.0)


@pytest.mark.parametrize(
    ("value", "limit", "above"),
    [(0.07, 0.05, True), (0.07, 0.08, False), (0.05, 0.02, False), (0.07, None, False)],
)
def test_an_error_is_above_a_threshold_only_where_chance_does_not_tell_it(
    value: float, limit: float | None, above: bool
) -> None:
    """0.07 is above 0.06, but not where a calibrated model shows 0.08."""
    record = calibration("BTCUSDT", START_S, day=figures(ONE, ece=error(value, 0.01, limit)))
    assert calibration_lines([record], "24h")[0].above(0.06) is above


def test_deciles_are_rows_of_means() -> None:
    """Empty, not 0, where no outcome is known; the line over all symbols has none."""
    deciles = [{"n": 4, "up": 1, "prob": 1.5}, {"n": 0, "up": 0, "prob": 0.0}]
    lines = calibration_lines([calibration("BTCUSDT", START_S, day=figures(ONE, deciles=deciles))], "24h")

    rows = list(csv.reader(StringIO(deciles_csv(lines).decode())))

    assert rows == [
        ["symbol", "model", "decile", "n", "up", "prob_mean", "hit_share"],
        ["BTCUSDT", "lgbm", "1", "4", "1", "0.375", "0.25"],
        ["BTCUSDT", "lgbm", "2", "0", "0", "", ""],
    ]


def test_what_is_not_known_is_a_dash_and_never_0() -> None:
    """In every kind of cell."""
    assert {number(None), count(None), share(None), interval(None, 0.1), interval(0.1, None), days(None)} == {
        "-"
    }
    assert (number(0.0), count(0), share(0.0), interval(0.0, 0.5)) == ("0.000", "0", "0.0%", "0.000 to 0.500")
    assert [days(d) for d in (0.01, 0.25, 1.0, 400.0, 1e9)] == ["14.4 min", "6 h", "1 d", "1.1 y", "> 100 y"]
    assert (short("stub-sine"), short("lgbm@0123456789")) == ("stub-sine", "lgbm@01234567")
    assert moment(START_S * 10**9 + 999_999_999) == "2026-11-21 00:00:00"
