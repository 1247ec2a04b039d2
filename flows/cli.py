"""The command line: ``levibot``."""

from __future__ import annotations

import sys

import typer
from pydantic import ValidationError

from connectors.bundles.errors import PublishError, RegistryError
from connectors.config_file import ConfigError
from connectors.kafka.errors import BrokerError, TopicsError
from connectors.logs import configure
from connectors.recovery.errors import RecoveryError
from connectors.settings import settings
from flows.commands import (
    api,
    backtest,
    bars,
    calibrate,
    calibration,
    chaos_drill,
    check,
    control,
    cron,
    daily,
    demo,
    doctor,
    drift,
    export,
    feed,
    gonogo,
    marathon,
    models,
    profiles,
    record,
    recover,
    replay,
    report,
    rules,
    run,
    snapshot,
    soak,
    topics,
    train,
    verify,
)
from models.bundle.errors import BundleError
from models.control.commands import BadCommandError
from models.journal.fold import JournalError
from models.paper.merge import MergeError
from models.scoring.registry import UnknownModelError

app = typer.Typer(
    name="levibot",
    help="Live trading-signal engine: ticks from Kafka become calibrated, gated signals.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(run.app, name="run")
app.add_typer(recover.app, name="recover")
app.add_typer(topics.app, name="topics")
app.add_typer(control.app, name="control")
app.add_typer(feed.app, name="feed")
app.add_typer(models.app, name="models")
app.add_typer(snapshot.app, name="snapshot")
app.add_typer(verify.app, name="verify")
app.add_typer(backtest.app, name="backtest")
app.add_typer(check.app, name="check")
app.add_typer(cron.app, name="cron")
app.add_typer(export.app, name="export")
app.add_typer(marathon.app, name="marathon")
app.add_typer(profiles.app, name="profiles")
app.add_typer(report.app, name="report")
app.add_typer(daily.app, name="daily")
app.command("api")(api.serve)
app.command("bars")(bars.bars)
app.command("calibrate")(calibrate.calibrate)
app.command("calibration")(calibration.calibration)
app.command("chaos")(chaos_drill.chaos)
app.command("demo")(demo.demo)
app.command("doctor")(doctor.doctor)
app.command("drift")(drift.drift)
app.command("go-nogo")(gonogo.go_nogo)
app.command("record")(record.record)
app.command("replay")(replay.replay)
app.command("rules")(rules.rules)
app.command("soak")(soak.soak)
app.command("train")(train.train)

EXPECTED = (
    BadCommandError,
    BrokerError,
    BundleError,
    ConfigError,
    JournalError,
    MergeError,
    PublishError,
    RecoveryError,
    RegistryError,
    TopicsError,
    UnknownModelError,
)


def main() -> None:
    """Run the command line; expected errors become one line on stderr and exit code 2."""
    try:
        if "--help" not in sys.argv:
            configure(settings())
        app()
    except ValidationError as error:
        for problem in error.errors():
            name = str(problem["loc"][0]).upper()
            typer.echo(f"levibot: setting {name}: {problem['msg'].removeprefix('Value error, ')}", err=True)
        sys.exit(2)
    except EXPECTED as error:
        typer.echo(f"levibot: {error}", err=True)
        sys.exit(2)
