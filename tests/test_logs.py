"""Logs go to stderr in one form, our own and those of libraries."""

from __future__ import annotations

import json
import subprocess
import sys

PROGRAM = """
import logging, structlog
from connectors.logs import configure
from connectors.settings import Settings
configure(Settings(_env_file=None, log_format={form!r}, log_level="info"), process="test")
structlog.get_logger().info("shard opened", shard="ticks/0000")
structlog.get_logger().debug("not said")
logging.getLogger("library").warning("something %s", "odd")
try:
    raise ValueError("bad")
except ValueError:
    structlog.get_logger().exception("failed")
"""


def logged(form: str) -> list[str]:
    """Return the lines that the program logs in a form."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(form=form)], check=True, capture_output=True, text=True
    )
    assert done.stdout == ""
    return done.stderr.splitlines()


def test_json_logs_are_one_object_a_line_with_level_time_and_process() -> None:
    """A collector can parse every line; debug is below the level and left out."""
    lines = [json.loads(line) for line in logged("json")]
    assert [(line["level"], line["event"]) for line in lines] == [
        ("info", "shard opened"),
        ("warning", "something odd"),
        ("error", "failed"),
    ]
    assert lines[0]["shard"] == "ticks/0000"
    assert {line["process"] for line in lines} == {"test"}
    assert all(line["timestamp"].endswith("Z") for line in lines)
    assert "ValueError: bad" in lines[2]["exception"]


def test_human_logs_name_level_and_fields() -> None:
    """People read the same facts on one line."""
    first, second, *_ = logged("human")
    assert "[info" in first and "shard opened" in first and "shard=ticks/0000" in first
    assert "[warning" in second and "something odd" in second
