"""Everything in the README that can be run is run, and does what the text around it says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import orjson
import pytest

from connectors.codecs import Decoder
from connectors.embedded import EmbeddedBroker, EmbeddedRedis, free_port
from connectors.embedded.child import Child
from connectors.kafka.clients import producer
from connectors.kafka.topics import ACCOUNT_JOURNAL, GUARD_JOURNAL
from connectors.settings import Settings
from models.guard.records import ROLLOUT
from tests.docs.blocks import Block, blocks, reader_home
from tests.docs.contract import kinds, why_not
from tests.flows.running import Stage, until

BLOCKS = blocks()
FLOW, PAPER, API = "levibot run signals\n", "levibot run paper\n", "levibot api\n"
GUARD = "levibot run guard\n"
"""The blocks that run until they are stopped."""
PYTHON = [sys.executable, "-W", "error", "-c"]
RECORDED = {"tick_topics": "recorded", "topic_suffix": "-recorded"}
SENT = [
    "kill", "unkill", "kill", "unkill", "canary", "model.select", "flag.set", "rollout",
    "paper.order", "paper.close", "model.promote", "model.select", "model.select", "rollout.start",
]  # fmt: skip
"""The commands in the order of the page; the guard's own may follow."""
TRADES = ["time,price,qty", *(f"{1_700_000_000_000 + i * 100},{100 + i % 5},0.5" for i in range(50))]


def of(language: str) -> list[str]:
    return [block.text for block in BLOCKS if block.language == language]


def test_every_block_is_of_a_kind_that_is_tested() -> None:
    """A block in another language would be tested by nobody."""
    assert Counter(block.language for block in BLOCKS).keys() == {
        "mermaid", "bash", "dotenv", "json", "python",
    }  # fmt: skip


def test_the_settings_are_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line of the ``.env`` names one, and they load."""
    [text] = of("dotenv")
    names = [line.partition("=")[0].lower() for line in text.splitlines()]
    for name in names:
        monkeypatch.delenv(name.upper(), raising=False)
    (tmp_path / ".env").write_text(text)
    loaded = Settings(_env_file=tmp_path / ".env")
    assert loaded.model_fields_set == set(names)
    assert loaded == Settings(_env_file=None).model_copy(update={"admin_secret": loaded.admin_secret})


def test_the_tick_is_a_tick() -> None:
    """The README's tick is read, and follows the contract."""
    tick = next(text for text in of("json") if '"qty"' in text).encode()
    assert len(Decoder().decode([tick]).ticks) == 1
    assert kinds("ticks", tick) == ["tick"]


def test_the_signal_is_a_signal() -> None:
    """The README's signal follows the contract, and its numbers agree with each other."""
    text = next(text for text in of("json") if '"horizon_s"' in text).encode()
    assert kinds("signals", text) == ["signal"], why_not("signals", text)
    signal = json.loads(text)
    assert signal["confid"] == max(signal["prob"], 1 - signal["prob"])
    assert signal["ml_bucket"] == int(signal["prob"] * 10)
    parts = signal["ml_signal_parts"].values()
    assert signal["prob"] == pytest.approx(sum(parts) / 3, abs=1e-9)


def run(block: Block, env: dict[str, str], folder: Path, addresses: dict[str, str]) -> str:
    """Run a block as the reader would, only with the test's addresses instead of the default ones."""
    text = block.text
    for default, real in addresses.items():
        text = text.replace(default, real)
    command = ["bash", "-euo", "pipefail", "-c", text]
    if block.language == "python":
        command = [sys.executable, "-W", "error", "-c", text]
    done = subprocess.run(
        command, check=False, cwd=folder, env=env, capture_output=True, text=True, timeout=60
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, f"exit {done.returncode}\n{text}\n{said}"
    return said


@pytest.fixture
def stage(embedded_broker: Callable[..., EmbeddedBroker], embedded_redis: EmbeddedRedis) -> Stage:
    """A broker with the topics of the default settings, and with those of the recorded ticks."""
    values = {
        "admin_secret": "s3cret",
        "flow_port": "0",
        "paper_port": "0",
        "guard_port": "0",
        "api_port": str(free_port()),
    }
    found = Stage.of_settings(values | {"redis_url": embedded_redis.url})
    return found.at(embedded_broker(found.topics() | found.but(**RECORDED).topics()).bootstrap)


class Reader:
    """Somebody with a terminal who runs what is written, from top to bottom."""

    def __init__(self, stage: Stage, home: Path) -> None:
        self._stage = stage
        self._home = home
        values = {name.upper(): value for name, value in stage.values.items() if name not in RECORDED}
        values |= {"RECOVERY_DIR": str(home / "recovery"), "MODELS_DIR": str(home / "models")}
        values |= {"REGISTRY_FILE": str(home / "registry.json")}
        values |= {"CANARY_POLICY_FILE": str(home / "canary_policy.json")}
        self._env = values | reader_home(home, os.environ["PATH"])
        self._ready = {
            FLOW: lambda: all(stage.ends("journal")),
            PAPER: lambda: stage.ends(ACCOUNT_JOURNAL)[0] >= 2,
            API: lambda: self._curl("/healthz").returncode == 0,
            GUARD: lambda: stage.ends(GUARD_JOURNAL)[0] >= 3,
        }
        self.services: dict[str, Child] = {}

    def run(self, block: Block) -> str:
        """Run a block and return what it said; one that runs until it is stopped is left running."""
        if block.text in self._ready:
            log = self._home / "services.log"
            self.services[block.text] = Child(block.text, block.text.split(), log=log, env=self._env)
            until(self._ready[block.text], f"{block.text.strip()} to be ready; see {log}")
            return ""
        shell = ["bash", "-euo", "pipefail", "-c"]
        done = self._run([*(PYTHON if block.language == "python" else shell), self._here(block.text)])
        assert done.returncode == 0, f"exit {done.returncode}\n{block.text}\n{done.stdout}{done.stderr}"
        return done.stdout

    def stop(self) -> dict[str, int]:
        """Stop what is left running and return the exit codes."""
        return {name: service.stop() for name, service in reversed(self.services.items())}

    def _curl(self, path: str) -> subprocess.CompletedProcess[str]:
        return self._run(["curl", self._here(f"http://127.0.0.1:8000{path}")])

    def _here(self, text: str) -> str:
        """Return a text with the test's addresses instead of the default ones."""
        config = self._stage.settings
        return text.replace("127.0.0.1:9092", config.kafka_bootstrap).replace(":8000", f":{config.api_port}")

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, check=False, cwd=self._home, env=self._env, capture_output=True, text=True, timeout=120
        )


@pytest.mark.embedded
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_reader_who_goes_from_top_to_bottom_gets_what_it_says(stage: Stage, tmp_path: Path) -> None:
    """Every shell and Python block in order, against one broker, with flow and API started where it says."""
    (tmp_path / "trades.csv").write_text("\n".join(TRADES))
    reader = Reader(stage, tmp_path)
    with ExitStack() as ending:
        ending.callback(reader.stop)
        said = {block.text: reader.run(block) for block in BLOCKS if block.language in ("bash", "python")}
        journal = until(lambda: commands_of(stage, 4 * len(SENT)), "the last command in every journal")
        until(lambda: taken_by_the_account(stage)[: len(SENT)] == SENT, "the account to take the same in")
        until(lambda: stage.ends(ROLLOUT)[0], "the run to start")
        ending.pop_all()
    ended = reader.stop()
    assert (ended[FLOW], ended[PAPER], ended[GUARD]) == (0, 0, 0)
    assert journal[: len(SENT)] == SENT
    assert sum(stage.but(**RECORDED).ends("recorded")) == len(TRADES) - 1

    def after(start: str) -> str:
        return next(answer for text, answer in said.items() if text.startswith(start))

    assert "levibot demo" in after("make demo")
    assert "pytest" in after("make test")
    assert after("levibot topics").startswith("all topics are there")
    assert "records of 5 symbols in ticks" in after("levibot feed")
    lines = after("import json").splitlines()
    assert len(lines) >= 20
    assert all(re.fullmatch(r"[A-Z]+USDT (BUY|SELL|HOLD) 0\.\d+", line) for line in lines)
    assert '"status":"OK"' in after("curl")
    assert "levibot_redis_up 1.0" in after("curl")
    assert "BTCUSDT 5s" in after("levibot bars")
    assert after("levibot control").count("all 4 shards acknowledged") == 3
    assert "Model card: lgbm-all" in after("levibot train")
    assert "all 4 shards score with it" in after("levibot models promote")


def commands_of(stage: Stage, count: int) -> list[str]:
    """Return the commands in the journal of the first shard, once all journals hold so many together."""
    entries = [(m.partition(), orjson.loads(m.value() or b"")) for m in stage.read("journal")]
    found = [(p, e["payload"]["command"]["cmd"]) for p, e in entries if e["kind"] == "command"]
    return [cmd for partition, cmd in found if partition == 0] if len(found) >= count else []


def taken_by_the_account(stage: Stage) -> list[str]:
    """Return the commands in the journal of the paper account."""
    entries = [orjson.loads(m.value() or b"") for m in stage.read(ACCOUNT_JOURNAL)]
    return [entry["payload"]["command"]["cmd"] for entry in entries if entry["kind"] == "command"]


@pytest.mark.embedded
@pytest.mark.parametrize(
    ("ordinals", "said", "refused"),
    [
        ([*range(7, 60), *range(50, 60), *range(60, 97)], 90, ""),
        ([*range(7, 60), *range(62, 109)], 53, "2 records of shard 0 are lost before ordinal 62"),
    ],
    ids=["repeats", "gap"],
)
def test_the_reader_of_signals_sees_every_loss_and_drops_every_repeat(
    ordinals: list[int],
    said: int,
    refused: str,
    embedded_broker: Callable[..., EmbeddedBroker],
) -> None:
    """Ten repeats are dropped in silence; two missing records end it, by name."""
    bootstrap = embedded_broker({"signals": 1}).bootstrap
    writer = producer(bootstrap)
    for ordinal in ordinals:
        body = {"symbol": "BTCUSDT", "signal": "BUY", "prob": 0.6, "ordinal": ordinal}
        writer.produce("signals", orjson.dumps(body), "BTCUSDT")
    assert writer.flush(10) == 0
    [text] = of("python")
    done = subprocess.run(
        [*PYTHON, text.replace("127.0.0.1:9092", bootstrap)],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (len(done.stdout.splitlines()), done.stderr.strip()) == (said, refused)
    assert done.returncode == (1 if refused else 0)
