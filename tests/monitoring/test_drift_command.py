"""``levibot drift``: the present of each model, crossings, and exit codes that a script can wait for."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from connectors.embedded import EmbeddedBroker
from connectors.kafka.clients import producer
from tests.monitoring.monitor_records import START_S, Plain, crossing, feature, levels
from tests.monitoring.monitor_runs import levibot, recorded_run, told

NAMES = [f"feature_{i}" for i in range(8)]


def records() -> list[list[Plain]]:
    """Return two shards of a quarter of an hour: one symbol drifts on the first, one is young."""
    calm = {name: feature(0.01 * i) for i, name in enumerate(NAMES)}
    drifted = calm | {"vol_60": feature(0.28, "alert", expected_days=40_000.0)}
    before = {"vol_60": feature(0.33)}
    return [
        [
            levels("BTCUSDT", START_S, calm),
            crossing("BTCUSDT", START_S + 600, "ok", "alert"),
            levels("BTCUSDT", START_S + 900, drifted, previous=before),
            levels("ETHUSDT", START_S + 900, calm, rows=300, insufficient=True),
        ],
        [levels("SOLUSDT", START_S + 900, {}, model="stub-sine", partition=1)],
    ]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A recorded run of these."""
    return recorded_run(tmp_path, {"drift": records()})


def test_each_model_and_symbol_is_shown_as_it_is_now(run: Path) -> None:
    """The newest levels: the worst of the features, the first of them by PSI."""
    found = told("drift", "--run", run, "--top", 2)

    assert (found["window"], found["level"]) == ("1h", "alert")
    btc, eth, sol = found["drift"]
    assert (btc["symbol"], btc["level"], btc["rows"]) == ("BTCUSDT", "alert", 3_600)
    assert [(f["name"], f["psi"], f["psi_limit"], f["expected_days"], f["previous"]) for f in btc["top"]] == [
        ("vol_60", 0.28, 0.22, 40_000.0, 0.33), ("feature_7", 0.07, 0.22, 2.5, None),
    ]  # fmt: skip
    assert (eth["level"], eth["insufficient_data"], eth["rows"]) == (None, True, 300)
    assert (sol["model"], sol["level"], sol["top"]) == ("stub-sine", None, [])
    assert "events" not in found


def test_the_table_says_what_is_known(run: Path) -> None:
    """A dash where nothing is; a pipe gets the whole table."""
    shown = levibot("drift", "--run", run, "--events")

    assert shown.exit_code == 0, shown.output
    rows = [" ".join(line.split()) for line in shown.stdout.splitlines()]
    assert "drift over 1h, up to 2026-11-21 00:15:00 UTC" in rows
    assert "lgbm BTCUSDT alert 3,600 vol_60 0.280 0.220 > 100 y 0.100 0.300 0.330 alert" in rows
    assert "feature_7 0.070 0.220 2.5 d 0.100 0.300 - ok" in rows
    assert "lgbm ETHUSDT insufficient_data 300 -" in rows
    assert "2026-11-21 00:10:00 lgbm BTCUSDT crossed psi 3600 vol_60 ok alert 0.310 0.240" in rows


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--fail-on", "alert"), 1),
        (("--fail-on", "watch"), 1),
        (("--fail-on", "kill"), 0),
        (("--fail-on", "watch", "--symbol", "ETHUSDT"), 0),  # too few rows are no alarm
        (("--fail-on", "watch", "--model", "stub-sine"), 0),
        (("--fail-on", "alert", "--symbol", "binance:BTCUSDT"), 1),
        ((), 0),
    ],
)
def test_a_script_can_wait_for_a_level(run: Path, options: tuple[str, ...], code: int) -> None:
    """Of what is shown; the table is printed all the same."""
    result = levibot("drift", "--run", run, *options)
    assert result.exit_code == code
    assert "drift over 1h" in result.stdout


def events_of(*records: Plain) -> list[Plain]:
    """Return the one event of each record, with the record's head."""
    parts = ("levels", "events", "days")
    return [{**{k: v for k, v in one.items() if k not in parts}, **one["events"][0]} for one in records]


def test_crossings_are_told_as_far_back_as_was_asked(tmp_path: Path) -> None:
    """In order of time; the oldest is two days ago."""
    days = [crossing("BTCUSDT", START_S - day * 86_400, "ok", "watch") for day in (2, 0.5)]
    back = crossing("BTCUSDT", START_S - 60, "watch", "ok")
    shard = [*days, back, levels("BTCUSDT", START_S, {"a": feature(0.1)})]
    run = recorded_run(tmp_path, {"drift": [shard]})

    assert told("drift", "--run", run, "--events")["events"] == events_of(days[1], back)
    assert told("drift", "--run", run, "--events", "--days", 3)["events"] == events_of(*days, back)
    shift = {**crossing("", START_S, "ok", "watch", model="stub-sine"), "symbol": None}
    alone = told("drift", "--run", recorded_run(tmp_path / "alone", {"drift": [[shift]]}), "--events")
    assert (alone["events"], alone["drift"], alone["level"]) == (events_of(shift), [], None)
    assert levibot("drift", "--run", tmp_path / "alone", "--events", "--fail-on", "kill").exit_code == 2
    calm = recorded_run(tmp_path / "calm", {"drift": [shard[-1:]]})
    assert levibot("drift", "--run", calm, "--events").stdout.endswith("no crossings\n")


def test_the_window_is_a_choice(run: Path) -> None:
    """A quarter of an hour has a quarter of the rows."""
    found = told("drift", "--run", run, "--window", "15m", "--symbol", "BTCUSDT")
    assert (found["window"], found["drift"][0]["rows"], len(found["drift"])) == ("15m", 900, 1)
    assert levibot("drift", "--run", run, "--window", "2h").exit_code == 2


def test_nothing_to_show_is_not_all_well(run: Path, tmp_path: Path) -> None:
    """Exit code 2, in one line, so that cron does not take silence for calm."""
    for arguments, why in (
        (
            ("--run", run, "--symbol", "XRPUSDT", "--fail-on", "alert"),
            "no levels on record of what was asked for",
        ),
        (("--run", tmp_path / "nowhere"), "is no recording"),
        (("--run", run, "--redis"), "one of --run DIR and --redis"),
    ):
        result = levibot("drift", *arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith("drift: ") and why in result.stderr


@pytest.mark.embedded
def test_it_reads_the_topic(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under the instance's own name; without one it says what to do."""
    with EmbeddedBroker({"drift-b": 2}) as broker:
        sender = producer(broker.bootstrap, linger_ms=0)
        for partition, shard in enumerate(records()):
            for body in shard:
                sender.produce("drift-b", orjson.dumps(body), partition=partition)
        assert sender.flush(20) == 0
        monkeypatch.setenv("KAFKA_BOOTSTRAP", broker.bootstrap)
        monkeypatch.setenv("TOPIC_SUFFIX", "-b")
        found = told("drift", "--events", "--fail-on", "alert", code=1)
        monkeypatch.setenv("TOPIC_SUFFIX", "-c")
        nowhere = levibot("drift")

    assert [line["symbol"] for line in found["drift"]] == ["BTCUSDT", "ETHUSDT", "SOLUSDT"]
    assert found["events"] == events_of(records()[0][1])
    assert nowhere.exit_code == 2 and "no topic drift-c; create it with" in nowhere.stderr
