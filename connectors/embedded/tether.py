"""Tie a process to its parent, so that even ``kill -9`` of the parent leaves no orphan.

Run as a script it ties itself and then becomes the given program (the tie survives ``execve``), which is how
servers that are not Python are tied. It imports next to nothing, since every start of a server pays for it.
The kernel counts the *thread* that started the child as the parent: start services from a thread that stays.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when ``parent`` dies; end at once if it is dead already.

    Linux only; elsewhere it does nothing, and a killed parent leaves its children running.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    # SIGKILL and not SIGTERM: a child that is stopped (SIGSTOP) would outlive a mere request
    if libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:  # it died before the tie was made
        os._exit(1)


def tethered(command: list[str]) -> list[str]:
    """Return ``command`` wrapped so that it runs under its own pid but dies with the calling process."""
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *command]


if __name__ == "__main__":
    die_with_parent(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606  the program is named by absolute path, without a shell
