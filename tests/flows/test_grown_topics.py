"""A tick topic that is given more partitions: noticed, taken in by a command, accounted for."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from confluent_kafka.admin import NewPartitions

from connectors.embedded import EmbeddedRedis, RealKafka
from connectors.kafka.clients import admin
from connectors.kafka.growth import Growth
from connectors.kafka.topics import shards
from flows.accounting import verified
from models.market.placement import partition_of
from tests.flows.running import Stage, until
from tests.flows.test_recovery import feed, run

pytestmark = [pytest.mark.slow, pytest.mark.kafka, pytest.mark.timeout(240)]


@pytest.fixture
def stage(real_kafka: RealKafka, embedded_redis: EmbeddedRedis) -> Stage:
    """Topics of two partitions."""
    made = Stage(real_kafka.bootstrap, embedded_redis.url, partitions="2")
    made.levibot("topics", "create")
    return made


def retired(stage: Stage) -> set[str]:
    """Return the symbols of which it was said that they went elsewhere."""
    return {b["symbol"] for b in stage.bodies("staleness") if b["limit_s"] == 0}


def test_symbols_move_once_and_every_record_is_accounted_for(stage: Stage, tmp_path: Path) -> None:
    """The running flow retires what moved; started anew it reads the new partitions too."""
    feed(stage, 5, 1)
    growth = Growth(stage.settings, shards(stage.settings))
    with stage.flow(tmp_path / "first.log") as flow:
        until(stage.read_up_to, "the flow to read up to the end")
        client = admin(stage.settings.kafka_bootstrap)
        for answer in client.create_partitions([NewPartitions(stage.ticks, 4)]).values():
            answer.result(30)
        until(lambda: (growth.look(), growth.unread)[1] == 2, "the growth to be noticed")
        grown = orjson.loads(stage.levibot("topics", "grow", "--json"))
        assert grown == {"grown": {stage.ticks: 4}}
        known = {b["symbol"] for b in stage.bodies("signals")}
        moving = {symbol for symbol in known if partition_of(symbol, 4) != partition_of(symbol, 2)}
        until(lambda: retired(stage) == moving, "all symbols that moved, and no others, to be retired")
        assert flow.stop() == 0
    growth.close()
    after = stage.but(partitions="4")
    assert "topics: it has" in after.refused("run", "signals")
    after.levibot("recover", "reset")
    feed(after, 5, 2)
    run(after, tmp_path / "second.log")
    report = verified(after.settings, complete=True)
    assert (report.exit_code, report.examples, report.unjudged) == (0, [], [])
    homes = {(b["symbol"], b["caused_by"]["partition"]) for b in after.bodies("signals")}
    moved = {symbol for symbol, home in homes if home >= 2}
    assert moved and moved <= moving
