"""``levibot train`` and ``levibot calibrate`` from ticks to a bundle that loads: what holds of each run."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import orjson
import pytest
from made_rows import HORIZON, drawn_rows
from rich.console import Console
from typer.testing import CliRunner

from connectors.bundles.folder import read
from connectors.bundles.loading import load
from connectors.settings import Settings
from flows.cli import application
from flows.training import fitting, recipe, study
from flows.training.finishing import Finished
from flows.training.run import Published
from flows.training.telling import summary
from models.bundle.manifest import MANIFEST, parse_manifest
from models.bundle.placing import model_rows
from models.market.schema import NAMES, TRAINED
from models.training.learning.search import Trial

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SHORT = ("--symbols", "2", "--trials", "4")
LEARNABLE = ("--simulated", "--edge", "1", "--hours", "3", *SHORT)
COIN_TOSS = ("--simulated", "--edge", "0", "--hours", "3", *SHORT)


class Place:
    """A folder of models with its registry, and the commands run in it."""

    def __init__(self, folder: Path) -> None:
        self.models, self.registry = folder / "models", folder / "registry.json"

    def run(self, *args: str, code: int = 0) -> Any:
        """Return what the command printed as JSON, or its stderr where it is to fail."""
        found = CliRunner().invoke(application(), [*args, "--json"])
        assert found.exit_code == code, found.output
        return json.loads(found.stdout) if code == 0 else found.stderr

    def files(self, run_id: str) -> dict[str, bytes]:
        """Return the files of a bundle."""
        return read(self.models / run_id)

    def card(self, run_id: str) -> Any:
        """Return a bundle's card."""
        return orjson.loads(self.files(run_id)["model_card.json"])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A place with its own settings, in the repository's folder."""
    found = Place(tmp_path_factory.mktemp("training"))
    config = Settings(_env_file=None, models_dir=found.models, registry_file=found.registry)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        for module in ("flows.training.work.settings", "flows.cli.settings"):
            patch.setattr(module, lambda: config)
        yield found


@pytest.fixture(scope="module")
def learned(place: Place) -> Any:
    """A model of a market that can be predicted."""
    return place.run("train", *LEARNABLE)


def test_a_planted_edge_is_learned(place: Place, learned: Any) -> None:
    """Three hours of two symbols and four trials pass the gate, with an AUC that is no chance."""
    assert learned["gates"]["accuracy"]["value"] >= 0.65
    assert learned["gates"]["accuracy"]["passed"]
    assert place.card(learned["run_id"])["metrics"]["test"]["auc"]["low"] > 0.55
    assert learned["name"] == "lgbm-all"


def test_the_bundle_loads_by_its_reference(place: Place, learned: Any) -> None:
    """Through every check of safe loading, and it scores rows."""
    model = load(place.models, learned["reference"], place.registry)

    prob = model.predict(model_rows(np.zeros((3, len(TRAINED))), TRAINED))
    assert model.version == f"lgbm-all-{learned['run_id']}"
    assert ((prob > 0) & (prob < 1)).all()


def test_the_card_obeys_its_schema_and_tells_the_run(place: Place, learned: Any) -> None:
    """Windows in order, all leakage checks passed, nothing but real features, what was searched."""
    card = place.card(learned["run_id"])
    jsonschema.validate(
        card, orjson.loads((ROOT / "models/training/card/model_card.schema.json").read_bytes())
    )

    windows = card["data"]["windows"]
    times = [windows[part][end] for part in ("train", "validation", "test") for end in ("start", "end")]
    assert times == sorted(times)
    assert all(check["passed"] for check in card["leakage_checks"])
    assert set(card["identity"]["features"]) == set(TRAINED) and "sentiment" not in TRAINED
    assert card["training"]["trials"] == 4
    assert card["training"]["best_trial"].keys() >= {"score", "log_loss", "profit"}
    assert [trial["number"] for trial in card["training"]["search"]] == [0, 1, 2, 3]
    assert card["policy"]["on_test"].keys() == {"trades", "gross", "net", "held_s"}
    assert "The ticks are simulated" in card["limits"][0]


def test_the_frozen_data_names_the_run(place: Place, learned: Any) -> None:
    """Id, checksum and sources stand in the snapshot, and every feature has its drift reference."""
    files = place.files(learned["run_id"])
    frozen, drift = (orjson.loads(files[name]) for name in ("data_snapshot.json", "reference.json"))

    assert frozen["id"] == learned["run_id"] == place.card(learned["run_id"])["data"]["snapshot_id"]
    assert learned["run_id"].endswith(frozen["checksum"][:8])
    assert frozen["sources"][0]["simulated"]["edge"] == 1.0
    assert drift["features"].keys() == set(TRAINED)
    assert parse_manifest(files[MANIFEST]).features == TRAINED


def test_training_again_gives_the_same_model(place: Place, learned: Any) -> None:
    """Same ticks and seed: the same bytes of model, reference and golden rows, under another time."""
    first = place.files(learned["run_id"])
    other = Place(place.models.parent / "again")

    again = place.run("train", *LEARNABLE, "--models-dir", str(other.models))

    files = other.files(again["run_id"])
    for name in ("model.txt", "reference.json", "golden.json"):
        assert files[name] == first[name]
    assert again["run_id"][-8:] == learned["run_id"][-8:]
    assert not list((other.models / study.STUDIES).iterdir())


def test_an_interrupted_run_is_resumed_to_the_same_model(
    place: Place, learned: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C after two trials keeps them, says how to go on, and the model is that of an undisturbed run."""
    other = Place(place.models.parent / "resumed")
    real = fitting.search

    def interrupted(*args: Any, **options: Any) -> Iterator[Trial]:
        for count, trial in enumerate(real(*args, **options)):
            if count == 2:
                raise KeyboardInterrupt
            yield trial

    into = ("--models-dir", str(other.models))
    monkeypatch.setattr(fitting, "search", interrupted)
    told = place.run("train", *LEARNABLE, *into, code=130)
    monkeypatch.undo()
    (run_id,) = (path.name for path in (other.models / study.STUDIES).iterdir())
    assert f"stopped after 2 of 4 trials; go on with: levibot train --resume {run_id} --models-dir" in told

    again = place.run("train", "--resume", run_id, *into)

    assert again["run_id"] == run_id
    assert other.files(run_id)["model.txt"] == place.files(learned["run_id"])["model.txt"]
    assert "no study" in place.run("train", "--resume", run_id, *into, code=2)


def test_a_coin_toss_is_called_one(place: Place) -> None:
    """Without an edge the interval of the accuracy covers one half, the gate fails, and it still exits 0."""
    found = place.run("train", *COIN_TOSS)

    gate = found["gates"]["accuracy"]
    assert gate["low"] <= 0.5 <= gate["high"]
    assert not gate["passed"] and not found["edge"]["found"]
    assert not found["policy"]["profitable"] and (found["policy"]["entry"], found["policy"]["exit"]) == (
        0.55,
        0.45,
    )


@pytest.mark.real_data
def test_half_a_day_of_recorded_ticks_shows_no_edge(place: Place, real_data: Path) -> None:
    """BTCUSDT of 2022-01-15: a minute ahead cannot be told from its own trades, and the card says so."""
    file = real_data / "full_day" / "btcusdt_20220115_00-12h.parquet"

    found = place.run("train", "--ticks", str(file), "--symbol", "BTCUSDT", "--trials", "3")

    card = place.card(found["run_id"])
    assert found["name"] == "lgbm-btcusdt" and not found["edge"]["found"] and not found["gates"]["passed"]
    assert card["metrics"]["test"]["accuracy"]["high"] < 0.6
    assert card["data"]["windows"]["test"]["end"].startswith("2022-01-15T11:59:")
    assert card["data"]["sources"][0]["file"] == file.name
    assert not any("simulated" in limit for limit in card["limits"])


def test_scikit_learns_trees_make_a_bundle_too(place: Place) -> None:
    """Under the name skops-local, without pickle, loaded like any other."""
    found = place.run(
        "train", "--simulated", "--hours", "1", "--symbols", "2", "--trials", "2", "--kind", "skops"
    )

    assert found["name"] == "skops-local"
    assert "model.skops" in place.files(found["run_id"])
    assert load(place.models, found["reference"], place.registry).version == f"skops-local-{found['run_id']}"


def test_a_model_is_calibrated_anew_without_training(place: Place, learned: Any) -> None:
    """The same model text under a new run id, judged on other ticks; the card names where it comes from."""
    newer = ("--simulated", "--edge", "1", "--hours", "1", "--symbols", "2", "--market-seed", "9")

    found = place.run("calibrate", "--model", learned["run_id"], *newer)

    files, card = place.files(found["run_id"]), place.card(found["run_id"])
    assert files["model.txt"] == place.files(learned["run_id"])["model.txt"]
    assert card["identity"]["calibrated_from"] == learned["run_id"] != found["run_id"]
    assert card["data"]["windows"]["train"] == place.card(learned["run_id"])["data"]["windows"]["train"]
    assert card["training"] == place.card(learned["run_id"])["training"]
    assert found["gates"]["accuracy"]["value"] >= 0.65
    assert load(place.models, found["reference"], place.registry).name == "lgbm-all"


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (("train",), "one of --ticks FILE, --topic NAME, --simulated"),
        (("train", "--simulated", "--topic", "ticks"), "one of --ticks FILE"),
        (("train", "--simulated", "--kind", "xgboost"), "no kind 'xgboost'; there are lightgbm, skops"),
        (("train", "--simulated", "--horizon", "5m"), "look 60 s ahead, not 300"),
        (("train", "--simulated", "--name", "My Model"), "no model name"),
        (("train", "--simulated", "--hours", "0.1", *SHORT), "take a longer"),
        (
            ("train", "--simulated", "--hours", "0.2", "--symbol", "DOGE"),
            "no ticks of DOGE; there are",
        ),
        (("train", "--ticks", "nowhere.parquet"), "nowhere.parquet"),
        (("train", "--simulated", "--symbols", "BTC/USD"), "letters and digits"),
        (("train", "--simulated", "--resume", "20261121T141500Z-0123abcd"), "give no others"),
        (("calibrate", "--model", "ml-fusion", "--simulated"), "built in"),
        (("calibrate", "--model", "nobody", "--simulated"), "no model 'nobody'"),
    ],
)
def test_what_cannot_be_done_says_why(place: Place, args: tuple[str, ...], word: str) -> None:
    """One line on stderr, exit code 2, no bundle."""
    told = place.run(*args, code=2)

    assert word in told and told.count("\n") == 1
    assert told.startswith(f"{args[0]}: ")


def test_a_study_is_held_by_one_process_and_drops_half_a_line(tmp_path: Path) -> None:
    """What was cut short is run again; what is whole is read back equal; rows too."""
    rows, asked = drawn_rows(300), recipe.Recipe(name="a", horizon_s=HORIZON)
    begun = recipe.Run(
        recipe=asked, run_id="20261121T141500Z-0123abcd", created="now", sources=[{"file": "a"}]
    )
    study.begin(tmp_path, begun, rows)
    trial = Trial(0, "complete", {"p": 0.1 + 0.2}, 0.3, {10: 1 / 3}, {"log_loss": 0.3})
    with study.opened(tmp_path, begun.run_id) as held:
        held.add(trial)
        with pytest.raises(study.StudyError, match="another process"), study.opened(tmp_path, begun.run_id):
            pass
    lines = tmp_path / study.STUDIES / begun.run_id / "trials.jsonl"
    lines.write_bytes(lines.read_bytes() + b'{"number":1,"sta')

    with study.opened(tmp_path, begun.run_id) as again:
        assert again.trials == [trial]
        assert again.run == begun
        assert again.rows.symbols == rows.symbols and len(NAMES) == again.rows.x.shape[1]
        assert all(
            (getattr(again.rows, c) == getattr(rows, c)).all() for c in ("code", "second", "x", "label")
        )
        again.add(trial)
        again.remove()
    assert not (tmp_path / study.STUDIES / begun.run_id).exists()


def test_the_result_is_told_in_words(place: Place, learned: Any) -> None:
    """Gates with their sentences, the calibration, the thresholds, and the next command."""
    done = Published(
        Path(learned["folder"]), learned["reference"], Finished({}, place.card(learned["run_id"]))
    )
    console = Console(record=True, width=200, file=io.StringIO())

    console.print(summary(done))

    told = console.export_text()
    for words in (
        learned["run_id"], "pass  Accuracy 0.", "pass  One row takes", "Calibration: ", "BUY from",
        f"levibot models show {learned['run_id']}", f"levibot models promote {learned['run_id']} --note",
    ):  # fmt: skip
        assert words in told
