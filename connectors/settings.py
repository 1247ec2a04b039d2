"""Every setting of the product, read once at start; the only module that reads the environment.

Precedence: environment, then what a running ``levibot demo`` wrote to ``.levibot/demo.env``, then ``.env``,
then the defaults here. A bad value fails at start and names the setting.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from connectors.setting_kinds import (
    Addresses,
    CounterUrl,
    Key,
    Level,
    Money,
    Names,
    Phase,
    Port,
    RedisUrl,
    SaslPassword,
    SaslUser,
    WebhookUrl,
    Weights,
)

DEMO_ENV = Path(".levibot/demo.env")


class Settings(BaseSettings):
    """Frozen start values; an environment variable is the field's name in capitals."""

    model_config = SettingsConfigDict(
        env_file=".env",
        extra="ignore",
        frozen=True,
        env_ignore_empty=True,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
    )

    kafka_bootstrap: str = "127.0.0.1:9092"
    """Brokers to ask first: ``host:port``, comma separated."""
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    """How these brokers are spoken to: encrypted with ``SSL``, with a user's name and password with ``SASL``.
    Brokers of another address (those of demo and drills) always in the clear."""
    kafka_sasl_mechanism: Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"] = "SCRAM-SHA-512"
    """How the password is proved; ``PLAIN`` shows it to the broker."""
    kafka_sasl_username: SaslUser = Field(default="", validate_default=True)
    """The user, where the protocol has SASL."""
    kafka_sasl_password: SaslPassword = Field(default=None, validate_default=True)
    """The user's password."""
    kafka_ssl_ca_location: Path | None = None
    """The authorities that may have signed the brokers' certificates, in PEM; unset: the system's."""
    kafka_ssl_certificate_location: Path | None = None
    """The certificate that this process shows, in PEM, where the brokers ask for one."""
    kafka_ssl_key_location: Path | None = None
    """The certificate's private key, in PEM."""
    kafka_ssl_key_password: SecretStr | None = None
    """What that key is encrypted with."""
    tick_topics: str = "ticks"
    """Where ticks come from, comma separated; ``name=codec`` pins a codec, which is else detected."""
    control_topic: str = "control"
    """The topic of the signed commands; it has one partition."""
    topic_suffix: str = ""
    """Appended to every output and journal topic, so that two instances can run side by side."""
    account_suffix: str = ""
    """Appended to the topics of the paper account, so that another one can run beside it."""
    partitions: int = Field(default=4, ge=1, le=1024)
    """Partitions of a tick topic that ``levibot topics create`` makes; each becomes a shard."""
    recorded_ticks: bool = False
    """The tick topics are fed with recorded times: they and the journal are then kept without limit."""
    instance: int = Field(default=0, ge=0)
    """Which share of the shards this process takes, 0 to ``OF`` - 1."""
    of: int = Field(default=1, ge=1)
    """How many instances share the shards."""
    output_transactions: bool = False
    """Publish in transactions: a process that was replaced from another machine is shut out by the broker."""
    recovery_dir: Path = Path(".levibot/recovery")
    """Where snapshots of the state are kept, a folder for each instance; a cache, but trusted like code."""
    epoch_ms: int = Field(default=1_000, ge=50, le=60_000)
    """Time between two snapshots; what was taken in since is taken in again after a crash."""
    stuck_after_s: float = Field(default=45.0, ge=5, le=3_600)
    """A flow that makes no progress for so long ends itself, to be started again."""

    redis_url: RedisUrl = Field(default="redis://127.0.0.1:6379/0", repr=False)
    """Where the read model is published: ``redis://USER:PASSWORD@HOST:PORT/0``, or with TLS
    ``rediss://...?ssl_ca_certs=FILE``; the flow goes on without it."""

    api_host: str = "127.0.0.1"
    """The address on which the API listens."""
    api_port: Port = 8000
    """Its port; 0 takes a free one."""
    flow_host: str = "127.0.0.1"
    """The address on which the signals flow serves ``/health`` and ``/metrics``."""
    flow_port: Port = 4001
    """Its port; where it is taken, another one is used, and the log says which."""
    paper_port: Port = 4002
    """The port of the paper account's ``/health`` and ``/metrics``, on the same address."""
    guard_port: Port = 4003
    """The port of the guard's ``/health`` and ``/metrics``, on the same address."""
    stale_after_s: float = Field(default=5.0, gt=0, le=3_600)
    """An answer older than this is shown as stale: HOLD, fallback, advisory."""
    offline_after_s: float = Field(default=3.0, gt=0, le=3_600)
    """A shard that has not published its view for this long counts as offline."""
    predict_per_minute: int = Field(default=60, ge=0, le=1_000_000)
    """Predictions that each user may ask for from one address in a minute; 0 means no limit."""
    limiter_url: CounterUrl = Field(default="memory://", repr=False)
    """Where requests are counted: ``memory://`` for each process alone, or the URL of a Redis, whose user
    needs no key but ``levibot-limit:*``."""
    levibot_build_sha: str = "unknown"
    """The commit this was built from, set when an image is built."""

    admin_secret: SecretStr | None = None
    """Signs commands; the same for flow and sender. Without it none can be sent and none is taken."""
    admin_key: Key | None = None
    """Opens the control gateway of the API to administrators; without it, or ADMIN_SECRET, there is none."""
    trader_key: Key | None = None
    """Opens it to traders, who may place and close orders of the paper account."""
    viewer_key: Key | None = None
    """Opens it to viewers, who may look and send nothing."""
    ip_allowlist: Addresses = "127.0.0.1,::1"
    """From where the gateway may be used: addresses and networks, comma separated."""
    trusted_proxies: Addresses = ""
    """Proxies whose ``X-Forwarded-For`` and ``X-Forwarded-Proto`` are believed: addresses and networks."""
    session_minutes: int = Field(default=60, ge=1, le=1_440)
    """How long a log-in to the gateway lasts."""
    ack_timeout_s: float = Field(default=10.0, ge=0.1, le=300)
    """How long the gateway waits for the shards to take a command in."""
    control_per_minute: int = Field(default=60, ge=1, le=100_000)
    """Requests to the gateway that each user may make from one address in a minute."""
    audit_file: Path = Path("ops/audit.log")
    """Where the gateway appends what was asked of it, a JSON object a line."""

    disorder_ms: int = Field(default=0, ge=0, le=60_000)
    """How far out of order ticks may come: a second closes once a tick of its symbol is so far past it."""
    grace_ms: int = Field(default=1_000, ge=0, le=60_000)
    """A second closes for every symbol once log time is this far past its end."""
    max_skew_ms: int = Field(default=5_000, ge=0, le=3_600_000)
    """A tick further ahead of log time than this is invalid; tick topics are created with the same bound."""
    symbol_ttl_s: int = Field(default=3_600, ge=60, le=86_400)
    """Rows of a symbol end when it has not traded for so long."""

    models_dir: Path = Path("data/models")
    """Where trained models are kept, a folder for each bundle."""
    registry_file: Path = Path("data/registry/model_registry.json")
    """Which bundles there are, by their digests, and which of them is promoted."""
    model: str = ""
    """The model a new shard begins with, built in or of the registry; empty: the promoted one, else as
    ``flags_file`` says."""
    extra_models: Names = ()
    """Further models that can be selected, such as ``constant-0.99`` for a drill."""
    feature_ml_scoring: Phase | None = None
    """The rollout phase a new shard begins with: preview, 0, 0.1, 0.5, 1.0; unset: as ``flags_file`` says."""
    canary_symbol: str | None = None
    """A new shard begins with canary mode on and this symbol alone allowed."""
    canary_timeframe: str = "1h"
    """Kept beside the canary; nothing uses it yet."""
    ml_confid_floor: Annotated[float, Field(ge=0, le=1)] | None = None
    """Start value of the flag: a signal of lower confidence becomes HOLD."""
    poll_interval_ms: Annotated[int, Field(ge=1_000)] | None = None
    """Start value of the flag; nothing uses it yet."""
    ml_signal_weights: Weights = None
    """Start weights of RSI, MACD and trend in ``ml-fusion``, such as ``0.5,0.25,0.25``."""
    audit_ml_bucket: bool | None = None
    """Start value of the flag: items of the ``audit`` topic tell the score's tenth."""
    audit_ml_signal_parts: bool | None = None
    """Start value of the flag: items of the ``audit`` topic tell the signal's parts."""

    paper_start_balance: Money = "1000"
    """What the paper account begins with, in the quote currency."""
    paper_maker_bps: float = Field(default=10, ge=0, lt=10_000)
    """Its fee for an order that waits in the book, in basis points."""
    paper_taker_bps: float = Field(default=15, ge=0, lt=10_000)
    """Its fee for an order that takes what is in the book."""
    paper_slippage_bps: float = Field(default=5, ge=0, lt=10_000)
    """How much worse than the market it is filled, in basis points."""
    paper_liquidity: Literal["taker", "maker"] = "taker"
    """Which of the two fees its orders pay."""
    paper_latency_ms: int = Field(default=250, ge=0, le=60_000)
    """How long its orders take to the exchange."""
    paper_equity_fraction: float = Field(default=0.1, gt=0, le=1)
    """The share of its equity that one entry may take."""
    paper_behind_after_s: float = Field(default=10.0, ge=1, le=3_600)
    """A shard that holds the account up for so long is left out until it is back."""

    guard_silent_after_s: float = Field(default=10.0, ge=1, le=3_600)
    """A shard that the guard has not heard of for so long, by the clock, is told of; a rollout waits then."""
    guard_acts: bool = True
    """The guard sends commands; else it only tells what it would have sent."""
    webhook_url: WebhookUrl = None
    """Where ``levibot run webhook`` posts alerts, as Slack takes them; a secret. Unset: nowhere."""
    webhook_port: Port = 4004
    """The port of that process's ``/health`` and ``/metrics``, on the address of the flows."""
    canary_policy_file: Path = Path("data/registry/canary_policy.json")
    """Where the guard mirrors the state of the rollout; read by people and scripts alone."""

    reports_dir: Path = Path("reports")
    """Where reports are kept; the API lists those of ``.html`` and ``.json`` under it and serves them."""

    flags_file: Path = Path("configs/flags.yaml")
    """What the desk of a new shard begins with; like the next, looked up in the working directory."""
    rules_file: Path = Path("configs/rules.yml")
    """The thresholds of the stages."""
    run_dir: Path = Path(".levibot")
    """Logs and other files of ``levibot demo``."""
    log_format: Literal["human", "json"] = "human"
    """Logs on stderr, for people or one JSON object a line."""
    log_level: Level = "info"
    """The least level that is logged."""
    start: Literal["earliest", "latest"] = "earliest"
    """Where a shard without any history begins to read its ticks."""
    compare_suppressed: bool = False
    """For tests: compare what is emitted again after a crash with the log, and end where it differs."""
    failpoint: str = ""
    """For tests: ``point:count``, where the process is to die as by ``kill -9``."""


def environment() -> dict[str, str]:
    """Return a copy of the environment, for child processes."""
    return dict(os.environ)


def running_demo() -> Path | None:
    """Return the settings file of a demo that runs in this folder, None if there is none.

    A demo that was killed leaves its file behind; the pid in it tells.
    """
    try:
        pid = int(DEMO_ENV.read_text(encoding="utf-8").partition("DEMO_PID=")[2].split()[0])
        os.kill(pid, 0)
    except (OSError, ValueError, IndexError):
        return None
    return DEMO_ENV


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process; raise pydantic's ``ValidationError`` naming the bad ones."""
    demo = running_demo()
    return Settings(_env_file=(".env", demo) if demo else ".env")  # type: ignore[call-arg]
