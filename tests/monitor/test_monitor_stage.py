"""Monitor as a stage: what it publishes of hours, whatever cuts and restarts there were."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import pytest
from judge.published import Story
from monitor.watched_model import NAME, WatchedModel
from oracle.stages import Line, inputs

from models.desk.desk import Desk
from models.inputs import Cause, Genesis
from models.monitor.bucket import BUCKET_S
from models.scoring.registry import load_all
from models.spec import SECOND, Spec

SPEC = Spec(models=("stub-sine", "ml-fusion"))
DESK = Desk(model=NAME, bundles=(NAME,), challenger="ml-fusion")
HOURS = 3


def line() -> Line:
    """Return new stages, with a trained model."""
    return Line(SPEC, DESK, load_all(SPEC.models) | {NAME: WatchedModel()})


def market(hours: float = HOURS) -> Story:
    """Return a trade every five seconds."""
    times = [k + 0.5 for k in range(0, int(hours * 3_600), 5)]
    return Story().trades(times, {second: 100.0 + math.sin(second / 40) for second in times})


@pytest.fixture(scope="module")
def whole() -> Line:
    """Three hours, in one piece."""
    return line().run(market().log)


def test_cuts_and_restarts_change_nothing(whole: Line) -> None:
    """Not a byte of any record, of any topic."""
    other = line()
    for number, activation in enumerate(inputs(market().log, range(0, 2_160, 97))):
        other.step(activation)
        if number % 3 == 0:
            other.restart()

    assert other.published() == whole.published()
    assert Counter(record.topic for record in other.records)["drift"] > 0


def test_each_model_has_a_record_a_bucket(whole: Line) -> None:
    """The challenger as well; the fallback none, since it never answered. Numbers go up by one."""
    told = whole.on("calibration")

    assert Counter(body["reference"] for body in told) == {NAME: 12 * HOURS, "ml-fusion": 12 * HOURS}
    assert [body["ordinal"] for body in told] == list(range(len(told)))
    assert all(body["ts"] == (body["start_s"] + BUCKET_S) * SECOND for body in told)
    assert {body["model_version"] for body in told if body["reference"] == NAME} == {WatchedModel().version}


def test_buckets_add_up_to_what_is_counted(whole: Line) -> None:
    """The published answers that met their outcomes, and those of them that were right."""
    told = [body["bucket"] for body in whole.on("calibration") if body["reference"] == NAME]
    last = max(body["ts"] for body in whole.on("calibration")) // SECOND
    after = line().run([event for event in market().log if event.ts <= (last + 1) * SECOND])  # type: ignore[union-attr]

    counts = after.emissions[-1].outcomes
    assert sum(bucket["n"] for bucket in told) == counts["matured"]
    assert sum(bucket["hits"] for bucket in told) == counts["hits"]
    assert sum(bucket["up"] for bucket in told) == counts["hits"]  # it always says up


def test_features_of_another_world_are_drift(whole: Line) -> None:
    """Levels every 15 minutes, and an episode that does not end as long as nothing changes."""
    mine = [body for body in whole.on("drift") if body["reference"] == NAME and body["symbol"]]
    events = [(event["kind"], event["detector"], event["level"]) for body in mine for event in body["events"]]

    assert {body["ts"] // SECOND % 900 for body in mine if body["levels"]} == {0}
    assert sum(body["levels"] is not None for body in mine) == 4 * HOURS
    assert ("crossed", "psi", "kill") in events
    assert ("recovered", "psi", "ok") not in events


def test_how_many_drift_records_there_are_is_a_matter_of_rows_and_desk(whole: Line) -> None:
    """A bundle that nobody could compare with its training has as many, and says nothing in them."""
    unknown = Line(SPEC, DESK, load_all(SPEC.models) | {NAME: load_all(("constant-0.7",))["constant-0.7"]})
    blind = unknown.run(market().log).on("drift")

    assert [(b["reference"], b["symbol"], b["ordinal"]) for b in blind] == [
        (b["reference"], b["symbol"], b["ordinal"]) for b in whole.on("drift")
    ]
    assert all(body["levels"] is None for body in blind)
    assert Counter((body["reference"], body["symbol"] is None) for body in blind) == {
        (NAME, False): 12 * HOURS, (NAME, True): 12 * HOURS, ("ml-fusion", True): 12 * HOURS,
    }  # fmt: skip


def test_a_genesis_begins_anew_behind_what_is_published(whole: Line) -> None:
    """With the numbers that it brings, and nothing else of the past."""
    *_, newest = (one for emission in whole.emissions for one in emission.monitor)
    monitor = line().monitor
    monitor.step([Genesis(DESK, Cause(7, 3), {"calibration": 40, "drift": 5})])

    (observed,) = monitor.step([newest])

    told: list[Any] = [record.body for record in observed.records if record.topic == "calibration"]
    assert [body["ordinal"] for body in told] == [40, 41]
    assert {body["windows"]["24h"]["seconds"] for body in told} == {BUCKET_S}


def test_the_fallback_is_told_of_where_it_answered() -> None:
    """Here a trade comes every two minutes, and answers to the old ones are the fallback's."""
    story = Story().trades([k + 0.5 for k in range(0, 3_600, 120)])
    told = line().run(story.log).on("calibration")

    assert {body["reference"] for body in told} == {NAME, "ml-fusion", "stub-sine"}
    by = {body["reference"]: body["windows"]["24h"] for body in told}
    assert by["stub-sine"]["said"] > 0
    assert by[NAME]["said"] > 0


def test_a_bundle_that_is_back_is_compared_with_its_training_again() -> None:
    """From then on; what its probabilities came to meanwhile is not forgotten."""
    models = load_all(SPEC.models) | {NAME: load_all(("constant-0.7",))["constant-0.7"]}
    stages = Line(SPEC, DESK, models)
    log = market(2).log
    stages.run(log[:720])
    models[NAME] = WatchedModel()
    stages.run(log[720:])

    mine = [body for body in stages.on("drift") if body["reference"] == NAME and body["symbol"]]
    assert {body["levels"] is None for body in mine[:12]} == {True}
    assert any(body["levels"] for body in mine[12:])
    day = [b["windows"]["24h"]["seconds"] for b in stages.on("calibration") if b["reference"] == NAME]
    assert day == [BUCKET_S * n for n in range(1, len(day) + 1)]
