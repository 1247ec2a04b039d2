"""Law 1, chopping does not matter: how a log is cut into batches changes no byte of what is published."""

from __future__ import annotations

from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st
from laws.how_many import examples
from laws.strategies import logs, specs
from oracle.log import Event
from oracle.stages import Line, inputs

from models.desk.desk import Desk
from models.inputs import Input
from models.judge.records import Record, Shard
from models.scoring.scorer import Scorer
from models.spec import Spec

Log = list[Event]

DESKS = st.sampled_from((
    Desk(), Desk(challenger="constant-0.9"), Desk(model="stub-sine"),
    Desk(challenger="constant-0.9", share=0.5),
))  # fmt: skip
CUTS = st.lists(st.integers(0, 150), max_size=8)


@examples(0.7)
@given(log=logs(), spec=specs(), desk=DESKS, cuts=CUTS)
def test_any_batching_publishes_the_same_bytes(log: Log, spec: Spec, desk: Desk, cuts: list[int]) -> None:
    """Record by record, in sevens, in hundreds, whole or cut anywhere: the same records and books."""
    each = Line(spec, desk).run(log, range(len(log)))

    for other in {tuple(range(0, len(log), 7)), tuple(range(0, len(log), 100)), (0,), tuple(cuts)}:
        line = Line(spec, desk).run(log, other)
        assert line.published() == each.published()
        assert line.books() == each.books()


@examples(0.7)
@given(log=logs(), spec=specs(), desk=DESKS, cuts=CUTS)
def test_restarts_between_batches_publish_the_same_bytes(
    log: Log, spec: Spec, desk: Desk, cuts: list[int]
) -> None:
    """A stage built from a snapshot goes on exactly where the one that gave it stood."""
    whole = Line(spec, desk).run(log)

    line = Line(spec, desk)
    for activation in inputs(log, cuts):
        line.restart()
        line.step(activation)

    assert line.published() == whole.published()
    assert line.books() == whole.books()


@examples(0.3)
@given(log=logs(min_size=8, max_size=20), spec=specs())
def test_a_restart_after_every_record_publishes_the_same_bytes(log: Log, spec: Spec) -> None:
    """Even when nothing survives from one record to the next but the snapshot."""
    whole = Line(spec).run(log)

    line = Line(spec)
    for activation in inputs(log, range(len(log))):
        line.step(activation)
        line.restart()

    assert line.published() == whole.published()
    assert line.books() == whole.books()


@examples(0.3)
@given(log=logs(), spec=specs(), cuts=CUTS)
def test_stalls_publish_nothing_and_change_nothing(log: Log, spec: Spec, cuts: list[int]) -> None:
    """Activations without input are as if they had not been."""
    whole = Line(spec).run(log)

    line = Line(spec)
    for activation in inputs(log, cuts):
        line.step([])
        line.step(activation)
    line.step([])

    assert line.published() == whole.published()


@examples(0.5)
@given(
    plan=st.lists(logs(min_size=8, max_size=20), min_size=2, max_size=3),
    spec=specs(),
    order=st.lists(st.sets(st.integers(0, 2), min_size=1), min_size=1, max_size=12),
    cuts=CUTS,
)
def test_shards_scored_together_publish_as_if_alone(
    plan: list[Log], spec: Spec, order: list[set[int]], cuts: list[int]
) -> None:
    """Which shards share a call of the scorer, on which worker, does not show in any record."""
    shards = [Shard("ticks", number, number) for number in range(len(plan))]
    alone = [Line(spec, shard=shard).run(log) for log, shard in zip(plan, shards, strict=True)]

    waiting = [inputs(log, cuts) for log in plan]
    together = [Line(spec, shard=shard) for shard in shards]
    scorer = Scorer(spec, together[0].models)
    for members in _activations(order, waiting):
        _score_together(scorer, [(together[m], activation) for m, activation in members])

    for line, same in zip(together, alone, strict=True):
        assert line.published() == same.published()


def _activations(
    order: list[set[int]], waiting: list[list[list[Input]]]
) -> list[list[tuple[int, list[Input]]]]:
    """Return which shards take their next activation together, going round until none is left."""
    result = []
    while any(waiting):
        for chosen in [*order, set(range(len(waiting)))]:
            ready = [m for m in sorted(chosen) if m < len(waiting) and waiting[m]]
            result.append([(m, waiting[m].pop(0)) for m in ready])
    return result


def _score_together(scorer: Scorer, members: list[tuple[Line, list[Input]]]) -> None:
    closed = [(line, one) for line, activation in members for one in line.market.step(activation)]
    scored = zip(closed, scorer.step([one for _, one in closed]), strict=True)
    for line, group in groupby(scored, key=lambda entry: entry[0][0]):
        line.judged([block for _, block in group])


@examples(0.5)
@given(log=logs(), spec=specs(), cuts=CUTS)
def test_the_records_of_one_cause_come_in_one_order(log: Log, spec: Spec, cuts: list[int]) -> None:
    """Each topic's ordinals count up by one, however the log was cut."""
    line = Line(spec, Desk(challenger="constant-0.9")).run(log, cuts)

    by_topic: dict[str, list[int]] = {}
    for record in line.records:
        by_topic.setdefault(record.topic, []).append(_ordinal(record))

    assert all(found == list(range(len(found))) for found in by_topic.values())
    assert {topic: len(found) for topic, found in by_topic.items()} == {
        topic: count for topic, count in (line.judge.ordinals | line.monitor.ordinals).items() if count
    }


def _ordinal(record: Record) -> int:
    return (
        int((record.headers or {})["ordinal"]) if isinstance(record.body, bytes) else record.body["ordinal"]
    )
