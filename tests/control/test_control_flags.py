"""The whitelist of flags: names, types and ranges, from JSON and from the owner's texts."""

from __future__ import annotations

import math

import pytest

from models.control.flags import FLAGS, check_flag, typed

NEEDS = {
    "max_daily_loss": "a number of USD, at most 0, such as -200",
    "max_position_size_usd": "a number of USD above 0",
    "max_open_positions": "a whole number, 0 or more",
    "enable_telegram_alerts": "true or false",
    "ml_confid_floor": "a number from 0 to 1",
    "poll_interval_ms": "a whole number of ms, 1000 or more",
    "audit_ml_bucket": "true or false",
    "audit_ml_signal_parts": "true or false",
    "slo.p95_ms.target": "a number",
    "slo.error_rate.warn": "a number",
    "slo.staleness_s.crit": "a number",
}

GOOD: dict[str, tuple[bool | int | float, ...]] = {
    "max_daily_loss": (-300.0, -200, 0, 0.0),
    "max_position_size_usd": (2000.0, 1, 1e-9),
    "max_open_positions": (0, 5),
    "enable_telegram_alerts": (True, False),
    "ml_confid_floor": (0, 0.65, 1),
    "poll_interval_ms": (1_000, 90_000),
    "audit_ml_bucket": (True, False),
    "audit_ml_signal_parts": (True, False),
    "slo.p95_ms.target": (-1.5, 0, 1e6),
    "slo.error_rate.warn": (0.01,),
    "slo.staleness_s.crit": (60,),
}

BAD: dict[str, tuple[object, ...]] = {
    "max_daily_loss": (0.01, 200, True),
    "max_position_size_usd": (0, -1, True),
    "max_open_positions": (-1, 5.0, True),
    "enable_telegram_alerts": (1, 0, 1.0),
    "ml_confid_floor": (-0.01, 1.01, False),
    "poll_interval_ms": (999, 90_000.0, True),
    "audit_ml_bucket": (1,),
    "audit_ml_signal_parts": (0,),
    "slo.p95_ms.target": (True,),
    "slo.error_rate.warn": (),
    "slo.staleness_s.crit": (),
}
NEVER = (None, "", "1", "true", [], {}, math.nan, math.inf, -math.inf, 10**400, -(10**400), 2**53 + 1, 1e300)
"""For no flag a value: other JSON types, what is not finite, and what JSON readers no longer tell apart."""


def test_the_tables_speak_of_every_flag() -> None:
    """A new flag needs rows here."""
    assert set(FLAGS) <= set(NEEDS) == set(GOOD) == set(BAD)


@pytest.mark.parametrize("key", GOOD)
def test_values_of_the_right_type_and_range_are_taken(key: str) -> None:
    """A whole number is also a number; the bounds belong to the range."""
    assert [check_flag(key, value) for value in GOOD[key]] == [None] * len(GOOD[key])


@pytest.mark.parametrize("key", BAD)
def test_any_other_value_is_refused_with_what_the_flag_needs(key: str) -> None:
    """One message a flag, whatever was wrong."""
    for value in BAD[key] + NEVER:
        assert check_flag(key, value) == f"flag '{key}' must be {NEEDS[key]}", value


@pytest.mark.parametrize(
    "key",
    [
        "killed", "MAX_DAILY_LOSS", "slo", "slo.p95_ms", "slo.p95_ms.alert", "slo.p95 ms.warn", "slo..warn",
        "slo.P95.warn", "xslo.p95.warn", "slo.p95.warnx", "slo." + "m" * 41 + ".warn", "",
    ],
)  # fmt: skip
def test_a_flag_off_the_whitelist_is_refused_and_the_known_ones_are_listed(key: str) -> None:
    """Only named flags and the levels of service objectives can be set at run time."""
    known = (
        "max_daily_loss, max_position_size_usd, max_open_positions, enable_telegram_alerts, ml_confid_floor, "
        "poll_interval_ms, audit_ml_bucket, audit_ml_signal_parts, slo.<metric>.<target|warn|crit>"
    )
    assert check_flag(key, 1) == f"unknown flag '{key}'; known: {known}"


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("max_daily_loss", "-300.0", -300.0),
        ("max_daily_loss", "-300", -300.0),
        ("max_position_size_usd", "2e3", 2000.0),
        ("max_position_size_usd", ".5", 0.5),
        ("max_position_size_usd", "1.5E-2", 0.015),
        ("max_open_positions", "5", 5),
        ("enable_telegram_alerts", "True", True),
        ("enable_telegram_alerts", "false", False),
        ("ml_confid_floor", "0.65", 0.65),
        ("poll_interval_ms", "90000", 90_000),
        ("slo.p95_ms.warn", "1000", 1000.0),
    ],
)
def test_the_owners_texts_become_values_of_the_flags_type(key: str, text: str, value: object) -> None:
    """``set-flag?key=...&value=...`` carries texts; the flag's type decides what they are."""
    found = typed(key, text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("max_daily_loss", "nan"), ("max_daily_loss", "-inf"), ("max_daily_loss", "-1e999"),
        ("max_daily_loss", "true"), ("max_daily_loss", ""), ("max_daily_loss", "-200 USD"),
        ("max_daily_loss", "-" + "9" * 400), ("max_daily_loss", "-" + "9" * 5000),
        ("max_open_positions", "5.0"), ("max_open_positions", " 5"), ("max_open_positions", "0x5"),
        ("max_open_positions", "9" * 400), ("poll_interval_ms", "9" * 5000),
        ("enable_telegram_alerts", "1"), ("enable_telegram_alerts", "yes"),
        ("ml_confid_floor", "1.01"), ("poll_interval_ms", "999"),
    ],
)  # fmt: skip
def test_a_text_that_is_no_value_of_the_flag_is_refused_in_its_own_words(key: str, text: str) -> None:
    """The error says what the flag needs, however odd the text."""
    with pytest.raises(ValueError, match="must be") as refused:
        typed(key, text)
    assert str(refused.value) == f"flag '{key}' must be {NEEDS[key]}"


def test_a_text_for_an_unknown_flag_is_refused() -> None:
    """The whitelist holds for texts, too."""
    with pytest.raises(ValueError, match="unknown flag 'killed'; known: max_daily_loss, "):
        typed("killed", "false")
