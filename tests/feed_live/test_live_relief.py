"""A connection that is to end is relieved by a new one: nothing is missed, nothing comes twice."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from tests.feed_live.bridging import Run
from tests.feed_live.exchange import Part, Peer, says, trade, trades

SHUTDOWN = b'{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1700000000000}}'


def handover(
    before: list[bytes], meanwhile: list[bytes], after: list[bytes], notice: bytes = SHUTDOWN
) -> tuple[Part, Part]:
    """The old connection announces its end and sends on while the new one is made, which repeats some."""
    asked, sent = asyncio.Event(), asyncio.Event()

    async def old(peer: Peer) -> None:
        await peer.subscribe()
        await peer.say(*before, *([notice] if notice else []))
        await asked.wait()
        await peer.say(*meanwhile)
        sent.set()
        await peer.stay()

    async def new(peer: Peer) -> None:
        request = await peer.hear()
        asked.set()
        await sent.wait()
        await peer.say(b'{"result":null,"id":%d}' % request["id"], *after)
        await peer.stay()

    return old, new


def test_a_server_that_announces_its_end_is_left_without_a_break() -> None:
    """Trades 6 to 9 come on both connections; the topic has each once, in order, and no announcement."""
    run = Run(*handover(trades(1, 5), trades(6, 9), trades(6, 12)), limit=12)
    summary = run.go()
    assert run.topic.values == trades(1, 12)
    assert (summary.overlap, summary.missing, summary.repeated) == (4, 0, 0)
    assert (summary.connections, summary.relieved, dict(summary.losses)) == (2, 1, {})
    assert run.time.waits == [0.5]


def test_an_old_connection_is_relieved_before_the_exchange_ends_it() -> None:
    """Its age alone is reason enough."""
    run = Run(*handover(trades(1, 5), trades(6, 6), trades(7, 9), notice=b""), limit=9, max_age_s=0.05)
    summary = run.go()
    assert run.topic.values == trades(1, 9)
    assert summary.relieved >= 1
    assert dict(summary.losses) == {}


def test_symbols_are_compared_one_by_one() -> None:
    """A copy is left out only until its symbol brings something new; rubbish always goes in."""
    old = [trade(1), trade(1, "ETHUSDT"), trade(2)]
    new = [trade(2), b"rubbish", trade(1, "ETHUSDT"), trade(3), trade(3), trade(2, "ETHUSDT")]
    run = Run(*handover(old, [], new), symbols=("BTCUSDT", "ETHUSDT"), limit=7)
    summary = run.go()
    assert run.topic.values == [*old, b"rubbish", trade(3), trade(3), trade(2, "ETHUSDT")]
    assert (summary.overlap, summary.repeated) == (2, 1)


def test_the_old_connection_serves_until_a_new_one_stands() -> None:
    """Two attempts fail; meanwhile messages go on."""
    old, new = handover(trades(1, 5), trades(6, 9), trades(10, 11))

    async def first(peer: Peer) -> None:
        run.exchange.refuse([(HTTPStatus.BAD_GATEWAY, {})] * 2)
        await old(peer)

    run = Run(first, new, limit=11)
    summary = run.go()
    assert run.topic.values == trades(1, 11)
    assert (summary.missing, summary.relieved, dict(summary.losses)) == (0, 1, {"http 502": 2})


def test_an_old_connection_that_dies_while_it_is_relieved_leaves_its_gap() -> None:
    """The new one goes on where it can; what lies between is named."""
    asked = asyncio.Event()

    async def old(peer: Peer) -> None:
        await peer.subscribe()
        await peer.say(*trades(1, 5), SHUTDOWN)
        await asked.wait()
        peer.drop()

    async def new(peer: Peer) -> None:
        request = await peer.hear()
        asked.set()
        await peer.say(b'{"result":null,"id":%d}' % request["id"], *trades(8, 9))
        await peer.stay()

    run = Run(old, new, limit=7)
    summary = run.go()
    assert run.topic.values == trades(1, 5) + trades(8, 9)
    assert [(gap.from_id, gap.to_id, gap.reconnect) for gap in summary.gaps] == [(6, 7, True)]


def test_relief_goes_on_for_ever() -> None:
    """Each connection brings one trade and the copy of the one before; short lives cost waits."""
    parts = [says(*trades(max(1, number - 1), number), SHUTDOWN) for number in range(1, 6)]
    run = Run(*parts, says(*trades(5, 6)), limit=6)
    summary = run.go()
    assert run.topic.values == trades(1, 6)
    assert (summary.connections, summary.relieved, summary.overlap) == (6, 5, 5)
    assert run.time.waits == [0.5, 1.0, 2.0, 4.0, 8.0]
