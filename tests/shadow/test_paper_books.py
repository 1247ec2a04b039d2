"""Two paper books over the same minutes: what each earned, and what chance explains of the difference."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t

from connectors.recovery.state import pack, unpack
from models.shadow.books import RARITY, Books, Curves, earned
from models.shadow.comparison import book_samples

MINUTE, HOUR = 60_000_000_000, 3_600_000_000_000
START = 1_700_006_400


def minute(k: int, book: str, equity: str, trades: int = 0, event: str = "minute") -> dict[str, object]:
    """Return a record of ``account``."""
    return {
        "event": event, "book": book, "ts": START * 1_000_000_000 + k * MINUTE, "equity": equity,
        "trades": trades,
    }  # fmt: skip


def test_minutes_that_both_books_have_are_compared() -> None:
    """Other events and other minutes are left aside; trades are those closed in between."""
    books = Books()
    books.step([
        minute(0, "active", "1000.00000000"), minute(0, "challenger", "1000.00000000", 7),
        minute(1, "active", "1010.00000000"),
        minute(2, "active", "1010.00000000"), minute(2, "challenger", "990.00000000", 9),
        minute(2, "challenger", "500.00000000", 9, event="fill"),
        minute(3, "active", "1005.00000000"), minute(3, "challenger", "1000.00000000", 10),
    ])  # fmt: skip
    found = Books(unpack(pack(books.snapshot()))).curves(START, START + 180)
    assert found.ts.tolist() == [START * 1_000_000_000 + k * MINUTE for k in (0, 2, 3)]
    assert found.active.tolist() == [1000, 1010, 1005]
    assert found.challenger.tolist() == [1000, 990, 1000]
    assert found.trades == 3
    assert books.curves(START + 1, START + 179).ts.tolist() == [START * 1_000_000_000 + 2 * MINUTE]


def test_without_a_challenger_s_book_nothing_is_known() -> None:
    """Nor with a single minute."""
    books = Books()
    books.step([minute(0, "active", "1000"), minute(1, "active", "1001")])
    found = earned(books.curves(START, START + 600))
    assert (found.return_lead, found.sharpe_lead, found.drawdown_ratio, found.trades) == (None, None, None, 0)
    assert {one.value for one in book_samples(found)} == {None, 0.0}


def curves(returns: list[np.ndarray]) -> Curves:
    """Return two curves by the hour, over fifty hours."""
    equity = [np.concatenate([[1_000.0], 1_000.0 * np.cumprod(1 + each)]) for each in returns]
    return Curves(np.arange(len(equity[0])) * HOUR, equity[0], equity[1], 30)


def both(seed: int, lead: float = 0.0) -> list[np.ndarray]:
    """Return fifty hourly returns of two books that move together in part."""
    rng = np.random.default_rng(seed)
    common = rng.standard_normal(50)
    return [1e-3 * (common + rng.standard_normal(50)) + add for add in (0.0, lead)]


def test_figures_by_hand() -> None:
    """Return, Sharpe ratio a year of hourly returns, drawdown, and the variance by Memmel."""
    a, c = both(3, 5e-4)
    found = earned(curves([a, c]))
    assert found.return_lead is not None
    assert found.return_lead.value == pytest.approx(np.prod(1 + c) - np.prod(1 + a))
    reach = t.ppf(0.975, 49) * (c - a).std(ddof=1) * np.sqrt(50)
    assert found.return_lead.high == pytest.approx(found.return_lead.value + reach)
    first, second = (each.mean() / each.std(ddof=1) for each in (a, c))
    assert found.sharpe_lead == pytest.approx((second - first) * np.sqrt(8_760))
    r = np.corrcoef(a, c)[0, 1]
    variance = (2 - 2 * r + (first**2 + second**2 - 2 * first * second * r**2) / 2) / 50
    assert found.sharpe_chance == pytest.approx(t.ppf(1 - RARITY, 49) * np.sqrt(variance * 8_760))
    worst = [max(1 - e / max(path[: k + 1]) for k, e in enumerate(path)) for path in (
        np.concatenate([[1.0], np.cumprod(1 + each)]).tolist() for each in (a, c)
    )]  # fmt: skip
    assert found.drawdown_ratio == pytest.approx(worst[1] / worst[0])


def test_equal_books_differ_by_more_than_chance_as_rarely_as_it_says() -> None:
    """None of 300 pairs is called worse, though a third to two thirds of them lag by more than 0.3."""
    found = [earned(curves(both(seed))) for seed in range(300)]
    leads = np.array([one.sharpe_lead for one in found])
    chance = np.array([one.sharpe_chance for one in found])
    assert 1 / 3 < (leads < -0.3).mean() < 2 / 3
    assert (leads < -chance).sum() == 0
    assert np.abs(leads / chance).max() > 0.5  # and the bound is no wider than it must be


def test_a_book_that_never_falls() -> None:
    """There is no ratio to a drawdown of nothing, unless neither has one; nor a Sharpe of no variance."""
    up = np.full(50, 1e-3)
    assert earned(curves([up, up])).drawdown_ratio == 1.0
    assert earned(curves([up, both(1)[0]])).drawdown_ratio is None
    assert earned(curves([up, up])).sharpe_chance is None


def test_too_few_hours_give_no_sharpe_ratio() -> None:
    """Nor a limit for it; the returns are known."""
    a, c = (each[:20] for each in both(2))
    found = earned(
        Curves(np.arange(21) * MINUTE, *(np.append(1.0, np.cumprod(1 + each)) for each in (a, c)), 0)
    )
    assert (found.sharpe_lead, found.sharpe_chance) == (None, None)
    assert found.return_lead is not None
    assert found.return_lead.low is None


def test_samples_of_the_books() -> None:
    """A lead in Sharpe ratio carries what chance explains as its limit."""
    found = earned(curves(both(4)))
    told = {one.metric: one for one in book_samples(found)}
    assert told["shadow.sharpe_lead"].value == found.sharpe_lead
    assert found.sharpe_chance is not None
    assert told["shadow.sharpe_lead"].limit == -found.sharpe_chance
    assert told["shadow.drawdown_ratio"].value == found.drawdown_ratio
    assert told["shadow.trades"].value == 30.0
