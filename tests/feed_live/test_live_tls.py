"""Nobody is believed to be the exchange without a certificate for it."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from connectors.feed.errors import FeedError
from tests.feed_live.bridging import Run
from tests.feed_live.exchange import says, trade

OPENSSL = shutil.which("openssl")


@pytest.fixture
def own_certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that its owner signed, and its key."""
    if OPENSSL is None:
        pytest.skip("no openssl to make a certificate with")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    options = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([OPENSSL, "req", *options, *names, *files], check=True, capture_output=True)
    return certificate, key


@pytest.fixture
def server_tls(own_certificate: tuple[Path, Path]) -> ssl.SSLContext:
    """What a server with that certificate speaks."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*own_certificate)
    return context


def test_a_certificate_nobody_vouches_for_is_refused_at_once(server_tls: ssl.SSLContext) -> None:
    """Not even the subscription is sent."""
    run = Run(says(trade(1)), limit=1, tls=server_tls)
    with pytest.raises(FeedError, match=r"wss://127.*attempts: 1.*CERTIFICATE_VERIFY_FAILED"):
        run.go()
    assert (run.exchange.attempts, run.exchange.requests) == (0, [])


def test_a_certificate_that_the_machine_trusts_will_do(
    server_tls: ssl.SSLContext, own_certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine's store of authorities decides."""
    monkeypatch.setenv("SSL_CERT_FILE", str(own_certificate[0]))
    run = Run(says(trade(1)), limit=1, tls=server_tls)
    run.go()
    assert run.topic.values == [trade(1)]
