"""A prediction is given in any case, and never an old, killed or invented one as if it were live."""

from __future__ import annotations

import hashlib
import math

import pytest
from api_markets import always_buy
from one_shard import OneShard, at, trade
from running_api import Api

from models.spec import Spec

pytestmark = pytest.mark.embedded

BTC = "/ai/predict?symbol=BTCUSDT&h=60s"
TARGET = pytest.approx(101.0 * math.exp(math.log(1.01) * math.sqrt(60 / 300) * 1.2815515655446004))
"""One move of 1 % in 300 s; 1.28 standard deviations have 90 % below them."""


def test_live_prediction(api: Api) -> None:
    """The latest signal comes with its model, price, cause and age."""
    api.publish(always_buy())
    said = api.get(BTC)
    assert said.pop("id")
    assert said.pop("ml_signal_parts").keys() == {"rsi", "macd", "trend"}
    assert said == {
        "symbol": "BTCUSDT", "venue": "", "shard": "ticks/0000", "status": "LIVE", "_mock": False,
        "signal": "BUY", "last_signal": "BUY", "reason": "entry", "prob": 0.9, "confid": 0.9,
        "uncertainty": 1.0 - 0.9, "ml_bucket": 9,
        "fallback": False, "advisory": False, "killed": False, "stale": False, "canary": False,
        "model": "constant-0.9", "model_version": "constant-0.9-1.0", "feature_version": "v2.0",
        "price": 101.0, "price_target": TARGET, "horizon_s": 60, "ts": at(10), "age_s": 0.4,
        "caused_by": {"topic": "ticks", "partition": 0, "offset": 3, "seq": 1},
    }  # fmt: skip


def test_both_paths_are_one(api: Api) -> None:
    """/ml/predict answers as /ai/predict does, in any case of letters, the horizon left out."""
    api.publish(always_buy())
    assert api.get("/ml/predict?symbol=btcusdt") == api.get(BTC)


@pytest.mark.parametrize(("age", "stale"), [(4.999, False), (5.0, False), (5.001, True), (900.0, True)])
def test_answer_older_than_five_seconds_is_stale(api: Api, age: float, stale: bool) -> None:
    """Then it is HOLD, fallback, advisory and DEMO; what was said last stays readable."""
    api.publish(always_buy())
    api.now = at(10 + age)
    said = api.get(BTC)
    assert (said["age_s"], said["stale"], said["last_signal"], said["_mock"]) == (age, stale, "BUY", False)
    assert (said["signal"], said["reason"]) == (("HOLD", "stale") if stale else ("BUY", "entry"))
    assert said["price_target"] == (None if stale else TARGET)
    assert (said["fallback"], said["advisory"], said["status"]) == (
        (True, True, "DEMO") if stale else (False, False, "LIVE")
    )


@pytest.mark.parametrize("scope", ["all", "symbol:BTCUSDT", "model:constant-0.9"])
def test_kill_shows_before_the_next_signal(api: Api, scope: str) -> None:
    """Once the shard has taken a kill in, its last BUY is shown as HOLD."""
    shard = always_buy()
    shard.command("kill", scope)
    api.publish(shard)
    said = api.get(BTC)
    assert (said["killed"], said["signal"], said["last_signal"], said["reason"]) == (
        True,
        "HOLD",
        "BUY",
        "killed",
    )
    assert said["advisory"] is True
    assert said["status"] == "LIVE"


@pytest.mark.parametrize("scope", ["symbol:ETHUSDT", "model:ml-fusion"])
def test_kill_of_something_else_does_not_show(api: Api, scope: str) -> None:
    """A kill with a scope leaves the others alone."""
    shard = always_buy()
    shard.command("kill", scope)
    api.publish(shard)
    assert api.get(BTC)["signal"] == "BUY"


def test_fallback_of_the_flow_is_passed_on(api: Api) -> None:
    """A symbol without trades for over a minute is answered by stub-sine, advisory."""
    shard = always_buy()
    shard.beat(75)
    api.publish(shard)
    api.now = at(74.2)
    said = api.get(BTC)
    assert (said["fallback"], said["advisory"], said["model"], said["reason"]) == (
        True,
        True,
        "stub-sine",
        "fallback",
    )
    assert (said["stale"], said["age_s"], said["price_target"]) == (False, 0.2, None)


def stub_sine(symbol: str, second: int) -> float:
    digest = hashlib.blake2b(symbol.encode(), digest_size=8, person=b"levi-rollout").digest()
    phase = int(int.from_bytes(digest, "big") / 2**64 * 2**20)
    return 0.5 + 0.1 * math.sin(2 * math.pi * ((second + phase) % 600) / 600)


def test_demo_before_anything_is_known(api: Api) -> None:
    """With an empty Redis the answer is stub-sine's, HOLD, and says that it is no live one."""
    said = api.get(BTC)
    assert said["prob"] == pytest.approx(stub_sine("BTCUSDT", 1_700_000_010), abs=1e-12)
    expected = {
        "_mock": True, "status": "DEMO", "fallback": True, "advisory": True, "signal": "HOLD",
        "model": "stub-sine", "reason": "nothing_known", "price": None,
    }  # fmt: skip
    assert said.items() >= expected.items()


def test_demo_has_the_fields_of_a_live_answer(api: Api) -> None:
    """A caller needs no second parser."""
    demo = api.get(BTC)
    api.publish(always_buy())
    assert demo.keys() == api.get(BTC).keys()


@pytest.mark.parametrize("path", ["/ai/predict", "/ml/predict"])
def test_demo_while_redis_hangs(api_without_redis: Api, path: str) -> None:
    """A hung Redis is no reason for an error either."""
    said = api_without_redis.get(f"{path}?symbol=BTCUSDT")
    assert (said["status"], said["_mock"], said["reason"], said["signal"]) == (
        "DEMO",
        True,
        "redis_down",
        "HOLD",
    )


def test_unknown_symbol(api: Api) -> None:
    """When others are known, one that is not gets a 404 that names them."""
    api.publish(always_buy())
    said = api.get("/ai/predict?symbol=BTCUSTD", 404)
    assert (said["error"], said["known"]) == ("unknown_symbol", ["BTCUSDT"])


def test_venue_tells_apart_what_shares_a_name(api: Api) -> None:
    """venue:NAME asks for one of two."""
    for number, venue in enumerate(("binance", "bybit")):
        shard = OneShard(partition=number)
        shard.feed(*(trade("BTCUSDT", s, 100.0 + number, exchange=venue) for s in (9.5, 10.1)))
        api.publish(shard)
    assert [api.get(f"/ai/predict?symbol={v}:BTCUSDT")["price"] for v in ("binance", "Bybit")] == [
        100.0,
        101.0,
    ]


@pytest.mark.parametrize("h", ["5s", "60", "1h", ""])
def test_other_horizons_are_refused(api: Api, h: str) -> None:
    """Only the horizon that is published is answered; the refusal names it."""
    assert api.get(f"/ai/predict?symbol=BTCUSDT&h={h}", 400)["supported"] == ["60s"]


@pytest.mark.parametrize("query", ["", "?symbol=", "?symbol=A%20B", "?symbol=%00", f"?symbol={'A' * 66}"])
def test_bad_symbol_is_refused(api: Api, query: str) -> None:
    """A symbol has a bounded length and plain characters."""
    assert api.get(f"/ai/predict{query}", 400)["parameter"] == "symbol"


@pytest.mark.parametrize("kind", ["deep", "ensemble"])
def test_models_that_are_not_there(api: Api, kind: str) -> None:
    """The slots of other models say that they are empty."""
    said = api.get(f"/ml/predict_{kind}?symbol=BTCUSDT")
    assert (said["available"], said["signal"], said["advisory"]) == (False, "HOLD", True)


def test_the_ensemble_answers_while_it_is_the_active_model(api: Api) -> None:
    """With the spread of its members as uncertainty: 0.9 and the neutral 0.5 of a market at rest."""
    shard = OneShard(spec=Spec(models=("stub-sine", "ml-fusion", "constant-0.9", "ensemble")))
    shard.command("model.select", name="ensemble")
    shard.command("weights.set", members={"constant-0.9": 3, "ml-fusion": 1})
    shard.feed(trade("BTCUSDT", 8.5, 100.0), trade("BTCUSDT", 9.75, 100.0), trade("BTCUSDT", 10.1, 100.0))
    api.publish(shard)

    said = api.get("/ml/predict_ensemble?symbol=BTCUSDT")

    assert (said["available"], said["model"], said["fallback"]) == (True, "ensemble", False)
    assert said["prob"] == pytest.approx(0.8)
    assert said["uncertainty"] == pytest.approx(0.4 * math.sqrt(3) / 4)
    assert said == {"available": True, "role": "active"} | api.get("/ml/predict?symbol=BTCUSDT")


def ensemble_as_challenger() -> OneShard:
    shard = OneShard(spec=Spec(models=("stub-sine", "ml-fusion", "constant-0.9", "ensemble")))
    shard.command("model.select", name="constant-0.9")
    shard.command("weights.set", members={"constant-0.9": 1, "ml-fusion": 1})
    shard.command("model.select", **{"name": "ensemble", "as": "challenger"})
    shard.feed(trade("BTCUSDT", 8.5, 100.0), trade("BTCUSDT", 9.75, 100.0), trade("BTCUSDT", 10.1, 100.0))
    return shard


def test_the_ensemble_is_heard_beside_the_active_model(api: Api) -> None:
    """As the challenger its word is shown, advisory; stale or killed it is HOLD."""
    shard = ensemble_as_challenger()
    api.publish(shard)
    said = api.get("/ml/predict_ensemble?symbol=BTCUSDT")
    assert (said["available"], said["role"], said["model"], said["model_version"]) == (
        True, "challenger", "ensemble", "ensemble-1.0",
    )  # fmt: skip
    assert said["prob"] == pytest.approx((0.9 + 0.5) / 2)
    assert (said["signal"], said["reason"], said["advisory"], said["ml_bucket"]) == (
        "BUY", "challenger", True, 7,
    )  # fmt: skip
    assert api.get(BTC)["model"] == "constant-0.9"
    shard.command("kill")
    api.publish(shard)
    said = api.get("/ml/predict_ensemble?symbol=BTCUSDT")
    assert (said["signal"], said["last_signal"], said["reason"]) == ("HOLD", "BUY", "killed")
    api.now = at(30)
    said = api.get("/ml/predict_ensemble?symbol=BTCUSDT")
    assert (said["signal"], said["stale"], said["fallback"], said["price_target"]) == (
        "HOLD",
        True,
        True,
        None,
    )


def test_the_ensemble_decides_as_the_challenger(api: Api) -> None:
    """Where it has a share of the symbols, its answer is the one that counts."""
    shard = ensemble_as_challenger()
    shard.command("rollout", phase=1.0, of="challenger")
    shard.feed(trade("BTCUSDT", 11.1, 100.0), trade("BTCUSDT", 12.1, 100.0))
    api.publish(shard)
    api.now = at(12.2)
    said = api.get("/ml/predict_ensemble?symbol=BTCUSDT")
    assert (said["role"], said["advisory"], said["prob"]) == ("active", False, pytest.approx(0.7))


@pytest.mark.parametrize(("path", "status"), [("/ml/predict_ensemble?symbol=XRPUSDT", 404)])
def test_the_ensemble_knows_no_other_symbols(api: Api, path: str, status: int) -> None:
    """Beside known ones a mistyped symbol is said to be unknown."""
    api.publish(always_buy())
    assert api.get(path, status)["error"] == "unknown_symbol"
