"""The command line: ``levibot``.

Of the commands only the one that is called is imported: a kill must not wait for what trains models.
"""

from __future__ import annotations

import sys
from importlib import import_module

import typer
from pydantic import ValidationError

from connectors.env_files import warn_of_open_files
from connectors.logs import configure
from connectors.settings import settings

GROUPS = {
    name: name
    for name in (
        "run", "recover", "topics", "control", "feed", "models", "snapshot", "verify", "backtest", "backup",
        "alerts", "check", "cron", "export", "marathon", "profiles", "report", "daily",
    )
}  # fmt: skip
"""Commands of commands: the ``app`` of the module of that name in ``flows/commands``."""

SINGLE = {
    "api": "api:serve",
    "bars": "bars:bars",
    "calibrate": "calibrate:calibrate",
    "calibration": "calibration:calibration",
    "chaos": "chaos_drill:chaos",
    "demo": "demo:demo",
    "doctor": "doctor:doctor",
    "drift": "drift:drift",
    "explain": "explain:explain",
    "go-nogo": "gonogo:go_nogo",
    "record": "record:record",
    "replay": "replay:replay",
    "rules": "rules:rules",
    "soak": "soak:soak",
    "train": "train:train",
}
"""Commands by themselves: module and function."""

EXPECTED = {
    "connectors.bundles.errors.PublishError",
    "connectors.bundles.errors.RegistryError",
    "connectors.config_file.ConfigError",
    "connectors.kafka.errors.BrokerError",
    "connectors.kafka.errors.TopicsError",
    "connectors.recovery.errors.RecoveryError",
    "models.bundle.errors.BundleError",
    "models.control.arguments.BadCommandError",
    "models.journal.fold.JournalError",
    "models.paper.merge.MergeError",
    "models.scoring.registry.UnknownModelError",
}
"""Errors that say what to do, by name: their modules may not be needed."""


def application(called: str | None = None) -> typer.Typer:
    """Return the command line with the command that is called; with all of them where it is none."""
    app = typer.Typer(
        name="levibot",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_levibot)
    for name in (called,) if called in GROUPS or called in SINGLE else (*GROUPS, *SINGLE):
        _add(app, str(name))
    return app


def _levibot() -> None:
    """Live trading-signal engine: ticks from Kafka become calibrated, gated signals."""


def _add(app: typer.Typer, name: str) -> None:
    module_name, _, function = SINGLE.get(name, GROUPS.get(name, "")).partition(":")
    module = import_module(f"flows.commands.{module_name}")
    if function:
        context = getattr(module, "CONTEXT", None)
        app.command(name, context_settings=context)(getattr(module, function))
    else:
        app.add_typer(module.app, name=name)


def main() -> None:
    """Run the command line; expected errors become one line on stderr and exit code 2."""
    try:
        if "--help" not in sys.argv:
            configure(settings())
            warn_of_open_files()
        application(sys.argv[1] if len(sys.argv) > 1 else None)()
    except ValidationError as error:
        for problem in error.errors():
            name = str(problem["loc"][0]).upper()
            typer.echo(f"levibot: setting {name}: {problem['msg'].removeprefix('Value error, ')}", err=True)
        sys.exit(2)
    except Exception as error:
        if not _is_expected(error):
            raise
        typer.echo(f"levibot: {error}", err=True)
        sys.exit(2)


def _is_expected(error: Exception) -> bool:
    return any(f"{kind.__module__}.{kind.__qualname__}" in EXPECTED for kind in type(error).__mro__)
