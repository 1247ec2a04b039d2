"""When all is well again, out of what was told: the last symbol, for good, after the trouble."""

from __future__ import annotations

from flows.error_drill import judging
from tests.error_drill.notes import alert, letter, replaced, signal, stale

BOTH = ("A", "B")


def test_all_is_well_with_the_last_symbols_first_good_signal() -> None:
    """Behind its last bad one; good signals before the end of the trouble say nothing."""
    told = [
        signal(900, "A"),
        replaced(1_100, "A"),
        signal(1_500, "B"),
        signal(2_100, "A"),
        signal(2_500, "B"),
    ]
    assert judging.own_again(told, BOTH, 1_000) == 2_100
    assert judging.own_again(reversed(told), BOTH, 1_000) == 2_100


def test_a_relapse_counts_from_its_own_end() -> None:
    """Well for a moment is not well."""
    told = [signal(1_000, "A"), signal(1_000, "B"), replaced(2_000, "B"), signal(3_000, "B")]
    assert judging.own_again(told, BOTH, 1_000) == 3_000
    assert judging.own_again(told[:3], BOTH, 1_000) is None


def test_a_symbol_of_which_nothing_is_heard_is_not_well() -> None:
    """Silence is no answer."""
    assert judging.own_again([signal(1_000, "A")], BOTH, 500) is None


def test_where_it_must_trade_hold_is_bad() -> None:
    """As after the end of a kill, with a model that always says BUY."""
    told = [signal(1_000, "A", "HOLD"), signal(2_000, "A"), signal(1_500, "B")]
    assert judging.own_again(told, BOTH, 1_000) == 1_500
    assert judging.own_again(told, BOTH, 1_000, trading=True) == 2_000


def test_staleness_is_over_when_no_symbol_is_stale() -> None:
    """A symbol that crosses a second limit is in the same episode; without any, it was over at once."""
    told = [stale(100, "A", "crossed"), stale(300, "A", "crossed"), stale(900, "A", "recovered")]
    assert judging.episodes_over(told, 500) == 900
    assert judging.episodes_over(told, 1_000) == 1_000
    assert judging.episodes_over(told[:2], 500) is None
    assert judging.episodes_over([], 500) == 500


def test_the_latest_of_times_is_open_where_one_is() -> None:
    """All conditions together."""
    assert judging.latest(1, 3, 2) == 3
    assert judging.latest(1, None) is None


def test_rows_within_ten_seconds_are_counted_by_log_time() -> None:
    """From the first one on: 1 s to below 11 s."""
    rows = [replaced(ms, "A") for ms in (1_000, 10_999, 11_000, 30_000)]
    assert judging.within(rows, 10.0) == 2
    assert judging.within([], 10.0) == 0


def test_orders_are_what_is_neither_hold_nor_advisory() -> None:
    """An answer of the fallback must never be one."""
    told = [signal(1, "A"), signal(2, "A", "SELL", advisory=True), replaced(3, "A"), signal(4, "A", "HOLD")]
    assert judging.orders(told) == 1
    assert [note.ms for note in judging.fallbacks(told)] == [3]


def test_dead_letters_are_counted_by_reason_and_by_place() -> None:
    """The same place twice is one too many."""
    letters = [letter(1), letter(2, "bad_price"), letter(2, "bad_price")]
    assert judging.reasons(letters) == {"bad_price": 2, "not_json": 1}
    assert judging.repeated(letters) == 1


def test_alerts_fire_once_each_and_resolve_by_scope() -> None:
    """One scope of two still fires."""
    told = [
        alert(1, "late", "firing"), alert(2, "old", "firing", "symbol:A"),
        alert(3, "old", "firing", "symbol:B"), alert(4, "old", "resolved", "symbol:A"),
        alert(5, "late", "resolved"),
    ]  # fmt: skip
    assert judging.fired(told) == ["late", "old"]
    assert judging.still(told) == ["old"]
