"""``docs/your-own-model.md`` from top to bottom, as a reader with a terminal and an editor goes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import orjson
import pytest

from connectors.bundles.registry_file import read
from connectors.embedded import EmbeddedBroker, EmbeddedRedis, free_port
from connectors.embedded.child import Child
from connectors.kafka.topics import output
from connectors.tick_history import files, simulated
from flows.training.gathering import rows_of
from models.simulator import MarketSpec, instruments
from models.spec import Spec
from tests.docs.blocks import ROOT, Block, blocks, reader_home
from tests.flows.running import LEVIBOT, Flow, Stage, until

BLOCKS = blocks(ROOT / "docs" / "your-own-model.md")
EDITS = next(i for i, block in enumerate(BLOCKS) if block.language == "diff")
MARKET = MarketSpec(instruments=instruments(2), edge=1.0, ticks_per_second=2.0)
START, HOURS = 1_700_000_000 * 10**9, 4
NOT_COPIED = shutil.ignore_patterns(".*", "data", "*.egg-info", "node_modules")


def test_every_block_is_of_a_kind_that_is_tested() -> None:
    """A block in another language would be tested by nobody; every program says what it is to be called."""
    assert Counter(block.language for block in BLOCKS).keys() == {"bash", "python", "diff"}
    programs = [block.text for block in BLOCKS if block.language == "python"]
    assert [text.split("\n")[0] for text in programs] == [
        "# rows.py", "# train_lightgbm.py", "# train_sklearn.py",
    ]  # fmt: skip


class Reader:
    """Somebody in a folder, who saves programs under their names and runs what is to be run."""

    def __init__(self, home: Path, env: dict[str, str]) -> None:
        self.home = home
        self._env = env | reader_home(home, os.environ["PATH"])

    def follow(self, block: Block) -> str:
        """Do what a block says and return what was printed."""
        if block.language == "python":
            (self.home / block.text.split("\n")[0].removeprefix("# ")).write_text(block.text)
            return ""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block.text],
            check=False, cwd=self.home, env=self._env, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, f"exit {done.returncode}\n{block.text}\n{done.stdout}{done.stderr}"
        return done.stdout

    def edit(self, block: Block) -> None:
        """Apply a diff, which must fit the files as they are."""
        done = subprocess.run(
            ["git", "apply", "-"], check=False, cwd=self.home, env=self._env | {"GIT_DIR": "/nowhere"},
            input=block.text, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, f"bring the page up to date: {done.stderr}\n{block.text}"


def write_ticks(home: Path) -> None:
    """Leave two halves of a market that can be predicted, the older and the newer one."""
    history, half = simulated(MARKET, 0, HOURS * 3_600, START), START + HOURS // 2 * 3_600 * 10**9
    with (home / "older.ndjson").open("wb") as older, (home / "newer.ndjson").open("wb") as newer:
        for batch in history.batches():
            for ts, value in zip(batch.log_ts.tolist(), batch.values, strict=True):
                (older if ts < half else newer).write(value + b"\n")


def labels_of_the_page(home: Path) -> dict[tuple[str, int], int]:
    """Return what ``rows.py`` says came of each row, by symbol and window end."""
    told = "import json, rows; print(json.dumps([*zip(*rows.rows.select('symbol', 'ts'), rows.y.tolist())]))"
    done = subprocess.run([sys.executable, "-c", told], check=True, cwd=home, capture_output=True)
    return {(symbol, ts): label for symbol, ts, label in orjson.loads(done.stdout)}


def labels_of_the_product(home: Path) -> dict[tuple[str, int], int]:
    """Return the same of the rows that ``levibot train`` learns from."""
    rows = rows_of([files([home / "older.ndjson"])], Spec(), lambda told, share: None)
    every = zip(rows.code.tolist(), rows.second.tolist(), rows.label.tolist(), strict=True)
    return {(rows.symbols[code], (second + 1) * 10**9): label for code, second, label in every if label >= 0}


class Running:
    """The flow and the API on a broker, with a market that trades when it is told to."""

    def __init__(self, stage: Stage, folder: Path, ending: ExitStack) -> None:
        self.stage = stage
        self._seed = 0
        self.flow = ending.enter_context(Flow(stage, folder / "flow.log"))
        api = Child("api", [LEVIBOT, "api"], log=folder / "api.log", env=stage.env)
        ending.callback(api.stop)
        self.trade()

    def trade(self) -> None:
        """Let some seconds be traded and published."""
        self.stage.levibot(
            "feed", "simulate", "--symbols", "2", "--rate", "10", "--speed", "max", "--json", "--seconds",
            "20", "--seed", str(self._seed), "--topic", self.stage.ticks,
        )  # fmt: skip
        self._seed += 1
        until(self.stage.read_up_to, "the market to be read")

    def models(self) -> list[str]:
        """Return which models answered in turn; where nothing trades for a minute, the fallback does."""
        found = [body["model"] for body in self.stage.bodies("signals") if not body["fallback"]]
        return [name for i, name in enumerate(found) if i == 0 or found[i - 1] != name]


@pytest.fixture
def stage(embedded_broker: Callable[..., EmbeddedBroker], embedded_redis: EmbeddedRedis) -> Stage:
    """A broker with the product's topics, one shard, and an empty registry."""
    found = Stage("nowhere", embedded_redis.url, partitions="1", api_port=str(free_port()))
    return found.at(embedded_broker(found.topics()).bootstrap)


@pytest.mark.embedded
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_model_of_ones_own_answers_in_the_running_flow(stage: Stage, tmp_path: Path) -> None:
    """LightGBM, then scikit-learn: rows, training, packing, card, promotion; then back."""
    write_ticks(tmp_path)
    reader = Reader(tmp_path, {name.upper(): value for name, value in stage.values.items()})
    port = f":{stage.settings.api_port}"
    with ExitStack() as ending:
        running = Running(stage, tmp_path, ending)
        for block in BLOCKS[:EDITS]:
            if block.text.startswith("curl"):
                asked = Block(block.language, block.text.replace(":8000", port))
                running.trade()
                until(lambda asked=asked: '"model":"mine"' in reader.follow(asked), "the API to show it")
                continue
            said = reader.follow(block)
            if "models promote trees" in block.text:
                assert "current" in said and "mine" in said
                running.trade()
        running.trade()
        assert running.flow.stop() == 0

    assert labels_of_the_page(tmp_path) == labels_of_the_product(tmp_path)
    assert running.models() == ["ml-fusion", "mine", "trees", "mine"]
    registry = read(stage.settings.registry_file)
    assert registry.current is not None and registry.current.name == "mine"
    journal = [orjson.loads(m.value() or b"") for m in stage.read(output("journal", stage.settings))]
    assert [e["kind"] for e in journal if e["kind"].startswith("model.")] == ["model.ready"] * 3


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the repository, its files dated as they are, so that what is compiled stays of use."""
    shutil.copytree(ROOT, tmp_path / "checkout", ignore=NOT_COPIED)
    return tmp_path / "checkout"


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_feature_of_ones_own_is_computed_and_proved(checkout: Path) -> None:
    """Its diffs fit, its tests and both proofs hold, and its line is on the page of features."""
    (checkout / "configs").rename(checkout / "configs-of-checkout")
    reader = Reader(checkout, {"PYTHONPATH": str(checkout)})
    said = ""
    for block in BLOCKS[EDITS:]:
        if block.language == "diff":
            reader.edit(block)
        else:
            said += reader.follow(block)

    assert "| `active_60s` | float64 | 1s | 60 s |" in (checkout / "docs" / "features.md").read_text()
    assert "passed" in said and "failed" not in said
    assert "no feature, price, outcome or label depends on a later tick" in said
    assert "every feature is warm within its window" in said and "active_60s" in said
