"""A certificate authority of a test's own, and what it signs: made by openssl, as in docs/security.md."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

_CURVE = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


@dataclass(frozen=True, slots=True)
class Certificates:
    """Files in PEM: the authority, and a server's certificate and key for ``127.0.0.1``."""

    authority: Path
    certificate: Path
    key: Path


def certificates(folder: Path, address: str = "127.0.0.1") -> Certificates:
    """Make an authority, and a certificate that it signs for an address."""
    folder.mkdir(parents=True, exist_ok=True)
    authority, authority_key = folder / "ca.pem", folder / "ca.key"
    openssl(
        *("req", "-x509", *_CURVE, "-days", "2", "-subj", "/CN=levibot test authority"),
        *("-keyout", str(authority_key), "-out", str(authority)),
    )
    certificate, key = folder / "server.pem", folder / "server.key"
    openssl(
        *("req", "-x509", *_CURVE, "-days", "2", "-subj", "/CN=server"),
        *("-CA", str(authority), "-CAkey", str(authority_key)),
        *("-addext", f"subjectAltName=IP:{address}", "-addext", "basicConstraints=critical,CA:FALSE"),
        *("-keyout", str(key), "-out", str(certificate)),
    )
    return Certificates(authority, certificate, key)


def openssl(*arguments: str) -> None:
    """Run openssl; it raises where that fails."""
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)
