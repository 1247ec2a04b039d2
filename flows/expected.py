"""What can be wrong with a command's input or surroundings, as one line and exit code 2."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

OWN = ("models.", "connectors.", "flows.")
EXTRA = ("optuna", "sklearn", "matplotlib")
_OPENMP = "; LightGBM takes OpenMP from the system: apt-get install libgomp1"


@contextmanager
def expected(command: str) -> Iterator[None]:
    """Turn an error that tells people what to do into one line on stderr and exit code 2."""
    try:
        yield
    except KeyboardInterrupt as interrupt:
        typer.echo(f"{command}: interrupted; nothing was published", err=True)
        raise typer.Exit(130) from interrupt
    except ImportError as error:
        if error.name and error.name.partition(".")[0] in EXTRA:
            _fail(command, f"{error.name} is missing: pip install 'levibot[training]'", error)
        raise
    except (OSError, RuntimeError, ValueError) as error:
        # an error of our own tells people what to do; one from elsewhere is a fault, but for files
        if isinstance(error, OSError) or type(error).__module__.startswith(OWN):
            _fail(command, f"{error}{_OPENMP if 'libgomp' in str(error) else ''}", error)
        raise


def _fail(command: str, message: str, error: Exception) -> None:
    typer.echo(f"{command}: {message}", err=True)
    raise typer.Exit(2) from error
