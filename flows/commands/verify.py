"""``levibot verify``: each law as a command."""

from __future__ import annotations

import typer

from flows.commands.verify_alarms import verify_alarms
from flows.commands.verify_crash import verify_crash
from flows.commands.verify_kill import verify_kill
from flows.commands.verify_log import verify_log
from flows.commands.verify_lookahead import verify_lookahead
from flows.commands.verify_marathon import verify_marathon
from flows.commands.verify_replay import verify_replay
from flows.commands.verify_rollout import verify_rollout
from flows.commands.verify_warmup import verify_warmup

app = typer.Typer(
    no_args_is_help=True,
    help="Check what is promised; exit codes: 0 it holds, 1 it is broken, 2 it could not be checked.",
)
app.command("alarms")(verify_alarms)
app.command("crash")(verify_crash)
app.command("kill")(verify_kill)
app.command("log")(verify_log)
app.command("lookahead")(verify_lookahead)
app.command("marathon")(verify_marathon)
app.command("replay")(verify_replay)
app.command("rollout")(verify_rollout)
app.command("warmup")(verify_warmup)
