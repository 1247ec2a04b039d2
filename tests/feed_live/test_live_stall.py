"""A connection that has gone dead is noticed, a quiet one is left alone."""

from __future__ import annotations

from connectors.feed.live.bybit import Bybit
from tests.feed_live.bridging import Run
from tests.feed_live.exchange import Peer, says, trade, trades


async def dead(peer: Peer) -> None:
    """Send two trades and never read again, so that no ping is answered."""
    await peer.subscribe()
    await peer.say(*trades(1, 2))
    peer.socket.transport.pause_reading()
    await peer.exchange.replaced.wait()
    peer.drop()


def test_a_dead_connection_is_replaced() -> None:
    """No message, no pong: closed and opened again, the gap told."""
    run = Run(dead, says(*trades(5, 6)), limit=4, stall_s=0.05, pong_s=0.05)
    summary = run.go()
    assert run.topic.values == trades(1, 2) + trades(5, 6)
    assert dict(summary.losses) == {"stall": 1}
    assert [(gap.from_id, gap.to_id, gap.reconnect) for gap in summary.gaps] == [(3, 4, True)]


def test_what_comes_while_a_ping_is_out_is_not_lost() -> None:
    """The pong never comes, but a trade does: that is a sign of life. Then the line is cut."""

    async def slow(peer: Peer) -> None:
        peer.socket.answers_pings = False
        await peer.subscribe()
        await peer.say(trade(1))
        for number in (2, 3):
            await peer.pinged()
            await peer.say(trade(number))
        peer.drop()

    async def mute(peer: Peer) -> None:
        peer.socket.answers_pings = False
        await says(trade(4))(peer)

    run = Run(slow, mute, limit=4, stall_s=0.02, pong_s=0.2)
    summary = run.go()
    assert run.topic.values == trades(1, 4)
    assert (summary.missing, summary.pings, dict(summary.losses)) == (0, 0, {"lost": 1})


def test_a_quiet_connection_that_answers_pings_is_kept() -> None:
    """Symbols that nobody trades are no reason to leave."""

    async def quiet(peer: Peer) -> None:
        await peer.subscribe()
        await peer.say(trade(1))
        for _ in range(3):
            await peer.pinged()
        await peer.say(trade(2))
        await peer.stay()

    run = Run(quiet, limit=2, stall_s=0.02)
    summary = run.go()
    assert run.topic.values == trades(1, 2)
    assert (summary.connections, dict(summary.losses)) == (1, {})
    assert summary.pings >= 3


def test_a_silence_that_lasts_is_ended_by_a_new_connection() -> None:
    """Pings are answered, yet nothing comes: a subscription may have died. Nothing counts as lost."""
    run = Run(says(trade(1)), says(trade(2)), limit=2, stall_s=0.02, silence_s=0.1)
    summary = run.go()
    assert run.topic.values == trades(1, 2)
    assert (summary.connections, summary.relieved, dict(summary.losses)) == (2, 1, {})


def test_an_exchange_that_wants_heartbeats_gets_them() -> None:
    """Bybit's, beside the trades, as long as the connection stands."""

    class Eager(Bybit):
        heartbeat_s = 0.02

    async def part(peer: Peer) -> None:
        request = await peer.hear()
        await peer.say(b'{"success":true,"op":"subscribe","req_id":"%s"}' % request["req_id"].encode())
        for _ in range(3):
            assert await peer.hear() == {"op": "ping"}
            await peer.say(b'{"success":true,"ret_msg":"pong","op":"ping"}')
        await peer.say(b'{"topic":"publicTrade.BTCUSDT","data":[]}')
        await peer.stay()

    run = Run(part, venue=Eager(), limit=1)
    assert run.go().records == 1
    assert [request["op"] for request in run.exchange.requests][:4] == ["subscribe", "ping", "ping", "ping"]
