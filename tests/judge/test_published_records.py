"""What all published records share: ids that are functions of the input, ordinals, causes, plain JSON."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from itertools import pairwise
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st
from judge.published import COIN, MODELS, OTHER, Story, at, trade
from laws.how_many import examples
from laws.strategies import logs, specs
from oracle.log import Bad, Event, Skip
from oracle.stages import SHARD, Line, inputs

from models.desk.desk import Desk
from models.judge.records import DLQ, TOPICS, Record, Shard, record_id
from models.market.schema import NAMES
from models.spec import Spec

DESKS = st.sampled_from(
    (Desk(challenger="constant-0.9"), Desk(challenger="stub-sine"), Desk(challenger="ml-fusion"))
)
CUTS = st.lists(st.integers(0, 150), max_size=4)


def by_topic(line: Line) -> dict[str, list[Record]]:
    """Return the records of each topic in order."""
    found: dict[str, list[Record]] = defaultdict(list)
    for record in line.records:
        found[record.topic].append(record)
    return found


def head_of(record: Record) -> tuple[int, int, int]:
    """Return ordinal, cause offset and cause sequence number of a record."""
    if isinstance(record.body, bytes):
        headers = record.headers or {}
        return int(headers["ordinal"]), int(headers["cause_offset"]), int(headers["cause_seq"])
    cause = record.body["caused_by"]
    return record.body["ordinal"], cause["offset"], cause["seq"]


@examples()
@given(log=logs(), spec=specs(), desk=DESKS, cuts=CUTS)
def test_ordinals_are_contiguous_and_causes_never_fall(
    log: list[Event], spec: Spec, desk: Desk, cuts: list[int]
) -> None:
    """Per topic, from 0: a reader detects loss and doubling by one integer, also after a restart."""
    line = Line(spec, desk)
    for activation in inputs(log, cuts):
        line.step(activation)
        line.restart()

    for records in by_topic(line).values():
        heads = [head_of(record) for record in records]
        assert [head[0] for head in heads] == list(range(len(heads)))
        causes = [head[1:] for head in heads]
        assert causes == sorted(causes)
        assert all(a[0] <= b[0] and a[1] <= b[1] for a, b in pairwise(causes))


@examples()
@given(log=logs(), spec=specs(), desk=DESKS, cuts=CUTS)
def test_ids_are_unique_and_functions_of_the_input(
    log: list[Event], spec: Spec, desk: Desk, cuts: list[int]
) -> None:
    """However the log was cut; no two records of a topic share one, whatever models said."""
    whole, cut = Line(spec, desk).run(log), Line(spec, desk).run(log, cuts)

    for topic in by_topic(whole):
        if topic != DLQ:
            ids = [body["id"] for body in whole.on(topic)]
            assert max(Counter(ids).values()) == 1
            assert ids == [body["id"] for body in cut.on(topic)]


@examples(0.5)
@given(log=logs(), spec=specs(), desk=DESKS)
def test_every_body_is_plain_json_with_the_head_that_readers_need(
    log: list[Event], spec: Spec, desk: Desk
) -> None:
    """It reads back as it was written; key, symbol, venue and cause are there."""
    line = Line(spec, desk).run(log)

    assert set(by_topic(line)) <= set(TOPICS)
    for record in line.records:
        if isinstance(record.body, bytes):
            continue
        assert orjson.loads(orjson.dumps(record.body)) == record.body
        cause = record.body["caused_by"]
        assert (cause["topic"], cause["partition"]) == (SHARD.topic, SHARD.partition)
        expected = record.body.get("symbol") or SHARD.key  # what is told of the whole shard has none
        assert record.key == expected
        assert record.topic == "progress" or {"venue", "ts", "id"} <= set(record.body)


def test_an_id_is_the_hash_of_what_it_names() -> None:
    """A published value: kind, venue:symbol, window end and what else sets it apart, joined by 0x1f."""
    text = "signal\x1fhere:COIN\x1f1700000001000000000\x1f60"

    assert (
        record_id("signal", "here:COIN", 1_700_000_001_000_000_000, 60)
        == hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
    )


def test_a_signals_id_does_not_name_the_model() -> None:
    """So that a bundle missing after a crash cannot double the window; a prediction's does."""
    story = Story().trades([0.5]).beat(3)
    one, other = story.told(desk=Desk(model="constant-0.9")), story.told(desk=Desk(model="ml-fusion"))

    assert [body["id"] for body in one.on("signals")] == [body["id"] for body in other.on("signals")]
    assert {body["id"] for body in one.on("predictions")}.isdisjoint(
        body["id"] for body in other.on("predictions")
    )
    assert [body["id"] for body in one.on("features")] == [body["id"] for body in other.on("features")]


def test_the_same_symbol_on_two_venues_has_ids_of_its_own() -> None:
    """And records that say which venue they are about."""
    line = Story().record(0.5, trade(0.5), trade(0.5, symbol=OTHER)).beat(2).told()

    assert [(b["symbol"], b["venue"]) for b in line.on("signals")] == [
        ("COIN", "here"),
        ("there:COIN", "there"),
    ]
    assert len({b["id"] for b in line.on("signals")}) == 2


def test_a_prediction_names_the_feature_row_it_was_made_of() -> None:
    """Active and challenger name the same one."""
    line = Story().trades([0.5]).beat(8).told(desk=Desk(challenger="constant-0.9"))

    rows = {body["ts"]: body["id"] for body in line.on("features") if body["tf"] == "1s"}
    assert [(b["ts"], b["role"], b["feature_id"]) for b in line.on("predictions")] == [
        (ts, role, key) for ts, key in rows.items() for role in ("active", "challenger")
    ]


def test_a_signal_says_everything_of_its_decision() -> None:
    """All fields of the topic, with their values."""
    [signal] = Story().record(0.5, trade(0.5), Skip()).record(1.0, trade(1.0)).told().on("signals")

    assert signal == {
        "id": record_id("signal", "here:COIN", at(1), 60), "symbol": "COIN", "venue": "here", "ts": at(1),
        "horizon_s": 60, "signal": "BUY", "wanted": "BUY", "prob": 0.9, "confid": 0.9,
            "uncertainty": 1.0 - 0.9, "ml_bucket": 9,
        "ml_signal_parts": {"rsi": 0.5, "macd": 0.5, "trend": 0.5}, "model": "constant-0.9",
        "model_version": "constant-0.9-1.0", "feature_version": "v2.0", "fallback": False, "advisory": False,
        "canary": False, "reason": "entry", "price": 100.0, "open": 100.0,
        "arm": "incumbent", "shadow": None, "incumbent": None,
        "caused_by": {"topic": "ticks", "partition": 0, "offset": 2, "seq": 0}, "ordinal": 0,
    }  # fmt: skip


def test_a_signal_tells_what_the_thresholds_want_even_where_it_is_silenced() -> None:
    """A kill makes it HOLD; what it would have been stays readable."""
    signals = Story().trades([0.5]).beat(2).order("kill").beat(4).told().on("signals")

    assert [(s["signal"], s["wanted"], s["reason"]) for s in signals] == [
        ("BUY", "BUY", "entry"), *[("HOLD", "BUY", "killed")] * 2,
    ]  # fmt: skip


def test_a_signal_has_the_first_trade_of_its_second_or_none() -> None:
    """What an order that waited for that second would have been filled at."""
    line = Story().trades([0.2, 0.7, 2.5], {0.2: 99.0, 2.5: 101.0}).beat(4).told()

    assert [(s["open"], s["price"]) for s in line.on("signals")] == [
        (99.0, 100.0), (None, 100.0), (101.0, 101.0),
    ]  # fmt: skip


def test_a_signal_carries_the_challengers_word() -> None:
    """Of the same row, under the same thresholds."""
    line = Story().trades([0.5]).beat(2).told(desk=Desk(model="stub-sine", challenger="constant-0.9"))

    assert [s["shadow"] for s in line.on("signals")] == [
        {"model": "constant-0.9", "model_version": "constant-0.9-1.0", "prob": 0.9, "wanted": "BUY"}
    ]


def test_progress_tells_the_ordinal_behind_all_signals_of_the_seconds_that_it_closes() -> None:
    """A busy symbol is ahead of log time: what it has published already counts, of whatever second."""
    line = Story().trades([0.5, 1.0, 1.5, 4.0]).beat(6).told()
    signals, progress = line.on("signals"), line.on("progress")

    assert [(p["ts"], p["signals"]) for p in progress] == [
        (at(-1), 0), (at(0), 0), (at(3), 3), (at(5), 5),
    ]  # fmt: skip
    assert all(s["ts"] > p["ts"] for p in progress for s in signals if s["ordinal"] >= p["signals"])


def test_a_feature_record_has_bars_of_one_and_of_five_seconds() -> None:
    """The m5s record comes right behind the m1s record of its last second; an idle second has no prices."""
    line = Story().trades([0.5, 1.5], {1.5: 99.0}).record(1.6, trade(1.6, 101.0)).beat(7).told()

    found = [(b["tf"], *(b[k] for k in "ohlcvn"), b["price"], b["age_s"]) for b in line.on("features")]
    idle = (None, None, None, None, 0.0, 0)
    assert found == [
        ("1s", 100.0, 100.0, 100.0, 100.0, 1.0, 1, 100.0, 0.5),
        ("1s", 99.0, 101.0, 99.0, 101.0, 2.0, 2, 101.0, 0.4),
        *[("1s", *idle, 101.0, 1.4 + k) for k in range(3)],
        ("5s", 100.0, 101.0, 99.0, 101.0, 3.0, 3, 101.0, 3.4),
        ("1s", *idle, 101.0, 4.4),
    ]
    assert all(list(b["values"]) == list(NAMES) for b in line.on("features") if b["tf"] == "1s")


def test_the_bucket_of_a_probability_is_its_tenth() -> None:
    """From 0 to 9; certainty is in the last one."""
    story = Story().trades([0.5]).beat(2)
    found = {
        p: story.told(Spec(models=(f"constant-{p}",)), Desk(model=f"constant-{p}"))
        for p in ("0", "0.09", "0.1", "0.99", "1")
    }

    assert [line.on("signals")[0]["ml_bucket"] for line in found.values()] == [0, 0, 1, 9, 9]


def test_a_shards_key_sorts_and_is_the_key_of_its_progress() -> None:
    """Partition 10 comes after 9."""
    assert Shard("ticks", 9, 0).key < Shard("ticks", 10, 0).key == "ticks/0010"

    line = Line(Spec(), shard=Shard("ticks", 10, 3)).run(Story().record(1.0).log)

    assert [record.key for record in line.records] == ["ticks/0010"]
    assert [body["shard"] for body in line.on("progress")] == ["ticks/0010"]


def test_a_command_publishes_nothing_itself() -> None:
    """Its emission names it, for the acknowledgement; the records around it keep their order."""
    line = Story().trades([0.5]).order("kill").beat(3).told(Spec(models=MODELS))

    assert [(e.command_id, len(e.records) > 0) for e in line.emissions] == [
        (None, True),
        ("c1", False),
        (None, True),
    ]
    assert [e.desk.killed for e in line.emissions] == [False, True, True]


def body_of(line: Line, number: int) -> Any:
    """Return the value of a dead letter."""
    return [record for record in line.records if record.topic == DLQ][number].body


def test_dead_letters_keep_the_bytes_of_their_record_once() -> None:
    """A record of many bad items: the first letter carries it, the others name that one's ordinal."""
    story = (
        Story().record(0.5, Bad(), value=b"one").record(0.6, trade(0.6), Bad(), Skip(), Bad(), value=b"two")
    )

    line = story.told()

    letters = [record for record in line.records if record.topic == DLQ]
    heads = [dict(record.headers or {}) for record in letters]
    assert [record.body for record in letters] == [b"one", b"two", b""]
    assert [(h["offset"], h["place"], h["ordinal"], h["bytes_in"]) for h in heads] == [
        ("0", "0", "0", "0"),
        ("1", "1", "1", "1"),
        ("1", "2", "2", "1"),
    ]
    assert heads[2] == {
        "reason": "not_json", "detail": "made up", "symbol": "",
        "topic": "ticks", "partition": "0", "offset": "1", "place": "2",
        "length": "3", "sha256": hashlib.sha256(b"two").hexdigest(), "bytes_in": "1",
        "cause_offset": "2", "cause_seq": "0", "ordinal": "2",
    }  # fmt: skip


def test_a_dead_letter_of_a_trade_is_keyed_by_its_symbol() -> None:
    """Else by the shard."""
    story = Story().record(0.5, trade(0.5, trade_id=7)).record(0.6, trade(0.6, trade_id=7)).record(0.7, Bad())

    letters = [record for record in story.told().records if record.topic == DLQ]

    assert [(r.key, (r.headers or {})["reason"]) for r in letters] == [
        ("COIN", "duplicate"),
        ("ticks/0000", "not_json"),
    ]
    assert COIN.name == "COIN"
