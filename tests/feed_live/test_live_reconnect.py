"""A bridge that loses its connection comes back, waits as it should, and names what it missed."""

from __future__ import annotations

import asyncio
import json
import socket
from http import HTTPStatus

import pytest

from connectors.feed.errors import FeedError
from tests.feed_live.bridging import Run
from tests.feed_live.exchange import Part, Peer, says, trade, trades

BUSY, FORBIDDEN, BROKEN = HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.FORBIDDEN, HTTPStatus.BAD_GATEWAY


def then_drops(*payloads: bytes) -> Part:
    """Send these messages and the head of one more, and cut the line."""

    async def part(peer: Peer) -> None:
        await peer.subscribe()
        await peer.say(*payloads)
        peer.socket.transport.write(b"\x81\x7e\x01\x00" + trade(999)[:40])  # 40 of 256 bytes
        await asyncio.sleep(0)
        peer.drop()

    return part


def then_closes(code: int, *payloads: bytes) -> Part:
    """Send these messages and close with this code."""

    async def part(peer: Peer) -> None:
        await peer.subscribe()
        await peer.say(*payloads)
        await peer.socket.close(code, "for a reason")

    return part


def test_a_line_cut_in_the_middle_of_a_message_loses_only_that() -> None:
    """All whole messages are in the topic; what was missed is one gap over the reconnection."""
    run = Run(then_drops(*trades(1, 5)), says(*trades(9, 12)), limit=9)
    summary = run.go()
    assert run.topic.values == trades(1, 5) + trades(9, 12)
    assert [(gap.from_id, gap.to_id, gap.reconnect) for gap in summary.gaps] == [(6, 8, True)]
    assert (summary.missing, summary.connections, dict(summary.losses)) == (3, 2, {"lost": 1})


def test_a_reconnection_that_missed_nothing_has_no_gap() -> None:
    """Ids go on where they stopped."""
    run = Run(then_drops(*trades(1, 5)), says(*trades(6, 7)), limit=7)
    summary = run.go()
    assert (summary.missing, summary.gap_count, summary.connections) == (0, 0, 2)


@pytest.mark.parametrize("code", [1000, 1001, 1008, 1011, 1012, 1013])
def test_whatever_the_server_closes_with_it_comes_back(code: int) -> None:
    """The code is counted; everything sent before the close is in the topic."""
    run = Run(then_closes(code, *trades(1, 3)), says(*trades(4, 5)), limit=5)
    summary = run.go()
    assert run.topic.values == trades(1, 5)
    assert dict(summary.losses) == {f"close {code}": 1}


def test_trades_that_come_again_after_a_reconnection_are_passed_on_and_counted() -> None:
    """The flow drops duplicates by id; what the exchange sends is the topic's."""
    run = Run(then_drops(*trades(1, 5)), says(*trades(4, 7)), limit=9)
    summary = run.go()
    assert run.topic.values == trades(1, 5) + trades(4, 7)
    assert (summary.missing, summary.repeated) == (0, 2)


def test_waits_double_up_to_half_a_minute() -> None:
    """With every draw the highest: 0.5 s, 1 s, 2 s … 30 s, as long as no connection lives a minute."""
    drops = [then_drops(trade(number)) for number in range(1, 9)]
    run = Run(*drops, says(trade(9)), limit=9)
    summary = run.go()
    assert run.time.waits == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    assert (summary.connections, summary.missing) == (9, 0)


def test_a_healthy_minute_makes_the_next_wait_short_again() -> None:
    """The third connection lives 60 s."""

    async def healthy(peer: Peer) -> None:
        await peer.subscribe()
        await peer.say(trade(3))
        while len(run.topic.records) < 3:
            await asyncio.sleep(0)
        run.time.now += 60.0
        peer.drop()

    run = Run(then_drops(trade(1)), then_drops(trade(2)), healthy, says(trade(4)), limit=4)
    run.go()
    assert run.time.waits == [0.5, 1.0, 0.5]


def test_a_busy_server_is_left_alone_as_long_as_it_asks() -> None:
    """``Retry-After`` outweighs the shorter wait of one's own."""
    run = Run(says(trade(1)), refusals=[(BUSY, {"Retry-After": "17"}), (BROKEN, {})], limit=1)
    summary = run.go()
    assert run.time.waits == [17.0, 1.0]
    assert dict(summary.losses) == {"http 429": 1, "http 502": 1}


def test_a_first_connection_that_cannot_be_had_is_given_up() -> None:
    """After five attempts, with the last reason."""
    run = Run(says(), refusals=[(BROKEN, {})] * 9)
    with pytest.raises(FeedError, match=r"\(attempts: 5\): the server answers HTTP 502"):
        run.go()
    assert run.exchange.attempts == 5


def test_an_address_where_nobody_listens_is_given_up() -> None:
    """After five attempts, with waits between them."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"ws://127.0.0.1:{taken.getsockname()[1]}"
    run = Run(says(), url=url)
    with pytest.raises(FeedError, match=r"attempts: 5.*Connect call failed"):
        run.go()
    assert run.time.waits == [0.5, 1.0, 2.0, 4.0]


def test_a_refusal_for_good_is_not_tried_again() -> None:
    """A forbidden address stays forbidden."""
    run = Run(says(), refusals=[(FORBIDDEN, {})] * 9)
    with pytest.raises(FeedError, match="HTTP 403"):
        run.go()
    assert run.exchange.attempts == 1


def test_a_bridge_that_stood_never_gives_up() -> None:
    """Twenty refusals, some of them for good, and it still comes back."""

    async def first(peer: Peer) -> None:
        await peer.subscribe()
        await peer.say(trade(1))
        run.exchange.refuse([(FORBIDDEN, {}), (BROKEN, {})] * 10)
        peer.drop()

    run = Run(first, says(trade(2)), limit=2)
    summary = run.go()
    assert run.topic.values == trades(1, 2)
    assert dict(summary.losses) == {"lost": 1, "http 403": 10, "http 502": 10}


def test_a_refused_subscription_names_exchange_symbols_and_reason() -> None:
    """Asked for the wrong thing: this is for the user to mend."""

    async def part(peer: Peer) -> None:
        request = await peer.hear()
        error = {"error": {"code": 2, "msg": "Invalid request: unknown symbol"}, "id": request["id"]}
        await peer.say(json.dumps(error).encode())
        await peer.stay()

    run = Run(part, symbols=("BTCUSDT", "FOOBAR"))
    with pytest.raises(FeedError, match=r"binance refuses .* BTCUSDT, FOOBAR: Invalid request: unknown"):
        run.go()
    assert run.exchange.attempts == 1


def test_a_slow_acknowledgement_is_waited_for_and_a_missing_one_is_not() -> None:
    """The first connection never answers; the second does so after some data."""

    async def mute(peer: Peer) -> None:
        await peer.hear()
        await peer.stay()

    async def slow(peer: Peer) -> None:
        request = await peer.hear()
        await peer.say(trade(1))
        await peer.say(b'{"result":null,"id":77}', b'{"result":null,"id":%d}' % request["id"])
        await peer.stay()

    run = Run(mute, slow, limit=1, answer_s=0.2)
    summary = run.go()
    assert run.topic.values == [trade(1)]
    assert dict(summary.losses) == {"unanswered": 1}


def test_a_message_beyond_all_measure_costs_the_connection_only() -> None:
    """Over 16 MB nothing is even read; the bridge comes back."""
    run = Run(says(trade(1), b" " * ((16 << 20) + 1)), says(trade(2)), limit=2)
    summary = run.go()
    assert run.topic.values == trades(1, 2)
    assert dict(summary.losses) == {"close 1009": 1}
