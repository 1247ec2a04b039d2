"""Commands run in this process: what ``levibot`` would print and exit with, without its second of start."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from typing import NamedTuple

import pytest

from connectors.settings import settings
from flows import cli


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


def levibot(args: tuple[str, ...], env: Mapping[str, str]) -> Ended:
    """Run a command through the entry point of the console script, under these environment variables.

    Logs keep going where the tests send them. For a command that ends its process use a process.
    """
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        for name, value in env.items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["levibot", *args])
        patch.setattr(cli, "configure", lambda settings: None)
        settings.cache_clear()
        try:
            code = _code(cli.main)
        finally:
            settings.cache_clear()
    return Ended(code, *(stream.buffer.getvalue().decode() for stream in (out, err)))


def _code(command: Callable[[], None]) -> int:
    try:
        command()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0
