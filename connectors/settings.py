"""Every setting of the product, read once at start; the only module that reads the environment.

Precedence: environment, then ``.env``, then what a running ``levibot demo`` left in ``.levibot/demo.env``,
then the defaults here. A bad value fails at start and names the setting.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

DEMO_ENV = Path(".levibot/demo.env")

Port = Annotated[int, Field(ge=0, le=65535)]
Weight = Annotated[float, Field(ge=0)]


def _phase(value: object) -> object:
    """Accept the rollout phases as texts and as numbers."""
    phases = {"preview": "preview", "0": 0.0, "0.0": 0.0, "0.1": 0.1, "0.5": 0.5, "1": 1.0, "1.0": 1.0}
    if str(value) not in phases:
        raise ValueError("must be preview, 0, 0.1, 0.5 or 1.0")
    return phases[str(value)]


def _listed(value: object) -> object:
    """Accept a comma-separated list."""
    return value.split(",") if isinstance(value, str) else value


Phase = Annotated[float | Literal["preview"], BeforeValidator(_phase)]


class Settings(BaseSettings):
    """Frozen start values; an environment variable is the field's name in capitals."""

    model_config = SettingsConfigDict(
        env_file=(DEMO_ENV, ".env"), extra="ignore", frozen=True, env_ignore_empty=True
    )

    kafka_bootstrap: str = "127.0.0.1:9092"
    tick_topics: str = "ticks"
    """Comma separated; ``name`` or ``name=codec`` to pin a codec (default: auto-detect)."""
    control_topic: str = "control"
    topic_suffix: str = ""
    """Appended to every output and journal topic, so that two instances can run side by side."""
    partitions: int = Field(default=4, ge=1, le=1024)
    recorded_ticks: bool = False
    """The tick topics are fed with recorded times: they and the journal are then kept without limit."""
    redis_url: str = "redis://127.0.0.1:6379/0"

    api_host: str = "127.0.0.1"
    api_port: Port = 8000
    flow_host: str = "127.0.0.1"
    flow_port: Port = 4001
    stale_after_s: float = Field(default=5.0, gt=0, le=3_600)
    """An answer older than this is shown as stale: HOLD, fallback, advisory."""
    offline_after_s: float = Field(default=3.0, gt=0, le=3_600)
    """A shard that has not published its view for this long counts as offline."""
    levibot_build_sha: str = "unknown"
    """The commit this was built from, set when an image is built."""

    admin_secret: SecretStr | None = None
    admin_key: SecretStr | None = None

    disorder_ms: int = Field(default=0, ge=0, le=60_000)
    grace_ms: int = Field(default=1_000, ge=0, le=60_000)
    max_skew_ms: int = Field(default=5_000, ge=0, le=3_600_000)
    symbol_ttl_s: int = Field(default=3_600, ge=60, le=86_400)

    model: str = ""
    """The model a new shard begins with; empty: as ``flags_file`` says."""
    extra_models: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)] = ()
    """Further models that can be selected, such as ``constant-0.99`` for a drill."""
    feature_ml_scoring: Phase | None = None
    canary_symbol: str | None = None
    canary_timeframe: str = "1h"
    ml_confid_floor: Annotated[float, Field(ge=0, le=1)] | None = None
    poll_interval_ms: Annotated[int, Field(ge=1_000)] | None = None
    ml_signal_weights: Annotated[tuple[Weight, Weight, Weight] | None, NoDecode, BeforeValidator(_listed)] = (
        None
    )
    audit_ml_bucket: bool | None = None
    audit_ml_signal_parts: bool | None = None

    flags_file: Path = Path("configs/flags.yaml")
    rules_file: Path = Path("configs/rules.yml")
    run_dir: Path = Path(".levibot")
    log_format: Literal["human", "json"] = "human"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    start: Literal["earliest", "latest"] = "earliest"
    """Where a shard without any history begins to read its ticks."""


def environment() -> dict[str, str]:
    """Return a copy of the environment, for child processes."""
    return dict(os.environ)


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process; raise ``SettingsError`` naming the first bad one."""
    return Settings()
