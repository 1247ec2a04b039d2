"""The model card: every field that was asked for is there, it fits its schema, and its page can be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from cards import SYMBOLS, a_card, columns, figures, parts

from models.training.card import contents
from models.training.card.caveats import limits_in_words
from models.training.card.contents import SequenceShape, importance
from models.training.card.page import card_text
from models.training.card.page_tables import figure, interval, table
from models.training.card.windows import Window, by_symbol
from models.training.judging.metrics import NoRowsError

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads(Path(contents.__file__).with_name("model_card.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def card() -> dict[str, Any]:
    """Return the card of a good model."""
    return a_card()


def check(card: dict[str, Any]) -> None:
    """Raise where a card does not fit the schema."""
    jsonschema.Draft202012Validator(SCHEMA).validate(card)


def test_the_schema_is_one(card: dict[str, Any]) -> None:
    """And a card fits it, before and after JSON."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)

    check(card)
    assert json.loads(json.dumps(card, allow_nan=False)) == card


def test_every_field_of_a_model_card_v2_is_there(card: dict[str, Any]) -> None:
    """Window, split, AUC, PR-AUC, kappa, hit rate, accuracy, calibration, top features, leakage, latency."""
    assert set(card["data"]["windows"]["train"]) >= {"start", "end"} and card["data"]["split_strategy"]
    assert set(card["metrics"]["test"]) >= {
        "accuracy",
        "auc",
        "pr_auc",
        "kappa",
        "hit_rate",
        "ece",
        "log_loss",
    }
    assert card["calibration"]["method"] == "platt"
    assert card["feature_importance"]["top"][0] == {"feature": "rsi_14", "value": 90.0, "share": 0.75}
    assert card["leakage_checks"] == [
        {"check": "labels stay inside their part", "passed": True, "detail": "120 rows purged"}
    ]
    assert set(card["latency_ms"]["rows"]["1"]) == {"p50", "p90", "p95", "p99"}
    assert card["sequence"] == {"seq_len": None, "horizon": None, "hidden_size": None}
    assert card["data"]["snapshot_id"] == card["identity"]["run_id"]


def test_the_gates_are_as_the_registry_reads_them(card: dict[str, Any]) -> None:
    """Value, threshold and passed for each, and whether all passed."""
    gates = card["gates"]

    assert set(gates) == {"accuracy", "ece", "inference_p95_ms", "passed"}
    assert gates["passed"] is all(g["passed"] for name, g in gates.items() if name != "passed")
    assert gates["accuracy"]["value"] == card["metrics"]["test"]["accuracy"]["value"]


def test_cards_of_other_models_fit_as_well() -> None:
    """A sequence model; one trained elsewhere, judged here; one calibrated anew."""
    check(a_card(sequence=SequenceShape(60, 5, 64)))
    elsewhere = a_card(training=None, validation=None, importance={})
    check(elsewhere)

    assert elsewhere["training"] is None and elsewhere["metrics"]["validation"] is None
    assert "Trained elsewhere" in card_text(elsewhere)


@pytest.mark.parametrize("name", sorted(SCHEMA["required"]))
def test_a_card_without_one_of_its_sections_does_not_fit(card: dict[str, Any], name: str) -> None:
    """All fields are required."""
    with pytest.raises(jsonschema.ValidationError):
        check({key: value for key, value in card.items() if key != name})


def test_every_field_is_explained() -> None:
    """Each section and each figure has its line in the document."""
    explained = (ROOT / "docs" / "model-card.md").read_text(encoding="utf-8")
    names = [*SCHEMA["properties"], *SCHEMA["$defs"]["metrics"]["properties"]]

    assert [name for name in names if f"`{name}`" not in explained] == []


def test_a_field_nobody_described_does_not_fit(card: dict[str, Any]) -> None:
    """At the top and inside."""
    for spoilt in (card | {"extra": 1}, card | {"identity": card["identity"] | {"extra": 1}}):
        with pytest.raises(jsonschema.ValidationError):
            check(spoilt)


def test_the_twenty_features_that_matter_most() -> None:
    """By value, then by name; shares are those of all."""
    found = importance({f"f{i:02}": float(i // 2) for i in range(30)}, "gain")

    assert [one["feature"] for one in found["top"][:3]] == ["f28", "f29", "f26"]
    assert (len(found["top"]), found["features"]) == (20, 30)
    assert found["top"][0]["share"] == pytest.approx(14 / 210)
    assert importance({"a": 0.0}, "gain")["top"] == [{"feature": "a", "value": 0.0, "share": 0.0}]


def test_a_window_is_from_the_first_to_past_the_last_second() -> None:
    """In UTC."""
    found = Window.of(np.array([1_700_000_010, 1_700_000_000]), np.array([1, -1], dtype=np.int8))

    assert found == Window("2023-11-14T22:13:20+00:00", "2023-11-14T22:13:31+00:00", 11, 2, 1)
    with pytest.raises(NoRowsError):
        Window.of(np.array([], dtype=np.int64), np.array([], dtype=np.int8))


def test_each_symbol_has_its_line(card: dict[str, Any]) -> None:
    """By name, with its own rows; one without an outcome has no figures."""
    outcome, prob, second, code = columns(1_800, 1.0, 1)
    outcome[code == 0] = -2
    found = by_symbol(SYMBOLS, outcome, prob, second, code, horizon_s=1, entry=0.55, exit=0.45, seed=1)

    assert [line["symbol"] for line in found] == ["BTCUSDT", "ETHUSDT"]
    assert found[0] == card["by_symbol"][0]
    assert found[1]["labelled"] == 0 and found[1]["accuracy"] is None
    check(card | {"by_symbol": found})
    assert "| ETHUSDT | 0 | - | - (-) |" in card_text(card | {"by_symbol": found})


def test_the_page_begins_with_the_verdict(card: dict[str, Any]) -> None:
    """Whether gates passed, whether there is an edge, the sentences; then the figures, then the rest."""
    page = card_text(card)
    heads = [line for line in page.splitlines() if line.startswith("#")]

    assert heads == [
        "# Model card: lgbm-btcusdt", "## Verdict", "## Figures", "## By symbol", "## Calibration and policy",
        "## Features", "## Data", "## Training", "## Leakage checks", "## Latency",
        "## What this card does not say",
    ]  # fmt: skip
    assert f"**Gates failed: accuracy.** {card['edge']['sentence'].capitalize()[:11]}" in page
    assert "![Reliability](reliability.png)" in page and "![Importance](importance.png)" in page
    accuracy = card["metrics"]["test"]["accuracy"]
    assert f"| accuracy | {accuracy['value']:.3f} | {accuracy['low']:.3f} to {accuracy['high']:.3f} |" in page


def test_a_coin_is_called_one_on_the_page() -> None:
    """In the second paragraph, not in a foot-note."""
    page = card_text(a_card(sharpness=0.0))

    assert "**Gates failed: accuracy.** No edge shown: accuracy and AUC not above chance;" in page
    assert "no better than" in page


def test_the_sweep_shows_pairs_with_enough_trades_the_best_first(card: dict[str, Any]) -> None:
    """One lucky trade is no policy."""
    page = card_text(card)

    assert page.index("| 0.6 / 0.4 | 30 | -0.0040 |") < page.index("| 0.55 / 0.45 | 50 | -0.0100 |")
    assert "0.8 / 0.2" not in page


def test_every_table_of_the_page_is_as_wide_as_its_head(card: dict[str, Any]) -> None:
    """So that it renders."""
    for paragraph in card_text(card).split("\n\n"):
        rows = [line.count("|") for line in paragraph.splitlines() if line.startswith("|")]
        assert len(set(rows)) <= 1, paragraph


def test_an_override_is_shown(card: dict[str, Any]) -> None:
    """With all that is known of it."""
    page = card_text(card | {"overrides": [{"gate": "accuracy", "why": "a drill"}]})

    assert "## Overrides\n\n- gate: accuracy, why: a drill" in page


def test_limits_say_what_a_reader_might_forget() -> None:
    """Simulated ticks, few outcomes, old models; symbols by name up to five."""
    test = figures()
    simulated = limits_in_words(test, horizon_s=60, symbols=SYMBOLS, simulated=True)
    real = limits_in_words(
        test, horizon_s=60, symbols=[f"S{i}" for i in range(7)], simulated=False, recalibrated=True
    )

    assert simulated[0].startswith("The ticks are simulated")
    assert not any("simulated" in line for line in real)
    assert any("S4 and 2 more" in line for line in real) and any(
        "older than these data" in line for line in real
    )
    assert any("the next 60 s is not profit" in line for line in real)


def test_numbers_are_written_to_be_read() -> None:
    """Three decimals, large ones in full, a dash where nothing is known."""
    assert [figure(v) for v in (None, 0.51234, 12, 1e-6, 86_400, 0.0, "x", True)] == [
        "-", "0.512", "12", "1e-06", "86,400", "0.000", "x", "True",
    ]  # fmt: skip
    assert interval(None) == "-" and interval({"low": 0.1, "high": 0.25}) == "0.100 to 0.250"
    assert table(["a"], [["b|c"]]) == "| a |\n| --- |\n| b\\|c |"


def test_a_card_is_made_of_copies() -> None:
    """Changing it changes no part."""
    made = parts()
    card = contents.card(made)
    card["policy"]["entry"] = 0.9
    card["libraries"].clear()

    assert made.policy["entry"] == 0.55 and made.libraries == {"lightgbm": "4.7.0"}
