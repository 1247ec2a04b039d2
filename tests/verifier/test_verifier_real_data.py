"""The verifier on captures nobody here made up: trades, depth and book tickers of two hours."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from connectors.feed.files import Capture
from models.spec import Spec
from tests.verifier.product import Written, rules_of
from verifier.rules import MS
from verifier.run import check_shard

pytestmark = pytest.mark.real_data

RECORDS = 15_000


@pytest.mark.parametrize(
    "name",
    ["binance_ws/spot_btcusdt_20240808.gz", "binance_ws/spot_ethusdt_20240809.gz"],
)
def test_nothing_is_found_on_recorded_messages(real_data: Path, name: str) -> None:
    """Every record is judged, and equal to what the product makes of it."""
    written = Written().begin()
    for record in islice(Capture(real_data / name), RECORDS):
        written.tick(record.value, record.ts // MS)

    report = check_shard(written.run(Spec(), batch=1_000), rules_of(Spec()))

    assert (report.exit_code, report.findings.examples, report.unjudged) == (0, [], [])
    assert report.books["used"] > 500
    assert sum(report.books.values()) >= RECORDS
    assert report.topics["signals"].equal > 50
