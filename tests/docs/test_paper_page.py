"""``docs/paper.md`` from top to bottom, on signals of two shards; and what it says of reasons and limits."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import orjson
import pytest
from paper.shards import Shards, publish

from connectors.embedded import EmbeddedBroker, EmbeddedRedis, free_port
from connectors.embedded.child import Child
from models.control.flags import FLAGS
from models.paper.words import BLOCKED
from tests.docs.blocks import ROOT, Block, blocks, reader_home
from tests.flows.running import SECRET, Stage, until

PAGE = ROOT / "docs" / "paper.md"
BLOCKS = [block for block in blocks(PAGE) if block.language != "mermaid"]
RUN = "levibot run paper\n"
BESIDE = {"account_suffix": "-maker"}


def rows(heading: str) -> list[str]:
    """Return the first cells of the table that follows a heading of the page."""
    part = PAGE.read_text(encoding="utf-8").partition(f"### {heading}\n")[2].partition("\n##")[0]
    return re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE)


def test_every_reason_is_explained_in_the_order_in_which_they_apply() -> None:
    """A reader who meets one on ``trades`` finds it here."""
    assert rows("Why an order was not placed") == list(BLOCKED)


def test_the_limits_are_flags() -> None:
    """And not others than the three that bind the account."""
    limits = rows("Limits")
    assert limits == ["max_position_size_usd", "max_open_positions", "max_daily_loss"]
    assert set(limits) <= FLAGS.keys()


def test_every_block_is_of_a_kind_that_is_tested() -> None:
    """A block in another language would be tested by nobody."""
    assert {block.language for block in BLOCKS} == {"bash", "python"}


class Reader:
    """Somebody with a terminal, beside whom the market goes on: lively at first, then of no mind."""

    def __init__(self, stage: Stage, home: Path) -> None:
        self._stage = stage
        self._env = {name.upper(): value for name, value in stage.values.items()}
        self._env |= reader_home(home, os.environ["PATH"])
        self._home = home
        self._market = Shards(1)
        publish(stage, self._market.seconds(60))
        self._account: Child | None = None

    def run(self, block: Block) -> str:
        """Run a block and return what it said; the account is left running."""
        if block.text == RUN:
            log = self._home / "paper.log"
            self._account = Child("the account", RUN.split(), log=log, env=self._env)
            until(lambda: self._stage.ends("trades")[0], f"the first trades; see {log}")
            return ""
        python = [sys.executable, "-W", "error", "-c"]
        command = python if block.language == "python" else ["bash", "-euo", "pipefail", "-c"]
        done = subprocess.run(
            [*command, self._here(block.text)],
            check=False, cwd=self._home, env=self._env, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, f"exit {done.returncode}\n{block.text}\n{done.stdout}{done.stderr}"
        if block.text.startswith("levibot control"):
            self._carried_out(block.text.split()[2])
        return done.stdout

    def stop(self) -> int | None:
        """Stop the account and return its exit code."""
        return self._account.stop() if self._account else None

    def _carried_out(self, cmd: str) -> None:
        """Let the market go on behind a command, until something has come of it."""
        until(lambda: cmd in self._taken_in(), f"{cmd} in the journal")
        publish(self._stage, map(_of_no_mind, self._market.seconds(10)))
        until(lambda: cmd in [body["source"] for body in trades(self._stage)], f"what came of {cmd}")

    def _taken_in(self) -> list[str]:
        entries = [orjson.loads(message.value() or b"") for message in self._stage.read("journal.paper")]
        return [entry["payload"]["command"]["cmd"] for entry in entries if entry["kind"] == "command"]

    def _here(self, text: str) -> str:
        """Return a text with the test's addresses instead of the default ones."""
        config = self._stage.settings
        return text.replace("127.0.0.1:9092", config.kafka_bootstrap).replace(
            ":4002", f":{config.paper_port}"
        )


def _of_no_mind(record: tuple[str, int, dict[str, Any]]) -> tuple[str, int, dict[str, Any]]:
    topic, partition, body = record
    quiet = {"wanted": "HOLD", "reason": "between", "shadow": None}
    return topic, partition, body | (quiet if "wanted" in body else {})


def trades(stage: Stage) -> list[dict[str, Any]]:
    """Return what is on ``trades``."""
    return [orjson.loads(message.value() or b"") for message in stage.read("trades")]


@pytest.fixture
def stage(
    embedded_broker: Callable[..., EmbeddedBroker], embedded_redis: EmbeddedRedis, tmp_path: Path
) -> Stage:
    """A broker with the topics of the default settings, and with those of the account beside it."""
    values = {"admin_secret": SECRET, "paper_port": str(free_port()), "partitions": "2"}
    values |= {"recovery_dir": str(tmp_path / "recovery"), "epoch_ms": "200"}
    found = Stage.of_settings(values | {"redis_url": embedded_redis.url})
    return found.at(embedded_broker(found.topics() | found.but(**BESIDE).topics()).bootstrap)


@pytest.mark.embedded
@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_reader_of_the_page_trades_on_paper(stage: Stage, tmp_path: Path) -> None:
    """Both orders are filled, the cash adds up to the last digit, and other costs need another account."""
    reader = Reader(stage, tmp_path)
    with ExitStack() as ending:
        ending.callback(reader.stop)
        said = [reader.run(block) for block in BLOCKS]
        ending.pop_all()
    assert reader.stop() == 0

    assert said[0].startswith("all topics are there")
    assert orjson.loads(said[2])["ok"] is True
    own = [body for body in trades(stage) if body["source"] != "signal"]
    assert [(b["event"], b["side"], b["source"], b["reason"]) for b in own] == [
        ("fill", "BUY", "paper.order", "order"),
        ("fill", "SELL", "paper.close", "close"),
    ]
    lines = next(text for block, text in zip(BLOCKS, said, strict=True) if block.language == "python")
    assert len(lines.splitlines()) == len(trades(stage))
    assert lines.splitlines()[-1].startswith("active fill SELL BTCUSDT close ")
    assert {line.split()[0] for line in lines.splitlines()} == {"active", "challenger"}
    assert "other settings" in stage.but(
        paper_liquidity="maker", recovery_dir=str(tmp_path / "lost")
    ).refused("run", "paper")
