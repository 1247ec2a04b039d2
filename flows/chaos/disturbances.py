"""Faults of everything around the flow. Each returns when it is over; what cannot be had says why."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from connectors.embedded import RealKafka
from flows.chaos.arena import Arena
from flows.chaos.worker import LOOK_EVERY_S, ChaosError, Worker

Disturb = Callable[[Arena, Worker, random.Random], None]
STEP_BACK_S = 60
STUCK_AFTER_S = 5
DISK_KB = 2_048
REPLACED_WITHIN_S = 20.0


def broker_stalls(arena: Arena, worker: Worker, rng: random.Random) -> None:
    """The broker answers nothing for up to two seconds."""
    arena.broker.pause()
    time.sleep(rng.uniform(0.1, 2.0))
    arena.broker.resume()


def broker_restarts(arena: Arena, worker: Worker, rng: random.Random) -> None:
    """The broker stops and comes back on its log; an embedded one only drops its connections."""
    if isinstance(arena.broker, RealKafka):
        arena.broker.restart()
    else:
        arena.broker.down()
        time.sleep(0.5)
        arena.broker.up()


def redis_hangs(arena: Arena, worker: Worker, rng: random.Random) -> None:
    """Redis answers nothing for up to three seconds."""
    arena.redis.pause()
    time.sleep(rng.uniform(0.5, 3.0))
    arena.redis.resume()


def flow_is_paused(arena: Arena, worker: Worker, rng: random.Random) -> None:
    """The process stands still for up to three seconds and goes on."""
    worker.process.pause()
    time.sleep(rng.uniform(0.5, 3.0))
    worker.process.resume()


def folder_is_deleted(arena: Arena, worker: Worker, rng: random.Random) -> None:
    """The process is killed and its recovery folder is lost."""
    worker.kill()
    shutil.rmtree(worker.folder, ignore_errors=True)
    worker.start()


def clock_steps_back(arena: Arena, worker: Worker, rng: random.Random) -> None:
    """The process's clock goes back a minute, which stalls the engine; its watchdog must end it."""
    worker.kill()
    clock = arena.scratch / "clock"
    clock.write_text("+0")
    worker.start(
        ld_preload=str(faketime()), faketime_timestamp_file=str(clock), faketime_no_cache="1",
        faketime_dont_fake_monotonic="1", dont_fake_monotonic="1", stuck_after_s=str(STUCK_AFTER_S),
    )  # fmt: skip
    worker.wait_until_open()
    clock.write_text(f"-{STEP_BACK_S}")
    worker.wait_for_end(STEP_BACK_S / 2)
    worker.start()


def disk_is_full(arena: Arena, worker: Worker, rng: random.Random) -> None:
    """The disk under the recovery folder fills up, the process ends, and there is room again."""
    worker.kill()
    disk = _disk(arena.scratch)
    _mount(disk)
    try:
        worker.start(recovery_dir=str(disk / "state"))
        worker.wait_until_open()
        _fill(disk)
        worker.wait_for_end(30)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)  # noqa: S603, S607
    worker.start()


def hung_process_is_replaced(arena: Arena, worker: Worker, rng: random.Random) -> None:
    """The process hangs, another machine takes over, and the process wakes up beside its successor."""
    hung = worker.move()
    hung.pause()
    worker.start()
    worker.wait_until_open()
    hung.resume()
    deadline = time.monotonic() + REPLACED_WITHIN_S
    while hung.running and time.monotonic() < deadline:
        time.sleep(LOOK_EVERY_S)
    if hung.kill() in (0, -signal.SIGKILL):
        raise ChaosError("a process that was replaced went on beside its successor")


def faketime() -> Path | None:
    """Return Debian's libfaketime, None where it is not installed."""
    return next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)


def _mount(disk: Path) -> None:
    options = ["-t", "tmpfs", "-o", f"size={DISK_KB}k", "tmpfs", str(disk)]
    subprocess.run(["mount", *options], check=True, capture_output=True)  # noqa: S603, S607


def _fill(disk: Path) -> None:
    try:
        with (disk / "filler").open("wb", buffering=0) as filler:
            while True:
                filler.write(bytes(4_096))
    except OSError:
        return


EVERYWHERE: dict[str, Disturb] = {
    "broker stalls": broker_stalls,
    "broker restarts": broker_restarts,
    "redis hangs": redis_hangs,
    "flow is paused": flow_is_paused,
    "folder is deleted": folder_is_deleted,
}


def available(scratch: Path, *, transactions: bool) -> tuple[dict[str, Disturb], dict[str, str]]:
    """Return what can be done here, and by name why the rest cannot."""
    found, missing = dict(EVERYWHERE), {}
    if transactions:
        found["hung process is replaced"] = hung_process_is_replaced
    else:
        missing["hung process is replaced"] = "only transactions shut it out"
    if faketime():
        found["clock steps back"] = clock_steps_back
    else:
        missing["clock steps back"] = "libfaketime is not installed"
    if _may_mount(scratch):
        found["disk is full"] = disk_is_full
    else:
        missing["disk is full"] = "no right to mount a tmpfs"
    return found, missing


def _may_mount(scratch: Path) -> bool:
    disk = _disk(scratch)
    try:
        _mount(disk)
    except (subprocess.CalledProcessError, OSError):
        return False
    subprocess.run(["umount", str(disk)], check=True)  # noqa: S603, S607
    return True


def _disk(scratch: Path) -> Path:
    """Return the folder over which the small disk is mounted; nothing else may lie in it."""
    disk = scratch / "small-disk"
    disk.mkdir(exist_ok=True)
    return disk
