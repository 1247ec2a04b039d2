"""What the verifier makes of ``audit``, ``calibration``, ``drift`` and of the breaker's events."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import orjson
import pytest
from oracle.log import SECOND
from oracle.stages import BUNDLES

from models.desk.desk import Desk
from models.spec import Spec
from tests.verifier.product import Written, rules_of
from verifier.findings import DIFFERENT, DUPLICATED, LOST, NUMBERING, UNEXPECTED
from verifier.history import History
from verifier.log import Record
from verifier.report import ShardReport
from verifier.run import check_shard

pytestmark = pytest.mark.slow

SPEC = Spec(models=("stub-sine", "ml-fusion", "constant-0.9", "river-logistic", "ensemble"))
TRAINED = next(iter(BUNDLES))
DESK = Desk(model="constant-0.9", challenger=TRAINED, bundles=(TRAINED,))
START = 1_700_000_100  # where a bucket begins

Change = Callable[[list[Record]], list[Record]]


@cache
def sound() -> History:
    """Return a quarter of an hour of two symbols, one of them silent for a while, under two models."""
    written = Written().begin(DESK)
    for second in range(910):
        if second == 250:
            written.command("flag.set", key="audit_ml_bucket", value=True)
        if second == 500:
            written.command("model.select", name="ensemble")
        if second % 3 == 0:
            trade(written, "BTCUSDT", second, 100 + 5 * math.sin(second / 50))
        if second % 3 == 1 and not 300 < second < 450:
            trade(written, "ETHUSDT", second, 50 + math.cos(second / 30))
    return written.run(SPEC)


def trade(written: Written, symbol: str, second: int, price: float) -> None:
    """Add a record of one trade."""
    ts = (START + second) * SECOND
    written.tick({"symbol": symbol, "ts": ts, "price": round(price, 4), "qty": 1}, ts // 1_000_000)


def check(history: History) -> ShardReport:
    """Check a run under its own rules."""
    return check_shard(history, rules_of(SPEC))


def with_topic(topic: str, change: Change, low: int = 0) -> History:
    """Return the sound run with the records of one topic changed."""
    was = sound().outputs[topic]
    outputs = {**sound().outputs, topic: replace(was, records=change(list(was.records)), low=low)}
    return replace(sound(), outputs=outputs)


def body(record: Record) -> dict[str, Any]:
    """Return the JSON of a record."""
    found: dict[str, Any] = orjson.loads(record.value or b"")
    return found


def rewritten(place: int, change: Callable[[dict[str, Any]], object]) -> Change:
    """Let ``change`` alter the body of the record at ``place``."""

    def changed(records: list[Record]) -> list[Record]:
        told = body(records[place])
        change(told)
        records[place] = records[place]._replace(value=orjson.dumps(told))
        return records

    return changed


def counts(report: ShardReport) -> dict[tuple[str, str], int]:
    """Return how many findings there are of each kind and topic."""
    return dict(report.findings.counts)


def place_of(topic: str, **fields: Any) -> int:
    """Return where the first record with these fields stands on a topic."""
    bodies = map(body, sound().outputs[topic].records)
    return next(i for i, told in enumerate(bodies) if fields.items() <= told.items())


def test_a_sound_run_has_nothing_to_be_named() -> None:
    """And it has what the other tests break: every model with outcomes, the fallback among them."""
    report = check(sound())

    assert (report.exit_code, report.findings.examples, report.unjudged) == (0, [], [])
    told = [body(record) for record in sound().outputs["calibration"].records]
    tallies = [(one["reference"], one["bucket"]) for one in told if one["bucket"]]
    said = {
        reference: sum(tally["said"] for by, tally in tallies if by == reference) for reference, _ in tallies
    }
    assert said.keys() == {
        "constant-0.9", TRAINED, "ensemble", "ml-fusion", "river-logistic", "stub-sine"
    }  # fmt: skip
    assert all(count > 50 for count in said.values())
    assert sum(tally["n"] for _, tally in tallies) > 1_000
    for topic in ("audit", "calibration", "drift"):
        found = report.topics[topic]
        assert found.equal == found.expected == found.found > 10


@pytest.mark.parametrize("topic", ["audit", "calibration", "drift"])
def test_a_lost_record_is_named(topic: str) -> None:
    """By what it was about, and as a number that is missing."""
    report = check(with_topic(topic, lambda records: records[:7] + records[8:]))
    assert counts(report) == {(LOST, topic): 1, (NUMBERING, topic): 1}


@pytest.mark.parametrize("topic", ["audit", "calibration", "drift"])
def test_a_record_lost_at_the_end_is_named(topic: str) -> None:
    """No number is missing there: it is known from ticks and journal."""
    report = check(with_topic(topic, lambda records: records[:-1]))
    assert counts(report) == {(LOST, topic): 1}


@pytest.mark.parametrize("topic", ["audit", "calibration", "drift"])
def test_a_doubled_record_is_named(topic: str) -> None:
    """With its number."""
    report = check(with_topic(topic, lambda records: [*records[:8], *records[7:]]))
    assert counts(report) == {(DUPLICATED, topic): 1, (NUMBERING, topic): 1}


def change(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """Return what sets a field inside of a record."""
    *way, last = path.split(".")

    def put(told: Any) -> None:
        for name in way:
            told = told[name]
        told[int(last) if isinstance(told, list) else last] = value

    return put


PATHS = {
    "audit": ("id", "action", "model", "context"),
    "calibration": (
        "id", "start_s", "venue", "horizon_s", "model", "bucket.said", "bucket.n", "bucket.up", "bucket.hits",
        "bucket.realised", "bucket.buckets.9", "windows.1h.said", "windows.1h.seconds", "windows.1h.hit_rate",
        "windows.1h.brier.value", "windows.24h.n", "windows.24h.up", "windows.24h.realised",
    ),
    "drift": ("id", "kind", "venue", "model"),
}  # fmt: skip


@pytest.mark.parametrize("topic", ["audit", "calibration", "drift"])
def test_changed_fields_are_named(topic: str) -> None:
    """Each with the way to it; it is one record that is not as it must be."""

    def all_changed(told: dict[str, Any]) -> None:
        for path in PATHS[topic]:
            change(path, 0.25)(told)

    place = place_of(topic, ts=(START + 900) * SECOND)
    report = check(with_topic(topic, rewritten(place, all_changed)))

    assert counts(report) == {(DIFFERENT, topic): 1}
    assert all(f"{path} is 0.25, must be " in report.findings.examples[0].text for path in PATHS[topic])


@pytest.mark.parametrize("topic", ["audit", "calibration", "drift"])
def test_another_cause_is_named(topic: str) -> None:
    """Ticks and journal give it."""
    report = check(with_topic(topic, rewritten(7, change("caused_by.offset", 9))))
    assert counts(report) == {(DIFFERENT, topic): 1}
    assert "caused_by is " in report.findings.examples[0].text


def test_another_age_of_outcomes_is_not_this_run() -> None:
    """It decides which predictions have an outcome."""
    report = check_shard(sound(), replace(rules_of(SPEC), outcome_max_age_s=1.0))
    assert set(counts(report)) == {(DIFFERENT, "calibration")}


def test_a_score_that_was_changed_shows_in_what_became_of_it() -> None:
    """In the signal, and of the active model in the audit; nobody recomputes the scores themselves."""
    at = (START + 100) * SECOND
    for role, topics in (("active", {"audit"}), ("challenger", set[str]())):
        place = place_of("predictions", role=role, ts=at)
        report = check(with_topic("predictions", rewritten(place, change("prob", 0.33))))
        assert {topic for _, topic in counts(report)} == {"signals", "calibration"} | topics


def test_a_prediction_that_is_not_sound_is_no_evidence() -> None:
    """It is named itself, and what would follow from it is not."""
    at = (START + 100) * SECOND
    active = place_of("predictions", role="active", ts=at)
    lost = check(with_topic("predictions", lambda records: records[:active] + records[active + 1 :]))
    other = check(with_topic("predictions", rewritten(active, change("model", "ml-fusion"))))
    challenger = place_of("predictions", role="challenger", ts=at)
    gone = check(with_topic("predictions", lambda records: records[:challenger] + records[challenger + 1 :]))

    assert counts(lost) == {(LOST, "predictions"): 1, (NUMBERING, "predictions"): 1}
    assert counts(other) == {(DIFFERENT, "predictions"): 1}
    assert counts(gone) == {(NUMBERING, "predictions"): 1}


def test_predictions_gone_by_retention_leave_only_sums_unchecked() -> None:
    """The records themselves are still expected."""
    report = check(with_topic("predictions", lambda records: records[2_000:], low=2_000))
    assert (report.exit_code, report.findings.examples) == (0, [])
    assert report.topics["calibration"].equal == report.topics["calibration"].found


@pytest.mark.parametrize(
    "fields", [{"event": "breaker", "state": "open"}, {"event": "enter", "reason": "breaker"}]
)
def test_a_breaker_that_opens_on_a_model_that_cannot_fail_is_named(fields: dict[str, str]) -> None:
    """Built-in models always answer."""
    report = check(with_topic("fallback", rewritten(0, lambda told: told.update(fields))))
    assert counts(report) == {(UNEXPECTED, "fallback"): 1}


def test_a_breaker_may_open_on_a_trained_model() -> None:
    """Whether it failed, only its bundle could tell."""
    written = Written().begin(Desk(model=TRAINED, bundles=(TRAINED,)))
    for second in range(0, 200, 3):
        trade(written, "BTCUSDT", second, 100.0)
        if second == 90:
            written.beat((START + 170) * SECOND)
    history = written.run(SPEC)
    fallback = history.outputs["fallback"]
    records = rewritten(0, lambda told: told.update(reason="breaker"))(list(fallback.records))

    report = check(
        replace(history, outputs={**history.outputs, "fallback": replace(fallback, records=records)})
    )

    assert (report.exit_code, report.findings.examples) == (0, [])
