"""The product's crontab: each job with its schedule, its command and the requirement it answers to."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import NamedTuple


class CronError(RuntimeError):
    """There is nothing that cron could start; the message says what to do."""


class Job(NamedTuple):
    """A line: five fields of time, a command with ``{levibot}`` for ours, the log it writes to, and why."""

    schedule: str
    command: str
    log: str
    why: str


JOBS = (
    Job("*/5 * * * *", "{levibot} check quick", "levibot-health", "the pulse (S284)"),
    Job("*/15 * * * *", "{levibot} drift --fail-on alert", "drift_check",
        "drift on record; it is watched in the stream too (S062, S304)"),
    Job("7 * * * *", "{levibot} export shadow", "shadow_export",
        "the challenger's logs: a file a day, gzipped, kept 30 days (S099, S309)"),
    Job("13 * * * *", "{levibot} calibration --low-confid 0.55 --markers data/calibration_markers.csv",
        "calibration_markers", "periods of low confidence (S317)"),
    Job("30 2 * * *", "{levibot} replay --last 24h --compare", "replay", "the nightly replay (S153, S292)"),
    Job("5 0 * * *", "{levibot} report day --date $(date -ud yesterday +%F)", "report_day",
        "the 24-hour report of the day before (S302)"),
    Job("0 9 * * *", "{levibot} daily morning", "daily", "the look of the morning (S289)"),
    Job("0 18 * * *", "{levibot} daily evening", "daily", "the day's PnL and the flags in force (S290)"),
    Job("10 18 * * *", "{levibot} backup create", "backup",
        "states, models, configuration, the desk and its flags, the view (S207, S290, S309)"),
    Job("40 18 * * *", "{levibot} backup prune --keep 7d --exports 30d", "backup",
        "backups are kept 7 days, what is exported 30 (S309)"),
    Job("55 23 * * *", "{levibot} snapshot audit", "audit_snapshot", "the day's scores (S316)"),
    Job("0 2 * * 0", "{levibot} train --topic ticks --days 45 --preset quick", "retrain",
        "weekly training; it is promoted by a person (S166, S304)"),
    Job("0 3 * * 0", "{levibot} calibration --diagram data/reliability.png --deciles data/deciles.csv",
        "reliability", "the weekly reliability diagram (S315)"),
)  # fmt: skip
"""In the order in which they are printed."""

PROFILE = Job("0 */6 * * *", "{levibot} check full --profile {profile}", "check_full",
              "all items of the profile (S303)")  # fmt: skip


def crontab(folder: Path, logs: Path | None = None, profile: str = "") -> str:
    """Return the crontab of a checkout; raise ``CronError`` where it has no .venv with the product."""
    root = folder.resolve()
    levibot = root / ".venv" / "bin" / "levibot"
    if not levibot.is_file():
        raise CronError(f"{levibot} is missing: make setup, or name the checkout with --folder")
    jobs = (
        [*JOBS, PROFILE._replace(command=PROFILE.command.replace("{profile}", profile))] if profile else JOBS
    )
    written = [_lines(job, root, levibot, (logs or root / "logs").resolve()) for job in jobs]
    return "\n".join(["# levibot: written by levibot cron print", "SHELL=/bin/sh", *written, ""])


def _lines(job: Job, root: Path, levibot: Path, logs: Path) -> str:
    command = job.command.replace("{levibot}", shlex.quote(str(levibot)))
    log = shlex.quote(str(logs / f"{job.log}.log"))
    line = (
        f"cd {shlex.quote(str(root))} && mkdir -p {shlex.quote(str(logs))} && {{ {command}; }} >> {log} 2>&1"
    )
    # cron takes a bare % for the end of the line
    return f"# {job.why}\n{job.schedule} {line.replace('%', chr(92) + '%')}"
