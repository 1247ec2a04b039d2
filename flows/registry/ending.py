"""How the commands about models end: errors in one line, exit codes, JSON."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import typer

from connectors.bundles.errors import GateError, PublishError, RegistryError
from connectors.kafka.errors import BrokerError, TopicsError
from models.bundle.errors import BundleError


@contextmanager
def told(command: str) -> Iterator[None]:
    """Turn what can be wrong into one line on stderr: exit code 1 for a refused bundle, else 2."""
    try:
        yield
    except (BundleError, GateError) as error:
        typer.echo(f"models {command}: {error}", err=True)
        raise typer.Exit(1) from error
    except (RegistryError, PublishError, BrokerError, TopicsError) as error:
        typer.echo(f"models {command}: {error}", err=True)
        raise typer.Exit(2) from error


def print_json(found: dict[str, Any]) -> None:
    """Print a result for scripts."""
    typer.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2))
