"""Secrets that a test can recognise, in every setting that holds one."""

from __future__ import annotations

import json
from urllib.parse import quote

from connectors.settings import Settings, environment

SECRETS = {
    name: f'plant-{name.lower()}-"é+/%3d'
    for name, field in Settings.model_fields.items()
    if "SecretStr" in str(field.annotation)
} | {"webhook_url": "https://hooks.example/services/plant-webhook-é"}
"""By setting; with characters that URLs, JSON and Python write in other ways."""
IN_URLS = {"redis_url": "plant-redis-é+/", "limiter_url": "plant-limiter-é+/"}


def planted(**more: str) -> dict[str, str]:
    """Return an environment in which every secret is planted and no service can be reached."""
    known = {name.upper() for name in Settings.model_fields}
    clean = {name: value for name, value in environment().items() if name.upper() not in known}
    urls = {name: f"redis://user:{quote(secret, safe='')}@127.0.0.1:1/0" for name, secret in IN_URLS.items()}
    values = SECRETS | urls | {"kafka_bootstrap": "127.0.0.1:1", "flow_port": "0", "api_port": "0"}
    return clean | {name.upper(): value for name, value in values.items()} | more


def forms() -> set[str]:
    """Return every form in which one of the secrets could be written: plain, in URLs, JSON and Python."""
    every = {*SECRETS.values(), *IN_URLS.values()}
    written = [
        (secret, quote(secret, safe=""), quote(secret), json.dumps(secret)[1:-1], repr(secret)[1:-1])
        for secret in every
    ]
    return {form for one in written for form in one}


def shown(text: str) -> list[str]:
    """Return the secrets that can be read in a text; the word of all of them is looked for, too."""
    return sorted(form for form in forms() if form in text) + ["plant-"] * ("plant-" in text)
