"""From files to a model that scores: its own columns, calibrated, the same bits at any batch height."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import orjson
import pytest
from bundles.made import FEATURES, Made, booster, bundle, manifest, rows

from models.bundle.calibration import Identity, Isotonic, Platt
from models.bundle.errors import BundleError, Reason
from models.bundle.golden import ROWS, differences, parse_golden, uneven
from models.bundle.making import make_bundle, steadied
from models.bundle.opening import model_of, open_bundle
from models.bundle.placing import model_rows, places
from models.bundle.sums import check_sums, digest_of
from models.market.schema import NAMES
from models.scoring import lightgbm_text
from models.ticks import Floats

HEIGHTS = (1, 2, 7, 64, 1_000)
KINDS = ("lightgbm", "trees", "linear")


def files_of(made: Made, kind: str, **fields: Any) -> dict[str, bytes]:
    """Return a bundle around the model of that name."""
    library = "lightgbm" if kind == "lightgbm" else "skops"
    return make_bundle(manifest(library, **fields), getattr(made, kind), made.x, {})


def predict(files: dict[str, bytes], x: Floats) -> Floats:
    """Return the answers of a bundle's model to rows of the whole schema."""
    return open_bundle(files).predict(model_rows(x, NAMES))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "calibration", [Identity(), Platt(1.3, -0.1), Isotonic((0.1, 0.5, 0.8), (0, 0.4, 1))]
)
def test_the_batch_height_does_not_change_a_bit(made: Made, kind: str, calibration: Any) -> None:
    """One row at a time, or a thousand at once, with every calibration."""
    model = open_bundle(files_of(made, kind, calibration=calibration))

    assert uneven(model, rows(1_000, seed=9), HEIGHTS) == []


def test_only_a_model_that_needs_it_is_asked_row_by_row(made: Made) -> None:
    """Trees walk each row alone; a matrix product does not, and the manifest says so."""
    asked = {kind: open_bundle(files_of(made, kind)).manifest.row_by_row for kind in KINDS}

    assert asked == {"lightgbm": False, "trees": False, "linear": True}


def test_a_linear_model_may_not_claim_to_be_steady(made: Made) -> None:
    """A wrong flag is refused, not believed."""
    with pytest.raises(BundleError, match="'row_by_row' must be true"):
        model_of(manifest("skops", row_by_row=False), made.linear)


def test_a_model_asked_together_says_the_same_but_for_the_last_bits(made: Made) -> None:
    """For the figures of a card over many rows, in one call."""
    model = open_bundle(files_of(made, "linear"))
    whole = model_rows(rows(1_000, seed=9), NAMES)

    assert model.together().predict(whole) == pytest.approx(model.predict(whole), rel=1e-12)
    assert model.together().manifest == replace(model.manifest, row_by_row=False)


def test_the_model_sees_its_own_columns_in_its_own_order(made: Made) -> None:
    """Whatever stands in the others; then its answers are calibrated."""
    x = rows(50, seed=2)
    other = np.full_like(x, 7.0)
    other[:, places(FEATURES)] = x[:, places(FEATURES)]
    raw = lightgbm_text.read(made.lightgbm, FEATURES).predict(x[:, places(FEATURES)])

    found = predict(files_of(made, "lightgbm"), x)

    assert found.tobytes() == Platt(0.9, 0.02).apply(raw).tobytes()
    assert predict(files_of(made, "lightgbm"), other).tobytes() == found.tobytes()
    assert len(set(found.tolist())) > 10


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_that_is_not_finite_gets_no_answer_and_spoils_no_other(made: Made, kind: str) -> None:
    """NaN out, where the scorer's guard sees it; a bad number in a foreign column does no harm."""
    x = rows(60, seed=3)
    good = predict(files_of(made, kind), x)
    foreign = NAMES.index("macd")
    x[::4, foreign] = np.nan
    x[1::4, places(FEATURES)[0]] = np.nan
    x[2::4, places(FEATURES)[4]] = np.inf

    found = predict(files_of(made, kind), x)

    assert np.isnan(found[1::4]).all() and np.isnan(found[2::4]).all()
    assert found[::4].tobytes() == good[::4].tobytes()
    assert found[3::4].tobytes() == good[3::4].tobytes()
    assert len(predict(files_of(made, kind), x[:0])) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_wild_numbers_get_probabilities(made: Made, kind: str) -> None:
    """Finite is enough, however large or small."""
    x = np.random.default_rng(4).choice([0.0, -0.0, 1e-300, -1e308, 1e40, -1e12, 5.0], (200, len(NAMES)))

    found = predict(files_of(made, kind), x)

    assert ((found >= 0) & (found <= 1)).all()


def test_a_bundle_holds_what_is_needed_and_what_was_given(made: Made) -> None:
    """Its sums fit, its golden rows are answered to the bit, and it is the same bytes again."""
    files = bundle(made)

    check_sums(files)
    golden = parse_golden(files["golden.json"], FEATURES)
    model = open_bundle(files)

    assert sorted(files) == [
        "SHA256SUMS", "bundle.json", "golden.json", "model.txt", "model_card.json", "model_card.md"
    ]  # fmt: skip
    assert differences(model, golden, tolerance=0.0) == []
    assert (model.name, model.version, model.notes) == (
        "lgbm-test", "lgbm-test-20261121T141500Z-0123abcd", ()
    )  # fmt: skip
    assert digest_of(bundle(made)) == digest_of(files)
    assert len(golden.x) == ROWS


def changed(files: dict[str, bytes], **fields: Any) -> dict[str, bytes]:
    """Return the files with other fields in bundle.json."""
    return files | {"bundle.json": orjson.dumps(orjson.loads(files["bundle.json"]) | fields)}


OTHERS: tuple[tuple[dict[str, Any], Reason, str], ...] = (
    ({"features": ["absent", *FEATURES[1:]]}, Reason.SCHEMA, "wants the features absent"),
    ({"dtypes": ["float32"] * 5}, Reason.SCHEMA, "another type"),
    ({"features_version": "v1.0"}, Reason.SCHEMA, "made for features v1.0"),
    ({"horizon_s": 30}, Reason.SCHEMA, "horizon is 30 s"),
    ({"libraries": {"lightgbm": "3.9.1"}}, Reason.LIBRARY, "made with lightgbm 3.9.1"),
    ({"libraries": {}}, Reason.LIBRARY, "unknown"),
    ({"calibration": {"method": "identity"}}, Reason.GOLDEN, "golden rows get other answers"),
    ({"features": [*FEATURES[1:], FEATURES[0]]}, Reason.GOLDEN, "in another order"),
    ({"kind": "skops"}, Reason.MISSING, "no model.skops"),
)


@pytest.mark.parametrize(("fields", "reason", "message"), OTHERS)
def test_what_does_not_fit_this_version_is_refused(
    whole: dict[str, bytes], fields: dict[str, Any], reason: Reason, message: str
) -> None:
    """Even where its sums were made to fit. The message says what to do."""
    with pytest.raises(BundleError, match=message) as refused:
        open_bundle(changed(whole, **fields))

    assert refused.value.reason is reason
    assert any(word in refused.value.detail for word in ("train", "install", "restore"))


def test_another_minor_version_is_noted_where_the_golden_rows_agree(whole: dict[str, bytes]) -> None:
    """LightGBM keeps its text readable; answers are what the golden rows are for."""
    model = open_bundle(changed(whole, libraries={"lightgbm": "4.1.0"}))

    assert len(model.notes) == 1
    assert "made with lightgbm 4.1.0" in model.notes[0]


def test_a_damaged_golden_answer_is_seen(whole: dict[str, bytes]) -> None:
    """A difference above a billionth is a difference; below, another processor's rounding."""
    raw = orjson.loads(whole["golden.json"])
    for by, seen in ((1e-12, False), (1e-8, True)):
        prob = [raw["prob"][0] + by, *raw["prob"][1:]]
        files = whole | {"golden.json": orjson.dumps(raw | {"prob": prob})}
        if seen:
            with pytest.raises(BundleError, match="1 golden rows get other answers"):
                open_bundle(files)
        else:
            open_bundle(files)


def test_a_model_without_probabilities_makes_no_bundle(made: Made) -> None:
    """A regression is refused when it is packed."""
    mine = made.x[:, places(FEATURES)]
    text = booster(mine, mine[:, 0], objective="regression").encode()

    with pytest.raises(BundleError, match="no binary classifier"):
        make_bundle(manifest(), text, made.x, {})


def test_a_bundle_needs_rows_and_free_names(made: Made) -> None:
    """Golden rows come from real rows; extra files do not stand for others."""
    with pytest.raises(BundleError, match="no row is finite"):
        make_bundle(manifest(), made.lightgbm, np.full_like(made.x, np.nan), {})
    with pytest.raises(ValueError, match="columns of the schema"):
        make_bundle(manifest(), made.lightgbm, made.x[:, 1:], {})
    for name in ("bundle.json", "SHA256SUMS", "../up", ".hidden"):
        with pytest.raises(ValueError, match="names are taken"):
            make_bundle(manifest(), made.lightgbm, made.x, {name: b""})


def test_few_rows_are_repeated(made: Made) -> None:
    """Three finite rows make 64 golden ones."""
    x = made.x[:5].copy()
    x[1:3] = np.nan

    golden = parse_golden(make_bundle(manifest(), made.lightgbm, x, {})["golden.json"], FEATURES)

    assert len(np.unique(golden.x, axis=0)) == 3


class Uneven:
    """A model whose last bit depends on the company."""

    steady = True

    def predict(self, x: Floats) -> Floats:
        """Return a third, or next to it."""
        return np.full(len(x), np.nextafter(1 / 3, len(x) > 1))


def test_a_model_that_turns_out_uneven_is_asked_row_by_row(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tried on the given rows before the bundle is made."""
    monkeypatch.setattr(lightgbm_text, "read", lambda content, features: Uneven())

    model = steadied(manifest(calibration=Identity()), b"", made.x)

    assert model.manifest == replace(manifest(calibration=Identity()), row_by_row=True)
    assert uneven(model, made.x[:20]) == []
