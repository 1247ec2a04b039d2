"""Records of the ``slo`` topic, told by the meters of a shard and of the account."""

from __future__ import annotations

from collections.abc import Iterator

import orjson
from one_shard import at
from slo.metered import SHARD, Heard, Metered, trades

from connectors.codecs.wire import Encoded
from flows.slo.account import AccountMeter
from models.inputs import Cause
from models.judge.records import Record
from models.paper.account import Booked
from models.slo.body import SLO, Body
from models.slo.tally import Tally


def slo_records() -> Iterator[Encoded]:
    """Yield a shard's record with every histogram and a rejected item, and one of the account."""
    shard = Metered(behind=lambda: {SHARD.key: 7})
    shard.deliver(shard.ticks(*trades("A", 0.5)), at(1))
    shard.deliver(shard.ticks(*trades("A", 0.5, 1.5, 2.5), b"no json"), at(3))
    yield _encoded(shard.told())
    heard = Heard()
    with heard.reporter(Tally("paper", "account/0000")) as reporter:
        blocked = Record("trades", "active", {"event": "blocked", "reason": "guard"})
        meter = AccountMeter(reporter)
        meter.delivered(_ACCOUNT, [Booked([blocked], Cause(1_700_000_000, 0))], 1)
    yield from (_encoded(body) for _, body in heard.records)


_ACCOUNT = SHARD._replace(topic="account", partition=0, number=0)


def _encoded(body: Body) -> Encoded:
    return Encoded(SLO, body["source"].encode(), orjson.dumps(body), None, 0)
