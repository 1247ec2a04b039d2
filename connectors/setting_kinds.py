"""What the settings accept, beyond their types: each check says what it must be, and shows no secret."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from ipaddress import ip_network
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo
from pydantic_settings import NoDecode

SHORTEST_KEY = 16
"""Characters that a key to the gateway has at least."""

_Given = TypeVar("_Given", str, SecretStr | None)

Port = Annotated[int, Field(ge=0, le=65535)]
Weight = Annotated[float, Field(ge=0)]


def _phase(value: object) -> object:
    """Accept the rollout phases as texts and as numbers."""
    phases = {"preview": "preview", "0": 0.0, "0.0": 0.0, "0.1": 0.1, "0.5": 0.5, "1": 1.0, "1.0": 1.0}
    if str(value) not in phases:
        raise ValueError("must be preview, 0, 0.1, 0.5 or 1.0")
    return phases[str(value)]


def _lower(value: object) -> object:
    """Accept capitals."""
    return value.lower() if isinstance(value, str) else value


def _listed(value: object) -> object:
    """Accept a comma-separated list."""
    return value.split(",") if isinstance(value, str) else value


def _money(text: str) -> str:
    """Accept an amount above zero as decimal text."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(0)
    if not (amount.is_finite() and amount > 0):
        raise ValueError("must be an amount of money above 0, such as 1000")
    return text


def _for_sasl(given: _Given, others: ValidationInfo) -> _Given:
    """Ask for what a protocol with SASL needs."""
    protocol = str(others.data.get("kafka_security_protocol", ""))
    if protocol.startswith("SASL") and not given:
        raise ValueError(f"must be set where KAFKA_SECURITY_PROTOCOL is {protocol}")
    return given


def _redis(url: str) -> str:
    """Accept the URL of a Redis; what is wrong with one is told without showing it."""
    parts = urlsplit(url)
    try:
        well = parts.scheme in ("redis", "rediss", "unix") and (parts.port or 0) >= 0
    except ValueError:
        well = False
    if not well or parts.fragment or "@" in parts.path + parts.query:
        raise ValueError(
            "must be redis://USER:PASSWORD@HOST:PORT/0, with TLS rediss://...; "
            "of the password, / ? # @ : % must be percent-encoded"
        )
    return url


def _counter(url: str) -> str:
    """Accept what requests can be counted in."""
    if not url.startswith(("memory://", "redis://", "rediss://", "unix://")):
        raise ValueError("must be memory:// or the URL of a Redis, redis://...")
    return url


def _key(key: SecretStr) -> SecretStr:
    """Accept a key that nobody guesses."""
    if len(key.get_secret_value()) < SHORTEST_KEY:
        raise ValueError(f"must have {SHORTEST_KEY} characters or more, such as: openssl rand -hex 32")
    return key


def _addresses(text: str) -> str:
    """Accept addresses and networks, comma separated."""
    for part in filter(None, map(str.strip, text.split(","))):
        try:
            ip_network(part, strict=False)
        except ValueError as error:
            raise ValueError(f"'{part}' is no address and no network such as 10.0.0.0/8") from error
    return text


def _webhook(url: SecretStr | None) -> SecretStr | None:
    """Accept an address of the web; what is wrong with one is told without showing it."""
    if url is not None:
        parts = urlsplit(url.get_secret_value())
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must be the address of a webhook, https://...")
    return url


Key = Annotated[SecretStr, AfterValidator(_key)]
Money = Annotated[str, AfterValidator(_money)]
Addresses = Annotated[str, AfterValidator(_addresses)]
RedisUrl = Annotated[str, AfterValidator(_redis)]
CounterUrl = Annotated[str, AfterValidator(_counter)]
WebhookUrl = Annotated[SecretStr | None, AfterValidator(_webhook)]
SaslUser = Annotated[str, AfterValidator(_for_sasl)]
SaslPassword = Annotated[SecretStr | None, AfterValidator(_for_sasl)]
Phase = Annotated[float | Literal["preview"], BeforeValidator(_phase)]
Level = Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)]
Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]
Weights = Annotated[tuple[Weight, Weight, Weight] | None, NoDecode, BeforeValidator(_listed)]
