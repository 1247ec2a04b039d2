"""Law 5, nothing vanishes: read = used + skipped + late + duplicate + invalid, and every reject is on dlq."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st
from laws.how_many import examples
from laws.strategies import logs, specs
from oracle.log import Bad, Event, Message, Pulse, Skip, Trade
from oracle.market import Reference
from oracle.rows import Verdict
from oracle.stages import SHARD, Line

from models.judge.records import DLQ, DLQ_VALUE_LIMIT, Record
from models.spec import SECOND, Spec

Log = list[Event]
CUTS = st.lists(st.integers(0, 150), max_size=4)


def run(log: Log, spec: Spec, cuts: list[int]) -> Line:
    """Return the stages after a log."""
    return Line(spec).run(log, cuts)


def letters(line: Line) -> list[Record]:
    """Return the dead letters."""
    return [record for record in line.records if record.topic == DLQ]


def bytes_of(letter: Record) -> bytes:
    """Return the value of a dead letter."""
    assert isinstance(letter.body, bytes)
    return letter.body


def rejected(reference: Reference) -> list[Verdict]:
    """Return the reference's verdicts on items that are neither used nor skipped."""
    return [verdict for verdict in reference.verdicts if verdict.what not in ("used", "skipped")]


@examples()
@given(log=logs(), spec=specs(), cuts=CUTS)
def test_every_item_is_booked_exactly_once(log: Log, spec: Spec, cuts: list[int]) -> None:
    """The books add up to the items in the log, entry by entry as the reference judges them."""
    ledger = run(log, spec, cuts).market.ledger

    assert ledger.read == sum(len(event.items) for event in log if isinstance(event, Message))
    assert tuple(ledger) == Reference(spec).take(log).books


@examples()
@given(log=logs(), spec=specs(), cuts=CUTS)
def test_every_reject_is_a_dead_letter_with_reason_place_and_bytes(
    log: Log, spec: Spec, cuts: list[int]
) -> None:
    """One letter a reject, in log order, and nothing else; the first of a record carries its bytes."""
    expected = rejected(Reference(spec).take(log))

    found = letters(run(log, spec, cuts))

    heads = [record.headers or {} for record in found]
    carried = {head["ordinal"]: bytes_of(record) for head, record in zip(heads, found, strict=True)}
    assert [
        Verdict(int(head["offset"]), int(head["place"]), head["reason"], carried[head["bytes_in"]])
        for head in heads
    ] == expected
    assert {(head["topic"], head["partition"]) for head in heads} <= {(SHARD.topic, str(SHARD.partition))}
    assert [head["sha256"] for head in heads] == [hashlib.sha256(v.value).hexdigest() for v in expected]
    assert [head["length"] for head in heads] == [str(len(v.value)) for v in expected]


@examples(0.5)
@given(log=logs(), spec=specs(), cuts=CUTS)
def test_the_books_of_each_symbol_are_those_of_the_reference(log: Log, spec: Spec, cuts: list[int]) -> None:
    """Every trade of a symbol from the first credible one on, by what became of it."""
    reference = Reference(spec).take(log)

    _, by_symbol, _, _ = run(log, spec, cuts).books()

    assert list(by_symbol.values()) == [
        {word: reference.by_symbol[symbol][word] for word in ("used", "late", "duplicate", "invalid")}
        for symbol in reference.symbols
    ]


@examples(0.5)
@given(log=logs(), spec=specs(), cuts=CUTS)
def test_every_used_trade_is_in_exactly_one_bar(log: Log, spec: Spec, cuts: list[int]) -> None:
    """By symbol: trades read = trades in published bars + dead letters, once all seconds are closed."""
    last = max((event.ts for event in log if not isinstance(event, Message)), default=0)
    end = max([last, *(item.ts for _, item in _trades(log)), *(e.ts for e in log if isinstance(e, Message))])
    line = run([*log, Pulse(end + spec.grace + 10 * SECOND)], spec, cuts)

    in_bars, dead = Counter[str](), Counter[str]()
    for body in line.on("features"):
        in_bars[body["symbol"]] += body["n"] if body["tf"] == "1s" else 0
    for record in letters(line):
        dead[(record.headers or {})["symbol"]] += 1

    read = Counter(item.symbol.name for _, item in _trades(log))
    names = {
        name: symbol.name
        for name, symbol in zip(line.market.symbols.names, line.market.symbols.symbols, strict=True)
    }
    used = Counter[str]()
    for name, count in in_bars.items():
        used[names[name]] += count
    assert {name: used[name] + dead[name] for name in read} == dict(read)


def _trades(log: Log) -> Iterator[tuple[Message, Trade]]:
    for event in log:
        if isinstance(event, Message):
            yield from ((event, item) for item in event.items if isinstance(item, Trade))


@examples(0.5)
@given(log=logs(), spec=specs(), cuts=CUTS)
def test_each_progress_record_shows_the_books_of_the_records_before_it(
    log: Log, spec: Spec, cuts: list[int]
) -> None:
    """Whoever reads progress sees books that balance at that offset."""
    closings = Reference(spec).take(log).closings

    shown = run(log, spec, cuts).on("progress")

    assert [(body["second"], body["caused_by"]["offset"], body["caused_by"]["seq"]) for body in shown] == [
        closing[:3] for closing in closings
    ]
    books = [{key: body["ledger"][key] for key in body["ledger"]} for body in shown]
    names = ("used", "skipped", "late", "duplicate", "invalid")
    assert books == [{"read": sum(c.books), **dict(zip(names, c.books, strict=True))} for c in closings]


def test_a_skipped_record_is_counted_but_is_no_dead_letter() -> None:
    """Depth updates and heartbeats would drown the rejects."""
    line = Line(Spec()).run([Message(0, SECOND, (Skip(),), None), Message(1, SECOND, (Skip(),), b"{}")])

    assert tuple(line.market.ledger) == (0, 2, 0, 0, 0)
    assert letters(line) == []


def test_a_long_record_is_cut_but_its_length_and_hash_are_not() -> None:
    """256 KB of the original go along; the hash tells the whole of it."""
    value = bytes(range(256)) * 1025
    line = Line(Spec()).run([Message(0, SECOND, (Bad(),), value)])

    [letter] = letters(line)
    assert letter.body == value[:DLQ_VALUE_LIMIT] and len(value) > DLQ_VALUE_LIMIT == 262_144
    assert letter.headers is not None
    assert letter.headers["length"] == str(len(value))
    assert letter.headers["sha256"] == hashlib.sha256(value).hexdigest()
