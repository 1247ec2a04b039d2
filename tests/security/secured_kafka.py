"""A real Kafka with listeners and authorizer of ``deploy/kafka/secured.yml``, and with TLS besides."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from certificates import Certificates
from kafka_tools import carry_out, noting

from connectors.embedded import RealKafka, free_port

ROOT = Path(__file__).parents[2]
ACL = ROOT / "deploy/kafka/acl.sh"
SECURED: dict[str, Any] = yaml.safe_load((ROOT / "deploy/kafka/secured.yml").read_text())
SERVICES = ("signals", "paper", "guard", "api", "feed", "train", "webhook", "operator")
PASSWORDS = {service: f"{service}-0123456789-secret" for service in SERVICES}


@dataclass(frozen=True, slots=True)
class SecuredKafka:
    """The node; ``sasl`` is its listener of users and ``tls`` the same one encrypted."""

    node: RealKafka
    sasl: str
    tls: str

    def acl(self, folder: Path, *words: str) -> None:
        """Run ``acl.sh --apply`` against the node's own listener."""
        env = {
            **{f"KAFKA_{service.upper()}_PASSWORD": secret for service, secret in PASSWORDS.items()},
            "BOOTSTRAP": self.node.bootstrap,
            "KAFKA_BIN": str(noting(folder)),
            "PATH": os.environ["PATH"],
        }
        subprocess.run([ACL, "--apply", *words], env=env, check=True, capture_output=True)
        carry_out(folder, self.node.bootstrap)


@contextmanager
def secured_kafka(jars: Path, shown: Certificates) -> Iterator[SecuredKafka]:
    """Start the node, as the container would, on ports of loopback."""
    local, controller, inside, tls = (free_port() for _ in range(4))
    ports = {"LOCAL": local, "CONTROLLER": controller, "INSIDE": inside, "HOST": free_port(), "TLS": tls}
    listeners = ",".join(f"{name}://127.0.0.1:{port}" for name, port in ports.items())
    properties = as_properties(SECURED["services"]["kafka"]["environment"])
    protocols = properties["listener.security.protocol.map"]
    key = shown.key.read_text() + shown.certificate.read_text()
    properties |= {
        "listeners": listeners,
        "advertised.listeners": re.sub(r",CONTROLLER://[^,]+", "", listeners),
        "controller.quorum.voters": f"1@127.0.0.1:{controller}",
        "listener.security.protocol.map": f"{protocols},TLS:SASL_SSL",
        "listener.name.tls.scram-sha-512.sasl.jaas.config": properties[
            "listener.name.inside.scram-sha-512.sasl.jaas.config"
        ],
        "listener.name.tls.ssl.keystore.type": "PEM",
        "listener.name.tls.ssl.keystore.location": str(_pem(shown.key.parent / "keystore.pem", key)),
    }
    with RealKafka(port=local, jars=jars, properties=properties) as node:
        yield SecuredKafka(node, f"127.0.0.1:{inside}", f"127.0.0.1:{tls}")


def as_properties(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what the image makes of variables: one underscore is a dot, two are one, three a dash."""
    marks = {"_": ".", "__": "_", "___": "-"}
    return {
        re.sub("_+", lambda found: marks[found[0]], name.removeprefix("KAFKA_")).lower(): str(value)
        for name, value in environment.items()
    }


def _pem(path: Path, text: str) -> Path:
    path.touch(mode=0o600)
    path.write_text(text)
    return path
