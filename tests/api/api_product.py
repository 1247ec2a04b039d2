"""A whole product that the tests of the API look at: shards with monitors, an account, a guard, at 10.4 s."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from api_markets import always_buy
from guard.looks import FIRST, World, spec
from monitoring.monitor_records import calibration, feature, figures, levels
from one_shard import OneShard, at
from paper.walk import Walk, quote
from prometheus_client import CollectorRegistry
from running_api import Api
from slo.bodies import START as MINUTE
from slo.bodies import body

from connectors.kafka.topics import ACCOUNT_SHARD
from connectors.redis import keys
from connectors.redis.smoke import write_smoke
from connectors.redis.writer import ViewWriter
from flows.account_shown import AccountShown
from flows.guard_shown import GuardShown
from models.desk.gate import BUY, SELL
from models.guard.guard import Guard
from models.guard.inputs import SLO, Began
from models.guard.records import GUARD, Guarded
from models.inputs import Cause
from models.spec import SECOND

Plain = dict[str, Any]

MODEL = "constant-0.9"
S = "BTCUSDT"
COUNTS = {5: (40, 30, 20, 16.5), 9: (60, 50, 40, 47.5)}
"""Said, n, up and the sum of scores by bucket: 80 outcomes, 60 up; ECE (3.5 + 7.5) / 80."""
DECILES = [{"n": 8, "up": 5 + (place > 4), "prob": 0.8 * place} for place in range(10)]


@cache
def walked() -> Walk:
    """Return an account that bought at 100 in both books, of which the active one sold at 110, to 10 s."""
    walk = Walk(start=FIRST - 190)
    walk.second(quote(S, 100.0, BUY, challenger="shadow", shadow=BUY))
    walk.seconds(2, quote(S, 100.0, challenger="shadow"))
    walk.second(quote(S, 110.0, SELL, challenger="shadow"))
    walk.seconds(195, quote(S, 110.0, challenger="shadow"))
    walk.command("halt")
    walk.command("paper.order", symbol=S, side="buy", notional_usd=5)
    walk.second(quote(S, 110.0, challenger="shadow"))
    return walk


def publish_account(api: Api, walk: Walk, second: float = 10.4) -> None:
    """Publish the account's view as its flow would at that second."""
    with ViewWriter(api.redis.url, timeout_s=10.0, clock=lambda: at(second), kind=keys.ACCOUNT) as writer:
        shown = AccountShown(writer, CollectorRegistry())
        shown(ACCOUNT_SHARD, [one._replace(cause=Cause(FIRST + 10, 0)) for one in walk.booked])


@cache
def guarded() -> list[Guarded]:
    """Return what a guard says of two minutes to 10 s: a kill for drift, one alert over, two commands."""
    world = World(second=FIRST - 110, at=(FIRST - 110) * SECOND)
    world.begin()
    world.drift(0.35)
    world.command("flag.set", key="max_daily_loss", value=-300.0)
    world.tell("control", 0, {"refused": "the signature does not match", "said": {"cmd": "unkill"}})
    looks = []
    for ten in range(12):
        if ten == 6:
            world.drift(0.05)
        for shard in (0, 1):
            counts = {"rows": 100, "errors": ten % 2, "used": 50, "ml_score": 2}
            latency = {"score_e2e": [80.0] * 99 + [400.0]}
            told = body(world.second - MINUTE, f"ticks/{shard:04d}", counts=counts, latency=latency)
            world.tell(SLO, shard, dict(told))
        world.seconds(10)
        looks.append(world.look())
    guard = Guard(spec())
    return guard.step([Began((FIRST - 110) * SECOND, {}, Cause(1, 0)), *looks])


def publish_guard(api: Api, many: list[Guarded], policy: Path, second: float = 10.4) -> None:
    """Publish the guard's view as its flow would at that second."""
    with ViewWriter(api.redis.url, timeout_s=10.0, clock=lambda: at(second), kind=keys.GUARD) as writer:
        GuardShown(writer, CollectorRegistry(), policy)(GUARD, many)


def monitors(symbol: str, model: str = MODEL, ts_s: int = FIRST - 20, **more: Any) -> Plain:
    """Return the records of a model on a symbol, as a shard's view keeps them."""
    found = figures(COUNTS, deciles=DECILES, **more)
    bands = {f"f{n}": feature(n / 20, "watch" if n > 4 else "ok") for n in range(1, 7)}
    records = {
        "calibration": calibration(symbol, ts_s, model=model, hour=found, day=found),
        "drift": levels(symbol, ts_s, bands, model=model),
    }
    return {model: {topic: {**record, "venue": ""} for topic, record in records.items()}}


def publish_shards(api: Api, *shards: OneShard, second: float = 10.4) -> None:
    """Publish shards with the monitors of their symbols, and the scores of their audit."""
    with ViewWriter(api.redis.url, timeout_s=10.0, clock=lambda: at(second)) as writer:
        for shard in shards:
            view = shard.view.as_dict()
            symbols = {name: {**one, "monitors": monitors(name)} for name, one in view["symbols"].items()}
            writer.put(shard.shard.key, {**view, "symbols": symbols})
            writer.record(keys.SCORES, shard.view.take_scores())


def publish_product(api: Api, policy: Path) -> None:
    """Publish everything."""
    publish_shards(api, always_buy("BTCUSDT", 0), always_buy("ETHUSDT", 1))
    publish_account(api, walked())
    publish_guard(api, guarded(), policy)
    items = [{"name": "redis", "outcome": "passed", "seen": "it answers"}]
    smoke = {"ok": True, "at": at(5.4), "command": "check quick", "items": items}
    assert write_smoke(api.redis.url, smoke, timeout_s=5.0)
