"""Trained models in the running flow: swapped by a command, refused when damaged, replaced when lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from bundles.made import bundle, made

from connectors.bundles.folder import publish
from connectors.bundles.registry import register
from connectors.embedded import EmbeddedBroker, EmbeddedRedis
from connectors.kafka.topics import output
from models.bundle.manifest import Policy
from tests.flows.replayed import assert_published_as_replayed
from tests.flows.running import Stage, until

pytestmark = [pytest.mark.slow, pytest.mark.embedded, pytest.mark.timeout(180)]

RUNS = ("20261121T100000Z-00000001", "20261121T110000Z-00000002")


class Shop(Stage):
    """A stage with two trained models on its registry."""

    references: tuple[str, ...] = ()

    def stock(self) -> None:
        """Publish and register the models: one LightGBM, one of scikit-learn."""
        of, found = made(), []
        for run_id, kind in zip(RUNS, ("lightgbm", "skops"), strict=True):
            files = bundle(of, kind, run_id=run_id, policy=Policy(0.5, 0.4))
            publish(self.settings.models_dir, files)
            found.append(register(self.settings.registry_file, files, datetime.now(UTC)))
        self.references = tuple(found)

    def feed(self, seconds: int, seed: int) -> None:
        """Put a simulated market of the recent past into the tick topic."""
        self.levibot(
            "feed", "simulate", "--symbols", "6", "--rate", "10", "--speed", "max", "--json",
            "--seconds", str(seconds), "--seed", str(seed), "--topic", self.ticks,
        )  # fmt: skip

    def select(self, name: str) -> list[dict[str, Any]]:
        """Select a model, wait for every shard, and return what each said."""
        told = orjson.loads(self.levibot("control", "model.select", name, "--wait", "--json"))
        acks: list[dict[str, Any]] = told["acks"]
        return acks

    def news(self) -> list[tuple[int, str]]:
        """Return partition and kind of all news in the journal, partition by partition."""
        entries = [
            (m.partition(), orjson.loads(m.value())) for m in self.read(output("journal", self.settings))
        ]
        return [(shard, entry["kind"]) for shard, entry in entries if entry["kind"].startswith("model.")]


@pytest.fixture
def shop(embedded_broker: Callable[..., EmbeddedBroker], embedded_redis: EmbeddedRedis) -> Iterator[Shop]:
    """A stage with trained models on a broker and a Redis of its own, and two partitions."""
    stage = Shop("nowhere", embedded_redis.url, partitions="2")
    there = stage.at(embedded_broker(stage.topics()).bootstrap)
    there.stock()
    yield there


def answered(shop: Shop) -> set[tuple[str, bool]]:
    """Return which models answered, and whether as the fallback."""
    return {(body["model"], body["fallback"]) for body in shop.bodies("signals")}


def test_a_trained_model_takes_over_at_a_recorded_place(shop: Shop, tmp_path: Path) -> None:
    """Every row before its news is scored by the model before, every row behind it by the new one."""
    shop.feed(30, seed=0)
    with shop.flow(tmp_path / "flow.log") as flow:
        until(shop.read_up_to, "the first market")
        acks = shop.select("lgbm-test")
        shop.feed(30, seed=1)
        until(lambda: len(answered(shop)) == 2 and shop.read_up_to(), "answers of the trained model")
        assert flow.stop() == 0

    assert [ack["news"] for ack in acks] == ["model.ready"] * 2
    assert {ack["reference"] for ack in acks} == {shop.references[0]}
    assert answered(shop) == {("ml-fusion", False), ("lgbm-test", False)}
    placed = _news_places(shop)
    for body in shop.bodies("signals"):
        where = placed[body["caused_by"]["partition"]]
        assert (body["model"] == "lgbm-test") == (body["caused_by"]["seq"] > where), body
        if body["model"] == "lgbm-test":
            assert body["model_version"] == f"lgbm-test-{RUNS[0]}"
            assert (body["signal"] == "BUY") == (body["prob"] >= 0.5)
    assert assert_published_as_replayed(shop) > 500
    shop.levibot("record", str(tmp_path / "run"))
    shutil.rmtree(shop.settings.models_dir)
    assert "every recorded output is equal" in shop.levibot("verify", "replay", str(tmp_path / "run"))


def _news_places(shop: Shop) -> dict[int, int]:
    """Return the journal number of the first model's news on each shard."""
    entries = [(m.partition(), orjson.loads(m.value())) for m in shop.read(output("journal", shop.settings))]
    return {shard: entry["seq"] for shard, entry in entries if entry["kind"] == "model.ready"}


def test_a_damaged_bundle_is_refused_and_the_model_before_stays(shop: Shop, tmp_path: Path) -> None:
    """With its reason in the journal, a count in the metrics, and exit 1 for whoever asked."""
    model = shop.settings.models_dir / RUNS[1] / "model.skops"
    model.write_bytes(model.read_bytes()[:-40])
    shop.feed(20, seed=0)
    with shop.flow(tmp_path / "flow.log") as flow:
        until(shop.read_up_to, "the first market")
        shop.select("lgbm-test")
        said = shop.refused("control", "model.select", shop.references[1], "--wait", code=1)
        shop.feed(20, seed=1)
        until(lambda: shop.closed_to() and shop.read_up_to(), "the second market")
        assert flow.stop() == 0

    assert "the model before stays" in said
    assert shop.news() == [(0, "model.ready"), (0, "model.refused"), (1, "model.ready"), (1, "model.refused")]
    assert answered(shop) == {("ml-fusion", False), ("lgbm-test", False)}
    assert "refused" in (tmp_path / "flow.log").read_text()


def test_a_bundle_that_is_lost_between_two_lives_is_answered_for_by_the_fallback(
    shop: Shop, tmp_path: Path
) -> None:
    """Flagged, after a crash, without a record missing, doubled or renumbered."""
    shop.feed(30, seed=0)
    with shop.flow(tmp_path / "first.log") as flow:
        until(shop.read_up_to, "the first market")
        shop.select("lgbm-test")
        shop.feed(30, seed=1)
        until(lambda: ("lgbm-test", False) in answered(shop) and shop.read_up_to(), "the trained model")
        flow.kill()
    shutil.move(shop.settings.models_dir / RUNS[0], tmp_path / "gone")
    shutil.rmtree(shop.values["recovery_dir"] + "/signals" + shop.settings.topic_suffix, ignore_errors=True)
    with shop.but(compare_suppressed="false").flow(tmp_path / "second.log") as flow:
        shop.feed(30, seed=2)
        until(lambda: ("stub-sine", True) in answered(shop) and shop.read_up_to(), "the fallback")
        assert flow.stop() == 0

    assert shop.news() == [(0, "model.ready"), (0, "model.lost"), (1, "model.ready"), (1, "model.lost")]
    assert {body["reason"] for body in shop.bodies("fallback")} == {"model_missing"}
    for partition in range(2):
        for topic in ("signals", "predictions", "features", "fallback"):
            found = [b["ordinal"] for b in shop.bodies(topic) if b["caused_by"]["partition"] == partition]
            assert found == list(range(len(found)))
    shutil.move(tmp_path / "gone", shop.settings.models_dir / RUNS[0])
    assert assert_published_as_replayed(shop) > 500
