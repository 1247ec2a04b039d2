"""Records of the dead-letter topic: the original bytes, with why and from where in the headers."""

from __future__ import annotations

import hashlib

from models.judge.records import DLQ, DLQ_VALUE_LIMIT, Record, Shard
from models.market.block import Reject


def dlq_record(reject: Reject, shard: Shard, seq: int) -> Record:
    """Return the dead letter of a reject; its value is cut at 256 KB, its length and hash are not."""
    headers = {
        "reason": str(reject.reason),
        "detail": reject.detail,
        "topic": shard.topic,
        "partition": str(shard.partition),
        "offset": str(reject.offset),
        "place": str(reject.place),
        "symbol": reject.symbol,
        "length": str(len(reject.value)),
        "sha256": hashlib.sha256(reject.value).hexdigest(),
        "cause_offset": str(reject.offset + 1),
        "cause_seq": str(seq),
    }
    return Record(DLQ, reject.symbol or shard.key, reject.value[:DLQ_VALUE_LIMIT], headers)
