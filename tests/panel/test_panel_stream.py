"""The stream: a state at once and then once a second, one reader for all pages, an end when it is time."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from one_shard import at, until
from running_api import Api, served

from api.panel.hub import FullError, Hub
from connectors.embedded import EmbeddedRedis

pytestmark = pytest.mark.embedded


@contextmanager
def events(api: Api) -> Iterator[Iterator[dict[str, Any]]]:
    """Open a stream: each event as its fields, ``data`` read."""
    with api.client.stream("GET", "/events", timeout=20) as answer:
        assert (answer.status_code, answer.headers["content-type"]) == (
            200,
            "text/event-stream; charset=utf-8",
        )
        yield _parsed(answer.iter_lines())


def _parsed(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    found: dict[str, Any] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if line:
            found[name] = json.loads(value) if name == "data" else value
        elif "data" in found:
            yield found
            found = {}


def test_state_comes_at_once_and_again_each_second(normal: Api) -> None:
    """The same as GET /panel/state, under the event's name, with ascending ids."""
    with events(normal) as stream:
        first = next(stream)
        assert (first["event"], first["data"]) == ("state", normal.get("/panel/state"))
        normal.now = at(11.0)
        second = next(stream)
    assert second["data"]["ts"] == at(11.0)
    assert int(second["id"]) == int(first["id"]) + 1


def test_stream_goes_on_without_redis_and_says_so(normal: Api) -> None:
    """An outage is an event, and so is its end."""
    with events(normal) as stream:
        assert next(stream)["data"]["redis"] == "up"
        normal.redis.pause()
        try:
            assert _until(stream, "down")["data"]["status"] == "DEMO"
        finally:
            normal.redis.resume()
        assert _until(stream, "up")["data"]["status"] == "LIVE"


def _until(stream: Iterator[dict[str, Any]], redis: str) -> dict[str, Any]:
    return next(event for event in stream if event["data"]["redis"] == redis)


def test_place_is_given_back(normal: Api) -> None:
    """Who leaves is noticed, and nothing is read for nobody."""
    hub: Hub = normal.app.state.panel.hub
    with events(normal) as stream:
        next(stream)
        assert hub.open == 1
    until(lambda: hub.open == 0)


def test_head_has_no_stream(normal: Api) -> None:
    """The kind of answer is told, and that is all."""
    answer = normal.client.head("/events")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"].startswith("text/event-stream")


def test_streams_beyond_the_bound_are_refused(normal: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """503 says when to ask again, and what to ask instead."""
    hub: Hub = normal.app.state.panel.hub
    monkeypatch.setattr(hub, "_most", 1)
    with events(normal) as stream:
        next(stream)
        answer = normal.client.get("/events")
    assert (answer.status_code, answer.json()["error"], answer.headers["Retry-After"]) == (
        503, "too_many_streams", "5",
    )  # fmt: skip
    assert "/panel/state" in answer.json()["message"]


def test_open_stream_does_not_hold_up_the_end() -> None:
    """The server ends it in order: the page hears the end of its answer, not a broken connection."""
    heard: list[str] = []

    def page(url: httpx.URL) -> None:
        with httpx.stream("GET", url.join("/events"), timeout=20) as answer:
            heard.extend(answer.iter_lines())
        heard.append("ended")

    with EmbeddedRedis() as redis, served(Api(redis)) as api:
        listener = threading.Thread(target=page, args=(api.client.base_url,))
        listener.start()
        until(lambda: heard)
    listener.join(20)
    assert heard[-1] == "ended"


def test_fifty_pages_cost_as_much_as_one() -> None:
    """One reader reads for all of them, and each gets every state, or the newest where it is slow."""
    reads = 0

    def read(first: bool) -> bytes:
        nonlocal reads
        assert first is (reads == 0)
        reads += 1
        return b"%d" % reads

    async def page(hub: Hub, seen: list[bytes]) -> None:
        place = hub.join()
        try:
            async for _, body in hub.states(place):
                seen.append(body)
                if len(seen) == 3:
                    return
        finally:
            hub.leave(place)

    async def watch() -> list[list[bytes]]:
        hub = Hub(read, every_s=0.05)
        every: list[list[bytes]] = [[] for _ in range(50)]
        await asyncio.gather(*(page(hub, seen) for seen in every))
        assert hub.open == 0
        return every

    every = asyncio.run(watch())
    assert reads <= 4
    assert all(seen == sorted(seen) and len(seen) == 3 for seen in every)


def test_late_page_gets_the_newest_at_once() -> None:
    """It does not wait for the next second."""

    async def watch() -> list[bytes]:
        hub = Hub(lambda first: b"state", every_s=3_600.0)
        first = hub.join()
        one = await anext(hub.states(first))
        late = hub.join()
        other = await asyncio.wait_for(anext(hub.states(late)), 5)
        hub.leave(first)
        hub.leave(late)
        return [one[1], other[1]]

    assert asyncio.run(watch()) == [b"state", b"state"]


def test_defect_of_a_reading_ends_no_stream(caplog: pytest.LogCaptureFixture) -> None:
    """It is logged, and the next reading is shown."""
    answers = iter([b"", b"well"])

    def read(_: bool) -> bytes:
        found = next(answers, b"well")
        if not found:
            raise ZeroDivisionError
        return found

    async def watch() -> bytes:
        hub = Hub(read, every_s=0.01)
        place = hub.join()
        try:
            return (await asyncio.wait_for(anext(hub.states(place)), 5))[1]
        finally:
            hub.leave(place)

    assert asyncio.run(watch()) == b"well"
    assert "this is a defect" in caplog.text


def test_hub_has_so_many_places() -> None:
    """The error says what to do."""

    async def watch() -> None:
        hub = Hub(lambda first: b"", most=2)
        places = [hub.join(), hub.join()]
        with pytest.raises(FullError, match="2 streams"):
            hub.join()
        for place in places:
            hub.leave(place)

    asyncio.run(watch())
