"""Expected errors of the commands around recordings: one line on stderr and exit code 2."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from connectors.config_file import ConfigError
from connectors.kafka.errors import BrokerError, TopicsError
from connectors.recording.errors import RecordingError
from models.journal.fold import JournalError


@contextmanager
def expected(command: str) -> Iterator[None]:
    """Turn what can be wrong with a run or a recording into exit code 2."""
    try:
        yield
    except (BrokerError, ConfigError, JournalError, RecordingError, TopicsError) as error:
        typer.echo(f"{command}: {error}", err=True)
        raise typer.Exit(2) from error
