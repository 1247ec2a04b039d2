"""Fifteen fills worked out by hand: cash, fees, profit and drawdown to the last digit.

The costs: 5 basis points of slippage, 15 of fee, on 1,000 USD. For each row of ``FILLS``:

- price = open x 1.0005 for a buy, open x 0.9995 for a sell
- quantity = what is to be spent / price, down to eight places; of a sell, all, or what is to come in / price
- notional = quantity x price, up for a buy, down for a sell
- fee = notional x 0.0015, up; slippage = quantity x (difference of price and open), up
- realised = notional - cost of what was sold - fee - entry fees of what was sold; parts by quantity, down
- cash = cash - notional - fee, or cash + notional - fee
- equity = cash + each position at its last price, down; drawdown = 1 - equity / highest equity so far

An entry by signal spends a tenth of the equity: 100 in row 1; in row 3 of 1009.57521977 after row 2; in row 4
of 1009.37332994 (the second of its signal is that of row 3's fill); in row 11 of 1014.0095606; in row 14 of
986.38870069. Row 7 sells 0.56632089 of 1.41466682, bought for 100.93733233 + 49.99999935.
"""

from __future__ import annotations

import pytest
from paper.walk import Walk, quote

from models.desk.gate import BUY, HOLD, SELL

A, B, C = "A", "binance:B", "C"

FILLS = (
    # symbol, side, source, price, qty, notional, fee, slippage, realised, cash, position, equity, drawdown
    # 100 / 100.05 = 0.999500249...; x 100.05 = 99.999999012 -> ...902; fee 0.14999999853 -> 0.15
    ("A", "BUY", "signal", "100.05", "0.99950024", "99.99999902", "0.15000000", "0.04997502", None,
     "899.85000098", "0.99950024", "999.80002498", 0.00019997502),
    # 109.8900538868 down; 109.89005388 - 99.99999902 - 0.16483509 - 0.15 = 9.57521977
    ("A", "SELL", "signal", "109.945", "0.99950024", "109.89005388", "0.16483509", "0.05497252",
     "9.57521977", "1009.57521977", "0.00000000", "1009.57521977", 0.0),
    # a tenth: 100.95752197 / 2.50125 = 40.362827374...
    ("B", "BUY", "signal", "2.50125", "40.36282737", "100.95752196", "0.15143629", "0.05045354", None,
     "908.46626152", "40.36282737", "1009.37332994", 0.00019997502518533908),
    # a tenth: 100.93733299 / 108.054 = 0.934137866...; equity 807.37752319 + 100.90706842 + 100.88688888
    ("A", "BUY", "signal", "108.054", "0.93413786", "100.93733233", "0.15140600", "0.05044345", None,
     "807.37752319", "0.93413786", "1009.17148049", 0.0003999100533509324),
    # 96.82235029 - 100.95752196 - 0.14523353 - 0.15143629 = -4.43184149; B's trade: -4.38980811 %
    ("B", "SELL", "signal", "2.3988", "40.36282737", "96.82235029", "0.14523353", "0.04843540",
     "-4.43184149", "904.05463995", "0.00000000", "1004.94152883", 0.004589743140739569),
    # 50 / 104.052 = 0.480528966...; held now 1.41466682 for 150.93733168, entry fees 0.226406
    ("A", "BUY", "paper.order", "104.052", "0.48052896", "49.99999935", "0.07500000", "0.02498751", None,
     "853.97964060", "1.41466682", "1001.10498988", 0.008389894803410167),
    # 60 / 105.947 = 0.566320896...; its cost 60.42338119, its entry fees 0.0906432
    ("A", "SELL", "paper.order", "105.947", "0.56632089", "59.99999933", "0.09000000", "0.03001501",
     "-0.60402506", "913.88963993", "0.84834593", "1003.81430851", 0.005706272447250085),
    # the rest: cost 90.51395049, entry fees 0.1357628; A's second trade: -0.6622018 of 150.93733168
    ("A", "SELL", "paper.order", "106.9465", "0.84834593", "90.72762800", "0.13609145", "0.04538651",
     "-0.05817674", "1004.48117648", "0.00000000", "1004.48117648", 0.005045729322833932),
    # 200 as was asked, twice the tenth: 200 / 2.001 = 99.950024987...
    ("B", "BUY", "paper.order", "2.001", "99.95002498", "199.99999999", "0.30000000", "0.09995003", None,
     "804.18117649", "99.95002498", "1004.08122645", 0.005441886064964663),
    # 33.33 / 2.09895 = 15.879368255...; its cost 31.77461586, its entry fees 0.04766192; a new peak
    ("B", "SELL", "paper.order", "2.09895", "15.87936825", "33.32999998", "0.04999500", "0.01667334",
     "1.45772720", "837.46118147", "84.07065673", "1014.00956060", 0.0),
    # 0.00001234 x 1.0005 = 0.00001234617; 101.40095606 / that = 8213150.803852536...
    ("C", "BUY", "signal", "0.00001234617", "8213150.80385253", "101.40095606", "0.15210144", "0.05067515",
     None, "735.90812397", "8213150.80385253", "1013.80678401", 0.00019997502773052257),
    # cost 168.22538413, entry fees 0.25233808; B's second trade: -7.60509593 of 199.99999999
    ("B", "SELL", "paper.close", "1.89905", "84.07065673", "159.65438066", "0.23948158", "0.07986713",
     "-9.06282313", "895.32302305", "0.00000000", "996.67330396", 0.01709673884114264),
    # 0.00001111 x 0.9995 = 0.000011104445
    ("C", "SELL", "signal", "0.000011104445", "8213150.80385253", "91.20248137", "0.13680373", "0.04562406",
     "-10.48737986", "986.38870069", "0.00000000", "986.38870069", 0.02723924998661398),
    # a tenth: 98.63887006 / 101.420685 = 0.972571522...
    ("A", "BUY", "signal", "101.420685", "0.97257152", "98.63886977", "0.14795831", "0.04929479", None,
     "887.60187261", "0.97257152", "986.19144759", 0.027433777836906915),
    # 500 was asked, all there is was sold
    ("A", "SELL", "paper.order", "99.940005", "0.97257152", "97.19880257", "0.14579821", "0.04862372",
     "-1.73382372", "984.65487697", "0.00000000", "984.65487697", 0.028949119190385668),
)  # fmt: skip
FIELDS = (
    "symbol", "side", "source", "price", "qty", "notional", "fee", "slippage", "realised", "cash", "position",
)  # fmt: skip


@pytest.fixture(scope="module")
def walk() -> Walk:
    """Walk through the fifteen fills; a signal's order is filled at the open of the second after the next."""
    walk = Walk()

    def then(a: float = 0.0, b: float = 0.0, c: float = 0.0, **wanted: int) -> None:
        prices = {A: a, B: b, C: c}
        words = {A: wanted.get("wa", HOLD), B: wanted.get("wb", HOLD), C: wanted.get("wc", HOLD)}
        walk.second(*(quote(s, price, words[s]) for s, price in prices.items() if price))

    then(a=99.0)
    then(a=100.0, wa=BUY)
    then(a=100.0, wa=BUY)  # the order waits: no second one
    then(a=100.0)  # row 1
    then(a=109.5, wa=SELL)
    then(a=109.5, wa=SELL)
    then(a=110.0)  # 2
    then(b=2.5, wb=BUY)
    then(b=2.5)
    then(a=108.0, b=2.5, wa=BUY)  # 3
    then(a=108.0)
    then(a=108.0)  # 4
    then(b=2.45, wb=SELL)
    then(b=2.45)
    then(b=2.4)  # 5
    for a, side, notional in ((104.0, "buy", 50), (106.0, "sell", 60), (107.0, "sell", 0)):
        walk.command("paper.order", symbol=A, side=side, notional_usd=notional)
        then()
        then(a=a)  # 6, 7, 8
    walk.command("paper.order", symbol="B", side="buy", notional_usd=200)
    then()
    then(b=2.0)  # 9
    walk.command("paper.order", symbol="binance:B", side="sell", notional_usd=33.33)
    then()
    then(b=2.1)  # 10
    then(c=0.00001234, wc=BUY)
    then()
    then(c=0.00001234)  # 11
    walk.command("paper.close", symbol="B")
    then()
    then(b=1.9)  # 12
    then(c=0.00001111, wc=SELL)
    then()
    then(c=0.00001111)  # 13
    then(a=101.3, wa=BUY)
    then()
    then(a=101.37)  # 14
    walk.command("paper.order", symbol=A, side="sell", notional_usd=500)
    then()
    then(a=99.99)  # 15
    return walk


def test_every_fill_is_as_worked_out_by_hand(walk: Walk) -> None:
    """Price, quantity, costs, profit, cash and position, to the last digit."""
    assert [tuple(body[name] for name in FIELDS) for body in walk.trades] == [row[:11] for row in FILLS]
    assert {body["event"] for body in walk.trades} == {"fill"}


def test_equity_and_drawdown_are_as_worked_out_by_hand(walk: Walk) -> None:
    """At each fill, with the other positions at their last prices."""
    marks = [body for body in walk.said("account") if body["event"] == "fill"]
    assert [(body["equity"], body["drawdown"]) for body in marks] == [row[11:] for row in FILLS]
    assert marks[-1]["max_drawdown"] == 0.028949119190385668


def test_the_books_close_with_the_sums_of_the_table(walk: Walk) -> None:
    """Six trades of which one won; profits and fees by symbol and by who opened."""
    last = walk.said("account")[-1]
    assert (last["trades"], last["wins"], last["win_rate"]) == (6, 1, 1 / 6)
    # 9.57521986 - 4.38980811 - 0.43872632 - 3.80254797 - 10.34248617 - 1.75774897 = -11.15609768 %
    assert last["average_trade_pct"] == pytest.approx(-11.15609768 / 6, abs=1e-14)
    assert (last["pnl"], last["realised"], last["unrealised"]) == ("-15.34512303",) * 2 + ("0.00000000",)
    assert last["fees"] == "2.23614063"
    assert last["gross"] == "-13.10898240"  # pnl + fees
    assert last["by_symbol"] == {
        "A": {"trades": 3, "wins": 1, "realised": "7.17919425", "fees": "1.06108906"},
        "C": {"trades": 1, "wins": 0, "realised": "-10.48737986", "fees": "0.28890517"},
        "binance:B": {"trades": 2, "wins": 0, "realised": "-12.03693742", "fees": "0.88614640"},
    }
    assert {name: sums["trades"] for name, sums in last["by_model"].items()} == {
        "ml-fusion": 5,
        "paper.order": 1,
    }
    assert last["grades"] == {
        "sharpe": None, "win_rate": "below", "max_drawdown": "excellent", "average_trade_pct": "below",
    }  # fmt: skip


def test_plain_symbols_and_venues_stand_apart(walk: Walk) -> None:
    """``binance:B`` is B at binance; whoever ordered is named."""
    b = [body for body in walk.trades if body["symbol"] == "B"]
    assert {body["venue"] for body in b} == {"binance"}
    by_command = [(body["source"], body["reason"], body["model"]) for body in b if body["command_id"]]
    assert by_command == [("paper.order", "order", None)] * 2 + [("paper.close", "close", None)]
