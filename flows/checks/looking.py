"""Going through a checklist: each item in a thread of its own, so that none holds up the others for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from connectors.redis.reader import RedisDownError
from flows.checks.ground import Ground
from flows.checks.seen import Looked, Seen, unknown

Look = Callable[[Ground], Seen]


class Asked(NamedTuple):
    """An item to look at, and the row of the requirements it answers to."""

    item: str
    look: Look
    requirement: str = ""


def all_at_once(asked: list[Asked], ground: Ground, limit_s: float) -> list[Looked]:
    """Look at everything side by side; what has not answered in ``limit_s`` is unknown."""
    running = [_Running(one, ground) for one in asked]
    deadline = time.monotonic() + limit_s
    return [one.answer(deadline) for one in running]


def one_by_one(asked: list[Asked], ground: Ground, limit_s: float) -> Iterator[Looked]:
    """Look at one item after the other, each for ``limit_s`` at most."""
    for one in asked:
        yield _Running(one, ground).answer(time.monotonic() + limit_s)


class _Running:
    def __init__(self, asked: Asked, ground: Ground) -> None:
        self._asked = asked
        self._began = time.monotonic()
        self._ended = self._began
        self._seen: Seen | None = None
        self._error: BaseException | None = None
        # a daemon: a client that hangs does not hold up the end of the command
        self._thread = threading.Thread(target=self._run, args=(ground,), name=asked.item, daemon=True)
        self._thread.start()

    def _run(self, ground: Ground) -> None:
        try:
            self._seen = tried(self._asked.look, ground)
        except BaseException as error:  # told where the answer is waited for
            self._error = error
        self._ended = time.monotonic()

    def answer(self, deadline: float) -> Looked:
        try:
            self._thread.join(max(0.0, deadline - time.monotonic()))
        except KeyboardInterrupt:
            self._thread.join(max(0.0, deadline - time.monotonic()))  # a drill ends with its un-kill
            raise
        if self._error is not None:
            raise self._error
        seen = self._seen or unknown(
            f"no answer after {time.monotonic() - self._began:.1f} s", "levibot doctor"
        )
        took = (self._ended if self._seen else time.monotonic()) - self._began
        return Looked(self._asked.item, *seen, self._asked.requirement, round(took, 3))


def tried(look: Look, ground: Ground) -> Seen:
    """Look at an item; what an own error says of why it cannot be looked at becomes ``unknown``."""
    try:
        return look(ground)
    except RedisDownError as error:
        return unknown(f"Redis: {error}", "start Redis, or set REDIS_URL")
    except (OSError, RuntimeError, ValueError) as error:
        own = type(error).__module__.startswith(("models.", "connectors.", "flows."))
        if own or isinstance(error, OSError):
            return unknown(str(error))
        raise
