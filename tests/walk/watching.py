"""Debian's Prometheus with the rules and scrapes of the deployment, pointed at a demo."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from connectors.embedded import free_port
from connectors.embedded.child import Child
from tests.flows.running import until

ROOT = Path(__file__).parent.parent.parent
DEPLOYED = ROOT / "deploy" / "prometheus"
PROGRAM = Path("/usr/bin/prometheus")


@contextmanager
def prometheus(folder: Path, ports: Mapping[str, str]) -> Iterator[str]:
    """Run it over the services at these loopback ports (by host of the deployment) and yield its address."""
    config = (DEPLOYED / "prometheus.yml").read_text(encoding="utf-8")
    for host, port in ports.items():
        config = re.sub(rf'"{host}:\d+"', f'"127.0.0.1:{port}"', config)
    config = config.replace("[alerts.yml]", f"[{DEPLOYED / 'alerts.yml'}]").replace(
        "_interval: 5s", "_interval: 1s"
    )
    (folder / "prometheus.yml").write_text(config, encoding="utf-8")
    address = f"127.0.0.1:{free_port()}"
    command = [
        str(PROGRAM), f"--config.file={folder / 'prometheus.yml'}", f"--web.listen-address={address}",
        f"--storage.tsdb.path={folder / 'tsdb'}",
    ]  # fmt: skip
    child = Child("Prometheus", command, log=folder / "prometheus.log")
    try:
        until(lambda: _ready(address), "Prometheus to be ready")
        yield f"http://{address}"
    finally:
        child.stop()


def _ready(address: str) -> bool:
    try:
        return httpx.get(f"http://{address}/-/ready", timeout=5).status_code == 200
    except httpx.TransportError:
        return False
