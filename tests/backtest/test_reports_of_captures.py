"""Reports of everything that was recorded, by the one command that the documents name."""

from __future__ import annotations

import subprocess
from pathlib import Path

import orjson
import pytest

ROOT = Path(__file__).parents[2]
REPORTS = {"BTCUSDT_2022-01-15", "XRPETH_2019-10-13", "BTCUSDT_2024-08-09", "ETHUSDT_2024-08-09"}


@pytest.mark.slow
@pytest.mark.real_data
@pytest.mark.timeout(240)
def test_every_capture_has_a_page_and_its_figures(real_data: Path, tmp_path: Path) -> None:
    """Two spot pairs, half a day of Bitcoin and a sparse pair; the two pairs of one time have a portfolio."""
    command = ["make", "reports", f"LEVIBOT_REAL_DATA={real_data}", f"REPORTS={tmp_path}"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=200)

    assert {path.stem for path in tmp_path.glob("*.html")} == REPORTS | {"portfolio_2024-08-09"}
    for name in REPORTS:
        result = orjson.loads((tmp_path / f"{name}.json").read_bytes())
        assert result["metrics"]["trades"] == len(result["trades"]) > 0
        assert result["ledger"]["used"] > 1_000
