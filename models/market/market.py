"""Market: the first keyed stage. Ticks, beats and commands in; closed bars, feature rows, outcomes out.

Its answer is a function of the shard's log and journal alone: feeding it one record at a time or ten
thousand gives the same rows, to the bit, in the same order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from models.desk.desk import Desk
from models.desk.desk import take_in as take_in_command
from models.desk.news import take_news
from models.inputs import Beat, Cause, Genesis, Input, ModelNews, Taken, TickBatch
from models.market import rows as feature_rows
from models.market.bars import Bars, aggregate, plausible
from models.market.batches import cut, empty_batch, head
from models.market.block import Block, Closed, Expired, Progress
from models.market.intake import BOOK, Intake
from models.market.intake import take_in as take_in_ticks
from models.market.ledger import BOOKED, Books, Totals
from models.market.pending import OpenTicks, Trades
from models.market.placement import partition_of
from models.market.rejects import Counts, rejects
from models.market.rows import Span
from models.market.store import Column, SymbolRows
from models.market.symbols import SymbolTable
from models.market.windows import NEVER
from models.spec import SECOND, Spec
from models.ticks import NO_ID, Ints, Symbol

_LIFE = {
    "live": Column("?", 0, False),
    "closed": Column("i8", 0, NEVER),  # seconds below it are closed
    "last_second": Column("i8", 0, NEVER),  # of the newest used tick
    "ttl": Column("i8", 0, 0),  # seconds behind it after which the life ends
    "highest_id": Column("i8", 0, NO_ID),
    "known_lots": Column("?", 0, False),
    "books": Column("i8", len(BOOKED), 0),
}


class Market:
    """The market state of one shard, which is partition ``partition`` of tick topic ``topic``."""

    def __init__(
        self, spec: Spec, desk: Desk, saved: dict[str, Any] | None = None, topic: str = "", partition: int = 0
    ) -> None:
        self.spec = spec
        self._topic = topic
        self._partition = partition
        self._begin(Desk.from_dict(saved["desk"]) if saved else desk, saved or {})

    def _begin(self, desk: Desk, saved: Mapping[str, Any]) -> None:
        self.desk = desk
        self.log_ts: int = saved.get("log_ts", 0)
        self.ledger = Totals(*saved.get("ledger", ()))
        self.symbols = SymbolTable([Symbol(*s) for s in saved.get("symbols", ())])
        self._rows = SymbolRows(_LIFE | feature_rows.columns(self.spec), saved.get("rows"))
        self._open = OpenTicks(Trades(*saved["open"]) if saved else None)

    def snapshot(self) -> dict[str, Any]:
        """Return the whole state as plain data and arrays."""
        kept = self._open.snapshot()
        return {
            "desk": self.desk.as_dict(),
            "log_ts": self.log_ts,
            "ledger": tuple(self.ledger),
            "symbols": [tuple(s) for s in self.symbols.symbols],
            "rows": self._rows.snapshot(len(self.symbols)),
            "open": tuple(getattr(kept, name) for name in Trades.__dataclass_fields__),
        }

    def step(self, inputs: Iterable[Input]) -> list[Closed]:
        """Take inputs in order and return what each released."""
        return [closed for one in inputs for closed in self._one(one)]

    def _one(self, one: Input) -> list[Closed]:
        if isinstance(one, Taken):
            return [self._command(one)]
        if isinstance(one, ModelNews):
            self.desk = take_news(self.desk, one.news)
            return [self._released(one.cause)]
        if isinstance(one, Genesis):
            self._begin(one.desk, {})
            return [self._released(one.cause, genesis=one)]
        if isinstance(one, Beat):
            return [self._records(empty_batch(one))]
        return self._calm_pieces(one)

    def _command(self, taken: Taken) -> Closed:
        self.desk, refusal = take_in_command(self.desk, taken.command, self.spec.models)
        if taken.command.cmd == "partitions.grow" and refusal is None:
            self._retire(taken.command.args)
        return self._released(taken.cause, command=taken.command, refusal=refusal)

    def _retire(self, grown: Mapping[str, Any]) -> None:
        """Let the lives of symbols end whose records go to another partition from now on."""
        if grown["topic"] != self._topic:
            return
        for code, symbol in enumerate(self.symbols.symbols):
            if partition_of(symbol.name, grown["partitions"]) != self._partition:
                self._rows["ttl"][code] = 0

    def _calm_pieces(self, batch: TickBatch) -> list[Closed]:
        """Process a batch in pieces inside which no symbol's time to live can end.

        Where one may end, log time moves on first, alone: a tick in that very record starts a new life.
        """
        by_log = (np.maximum.accumulate(batch.log_ts).clip(min=self.log_ts) - self.spec.grace) // SECOND
        start, result = 0, []
        while start < len(batch):
            stop = int(np.searchsorted(by_log, self._first_end(int(by_log[start]))))
            if stop > start:
                result.append(self._records(cut(batch, start, stop)))
            if stop < len(batch):
                result.append(self._records(head(cut(batch, stop, len(batch)))))
            start = max(stop, start)
        return result

    def _first_end(self, closed: int) -> int:
        """Return the earliest second to which log time must close for any life to end."""
        live = self._rows["live"]
        ends = self._rows["last_second"][live] + self._rows["ttl"][live] + 1
        latest = closed + self.spec.symbol_ttl_s + 1
        return int(ends.min(initial=latest))

    def _records(self, batch: TickBatch) -> Closed:
        log = np.maximum.accumulate(np.maximum(batch.log_ts, self.log_ts))
        before = (self.log_ts - self.spec.grace) // SECOND
        self.log_ts = int(log[-1])
        code = self._codes(batch, log)
        taken = take_in_ticks(batch, log, code, self._rows, self._open, self.spec)
        self._book(code, taken.verdict)
        self._keep(taken)
        block, expired = self._close(batch, taken)
        counts = Counts(batch, taken)
        progress = self._progress(batch, taken.by_log, before, counts)
        self.ledger = self.ledger.plus(counts.before(len(batch)))
        return self._released(
            Cause(int(batch.offsets[-1]) + 1, batch.seq),
            block=block,
            expired=expired,
            rejects=rejects(batch, taken, log),
            progress=progress,
        )

    def _codes(self, batch: TickBatch, log: Ints) -> Ints:
        """Return the symbol code of each tick; a new symbol gets its lots from its first credible tick."""
        t = batch.decoded.ticks
        credible = np.flatnonzero((t.ts <= log[t.record] + self.spec.max_skew) & plausible(t.price))
        code = self.symbols.codes(t.symbol, t.symbols, credible, self.spec.max_symbols)
        self._rows.ensure(len(self.symbols) + 1)
        fresh = credible[~self._rows["live"][code[credible]] & (code[credible] >= 0)]
        codes, first = np.unique(code[fresh], return_index=True)
        new = ~self._rows["known_lots"][codes]
        if new.any():
            feature_rows.set_lots(self._rows, codes[new], t.price[fresh[first[new]]])
            self._rows["known_lots"][codes[new]] = True
        return code

    def _book(self, code: Ints, verdict: Ints) -> None:
        """Enter every tick of a known symbol into that symbol's books."""
        entry = BOOK[verdict] + len(BOOKED) * code
        counts = np.bincount(entry[code >= 0], minlength=len(self._rows) * len(BOOKED))
        books = self._rows["books"]
        books += counts.reshape(books.shape)

    def _keep(self, taken: Intake) -> None:
        """Add used ticks to their open seconds and begin the lives of symbols that come (back)."""
        used, rows = taken.used, self._rows
        self._open.add(used)
        codes, first = np.unique(used.code, return_index=True)
        new = ~rows["live"][codes]
        if new.any():
            feature_rows.admit(rows, self.spec, codes[new], used.price[first[new]])
            rows["live"][codes[new]] = True
            rows["ttl"][codes[new]] = self.spec.symbol_ttl_s
        np.maximum.at(rows["last_second"], used.code, used.second)

    def _close(self, batch: TickBatch, taken: Intake) -> tuple[Block | None, tuple[Expired, ...]]:
        rows, by_log = self._rows, taken.by_log
        live = np.flatnonzero(rows["live"])
        ends = np.maximum(rows["last_second"][live] + rows["ttl"][live] + 1, rows["closed"][live])
        over = by_log[-1] >= ends
        upto = np.maximum(np.maximum(rows["closed"][live], by_log[-1]), taken.lane.closed_to(live))
        upto = np.where(over, np.minimum(upto, ends), upto)
        closing = upto > rows["closed"][live]
        span = Span(live[closing], rows["closed"][live[closing]], (upto - rows["closed"][live])[closing])
        rows["closed"][live] = upto
        block = self._block(batch, taken, span) if len(span.codes) else None
        return block, self._expire(live[over], ends[over], batch, by_log)

    def _block(self, batch: TickBatch, taken: Intake, span: Span) -> Block:
        code, second = span.flat()
        missing = len(batch)
        by_log = np.searchsorted(taken.by_log, second + 1)
        record = np.minimum(by_log, taken.lane.first_record(code, second + 1, missing))
        ticks = self._open.take(self._rows["closed"])
        bars = Bars.none()
        if len(ticks):
            bars = aggregate(ticks, self._rows["last_price"], self._rows["last_sign"])
        release = feature_rows.Release(batch.offsets[record] + 1, by_log > record, batch.seq)
        return feature_rows.close_rows(self._rows, self.spec, span, bars, release)

    def _expire(self, codes: Ints, ends: Ints, batch: TickBatch, by_log: Ints) -> tuple[Expired, ...]:
        self._rows["live"][codes] = False
        record, ttl = np.searchsorted(by_log, ends), self._rows["ttl"][codes]
        found = zip(record.tolist(), codes.tolist(), ends.tolist(), ttl.tolist(), strict=True)
        return tuple(
            Expired(code, end - 1, int(batch.offsets[r]) + 1, limit) for r, code, end, limit in sorted(found)
        )

    def _progress(self, batch: TickBatch, by_log: Ints, before: int, counts: Counts) -> tuple[Progress, ...]:
        moved = np.flatnonzero(np.diff(by_log, prepend=before) > 0)
        offsets = (batch.offsets[moved] + 1).tolist()
        return tuple(map(Progress, by_log[moved].tolist(), offsets, counts.before_each(moved, self.ledger)))

    def _released(self, cause: Cause, **parts: Any) -> Closed:
        return Closed(
            desk=self.desk,
            cause=cause,
            names=self.symbols.names,
            symbols=self.symbols.symbols,
            log_ts=self.log_ts,
            books=Books(self.symbols.code_of, self._rows["books"].copy()),
            ledger=self.ledger,
            **parts,
        )
