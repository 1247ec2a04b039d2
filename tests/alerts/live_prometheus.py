"""A real Prometheus over processes that run, with the product's own rule file."""

from __future__ import annotations

import json
import os
import shutil
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors.embedded import free_port
from connectors.embedded.child import Child

RULES = Path(__file__).parents[2] / "deploy" / "prometheus" / "alerts.yml"


class Prometheus:
    """Scrapes ports of this machine each second, by job; skips where it is not installed."""

    def __init__(self, ports: Mapping[str, int], folder: Path) -> None:
        found = shutil.which("prometheus")
        if found is None:
            why = "no prometheus: apt-get install --no-install-recommends prometheus"
            if os.environ.get("LEVIBOT_REQUIRE_PROMTOOL") == "1":
                pytest.fail(why, pytrace=False)
            pytest.skip(why)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        jobs = [
            {"job_name": job, "static_configs": [{"targets": [f"127.0.0.1:{of}"]}]}
            for job, of in ports.items()
        ]
        often = {"scrape_interval": "1s", "evaluation_interval": "1s"}
        config = folder / "prometheus.yml"
        config.write_text(
            yaml.safe_dump({"global": often, "rule_files": [str(RULES)], "scrape_configs": jobs})
        )
        self.child = Child(
            "prometheus",
            [found, f"--config.file={config}", f"--storage.tsdb.path={folder / 'series'}",
             f"--web.listen-address=127.0.0.1:{port}"],
            log=folder / "prometheus.log",
        )  # fmt: skip

    def states(self) -> dict[str, tuple[str, str]]:
        """Return health and state of every alert by name; empty before it answers."""
        try:
            groups = self._get("/api/v1/rules")["groups"]
        except (urllib.error.URLError, ConnectionError):
            return {}
        return {rule["name"]: (rule["health"], rule["state"]) for group in groups for rule in group["rules"]}

    def firing(self, name: str) -> bool:
        """Return whether an alert fires."""
        return self.states().get(name, ("", ""))[1] == "firing"

    def values(self, expression: str) -> list[float]:
        """Return what an expression is now, a value each series."""
        query = urllib.parse.urlencode({"query": expression})
        return [float(one["value"][1]) for one in self._get(f"/api/v1/query?{query}")["result"]]

    def _get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.url}{path}", timeout=10) as answer:
            return json.load(answer)["data"]
