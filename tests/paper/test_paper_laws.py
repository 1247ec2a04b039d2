"""Whatever comes: the books balance, nothing advisory is traded, and cuts and restarts change nothing."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st
from laws.how_many import examples
from paper.logs import logs
from paper.reference import Reference, Row
from paper.walk import FLAGS, START

from connectors.recovery.state import pack, unpack
from models.desk.desk import Desk
from models.desk.gate import BUY, SELL
from models.inputs import Cause, Genesis, Taken
from models.judge.records import Record, record_id
from models.paper.account import Account
from models.paper.inputs import AccountInput, Frame, Quote, Second, ShardBehind
from models.paper.spec import PaperSpec
from models.spec import SECOND

UNIT = 10**8


def run(log: list[AccountInput], account: Account | None = None) -> list[Record]:
    """Return the records of a log."""
    account = account or Account(PaperSpec())
    return [record for booked in account.step(log) for record in booked.records]


def trades(records: list[Record]) -> list[dict[str, Any]]:
    """Return the bodies of trades."""
    return [record.body for record in records if record.topic == "trades" and isinstance(record.body, dict)]


def row(body: dict[str, Any]) -> Row:
    """Return a record of ``trades`` as the reference tells it."""
    full = f"{body['venue']}:{body['symbol']}" if body["venue"] else body["symbol"]
    numbers = [body[name] for name in ("price", "qty", "notional", "fee", "realised", "cash", "position")]
    return (
        body["book"],
        body["event"],
        full,
        *(body[name] for name in ("ts", "side", "source", "reason", "model")),
        *(None if text is None else Fraction(text) for text in numbers),
    )


@examples(1.5)
@given(log=logs())
def test_every_trade_is_that_of_the_plain_reference(log: list[AccountInput]) -> None:
    """The same orders, fills, reasons and amounts, in the same order."""
    reference = Reference()
    for one in log:
        reference.take(one)
    assert [row(body) for body in trades(run(log))] == reference.rows


@examples(0.5)
@given(log=logs())
def test_nothing_appears_and_nothing_vanishes(log: list[AccountInput]) -> None:
    """Cash + cost + fees = start + gross after every input, exactly; equity is cash and value; no debts."""
    account = Account(PaperSpec())
    for one in log:
        [booked] = account.step([one])
        state = account.snapshot()
        for book in (state[name]["book"] for name in ("active", "challenger") if name in state):
            cost = sum(position[1] for position in book["positions"].values())
            assert book["cash"] + cost + book["fees"] == 1_000 * UNIT + book["gross"]
            waiting = sum(order[9] for orders in book["pending"].values() for order in orders)
            assert 0 <= waiting <= book["cash"]
            assert all(int(position[0]) > 0 for position in book["positions"].values())
        for record in booked.records:
            if record.topic == "account":
                check_sums(record.body)  # type: ignore[arg-type]


def check_sums(body: dict[str, Any]) -> None:
    """Check what a record of ``account`` says of itself."""
    number = {name: Fraction(text) for name, text in body.items() if isinstance(text, str) and "." in text}
    value, cost, fees = (sum(Fraction(p[n]) for p in body["positions"]) for n in ("value", "cost", "fees"))
    assert number["equity"] == number["cash"] + value
    assert number["pnl"] == number["equity"] - 1_000 == number["realised"] + number["unrealised"]
    assert number["unrealised"] == value - cost - fees
    assert number["cash"] + cost + number["fees"] == 1_000 + number["gross"]
    for by in (body["by_symbol"], body["by_model"]):
        assert sum(Fraction(sums["realised"]) for sums in by.values()) == number["realised"]
        assert sum(Fraction(sums["fees"]) for sums in by.values()) == number["fees"]
        assert sum(sums["trades"] for sums in by.values()) == body["trades"]


@examples(1.5)
@given(log=logs(), cuts=st.lists(st.integers(0, 400), max_size=9))
def test_cuts_and_restarts_change_no_byte(log: list[AccountInput], cuts: list[int]) -> None:
    """Any batches, each begun from a snapshot that went through its bytes."""
    whole = run(log)
    account, found, done = Account(PaperSpec()), [], 0
    for cut in [*sorted(cuts), len(log)]:
        found += run(log[done:cut], account)
        done = max(done, cut)
        account = Account(PaperSpec(), unpack(pack(account.snapshot())))
    assert [orjson.dumps(record.body) for record in found] == [orjson.dumps(record.body) for record in whole]
    for topic in ("trades", "account"):
        ordinals = [record.body["ordinal"] for record in whole if record.topic == topic]  # type: ignore[index]
        first = 3 if topic == "trades" else 0
        assert ordinals == list(range(first, first + len(ordinals)))
    ids = [record.body["id"] for record in whole]  # type: ignore[index]
    assert len(ids) == len(set(ids))


BINDING = {
    "active": {"killed", "guard", "fallback", "rollout_bucket", "preview", "canary_symbol", "confid_floor"},
    "challenger": {"killed", "guard", "fallback"},
}


@examples(1)
@given(log=logs())
def test_no_advisory_guarded_or_killed_answer_becomes_an_order(log: list[AccountInput]) -> None:
    """Law 7: behind each fill of a signal stands an answer that nothing forbade, nor its time."""
    said: dict[tuple[int, str], list[tuple[Quote, bool, frozenset[str], bool]]] = {}
    killed: frozenset[str] = frozenset()
    halted, behind = False, frozenset[str]()
    for one in log:
        if isinstance(one, Taken) and one.command.cmd in ("kill", "unkill"):
            scope = {one.command.scope}
            killed = killed | scope if one.command.cmd == "kill" else killed - scope
        elif isinstance(one, Taken) and one.command.cmd in ("halt", "resume"):
            halted = one.command.cmd == "halt"
        elif isinstance(one, ShardBehind):
            behind = behind | {one.shard} if one.behind else behind - {one.shard}
        elif isinstance(one, Second):
            for frame in one.frames:
                late = frame.late or frame.shard in behind
                for quote in frame.quotes:
                    key = (one.second + 1) * SECOND, quote.symbol
                    said.setdefault(key, []).append((quote, late, killed, halted))
    for body in trades(run(log)):
        if body["event"] != "fill" or body["source"] != "signal":
            continue
        book, buy = body["book"], body["side"] == "BUY"
        answers = [
            (quote, late)
            for quote, late, kills, halt in said[body["ordered_ts"], row(body)[2]]
            if not halt and kills.isdisjoint({"all", f"symbol:{quote.symbol}", f"model:{body['model']}"})
        ]
        assert any(
            (quote.wanted if book == "active" else quote.challenger_wanted) == (BUY if buy else SELL)
            and (quote.model if book == "active" else quote.challenger) == body["model"]
            and quote.reason not in BINDING[book]
            and not (buy and late)
            for quote, late in answers
        ), body


def test_the_log_of_a_second_can_be_retold_from_its_ids() -> None:
    """An entry names its signal by the id that the signal's own record has."""
    said = (Quote("v:A", 9.0, 9.0, BUY, "entry", "m"),)
    seconds = [Second(at, (Frame("t", at, said),), Cause(at, at)) for at in range(START, START + 3)]
    log = [Genesis(Desk(flags=FLAGS), Cause(0, 0)), *seconds]
    [body] = trades(run(log))
    assert body["signal_id"] == record_id("signal", "v:A", (START + 1) * SECOND, 60)
