"""Exact amounts: what floats print as becomes integers, and no rounding is in favour of the account."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws.how_many import examples

from models.desk.gate import BUY, SELL
from models.paper.costs import Costs
from models.paper.money import amount_text, ceiling, half_even, money_units, price_text, price_units
from models.paper.spec import PaperSpec


@pytest.mark.parametrize(
    ("price", "units", "text"),
    [
        (65_000.1, 65_000_100_000_000_000, "65000.1"),
        (0.1 + 0.2, 300_000_000_000, "0.3"),  # 0.30000000000000004: below a unit
        (0.00001234, 12_340_000, "0.00001234"),
        (1e-7, 100_000, "0.0000001"),
        (100.0, 10**14, "100"),
        (np.float64(2.5), 2_500_000_000_000, "2.5"),
        (0.0000000000005, 0, "0"),  # halves to even
        (0.0000000000015, 2, "0.000000000002"),
        (1.6e9, 16 * 10**20, "1600000000"),
    ],
)
def test_a_price_is_the_decimal_number_that_it_prints_as(price: float, units: int, text: str) -> None:
    """To twelve places, and its text is the shortest."""
    assert price_units(price) == units
    assert price_text(units) == text


@pytest.mark.parametrize(
    ("amount", "units", "text"),
    [
        ("1000", 10**11, "1000.00000000"), (-200.0, -2 * 10**10, "-200.00000000"), (0.1, 10**7, "0.10000000"),
        ("0.000000019", 1, "0.00000001"), ("-0.000000019", -1, "-0.00000001"), (5, 5 * 10**8, "5.00000000"),
    ],
)  # fmt: skip
def test_money_has_eight_places(amount: float | str, units: int, text: str) -> None:
    """What is beyond them is cut."""
    assert money_units(amount) == units
    assert amount_text(units) == text


@pytest.mark.parametrize("text", ["a lot", "", "nan", "inf"])
def test_what_is_no_money_is_refused(text: str) -> None:
    """With what to write instead."""
    with pytest.raises(ValueError, match="is no amount of money: write a number such as 1000"):
        money_units(text)


@examples()
@given(top=st.integers(-(10**30), 10**30), bottom=st.integers(1, 10**20))
def test_quotients_are_rounded_as_decimals_are(top: int, bottom: int) -> None:
    """Against the numbers of the standard library."""
    exact = Fraction(top, bottom)
    assert half_even(top, bottom) == round(exact)
    assert ceiling(top, bottom) == exact.__ceil__()


@examples()
@given(
    bps=st.sampled_from([0, 5, 7.5, 10, 15, 0.1, 30]),
    free=st.integers(0, 10**15),
    opened=st.integers(1, 10**18),
)
def test_costs_are_exact_and_never_in_favour_of_the_account(bps: float, free: int, opened: int) -> None:
    """What is affordable pays its fee, and a unit more would not; buys fill above the open, sells below."""
    costs = Costs(PaperSpec(taker_bps=bps, slippage_bps=bps))
    rate = Fraction(Decimal(repr(bps))) / 10_000
    size = costs.affordable(free)
    assert size + costs.fee(size) <= free
    assert (size + 1) * (1 + rate) > free
    assert costs.fee(free) == (free * rate).__ceil__()
    assert costs.fill_price(BUY, opened) == round(opened * (1 + rate))
    assert costs.fill_price(SELL, opened) == round(opened * (1 - rate))


def test_the_maker_pays_the_lower_fee() -> None:
    """Which of the two is a setting."""
    assert [Costs(PaperSpec(liquidity=one)).fee(10_000) for one in ("taker", "maker")] == [15, 10]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"liquidity": "both"}, "liquidity must be one of taker, maker, not 'both'"),
        ({"taker_bps": -1}, "from 0 to below 10000"), ({"slippage_bps": 10_000}, "from 0 to below 10000"),
        ({"latency_ms": -1}, "latency_ms must be 0 or more"), ({"near_limit": 1.1}, "parts of 1"),
        ({"equity_fraction": 0.0}, "parts of 1"), ({"start_balance": "0"}, "start_balance must be above 0"),
        ({"start_balance": "1e10"}, "at most 1000000000"), ({"start_balance": "much"}, "no amount of money"),
    ],
)  # fmt: skip
def test_a_configuration_that_cannot_trade_is_refused(change: dict[str, float | str], why: str) -> None:
    """When it is made, with what to change."""
    with pytest.raises(ValueError, match=why):
        PaperSpec(**change)  # type: ignore[arg-type]


def test_every_figure_of_the_configuration_is_in_its_fingerprint() -> None:
    """Another figure is another account."""
    changes = {
        "start_balance": "1001", "maker_bps": 11, "taker_bps": 16, "slippage_bps": 6, "liquidity": "maker",
        "latency_ms": 251, "equity_fraction": 0.2, "min_order": "2", "near_limit": 0.8, "horizon_s": 61,
    }  # fmt: skip
    assert set(changes) == set(PaperSpec.__dataclass_fields__)
    prints = {replace(PaperSpec(), **{name: value}).fingerprint() for name, value in changes.items()}  # type: ignore[arg-type]
    assert len({*prints, PaperSpec().fingerprint()}) == len(changes) + 1
