"""Which seconds fall into which five minutes, what became of prices, and how scores are counted: by hand."""

from __future__ import annotations

import math

from verifier.buckets import Buckets
from verifier.events import Expired, Moved, Row, Symbol
from verifier.fields import Trade
from verifier.life import Bar, Closed
from verifier.tally import ONE, Tally

COIN = Symbol(0, Trade("here", "COIN", 0, 100.0, 1.0), set())


def row(second: int, price: float, age: float = 0.5) -> Row:
    """Return a closed second."""
    return Row(COIN, Closed(second, Bar(), None, price, age, 0.0))


def became(*rows: Row | Expired, horizon_s: int = 2) -> list[tuple[int | None, bool | None, float | None]]:
    """Return for each row the journal number of the prediction it is about, and what became of it."""
    buckets = Buckets(horizon_s, max_age_s=5.0)
    for seq, one in enumerate(rows):
        buckets.take(one, seq)
    buckets.take(Moved(300, {}), 0)
    (bucket,) = buckets.closed({})
    return [(one.asked_seq, one.up, one.move) for one in bucket.rows[0][1]]


def test_a_price_is_held_against_that_one_horizon_before() -> None:
    """Up, down, the same; and nothing at the beginning of a life."""
    told = became(row(10, 100.0), row(11, 100.0), row(12, 101.0), row(13, 99.0), row(14, 101.0))
    assert told == [
        (None, None, None),
        (None, None, None),
        (0, True, math.log(1.01)),
        (1, False, math.log(0.99)),
        (2, None, 0.0),
    ]


def test_a_price_that_is_too_old_at_either_end_tells_nothing() -> None:
    """Five seconds are not too old."""
    told = became(row(10, 100.0, 5.0), row(11, 100.0, 5.5), row(12, 101.0, 5.0), row(13, 101.0, 0.5))
    assert told[2:] == [(0, True, math.log(1.01)), (1, None, None)]


def test_a_life_that_ended_has_no_outcome() -> None:
    """The symbol begins anew."""
    assert became(row(10, 100.0), Expired(COIN, 10, 60), row(12, 101.0))[1] == (None, None, None)


def test_a_bucket_closes_when_log_time_has_passed_its_end() -> None:
    """Seconds ahead of log time wait in the next one."""
    buckets = Buckets(60, 5.0)
    for one in (row(299, 1.0), row(300, 1.0), Moved(299, {})):
        buckets.take(one, 0)
    assert buckets.closed({"offset": 1}) == []
    buckets.take(Moved(600, {}), 0)
    assert [(one.start, one.end, one.cause) for one in buckets.closed({"offset": 2})] == [
        (0, 300, {"offset": 2}),
        (300, 600, {"offset": 2}),
    ]


def test_scores_are_counted_by_tenths() -> None:
    """A score without an outcome was said; one half counts as up and earns nothing."""
    tally = Tally(buckets=1)
    for prob, up, move in ((0.5, True, 0.01), (0.05, True, 0.01), (1.0, True, 0.02), (0.25, None, None)):
        tally.take(prob, up, move)

    told = tally.bucket("bucket")
    assert {name: told[f"bucket.{name}"] for name in ("said", "n", "up", "hits")} == {
        "said": 4, "n": 3, "up": 3, "hits": 2,
    }  # fmt: skip
    assert told["bucket.realised"] == 0.01
    assert told["bucket.buckets.9"] == {"said": 1, "n": 1, "up": 1, "prob": 1.0}
    assert told["bucket.buckets.0"] == {"said": 1, "n": 1, "up": 1, "prob": round(0.05 * ONE) / ONE}
    assert told["bucket.buckets.2"] == {"said": 1, "n": 0, "up": 0, "prob": 0.0}


def test_a_window_adds_buckets_up() -> None:
    """Seconds are those of buckets in which something was said; of nothing there is nothing to tell."""
    one, total = Tally(buckets=1), Tally()
    one.take(0.75, up=False, move=-0.01)
    total.add(one)
    total.add(one)

    told = total.window("1h")
    assert (told["1h.n"], told["1h.seconds"], told["1h.hit_rate"]) == (2, 600, 0.0)
    assert told["1h.brier.value"] == 0.75**2
    assert Tally().window("1h") == {"1h": None}
