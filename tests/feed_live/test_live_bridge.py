"""A bridge puts into the topic what the exchange sends: byte for byte, in order, keyed and stamped."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from connectors.feed.live.bridge import Bridge
from connectors.feed.live.link import Reading
from connectors.feed.live.summary import LiveSummary
from connectors.kafka.delivery import DeliveryError
from tests.feed_live.bridging import Run, Time, Topic
from tests.feed_live.exchange import MILLI, START, Peer, says, trade, trades


def test_every_message_arrives_as_it_was_sent() -> None:
    """The same bytes in the same order, those of other messages and of rubbish too; no acknowledgement."""
    sent = [
        trade(1),
        b'{ "stream" : "btcusdt@trade","data":{"e":"trade"}}',
        b"\xff\xfe not text",
        b"",
        b"[" * 50_000,
        b'{"lastUpdateId":1,"bids":[]}',
        trade(2),
    ]
    run = Run(says(*sent), limit=len(sent))
    summary = run.go()
    assert run.topic.values == sent
    assert (summary.records, summary.trades, summary.unread) == (7, 2, 5)
    assert run.topic.finished


def test_a_record_has_its_symbol_as_key_and_its_receipt_as_time() -> None:
    """What names no symbol goes with the first one of its connection."""
    sent = [trade(7, "ETHUSDT"), b"rubbish", trade(1), b'{"s":"ethusdt"}']
    run = Run(says(*sent), symbols=("BTCUSDT", "ETHUSDT"), limit=4)
    run.go()
    assert [key for key, *_ in run.topic.records] == [b"ETHUSDT", b"BTCUSDT", b"BTCUSDT", b"ETHUSDT"]
    assert [ts for _, _, ts, _ in run.topic.records] == [START + i * MILLI for i in range(1, 5)]
    assert [headers["recv_ts"] for *_, headers in run.topic.records] == [
        b"%d" % (START + i * MILLI) for i in range(1, 5)
    ]


def test_the_record_time_never_goes_back() -> None:
    """A wall clock that was set back holds the stamp; the header says what it showed."""
    walls = iter([START + 5, START + 3, START + 9])
    topic, time = Topic(), Time()
    time.look = lambda: next(walls)  # type: ignore[method-assign]
    bridge = Bridge(topic, LiveSummary(venue="binance", topic="ticks"), time.timing)
    for number in range(3):
        bridge.take(trade(number), (), Reading("BTCUSDT"))
    assert [ts - START for _, _, ts, _ in topic.records] == [5, 5, 9]
    assert [int(headers["recv_ts"]) - START for *_, headers in topic.records] == [5, 3, 9]


def test_a_message_no_reader_would_take_is_left_out_and_counted() -> None:
    """One byte over 1 MB stays outside, one of just 1 MB goes in; the connection goes on."""
    largest = trade(1).ljust(1 << 20)
    run = Run(says(largest, trade(2).ljust((1 << 20) + 1), trade(3)), limit=2)
    summary = run.go()
    assert run.topic.values == [largest, trade(3)]
    assert (summary.too_large, summary.connections) == (1, 1)


def test_data_before_the_acknowledgement_is_not_lost() -> None:
    """Some exchanges send first and acknowledge later."""

    async def part(peer: Peer) -> None:
        request = await peer.hear()
        await peer.say(trade(1), trade(2), b'{"result":null,"id":%d}' % request["id"], trade(3))
        await peer.stay()

    run = Run(part, limit=3)
    run.go()
    assert run.topic.values == trades(1, 3)


def test_missing_and_repeated_trades_are_told_exactly() -> None:
    """Within a connection, per symbol: 4 and 5 do not come, 7 comes twice."""
    numbers = [1, 2, 3, 6, 7, 7, 8]
    other = trades(1, 3, "ETHUSDT")
    run = Run(says(*map(trade, numbers), *other), symbols=("BTCUSDT", "ETHUSDT"), limit=10)
    summary = run.go()
    assert [(gap.symbol, gap.from_id, gap.to_id, gap.reconnect) for gap in summary.gaps] == [
        ("BTCUSDT", 4, 5, False)
    ]
    assert summary.as_dict()["symbols"] == {
        "BTCUSDT": {"records": 7, "first": 1, "last": 8, "gaps": 1, "missing": 2, "repeated": 1},
        "ETHUSDT": {"records": 3, "first": 1, "last": 3, "gaps": 0, "missing": 0, "repeated": 0},
    }


def test_many_symbols_are_shared_out_over_connections() -> None:
    """Each connection asks for its own; every symbol's trades arrive in order."""
    symbols = ("AUSDT", "BUSDT", "CUSDT", "DUSDT", "EUSDT")

    async def part(peer: Peer) -> None:
        request = await peer.hear()
        await peer.say(b'{"result":null,"id":%d}' % request["id"])
        for stream in request["params"]:
            await peer.say(*trades(1, 20, stream.partition("@")[0].upper()))
        await peer.stay()

    run = Run(part, symbols=symbols, per_connection=2, limit=100)
    summary = run.go()
    asked = sorted(request["params"] for request in run.exchange.requests)
    assert asked == [["ausdt@trade", "busdt@trade"], ["cusdt@trade", "dusdt@trade"], ["eusdt@trade"]]
    for symbol in symbols:
        assert [value for key, value, *_ in run.topic.records if key == symbol.encode()] == trades(
            1, 20, symbol
        )
    assert (summary.connections, summary.missing) == (3, 0)


def test_requests_keep_the_pace_that_the_exchange_allows() -> None:
    """Of 250 streams a hundred a request, with a wait before each but the first."""

    async def part(peer: Peer) -> None:
        for _ in range(3):
            await peer.subscribe()
        await peer.say(trade(1))
        await peer.stay()

    run = Run(part, symbols=tuple(f"A{i}USDT" for i in range(250)), per_connection=250, limit=1)
    run.go()
    assert [(request["id"], len(request["params"])) for request in run.exchange.requests] == [
        (1, 100), (2, 100), (3, 50),
    ]  # fmt: skip
    assert run.time.waits == [0.35, 0.35]


def test_symbols_that_send_nothing_are_named() -> None:
    """Binance acknowledges symbols it does not have: only their silence tells."""
    run = Run(says(trade(1)), symbols=("BTCUSDT", "NOSUCHUSDT"), limit=1)
    assert run.go().silent == ("NOSUCHUSDT",)


def test_a_minute_of_silence_is_logged_once() -> None:
    """While the bridge runs, with what to check."""

    async def part(peer: Peer) -> None:
        await peer.subscribe()
        await peer.say(trade(1))
        while not run.topic.records:
            await asyncio.sleep(0)
        run.time.now += 60.0
        while not any("sent nothing" in entry["event"] for entry in logged):
            await asyncio.sleep(0)
        await peer.say(trade(2))
        await peer.stay()

    run = Run(part, symbols=("BTCUSDT", "NOSUCHUSDT"), limit=2)
    with capture_logs() as logged:
        run.go()
    [told] = [entry for entry in logged if "sent nothing" in entry["event"]]
    assert (told["symbols"], "under these names" in told["do"]) == (["NOSUCHUSDT"], True)


def test_a_complaint_after_the_subscription_is_logged_and_no_data() -> None:
    """It does not end the connection either."""
    complaint = b'{"code":3,"msg":"Invalid JSON: expected value"}'
    run = Run(says(trade(1), complaint, trade(2)), limit=2)
    with capture_logs() as logged:
        summary = run.go()
    assert run.topic.values == trades(1, 2)
    assert [entry["why"] for entry in logged if entry["event"] == "the server complains"] == [
        "Invalid JSON: expected value"
    ]
    assert summary.connections == 1


def test_a_stop_ends_it_well() -> None:
    """Nothing more is taken, what was sent is seen delivered, and the server is told."""
    goodbyes = []

    async def part(peer: Peer) -> None:
        await peer.subscribe()
        await peer.say(*trades(1, 5))
        while len(run.topic.records) < 5:
            await asyncio.sleep(0)
        run.asked = True
        await peer.stay()
        goodbyes.append(peer.socket.close_code)

    run = Run(part)
    summary = run.go()
    assert (summary.stopped, summary.records, run.topic.finished) == (True, 5, True)
    assert goodbyes == [1000]


def test_a_record_that_cannot_be_delivered_ends_it() -> None:
    """The error comes out as it was; nothing is sent after it."""

    class Full(Topic):
        def send(self, key: bytes, value: bytes, ts: int, headers: object = None) -> None:
            if len(self.records) == 2:
                raise DeliveryError("ticks: the record of BTCUSDT was not delivered")
            super().send(key, value, ts)

    run = Run(says(*trades(1, 9)))
    run.topic = Full()
    with pytest.raises(DeliveryError, match="of BTCUSDT"):
        run.go()
    assert run.topic.values == trades(1, 2)
