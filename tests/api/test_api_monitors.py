"""Drift, calibration, deciles and the model card over HTTP."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from api_markets import always_buy
from api_product import MODEL, publish_shards
from bundles.made import RUN, booster, manifest
from bundles.made import rows as market_rows
from one_shard import OneShard, trade
from running_api import NOW, Api, served

from connectors.bundles.folder import publish
from connectors.bundles.registry import register
from connectors.embedded import EmbeddedRedis
from connectors.redis.writer import ViewWriter
from models.bundle.making import make_bundle
from models.bundle.placing import places

pytestmark = pytest.mark.embedded


@pytest.fixture
def monitored(api: Api) -> Api:
    """Two shards, and the same records of one model on the symbol of each."""
    publish_shards(api, always_buy("BTCUSDT", 0), always_buy("ETHUSDT", 1))
    return api


def test_drift(monitored: Api) -> None:
    """The five features furthest from training by PSI, with their null bands."""
    said = monitored.get("/drift")
    assert (said["count"], said["level"], said["window_s"], said["every_s"]) == (2, "watch", 3600, 900)
    first = said["models"][0]
    assert (first["model"], first["symbol"], first["rows"], first["age_s"]) == (MODEL, "BTCUSDT", 3600, 30.4)
    assert [(one["name"], one["psi"], one["psi_limit"], one["level"]) for one in first["top"]] == [
        ("f6", 0.3, 0.22, "watch"), ("f5", 0.25, 0.22, "watch"), ("f4", 0.2, 0.22, "ok"),
        ("f3", 0.15, 0.22, "ok"), ("f2", 0.1, 0.22, "ok"),
    ]  # fmt: skip
    short = monitored.get("/drift?window=900&top=1&symbol=ETHUSDT&model=constant-0.9")["models"]
    assert [(one["symbol"], one["rows"], len(one["top"])) for one in short] == [("ETHUSDT", 900, 1)]
    assert monitored.get("/drift?model=other")["models"] == []


def test_calibration(monitored: Api) -> None:
    """Of each symbol, and of both: 11 of 80 in error on each, the same on both, bounds for their chance."""
    said = monitored.get("/calibration")
    assert [(one["symbol"], one["symbols"], one["n"], one["up"]) for one in said["models"]] == [
        ("BTCUSDT", 1, 80, 60), ("ETHUSDT", 1, 80, 60), (None, 2, 160, 120),
    ]  # fmt: skip
    both = said["models"][2]
    assert both["ece"] == pytest.approx(
        {"value": 11 / 80, "floor": 0.02, "limit": 0.05, "low": 11 / 80 - 0.01, "high": 11 / 80 + 0.01}
    )
    assert (both["brier"]["value"], both["hit_rate"], both["confid_median"]) == (0.25, 0.5, None)
    assert [one["n"] for one in both["bins"]] == [0, 0, 0, 0, 0, 60, 0, 0, 0, 100]
    assert both["bins"][9] == {
        "left": 0.9, "right": 1.0, "said": 120, "n": 100, "up": 80, "prob_mean": 0.95, "hit_share": 0.8,
    }  # fmt: skip
    assert both["bins"][0]["hit_share"] is None
    assert [one["balance"] for one in said["models"]] == ["balanced", "balanced", None]
    assert monitored.get("/calibration?window=1h&symbol=BTCUSDT")["count"] == 2


def test_deciles(monitored: Api) -> None:
    """Ten for each symbol, and ten for both together."""
    said = monitored.get("/ml/deciles")["deciles"]
    assert [(one["symbol"], one["n"], len(one["buckets"])) for one in said] == [
        ("BTCUSDT", 80, 10), ("ETHUSDT", 80, 10), (None, 160, 10),
    ]  # fmt: skip
    assert said[0]["buckets"][0] == {"decile": 1, "n": 8, "up": 5, "prob_mean": 0.0, "hit_share": 5 / 8}
    assert said[2]["buckets"][9] == pytest.approx(
        {"decile": 10, "n": 16, "up": 12, "prob_mean": 0.9, "hit_share": 0.75}
    )


def test_deciles_as_csv(monitored: Api) -> None:
    """A row for each decile of each symbol, as `levibot calibration --deciles` writes it."""
    answer = monitored.client.get("/ml/deciles.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(answer.text.splitlines()))
    assert (len(rows), rows[0]["symbol"], rows[0]["decile"], rows[0]["hit_share"]) == (
        20, "BTCUSDT", "1", "0.625",
    )  # fmt: skip


def test_before_there_are_outcomes(api: Api) -> None:
    """Nothing is claimed of a market without records."""
    api.publish(always_buy())
    assert api.get("/drift") == {
        "window_s": 3600, "every_s": 900, "levels": ["ok", "watch", "alert", "kill"], "level": None,
        "count": 0, "models": [], "ts": NOW,
    }  # fmt: skip
    assert api.get("/calibration")["models"] == []
    assert api.get("/ml/deciles")["deciles"] == []
    assert api.client.get("/ml/deciles.csv").text.count("\n") == 1


def test_records_of_the_real_stages(api: Api) -> None:
    """A bucket ends 100 s into the test's day: the first 40 seconds have their outcome by then."""
    shard = OneShard()
    shard.command("model.select", name=MODEL)
    shard.feed(*(trade("BTCUSDT", second + 0.5, 100.0 + second) for second in range(110)))
    api.publish(shard, second=110)
    [line, both] = api.get(f"/calibration?model={MODEL}")["models"]
    assert (line["symbol"], both["symbol"], line["said"]) == ("BTCUSDT", None, both["said"])
    assert (line["said"], line["n"]) == (40, 40)
    # prices only rise, and the model says 0.9 each time
    assert (line["up"], line["hit_rate"]) == (line["n"], 1.0)
    assert line["ece"]["value"] == pytest.approx(0.1, abs=1e-6)
    [ten] = [one["buckets"] for one in api.get(f"/ml/deciles?model={MODEL}&symbol=BTCUSDT")["deciles"][:1]]
    assert sum(one["n"] for one in ten) == line["n"]


@pytest.mark.parametrize("path", ["/drift?window=7", "/drift?top=0", "/calibration?window=2h"])
def test_bad_parameters(api: Api, path: str) -> None:
    """Are refused."""
    assert api.get(path, 400)["error"] == "bad_parameter"


@pytest.mark.parametrize("path", ["/drift", "/calibration", "/ml/deciles", "/ml/deciles.csv", "/ml/card"])
def test_without_redis(api_without_redis: Api, path: str) -> None:
    """503 with a reason."""
    assert api_without_redis.get(path, 503)["error"] == "redis_down"


CARD = {"schema": 2, "metrics": {"auc": 0.61}, "gates": {"passed": True}}


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A small bundle with a card, published and registered: its reference, and the folder of both."""
    root = tmp_path_factory.mktemp("data")
    x = market_rows(300)
    of = manifest()
    model = booster(x[:, places(of.features)], (x[:, 0] > 0).astype(int)).encode()
    files = make_bundle(of, model, x, {"model_card.json": orjson.dumps(CARD)})
    publish(root / "models", files)
    return register(root / "registry.json", files, datetime(2026, 11, 21, tzinfo=UTC)), root


@pytest.fixture
def carded(reference: tuple[str, Path]) -> Iterator[Api]:
    """An API that has the bundle's files."""
    root = reference[1]
    with (
        EmbeddedRedis() as redis,
        served(Api(redis, models_dir=root / "models", registry_file=root / "registry.json")) as api,
    ):
        yield api


def show(api: Api, model: str) -> None:
    """Publish a shard whose desk has selected a model."""
    shard = always_buy()
    view = shard.view.as_dict()
    with ViewWriter(api.redis.url, timeout_s=10.0) as writer:
        writer.put(shard.shard.key, {**view, "desk": {**view["desk"], "model": model}})


def test_card_of_the_active_model(carded: Api, reference: tuple[str, Path]) -> None:
    """As training wrote it; of a bundle that was changed on disk there is none."""
    assert carded.get("/ml/card", 404)["error"] == "no_model"
    show(carded, reference[0])
    said = carded.get("/ml/card")
    assert said == {"model": "lgbm-test", "reference": reference[0], "card": CARD, "ts": NOW}
    show(carded, "lgbm-test@" + "0" * 64)
    refused = carded.get("/ml/card", 404)
    assert (refused["error"], refused["model"]) == ("no_card", "lgbm-test@" + "0" * 64)
    assert RUN in str(next((reference[1] / "models").iterdir()))


def test_a_built_in_model_has_no_card(api: Api) -> None:
    """It says so."""
    api.publish(always_buy())
    assert api.get("/ml/card", 404) == {
        "error": "built_in", "message": f"{MODEL} is built in: it has no card.", "model": MODEL,
    }  # fmt: skip
