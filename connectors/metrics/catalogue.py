"""Every metric of the product by name."""

from __future__ import annotations

from connectors.metrics.described import Described
from connectors.metrics.named.account import ACCOUNT
from connectors.metrics.named.gateway import GATEWAY
from connectors.metrics.named.guard import GUARDED
from connectors.metrics.named.monitors import MONITORS
from connectors.metrics.named.process import PROCESS
from connectors.metrics.named.serving import SERVING
from connectors.metrics.named.shards import SHARDS
from connectors.metrics.named.webhook import POSTED

SECTIONS: dict[str, dict[str, Described]] = {
    "How fast and how well it serves": SERVING,
    "Shards, symbols and the desk": SHARDS,
    "Calibration and drift": MONITORS,
    "The paper account": ACCOUNT,
    "The guard and the rollout": GUARDED,
    "The control gateway": GATEWAY,
    "The processes": PROCESS,
    "The webhook": POSTED,
}

METRICS: dict[str, Described] = {name: one for section in SECTIONS.values() for name, one in section.items()}
