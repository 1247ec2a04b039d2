"""Records of the dead-letter topic: the original bytes, with why and from where in the headers.

A record that holds many ticks may have many rejects: the first carries the bytes, the others name its
ordinal, so that a small record of junk cannot become gigabytes of dead letters.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from itertools import groupby

from models.judge.records import DLQ, DLQ_VALUE_LIMIT, Record, Shard
from models.market.block import Reject


def dead_letters(rejects: Iterable[Reject], shard: Shard, seq: int, ordinal: int) -> list[Record]:
    """Return the dead letters of rejects in log order, numbered from ``ordinal``."""
    letters: list[Record] = []
    for _, same_record in groupby(rejects, key=lambda reject: reject.offset):
        first = ordinal + len(letters)
        digest = ""
        for number, reject in enumerate(same_record, first):
            digest = digest or hashlib.sha256(reject.value).hexdigest()
            headers = _headers(reject, shard, seq)
            headers |= {"sha256": digest, "ordinal": str(number), "bytes_in": str(first)}
            carried = reject.value[:DLQ_VALUE_LIMIT] if number == first else b""
            letters.append(Record(DLQ, reject.symbol or shard.key, carried, headers))
    return letters


def _headers(reject: Reject, shard: Shard, seq: int) -> dict[str, str]:
    return {
        "reason": str(reject.reason),
        "detail": reject.detail,
        "topic": shard.topic,
        "partition": str(shard.partition),
        "offset": str(reject.offset),
        "place": str(reject.place),
        "symbol": reject.symbol,
        "length": str(len(reject.value)),
        "cause_offset": str(reject.offset + 1),
        "cause_seq": str(seq),
    }
