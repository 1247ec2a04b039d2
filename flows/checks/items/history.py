"""What has been done before: the canary phase, the drills with errors, the calibration that came of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from connectors.kafka.monitor_log import newest, since
from connectors.profile_file import FOLDER, profile_named
from flows.checks.ground import Ground, Plain
from flows.checks.seen import Seen, failed, passed, unknown
from models.guard.records import ROLLOUT
from models.judge.records import CALIBRATION
from models.monitor.lines.calibration_lines import CalibrationLine, calibration_lines
from models.monitor.lines.deciles import deciles_csv
from models.monitor.lines.selecting import PRESENT_S, present
from models.rules.rule import duration

CHAOS_REPORT = Path("docs/KILL_SWITCH_CHAOS_REPORT.md")
DECILES = 10
MOVES = 1_000
NS = 10**9


def canary_tested(ground: Ground) -> Seen:
    """The canary phase of the profile was entered, lasted its time and was left without a rollback."""
    if not ground.profile:
        return unknown("no profile says which phase it is", "--profile NAME")
    if not ground.has_topic(ROLLOUT):
        return unknown(f"there is no topic {ROLLOUT}", "levibot topics create; levibot run guard")
    profile = profile_named(ground.settings.rules_file.parent / FOLDER, ground.profile)
    phases = [phase for phase in profile.plan.phases if phase.canary] or profile.plan.phases[:1]
    name, dwell = phases[0].name, phases[0].dwell_s
    moves = newest(
        ground.settings, ROLLOUT, MOVES, lambda body: body["profile"] == profile.name, lambda _: None
    )
    lasted = _lasted(sorted(moves, key=lambda body: int(body["ordinal"])), name)
    if lasted is None:
        return failed(f"phase '{name}' was never left for the next one", f"run the rollout of {profile.name}")
    told = f"phase '{name}' lasted {duration(lasted)} of {duration(dwell)}, then the next was entered"
    return passed(told) if lasted >= dwell else failed(told, f"run the rollout of {profile.name}")


def _lasted(moves: list[Plain], phase: str) -> int | None:
    """Return the seconds of the last stay in a phase that ended with the next one, None without such."""
    entered, lasted = None, None
    for body in moves:
        if body["event"] in ("entered", "started", "promoted", "rolled_back"):
            if entered is not None and body["from"] == phase and body["event"] in ("entered", "promoted"):
                lasted = (body["ts"] - entered) // NS
            entered = body["ts"] if body["to"] == phase else None
    return lasted


def chaos_reported(ground: Ground) -> Seen:
    """The report of the drills with errors and a throttled feed is there."""
    path = ground.root / CHAOS_REPORT
    if not path.is_file():
        return failed(f"{CHAOS_REPORT} is missing", "run the drills and write it")
    return passed(f"{CHAOS_REPORT} of {datetime.fromtimestamp(path.stat().st_mtime, UTC):%Y-%m-%d}")


def deciles_csv_there(ground: Ground) -> Seen:
    """The calibration of the model in use has ten deciles, each with outcomes, and can be had as CSV."""
    records = list(since(ground.settings, CALIBRATION, PRESENT_S, lambda _: None))
    active = {head["desk"]["model"] for head in ground.heads().values() if not head["gone"]}
    lines = [line for line in calibration_lines(present(records), "24h") if line.reference in active]
    best = max(lines, key=_filled, default=None)
    if best is None:
        return unknown("no calibration of the model in use yet", "it comes every 5 minutes of log time")
    told = (
        f"{best.model} on {best.symbol or 'all symbols'}: {_filled(best)} of {DECILES} deciles hold outcomes"
    )
    if _filled(best) < DECILES:
        return failed(told, "wait for more outcomes: one is known 60 s after its score")
    rows = deciles_csv([best]).count(b"\n") - 1
    return passed(f"{told}; {rows} rows as CSV (levibot calibration --deciles FILE.csv)")


def _filled(line: CalibrationLine) -> int:
    return 0 if line.symbol is None else sum(bool(one["n"]) for one in line.figures.get("deciles") or [])
