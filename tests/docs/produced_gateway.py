"""Records of the gateway's audit: served, repeated, refused and failed requests of each role."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from api.gateway.audit import Trail, body_of
from connectors.codecs.wire import Encoded
from connectors.kafka.topics import GATEWAY_AUDIT

AT = 1_790_000_000_000_000_000


def gateway_records() -> Iterator[Encoded]:
    """Yield a record for each outcome and role."""
    for trail in _trails():
        limited = "more than 60 requests in a minute; try again in 5 s"
        for body in (
            body_of(trail, "done", 200, "", 0),
            body_of(trail, "repeat", 200, "", 0),
            body_of(trail, "refused", 429, limited, 32),
            body_of(trail, "failed", 504, "no acknowledgement from ticks/0000", 0),
        ):
            yield Encoded(GATEWAY_AUDIT, body["ip"].encode(), orjson.dumps(body), None, 0)


def _trails() -> Iterator[Trail]:
    order = {"symbol": "BTCUSDT", "side": "buy", "notional_usd": 5.5}
    for role in ("admin", "trader", "viewer"):
        yield Trail(
            "::1", "POST", "/paper/order", AT, user="ada", role=role, cmd="paper.order", args=order,
            command_id="c1",
        )  # fmt: skip
    yield Trail("unknown", "POST", "/auth/login", AT)
