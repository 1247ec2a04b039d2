"""A bar is scored as live ticks are, always advisory; the guard is closed to whatever is not sound."""

from __future__ import annotations

from typing import Any

import pytest
from running_api import NOW, Api

from connectors.redis.connection import connect

pytestmark = pytest.mark.embedded

PATH = "/api/ml/score"
FEATURE = {
    "ts": 1_700_000_000_000, "symbol": "BTCUSDT", "tf": "1h", "o": 100.0, "h": 101.0, "l": 99.5, "c": 100.8,
    "v": 12.5,
}  # fmt: skip
FORM = "application/x-www-form-urlencoded"


def score(api: Api, **changes: Any) -> Any:
    """Return the answer to the bar with some of its fields changed."""
    answer = api.client.post(PATH, json={"feature": FEATURE | changes})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_sound_bar(api: Api) -> None:
    """A close near the high is a BUY; it is advisory, and says which model said so."""
    said = score(api)
    parts = said.pop("ml_signal_parts")
    prob = said.pop("prob")
    assert prob == pytest.approx(sum(parts.values()) / 3)
    assert parts.keys() == {"rsi", "macd", "trend"}
    # Cutler's RSI of the changes -0.5 (the nearer extreme), +1.5, -0.2, as log returns
    assert parts["rsi"] == pytest.approx(0.68144466, abs=1e-6)
    assert said == {
        "symbol": "BTCUSDT", "ts": 1_700_000_000_000, "tf": "1h", "advisory": True, "signal": "BUY",
        "confid": prob, "uncertainty": pytest.approx(1 - prob), "ml_bucket": 6, "fallback": False,
        "reason": "preview", "guardrail": {"passed": True, "reasons": []}, "model": "ml-fusion",
        "model_version": "ml-fusion-1.2", "feature_version": "v2.0", "horizon_s": 60, "scored_at": NOW,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("close", "signal"), [(101.0, "BUY"), (99.5, "SELL"), (99.8, "HOLD")], ids=["high", "low", "middle"]
)
def test_the_close_decides(api: Api, close: float, signal: str) -> None:
    """Near the high, near the low, between."""
    said = score(api, c=close)
    assert (said["signal"], said["advisory"]) == (signal, True)


def test_bar_without_a_move(api: Api) -> None:
    """Nothing is known, so the probability is one half."""
    said = score(api, o=100, h=100, l=100, c=100)
    assert (said["prob"], said["signal"]) == (0.5, "HOLD")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"o": None}, "o is null"),
        ({"c": "100.8"}, "c is not a number"),
        ({"v": True}, "v is not a number"),
        ({"h": {}}, "h is not a number"),
        ({"h": 100.5}, "h is below another price of the bar"),
        ({"l": 100.5}, "l is above another price of the bar"),
        ({"o": 0}, "o is not a price from 1e-18 to 1e18"),
        ({"l": -1}, "l is not a price from 1e-18 to 1e18"),
        ({"v": -1}, "v is below 0"),
        ({"ts": None}, "ts is null"),
        ({"tf": "soon"}, "tf is not a length such as 1m, 5m, 1h"),
        ({"symbol": "A B"}, "symbol is not a symbol such as BTCUSDT"),
    ],
)
def test_guard_is_closed(api: Api, changes: dict[str, Any], reason: str) -> None:
    """HOLD, advisory, no probability, and why; the status is 200 all the same."""
    said = score(api, **changes)
    assert (said["signal"], said["advisory"], said["prob"], said["confid"]) == ("HOLD", True, None, None)
    assert (said["reason"], said["fallback"]) == ("guard", True)
    assert said["guardrail"] == {"passed": False, "reasons": [reason]}
    for name in changes.keys() & {"symbol", "ts", "tf"}:
        assert said[name] is None


@pytest.mark.parametrize("token", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 400])
def test_numbers_that_are_none(api: Api, token: str) -> None:
    """What JavaScript writes for them is no JSON, and answered like null."""
    body = f'{{"feature":{{"ts":1,"symbol":"BTCUSDT","tf":"1m","o":{token},"h":2,"l":1,"c":1,"v":1}}}}'
    answer = api.client.post(PATH, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200
    assert answer.json()["guardrail"]["reasons"] == ["o is not a finite number"]


def test_half_a_character(api: Api) -> None:
    """A text that is none in Unicode is not echoed."""
    body = '{"feature":{"ts":1,"symbol":"\\ud800","tf":"\\udfff","o":1,"h":2,"l":1,"c":1,"v":1}}'
    said = api.client.post(PATH, content=body, headers={"Content-Type": FORM})
    assert (said.status_code, said.json()["symbol"], said.json()["tf"]) == (200, None, None)


@pytest.mark.parametrize("body", ["{}", '{"feature":null}', '{"feature":[]}', "[]", "null", '"a"', "1"])
def test_no_feature(api: Api, body: str) -> None:
    """JSON of another shape closes the guard too."""
    said = api.client.post(PATH, content=body, headers={"Content-Type": "application/json"})
    assert (said.status_code, said.json()["signal"], said.json()["advisory"]) == (200, "HOLD", True)
    assert [reason.split()[0] for reason in said.json()["guardrail"]["reasons"]] == ["feature"]


@pytest.mark.parametrize("kind", [FORM, "application/json; charset=utf-8", "text/plain", ""])
def test_as_curl_sends_it(api: Api, kind: str) -> None:
    """``curl -d`` calls it a form."""
    body = '{"feature":{"ts":1,"symbol":"BTCUSDT","tf":"1m","o":null,"h":2,"l":1,"c":1,"v":1}}'
    answer = api.client.post(PATH, content=body, headers={"Content-Type": kind})
    assert answer.json()["guardrail"]["reasons"] == ["o is null"]


@pytest.mark.parametrize("body", ["", "{", "nan", "feature=1", "[" * 5_000, "\xff", "1" * 5_000])
def test_no_json(api: Api, body: str) -> None:
    """400, whatever it is."""
    answer = api.client.post(PATH, content=body.encode("latin-1"), headers={"Content-Type": FORM})
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_body")


def test_bounds(api: Api) -> None:
    """A long body is 413 before it is read to its end, another type of content 415, another method 405."""
    long = api.client.post(PATH, content=b" " * 16_385, headers={"Content-Type": FORM})
    assert (long.status_code, long.json()["error"]) == (413, "too_large")
    assert api.client.post(PATH, files={"feature": b"{}"}).status_code == 415
    got = api.client.get(PATH)
    assert (got.status_code, got.headers["Allow"]) == (405, "POST")


def test_nothing_is_written(api: Api) -> None:
    """And Redis is not asked."""
    score(api)
    with connect(api.redis.url, 1.0) as client:
        assert client.keys() == []


def test_redis_is_not_needed(api_without_redis: Api) -> None:
    """The answer is a function of the body."""
    assert score(api_without_redis)["signal"] == "BUY"
