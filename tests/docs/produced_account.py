"""Records of the paper account, made by its stage of logs in which everything happens; and its journal."""

from __future__ import annotations

from collections.abc import Iterator

from control.examples import GOOD, command
from paper.logs import Story

from connectors.codecs.wire import Encoded, encode, encode_entry
from connectors.kafka.paper.entries import BACK, BEHIND, plain
from connectors.kafka.topics import ACCOUNT_JOURNAL, ACCOUNT_SHARD
from models.desk.desk import Desk
from models.journal.entry import COMMAND, GENESIS, OPEN, Entry
from models.paper.account import Account
from models.paper.merge import Start
from models.paper.spec import PaperSpec

SEEDS = range(6)
"""With fewer of these logs, some reason does not occur."""
LENGTH = 400
SECOND = 1_700_000_000
STARTS = {
    "ticks/0000": Start(given=SECOND, behind=False, signals=4_711, ordinal=None, progress=99),
    "ticks/0001": Start(given=SECOND, behind=True, signals=0, ordinal=0, progress=0),
}


def account_records() -> Iterator[Encoded]:
    """Yield what the account publishes of a few eventful logs."""
    for seed in SEEDS:
        for booked in Account(PaperSpec()).step(Story(seed).tell(LENGTH)):
            yield from map(encode, booked.records)


def account_entries() -> Iterator[Encoded]:
    """Yield what the account writes to its journal, each kind once."""
    cmd, args = GOOD[0]
    began = {"fingerprint": PaperSpec().fingerprint(), "desk": Desk().as_dict(), "lines": plain(STARTS)}
    entries = (
        Entry(1, -1, 0, OPEN, {"nonce": "0123456789abcdef"}),
        Entry(1, 0, SECOND, GENESIS, began),
        Entry(1, 1, SECOND + 5, COMMAND, {"command": command(cmd, args).as_dict(), "ts": SECOND * 10**9}, 7),
        Entry(1, 2, SECOND + 9, BEHIND, {"shard": "ticks/0000"}),
        Entry(1, 3, SECOND + 60, BACK, {"shard": "ticks/0000"}),
    )
    for entry in entries:
        yield Encoded(ACCOUNT_JOURNAL, ACCOUNT_SHARD.key.encode(), encode_entry(entry), None, entry.seq)
