"""What clients and the view tell: health, the latency of an answer, ages, the account."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import closing

from connectors.redis.reader import ViewReader
from flows.checks.measuring.where import Plain, Where
from flows.checks.site import SiteDownError
from models.rules.evaluate import Sample
from models.rules.metrics import scope_key

NS = 1e9
FIVE_NS = 5 * 10**9
ACTIVE = "active"
TOO_MANY = 429


def health(where: Where) -> Iterator[Sample]:
    """Yield 1 where the API answers that all is well, else 0."""
    try:
        answer = where.ground.api.get("/healthz")
        well = answer.status == 200 and bool(answer.json["ok"])
    except SiteDownError:
        well = False
    yield Sample("api.health", "all", float(well), n=1)


def predict_latency(where: Where) -> Iterator[Sample]:
    """Yield the 95th percentile (nearest rank) of calls of /ai/predict, one after the other, in ms.

    It ends early where the caller has used up its share of the minute.
    """
    api = where.ground.api
    symbols: Plain = api.get("/symbols").json
    if not symbols["count"]:
        return
    path = f"/ai/predict?symbol={symbols['symbols'][0]['symbol']}&h=60s"
    took: list[float] = []
    for _ in range(where.ground.requests):
        began = time.perf_counter()
        answer = api.get(path)
        if answer.status == TOO_MANY and took:
            break
        if answer.status != 200:
            raise SiteDownError(f"{api.url}{path} answers {answer.status}")
        took.append(time.perf_counter() - began)
    p95 = sorted(took)[math.ceil(0.95 * len(took)) - 1] * 1e3
    yield Sample("latency.predict_api_p95_ms", "all", round(p95, 3), n=len(took))


def ages(where: Where) -> Iterator[Sample]:
    """Yield how long ago each symbol traded, and how long ago its last five-second bar with a trade ended.

    Of a shard it is its freshest symbol.
    """
    now = where.ground.clock()
    for key, head in where.shards.items():
        traded = {name: _traded(symbol) for name, symbol in head["symbols"].items() if _is_there(symbol)}
        for name, ts in traded.items():
            yield from _ages(scope_key("symbol", name), ts, now)
        if traded:
            yield from _ages(scope_key("shard", key), max(traded.values()), now)


def _is_there(symbol: Plain) -> bool:
    return symbol["features"] is not None and symbol["level"] != "expired"


def _traded(symbol: Plain) -> int:
    features = symbol["features"]
    ts: int = features["ts"]
    return ts - round(float(features["age_s"]) * NS)


def _ages(key: str, traded: int, now: int) -> Iterator[Sample]:
    bar_end = (traded // FIVE_NS + 1) * FIVE_NS
    yield Sample("staleness.tick", key, round(max(0, now - traded) / NS, 3))
    yield Sample("staleness.feature", key, round(max(0, now - bar_end) / NS, 3))


def dead_letters(where: Where) -> Iterator[Sample]:
    """Yield the invalid items of the last hour, over all shards."""
    if where.shards:
        yield Sample("dlq.size", "all", float(sum(head["dlq_size"] for head in where.shards.values())))


def ticks(where: Where) -> Iterator[Sample]:
    """Yield the trades of the minute before the last closed second, over all symbols."""
    symbols = [s for head in where.shards.values() for s in head["symbols"].values() if s["features"]]
    if symbols:
        per_second = sum(symbol["features"]["values"]["intensity_60s"] for symbol in symbols)
        yield Sample("ticks.per_minute", "all", float(round(per_second * 60)))


def account(where: Where) -> Iterator[Sample]:
    """Yield open positions, the share of the daily limit that is lost, and the share of trades that won."""
    with closing(ViewReader(where.ground.settings.redis_url, timeout_s=2.0)) as reader:
        view = reader.account()
    book = (view or {}).get("books", {}).get(ACTIVE)
    if book is None:
        return
    yield Sample("account.open_positions", "all", float(len(book["positions"])))
    limit = float(book["day_limit"] or 0)
    yield Sample("account.day_loss_share", "all", float(book["day_pnl"]) / limit if limit else None)
    yield Sample("account.win_rate", "all", book["win_rate"], n=book["trades"])
