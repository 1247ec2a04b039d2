"""Gates: what each criterion's metric is read from, and that no data is never a GO."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
import typer
from check_servers import third_party
from typer.testing import CliRunner

from connectors.embedded import EmbeddedBroker
from connectors.kafka.clients import producer
from connectors.profile_file import profile_named, profile_names
from connectors.settings import Settings, settings
from flows.checks.gate import GateError, answer, gate_of, go_no_go
from flows.checks.ground import ground
from flows.checks.measuring import guarded, loaded, monitored, served
from flows.checks.measuring.measures import READERS, Line, lines
from flows.checks.measuring.where import Where
from flows.checks.tables import gate_markdown
from flows.commands import check, gonogo
from models.rollout.plan import Checked, Criterion, Outcome
from models.rules.evaluate import Sample
from models.rules.metrics import METRICS
from models.slo.histogram import histogram
from tests.monitoring.monitor_records import calibration, figures

ROOT = Path(__file__).parents[2]
PROFILES = ROOT / "configs" / "profiles"
RULES = ROOT / "configs" / "rules.yml"
NOWHERE = "http://127.0.0.1:1"
NOW = 1_795_219_200 * 10**9
LGBM = "lgbm@" + "a" * 64
PREDICT = "/ai/predict?symbol=BTCUSDT&h=60s"
ONE_SYMBOL = {"/symbols": {"count": 1, "symbols": [{"symbol": "BTCUSDT"}]}}


def where(name: str = "golive", api: str = NOWHERE, **known: Any) -> Where:
    """Return what would be read, some of it as given."""
    config = Settings(_env_file=None, kafka_bootstrap="127.0.0.1:1", redis_url="redis://127.0.0.1:1/0")
    on = ground(config, api=api, prometheus=NOWHERE, grafana=NOWHERE, requests=20, timeout_s=0.2)
    return Where(on, profile_named(PROFILES, name)).known(**known)


def shard(**more: Any) -> dict[str, Any]:
    """Return what is looked at of a shard's view."""
    desk = {"model": LGBM, "challenger": ""}
    return {"desk": desk, "symbols": {}, "dlq_size": 0, "gone": False} | more


def line(outcome: Outcome, critical: bool = True) -> Line:
    """Return a criterion with this outcome."""
    one = Criterion("one", "errors.rate", "all", "<", 0.01, critical)
    return Line(one, Checked("one", outcome, None, None, "because"))


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        (["success", "success"], "GO"),
        (["success", "fail"], "NO-GO"),
        (["fail", "no-data"], "NO-GO"),
        (["success", "no-data"], "UNKNOWN"),
        (["success", "inconclusive"], "UNKNOWN"),
        (["success", "error"], "UNKNOWN"),
        ([], "UNKNOWN"),
    ],
)
def test_only_shown_success_is_a_go(outcomes: list[Outcome], expected: str) -> None:
    """Of every critical criterion; without any there is nothing to go by."""
    assert answer([line(one) for one in outcomes]) == expected


def test_what_is_not_critical_stops_nothing() -> None:
    """It is told all the same."""
    assert answer([line("success"), line("fail", critical=False)]) == "GO"


def test_every_reader_reads_metrics_that_there_are() -> None:
    """By the names of ``models.rules.metrics``."""
    named = {name for known in READERS.values() for name in known}
    assert named <= METRICS.keys()


@pytest.mark.parametrize("name", profile_names(PROFILES))
def test_without_anything_to_read_no_gate_is_a_go(name: str) -> None:
    """Each criterion is there, without data but for the API that is seen to be down."""
    found = where(name)
    for gate, criteria in found.profile.verdict.items():
        told = lines(found, criteria)
        assert [one.criterion for one in told] == list(criteria)
        assert {one.checked.outcome for one in told if one.criterion.metric != "api.health"} <= {"no-data"}
        assert answer(told) in ("UNKNOWN", "NO-GO"), gate


def test_a_gate_that_is_none_is_named() -> None:
    """With those there are."""
    with pytest.raises(GateError, match="profile golive has no gate 'x'; it has: go"):
        gate_of(profile_named(PROFILES, "golive"), "x")


def test_the_latency_of_predictions_is_their_95th_percentile() -> None:
    """Of so many calls, one after the other."""
    with third_party(ONE_SYMBOL | {PREDICT: {}}) as url:
        [found] = served.predict_latency(where(api=url))
    assert (found.metric, found.scope_key, found.n) == ("latency.predict_api_p95_ms", "all", 20)
    assert found.value is not None and found.value > 0


def test_where_the_minute_is_used_up_the_latency_is_that_of_what_was_answered() -> None:
    """The API allows a caller so many predictions a minute; the rest is no failure of it."""
    with third_party(ONE_SYMBOL | {PREDICT: {}}, allowed=7) as url:
        [found] = served.predict_latency(where(api=url))
    assert found.n == 7


def test_a_path_that_refuses_is_no_latency() -> None:
    """Else a broken API would be a fast one."""
    with third_party(ONE_SYMBOL) as url:
        [found] = lines(where(api=url, load=[]), [one for one in GOLIVE if one.name == "predict_latency"])
    assert found.checked.outcome == "no-data"
    assert found.checked.why.endswith("/ai/predict?symbol=BTCUSDT&h=60s answers 404")


GOLIVE = profile_named(PROFILES, "golive").verdict["go"]


def slo(
    at_s: int, *, rows: int = 10, errors: int = 0, inference: list[float] | None = None
) -> dict[str, Any]:
    """Return a record of what a shard did in ten seconds."""
    ts = NOW + at_s * 10**9
    return {
        "flow": "signals", "source": "ticks/0000", "ts": ts, "at": ts, "span_s": 10.0,
        "counts": {"rows": 10, "errors": errors, "ml_score": 2, "used": 30},
        "latency": {"inference": histogram(np.array(inference or [1.0]))}, "confid": {}, "ml_bucket": {},
        "process": {"rss_bytes": 1_000_000, "cpu_s": 1.0, "began": NOW},
    }  # fmt: skip


def test_the_load_is_that_of_the_windows_of_the_service_levels() -> None:
    """Errors over rows, the 95th percentile of a histogram, the largest process."""
    told = [slo(10 * n, errors=int(n == 3), inference=[1.0] * 19 + [50.0] * (n == 3)) for n in range(1, 11)]
    found = {one.metric: one for one in loaded.load(where(load=told)) if one.scope_key == "all"}
    assert found["errors.rate"] == Sample("errors.rate", "all", 1 / 100, None, 100)
    assert found["latency.inference_p95_ms"].value == 1.0
    assert found["memory.rss_bytes"].value == 1_000_000
    assert "latency.engine_p95_ms" not in found


def calibrated(symbol: str, deciles: int, model: str = "lgbm", sha: str = "a" * 64) -> dict[str, Any]:
    """Return a calibration record of which so many deciles hold outcomes."""
    ten = [{"n": int(place < deciles), "up": 0, "prob": 0.5} for place in range(10)]
    day = figures({5: (100, 100, 50, 50.0)}, n_eff=900.0, deciles=ten)
    return calibration(symbol, NOW // 10**9, model=model, sha=sha, day=day)


def test_deciles_have_to_be_whole_on_every_symbol() -> None:
    """The symbol with the fewest counts."""
    both = [calibrated("BTCUSDT", 10), calibrated("ETHUSDT", 7)]
    known = {"calibration": both, "shards": {"ticks/0000": shard()}, "load": [], "moves": []}
    found = [one for one in monitored.calibration(where(**known)) if one.metric == "calibration.deciles"]
    assert [(one.scope_key, one.value) for one in found] == [
        ("model:lgbm/BTCUSDT", 10.0), ("model:lgbm/ETHUSDT", 7.0)
    ]  # fmt: skip
    [told] = lines(where(**known), [one for one in GOLIVE if one.name == "deciles"])
    assert (told.checked.outcome, told.checked.value) == ("fail", 7.0)
    [told] = lines(
        where(**known | {"calibration": both[:1]}), [one for one in GOLIVE if one.name == "deciles"]
    )
    assert (told.checked.outcome, told.checked.value, told.checked.n) == ("success", 10.0, 100)


def test_another_model_says_nothing_of_this_one() -> None:
    """Records of a model that is no longer in use are left out."""
    known = {"calibration": [calibrated("BTCUSDT", 10, "old")], "shards": {"ticks/0000": shard()}}
    assert list(monitored.calibration(where(**known))) == []


def drifted(symbol: str, psi: float, limit: float | None, kills: int = 0) -> dict[str, Any]:
    """Return what is looked at of a drift record."""
    window = {
        "features": {"rsi": {"psi": psi, "psi_limit": limit}},
        "rows": 3_600,
        "insufficient_data": False,
    }
    return {
        "model": "lgbm", "reference": LGBM, "symbol": symbol, "venue": "", "ts": NOW,
        "levels": {"windows": {"3600": window}}, "events": [{"kind": "crossed", "level": "kill"}] * kills,
        "caused_by": {"topic": "ticks", "partition": 0},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("records", "outcome", "value"),
    [
        ([drifted("A", 0.1, 0.3)], "success", 0.1),
        ([drifted("A", 0.1, 0.3), drifted("B", 0.25, 0.2)], "fail", 0.25),
        ([drifted("A", 0.25, 0.3)], "inconclusive", 0.25),
        ([drifted("A", 0.5, 0.6), drifted("B", 0.25, 0.2)], "fail", 0.25),
        ([drifted("A", 0.5, None)], "no-data", None),
    ],
)
def test_drift_counts_beyond_what_chance_explains(
    records: list[dict[str, Any]], outcome: str, value: float | None
) -> None:
    """The worst of the symbols; a feature without a limit says nothing."""
    found = where("marathon", drift=records, shards={"t": shard(desk={"challenger": LGBM})}, moves=[])
    [told] = lines(found, [one for one in gate_of(found.profile, "start") if one.name == "drift"])
    assert (told.checked.outcome, told.checked.value) == (outcome, value)


def test_critical_drift_is_counted() -> None:
    """Over all symbols of the model."""
    found = where("marathon", drift=[drifted("A", 0.1, 0.3, 1), drifted("B", 0.1, 0.3, 2)],
                  shards={"t": shard(desk={"challenger": LGBM})})  # fmt: skip
    critical = [one.value for one in monitored.drift(found) if one.metric == "drift.critical_events"]
    assert critical == [3.0]


def test_ages_are_those_of_trades_and_of_the_freshest_symbol_of_a_shard() -> None:
    """An expired symbol is none any more."""

    def symbol(age_s: float, level: str = "ok") -> dict[str, Any]:
        return {"level": level, "features": {"ts": NOW, "age_s": age_s}}

    symbols = {"A": symbol(40), "B": symbol(3), "C": symbol(9_000, "expired")}
    found = where(shards={"ticks/0000": shard(symbols=symbols)})
    object.__setattr__(found.ground, "clock", lambda: NOW + 2 * 10**9)
    ages: dict[str, dict[str, float | None]] = {"staleness.tick": {}, "staleness.feature": {}}
    for one in served.ages(found):
        ages[one.metric][one.scope_key] = one.value
    assert ages["staleness.tick"] == {"symbol:A": 42.0, "symbol:B": 5.0, "shard:ticks/0000": 5.0}
    # the trade of A is at :20 and its bar ends at :25; that of B is at :57 and its bar ends with the minute
    assert ages["staleness.feature"] == {"symbol:A": 37.0, "symbol:B": 2.0, "shard:ticks/0000": 2.0}


def test_what_the_guard_measured_is_what_its_view_shows() -> None:
    """Of a guard that is there: nothing of one that wrote long ago, or that never did."""
    shown = {"written_at": NOW, "measured": [["process.crashes", "all", 2.0, None, None]]}

    def read(guard: dict[str, Any] | None) -> list[tuple[str, float | None]]:
        found = where(guard=guard)
        object.__setattr__(found.ground, "clock", lambda: NOW)
        return [(one.metric, one.value) for one in guarded.measured(found)]

    assert read(shown) == [("process.crashes", 2.0)]
    assert read(shown | {"written_at": NOW - 61 * 10**9}) == []
    assert read(None) == []


def test_what_is_measured_nowhere_is_what_the_guard_last_found() -> None:
    """By the name of the criterion, the newest check first."""

    def checked(value: float) -> dict[str, Any]:
        return {"criterion": "mttr", "outcome": "success", "value": value, "n": None, "why": "told"}

    moves = [{"checks": [checked(9.0)]}, {"checks": [checked(7.0)]}, {"checks": []}]
    found = where("enterprise", moves=moves)
    [told] = lines(found, [one for one in gate_of(found.profile, "go") if one.name == "mttr"])
    assert (told.checked.outcome, told.checked.value) == ("success", 7.0)


def test_a_gate_as_markdown_begins_with_its_answer() -> None:
    """With a row for each criterion."""
    page = gate_markdown(go_no_go(where("enterprise").ground, profile_named(PROFILES, "enterprise"), "go"))
    assert page.startswith("# UNKNOWN: enterprise, gate go\n")
    assert page.count("\n| ") == 1 + 5


Run = Callable[..., tuple[int, Any, str]]


@pytest.fixture
def run(embedded_broker: Callable[..., EmbeddedBroker], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on a broker with a topic of service levels; return exit code, JSON and stderr."""
    broker = embedded_broker(dict.fromkeys(("slo", "rollout", "alerts", "calibration"), 1))
    sender = producer(broker.bootstrap, linger_ms=0)
    for n in range(1, 11):
        sender.produce("slo", orjson.dumps(slo(10 * n)), partition=0)
    assert sender.flush(20) == 0
    monkeypatch.setenv("KAFKA_BOOTSTRAP", broker.bootstrap)
    monkeypatch.setenv("RULES_FILE", str(RULES))
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")

    def run(app: Any, *arguments: str) -> tuple[int, Any, str]:
        settings.cache_clear()
        done = CliRunner().invoke(app, [*arguments, "--api", NOWHERE], catch_exceptions=False)
        settings.cache_clear()
        told = orjson.loads(done.stdout) if "--json" in arguments else done.stdout
        return done.exit_code, told, done.stderr

    return run


@pytest.mark.embedded
def test_the_command_answers_by_its_exit_code(run: Run) -> None:
    """The service levels are read off their topic; what is not there is no data."""
    app = typer.Typer()
    app.command()(gonogo.go_nogo)
    code, found, _ = run(app, "--profile", "golive", "--json")
    told = {one["name"]: one for one in found["criteria"]}
    assert (code, found["answer"], found["gate"]) == (2, "UNKNOWN", "go")
    assert told["predict_errors"] | {"why": ""} == {
        "name": "predict_errors", "metric": "errors.rate", "scope": "all", "op": "<", "limit": 0.001,
        "critical": True, "requirement": "S185, S236", "value": 0.0, "n": 100,
        "outcome": "success", "why": "",
    }  # fmt: skip
    assert told["predict_latency"]["outcome"] == told["deciles"]["outcome"] == "no-data"
    assert run(app, "--profile", "golive", "--gate", "none")[0] == 2
    assert "there is no profile 'nope'; there are: " in run(app, "--profile", "nope")[2]
    assert run(app, "--profile", "golive", "--markdown")[1].startswith("# UNKNOWN: golive, gate go\n")


@pytest.mark.embedded
def test_the_checklist_ends_with_the_gate(run: Run) -> None:
    """Items in the profile's order, then the criteria; the exit code is that of the worst."""
    code, found, _ = run(check.app, "full", "--profile", "enterprise", "--json")
    profile = profile_named(PROFILES, "enterprise")
    names = [one.item for one in profile.preflight] + [f"gate {one.name}" for one in profile.verdict["go"]]
    assert [one["item"] for one in found["items"]] == names
    states = {one["item"]: one["state"] for one in found["items"]}
    assert (states["kill_test"], states["backups_kept"], states["gate errors"]) == (
        "manual",
        "manual",
        "passed",
    )
    assert (states["alerts_loaded"], states["gate mttr"]) == ("unknown", "unknown")
    assert code == (1 if "failed" in states.values() else 2)
