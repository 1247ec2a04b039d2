"""``levibot calibration``: the present, what is written beside it, and when it fails."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from connectors.embedded import EmbeddedBroker, EmbeddedRedis
from connectors.kafka.clients import producer
from connectors.redis.writer import ViewWriter
from tests.monitoring.monitor_records import START_S, Plain, calibration, error, figures
from tests.monitoring.monitor_runs import levibot, recorded_run, told

ONE = {3: (40, 30, 15, 10.0), 6: (10, 10, 2, 6.5)}
OTHER = {3: (30, 10, 1, 3.5)}
FAIR = {3: (40, 40, 14, 12.0)}
DECILES = [{"n": 4, "up": 1, "prob": 1.5}]
PNG = b"\x89PNG\r\n\x1a\n"


def records(hours: int = 9) -> list[list[Plain]]:
    """Return two shards with a record a symbol and half hour; confidence is low all the time but at first."""
    found: list[list[Plain]] = [[], []]
    for half in range(2 * hours + 1):
        end = START_S + 1_800 * half
        hour: dict[str, Any] = {"confid_median": 0.9 if half == 0 else 0.52}
        bad, fair = error(0.2375, 0.03, 0.08), error(0.05, 0.02, 0.09)
        bad |= {"low": 0.22, "high": 0.25}
        day = figures(ONE, deciles=DECILES, ece=bad)
        other = figures(OTHER, None, ece=error(0.25, None, None), brier=None, balance=None)
        found[0].append(
            calibration("BTCUSDT", end, bucket=ONE, hour=figures(FAIR, ece=fair, **hour), day=day)
        )
        found[1].append(calibration("ETHUSDT", end, bucket=OTHER, day=other, partition=1))
    return found


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A recorded run of these."""
    return recorded_run(tmp_path / "run", {"calibration": records()})


def test_each_symbol_is_shown_and_all_of_a_model_as_one(run: Path) -> None:
    """What one symbol cannot tell is null for all: never 0."""
    found = told("calibration", "--run", run)

    btc, eth, both = found["calibration"]
    assert (found["window"], btc["figures"]["ece"]["value"], btc["symbols"]) == ("24h", 0.2375, 1)
    assert (eth["figures"]["n"], eth["figures"]["n_eff"]) == (10, None)
    assert (both["symbol"], both["symbols"], both["figures"]["n"]) == (None, 2, 50)
    assert both["figures"]["ece"] == pytest.approx(
        {"value": 0.14, "floor": None, "limit": None, "low": 0.14 - 0.8 * 0.0175 - 0.002, "high": 0.152}
    )


def test_the_table_has_a_dash_where_nothing_is_known(run: Path) -> None:
    """A row a symbol, and one for both."""
    shown = levibot("calibration", "--run", run)

    assert shown.exit_code == 0, shown.output
    rows = [" ".join(line.split()) for line in shown.stdout.splitlines()]
    assert "calibration over 24h, up to 2026-11-21 09:00:00 UTC" in rows
    btc = "lgbm BTCUSDT 1 h 40 16 0.237 0.220 to 0.250 0.030 0.080 0.237 0.250 0.690 50.0% 0.600 balanced"
    assert btc in rows
    assert "lgbm ETHUSDT 1 h 10 - 0.250 0.240 to 0.260 - - 0.250 - 0.690 50.0% 0.600 -" in rows
    assert "lgbm all 2 1 h 50 - 0.140 0.124 to 0.152 - - - - 0.690 50.0% - -" in rows


def test_bounds_are_marked_as_such(tmp_path: Path) -> None:
    """Floor and limit of several symbols hold however far they move together."""
    shard = [calibration(name, START_S, day=figures(ONE)) for name in ("AUSDT", "BUSDT")]
    shown = levibot("calibration", "--run", recorded_run(tmp_path, {"calibration": [shard]}))
    assert "<= 0.020 <= 0.050" in " ".join(shown.stdout.split())


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--fail-above", 0.06), 1),
        (("--fail-above", 0.3), 0),
        (("--fail-above", 0.06, "--symbol", "ETHUSDT"), 0),  # high, but nobody can tell it from chance
        (("--fail-above", 0.04, "--symbol", "BTCUSDT", "--window", "1h"), 0),  # above 0.04, below its limit
    ],
)
def test_a_script_can_wait_for_an_error(run: Path, options: tuple[object, ...], code: int) -> None:
    """Above the threshold, and above what a calibrated model shows by chance."""
    assert levibot("calibration", "--run", run, *options).exit_code == code


def test_deciles_are_written(run: Path, tmp_path: Path) -> None:
    """As CSV, of the window that is shown."""
    shown = levibot("calibration", "--run", run, "--deciles", tmp_path / "deciles.csv")

    assert f"deciles: {tmp_path / 'deciles.csv'}" in shown.stdout.replace("\n", "")
    assert (tmp_path / "deciles.csv").read_text().splitlines()[1:] == ["BTCUSDT,lgbm,1,4,1,0.375,0.25"]


def test_the_diagram_is_of_the_sums_of_the_days(run: Path, tmp_path: Path) -> None:
    """Nineteen records of each symbol; the same sums stand beside it as JSON."""
    picture = tmp_path / "new" / "reliability.png"

    shown = told("calibration", "--run", run, "--diagram", picture, "--window", "1h")

    assert shown["diagram"] == str(picture)
    assert picture.read_bytes().startswith(PNG)
    beside = orjson.loads(picture.with_suffix(".json").read_bytes())
    [model] = beside["models"]
    assert (beside["days"], model["reference"], model["symbols"], model["n"]) == (7.0, "lgbm", 2, 19 * 50)
    assert [b["n"] for b in model["buckets"]] == [0, 0, 0, 760, 0, 0, 190, 0, 0, 0]
    assert model["ece"] == pytest.approx(0.14)
    part = told("calibration", "--run", run, "--diagram", picture, "--days", 0.25, "--symbol", "ETHUSDT")
    assert orjson.loads(Path(part["diagram"]).with_suffix(".json").read_bytes())["models"][0]["n"] == 12 * 10


def test_a_diagram_that_cannot_be_drawn_says_why(run: Path, tmp_path: Path) -> None:
    """No outcomes, too many models, no picture: exit code 2 and no file."""
    none = recorded_run(tmp_path / "none", {"calibration": [[calibration("BTCUSDT", START_S)]]})
    many = [calibration("BTCUSDT", START_S, model=f"m{i}", bucket=ONE) for i in range(7)]
    crowd = recorded_run(tmp_path / "many", {"calibration": [many]})
    picture = tmp_path / "x.png"
    for folder, path, why in (
        (none, picture, "no outcomes are known yet"),
        (crowd, picture, "at most 6 models; name one with --model of m0, m1"),
        (run, tmp_path / "x.svg", "does not end in .png"),
    ):
        result = levibot("calibration", "--run", folder, "--diagram", path)
        assert result.exit_code == 2 and why in " ".join(result.output.replace("│", "").split())
        assert not path.exists() and not path.with_suffix(".json").exists()


def test_a_picture_needs_the_extra_of_training(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Said at once, and what to install."""
    monkeypatch.delitem(sys.modules, "flows.monitoring.diagram", raising=False)
    monkeypatch.setitem(sys.modules, "matplotlib", None)

    result = levibot("calibration", "--run", run, "--diagram", tmp_path / "x.png")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "calibration: matplotlib is missing: pip install 'levibot[training]'\n"


def test_markers_are_added_once(run: Path, tmp_path: Path) -> None:
    """One period of eight and a half hours, however often the command runs."""
    path = tmp_path / "calibration_markers.csv"
    asked = ("calibration", "--run", run, "--markers", path, "--low-confid", 0.55)

    first, again = told(*asked), told(*asked)

    line = "2026-11-21T00:30:00+00:00,low_confidence_period,median_confid=0.52"
    assert first["markers"] == {"path": str(path), "new": [line]} and again["markers"]["new"] == []
    assert path.read_text() == f"{line}\n"
    assert told(*asked, "--for", "9h")["markers"]["new"] == []


def test_the_fallback_is_no_model_to_choose(tmp_path: Path) -> None:
    """It answers now and then beside the one that is meant; alone it is the one."""
    hours = {"lgbm": 0.7, "stub-sine": 0.5}
    for models, new in ((["lgbm", "stub-sine"], 0), (["stub-sine"], 1)):
        shard = [
            calibration("BTCUSDT", START_S + s, model=m, hour={"confid_median": hours[m], "said": 1, "n": 0})
            for s in range(0, 4 * 3_600, 1_800)
            for m in models
        ]
        run = recorded_run(tmp_path / models[0], {"calibration": [shard]})
        asked = ("--run", run, "--markers", tmp_path / f"{models[0]}.csv", "--low-confid", 0.6)
        assert len(told("calibration", *asked)["markers"]["new"]) == new


def test_no_confidence_is_below_a_half(run: Path, tmp_path: Path) -> None:
    """A limit that nothing can pass is said, for it would look like all is well."""
    shown = levibot("calibration", "--run", run, "--markers", tmp_path / "m.csv")

    assert shown.exit_code == 0 and "no confidence is below 0.5" in shown.stderr
    assert not (tmp_path / "m.csv").exists()


def test_markers_are_of_one_model(tmp_path: Path) -> None:
    """A line does not name it, so it must be chosen; a span must be one."""
    hour = {"confid_median": 0.5, "said": 1, "n": 0}
    shard = [calibration("BTCUSDT", START_S, model=model, hour=hour) for model in ("a", "b", "stub-sine")]
    run = recorded_run(tmp_path, {"calibration": [shard]})
    asked = ("calibration", "--run", run, "--markers", tmp_path / "m.csv", "--low-confid", 0.6)

    assert "choose one with --model of a, b" in levibot(*asked).stderr
    assert levibot(*asked, "--model", "a").exit_code == 0
    assert levibot(*asked, "--model", "a", "--for", "soon").exit_code == 2


@pytest.mark.embedded
def test_it_reads_the_topic_and_the_view(
    monkeypatch: pytest.MonkeyPatch, embedded_redis: EmbeddedRedis
) -> None:
    """The topic and the view tell the same present; the view has no days."""
    shards = records(1)
    with EmbeddedBroker({"calibration": 2}) as broker:
        sender = producer(broker.bootstrap, linger_ms=0)
        for partition, shard in enumerate(shards):
            for body in shard:
                sender.produce("calibration", orjson.dumps(body), partition=partition)
        assert sender.flush(20) == 0
        monkeypatch.setenv("KAFKA_BOOTSTRAP", broker.bootstrap)
        topic = told("calibration")
    with ViewWriter(embedded_redis.url, timeout_s=10.0) as writer:
        for number, shard in enumerate(shards):
            entry = {"signal": {}, "monitors": {"lgbm": {"calibration": shard[-1]}}}
            writer.put(f"ticks/000{number}", {"symbols": {shard[-1]["symbol"]: entry}})
    monkeypatch.setenv("REDIS_URL", embedded_redis.url)

    assert topic == told("calibration", "--redis")
    assert [line["symbol"] for line in topic["calibration"]] == ["BTCUSDT", "ETHUSDT", None]
    past = levibot("calibration", "--redis", "--diagram", "x.png")
    assert past.exit_code == 2 and "the present alone" in past.stderr
