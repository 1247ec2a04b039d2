"""Requests of schemathesis' own making: no defect, and no answer that the OpenAPI document does not tell of.

FUZZ_SECONDS=300 (``make fuzz-api``) asks for longer.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from api_product import publish_product
from running_api import Api, served

from connectors.embedded import EmbeddedRedis

pytestmark = [pytest.mark.embedded, pytest.mark.slow]

SECONDS = int(os.environ.get("FUZZ_SECONDS", "20"))
CONFIG = Path(__file__).with_name("schemathesis.toml")


@pytest.fixture
def whole(embedded_redis: EmbeddedRedis, tmp_path: Path) -> Iterator[Api]:
    """The API over a whole product, with its control gateway, to which nobody is logged in."""
    gateway = {
        "admin_key": "a key for tests alone",
        "admin_secret": "a secret for tests alone",
        "audit_file": tmp_path / "audit.log",
    }
    with served(Api(embedded_redis, **gateway)) as api:
        publish_product(api, tmp_path / "policy.json")
        yield api
        api.app.state.gateway.close()


@pytest.mark.timeout(SECONDS + 120)
def test_whatever_is_asked_is_answered_as_documented(whole: Api, tmp_path: Path) -> None:
    """Examples, bounds of every parameter, then inventions, until the time is up."""
    command = [
        str(Path(sys.executable).with_name("st")), "--config-file", str(CONFIG), "run",
        f"{whole.client.base_url}/openapi.json", "--max-time", str(SECONDS), "--no-shrink",
        "--phases", "examples,coverage,fuzzing", "--request-timeout", "10",
    ]  # fmt: skip
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout[-8_000:]
