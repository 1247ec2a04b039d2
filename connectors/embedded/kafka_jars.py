"""Apache Kafka's published jars, fetched once through Maven: a real broker where there is no Docker."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from connectors.embedded.errors import EmbeddedError

KAFKA = "4.3.1"
"""The image in docker-compose.yml carries the same version."""
JARS = {
    "org.apache.kafka:kafka_2.13": KAFKA,
    "org.slf4j:slf4j-simple": "1.7.36",  # else every log line is dropped, errors too
}
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
JAVA = 17
INSTALL_S = 600.0
ADVICE = f"install a JDK or JRE {JAVA} and Maven (Debian, Ubuntu: apt-get install default-jre-headless maven)"


def default_folder() -> Path:
    """Return where the jars of this version are kept for all projects of the user."""
    return Path.home() / ".cache" / "levibot" / f"kafka-{KAFKA}"


def install(folder: Path | None = None, *, timeout_s: float = INSTALL_S) -> Path:
    """Fetch the jars into ``folder`` unless they are there, and return it.

    Maven's own settings say from where. Raises ``EmbeddedError`` without Java or Maven, or if Maven fails.
    """
    java()
    folder = folder or default_folder()
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="kafka-") as scratch:
        _copy_jars(Path(scratch), timeout_s)
        try:
            (Path(scratch) / "jars").rename(folder)  # in one step: a folder that is there is complete
        except OSError:
            if not folder.is_dir():  # otherwise somebody else was quicker, with the same jars
                raise
    return folder


def java() -> str:
    """Return the path of ``java``; raise ``EmbeddedError`` if it is absent or too old."""
    program = shutil.which("java")
    if program is None:
        raise EmbeddedError(f"a real Kafka needs Java, and there is none: {ADVICE}")
    told = subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stderr  # noqa: S603
    found = re.search(r'version "(\d+)', told)
    if found is None or int(found[1]) < JAVA:
        raise EmbeddedError(f"a real Kafka needs Java {JAVA} or later, and {program} says {told!r}: {ADVICE}")
    return program


def pom() -> str:
    """Return a Maven project that is nothing but the list of ``JARS``, by coordinates only."""
    wanted = "".join(
        "<dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version></dependency>".format(
            *name.split(":"), version
        )
        for name, version in JARS.items()
    )
    return (
        "<project><modelVersion>4.0.0</modelVersion>"
        "<groupId>levibot</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>"
        f"<dependencies>{wanted}</dependencies></project>\n"
    )


def _copy_jars(scratch: Path, timeout_s: float) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise EmbeddedError(f"the jars of Kafka come through Maven, and there is no mvn: {ADVICE}")
    (scratch / "pom.xml").write_text(pom())
    command = [maven, "--batch-mode", "--quiet", "--no-transfer-progress", COPY]
    command += [f"-DoutputDirectory={scratch / 'jars'}", "-DincludeScope=runtime"]
    try:
        done = subprocess.run(  # noqa: S603  a list built here, no shell
            command, cwd=scratch, capture_output=True, text=True, timeout=timeout_s, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise EmbeddedError(f"Maven did not fetch Kafka {KAFKA} within {timeout_s:g} s") from error
    if done.returncode != 0:
        raise EmbeddedError(
            f"Maven could not fetch Kafka {KAFKA}; is its repository reachable?\n{done.stdout[-2000:]}"
        )
