"""How this process proves who it is to the brokers of KAFKA_BOOTSTRAP, and that they are the right ones.

The settings KAFKA_SECURITY_PROTOCOL, KAFKA_SASL_* and KAFKA_SSL_* are those of the process and go into every
client of these brokers. Any other address, such as the embedded broker of a drill, is spoken to in the clear:
a password is never sent to whom it was not given for.
"""

from __future__ import annotations

from connectors.settings import Settings, settings

PLAINTEXT = "PLAINTEXT"


def security(bootstrap: str) -> dict[str, str]:
    """Return what a client of these brokers adds to its configuration, in librdkafka's words."""
    chosen = settings()
    if protocol(bootstrap) == PLAINTEXT:
        return {}
    return {"security.protocol": chosen.kafka_security_protocol, **_sasl(chosen), **_tls(chosen)}


def protocol(bootstrap: str) -> str:
    """Return the security protocol that these brokers are spoken to with."""
    chosen = settings()
    return chosen.kafka_security_protocol if bootstrap == chosen.kafka_bootstrap else PLAINTEXT


def _sasl(chosen: Settings) -> dict[str, str]:
    if not chosen.kafka_security_protocol.startswith("SASL"):
        return {}
    assert chosen.kafka_sasl_password is not None  # else the settings would have been refused
    return {
        "sasl.mechanism": chosen.kafka_sasl_mechanism,
        "sasl.username": chosen.kafka_sasl_username,
        "sasl.password": chosen.kafka_sasl_password.get_secret_value(),
    }


def _tls(chosen: Settings) -> dict[str, str]:
    if not chosen.kafka_security_protocol.endswith("SSL"):
        return {}
    key_password = chosen.kafka_ssl_key_password
    files = {
        "ssl.ca.location": chosen.kafka_ssl_ca_location,
        "ssl.certificate.location": chosen.kafka_ssl_certificate_location,
        "ssl.key.location": chosen.kafka_ssl_key_location,
        "ssl.key.password": key_password.get_secret_value() if key_password else None,
    }
    return {name: str(value) for name, value in files.items() if value is not None}
