"""bundle.json, golden.json and SHA256SUMS are read strictly: what is wrong is refused, and named."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
import pytest
from bundles.made import FEATURES, RUN, manifest

from models.bundle.calibration import Identity, Isotonic, Platt
from models.bundle.errors import BundleError, Reason
from models.bundle.golden import ROWS, Golden, parse_golden
from models.bundle.manifest import Manifest, Policy, parse_manifest
from models.bundle.sums import check_sums, parse_sums, sha256, sums_text


@pytest.mark.parametrize("calibration", [Identity(), Platt(1.1, -0.2), Isotonic((0.2, 0.7), (0.1, 0.9))])
def test_a_manifest_reads_back_as_it_was_written(calibration: Any) -> None:
    """With each calibration, and to the same bytes again."""
    one = manifest(calibration=calibration, row_by_row=True)

    found = parse_manifest(one.as_json())

    assert found == one
    assert found.as_json() == one.as_json()
    assert found.version == f"lgbm-test-{RUN}"
    assert found.policy == Policy(entry=0.56, exit=0.44)


WRONG: tuple[tuple[str, Any, str], ...] = (
    ("format", 2, "format 2, this version reads 1"),
    ("kind", "pickle", "'kind' must be one of lightgbm, skops"),
    ("kind", 5, "'kind' must be a string"),
    ("name", "My Model", "'name' must be 1 to 40 of a-z"),
    ("name", "", "'name' must be 1 to 40 of a-z"),
    ("run_id", "../../etc", "'run_id' must look like"),
    ("features", [], "'features' must name at least one column"),
    ("features", ["ret_1s", "ret_1s"], "'features' names a column twice"),
    ("features", [1], "'features' must be a list of strings"),
    ("dtypes", ["float64"], "'dtypes' must have one entry a feature"),
    ("features_version", "", "'features_version' is empty"),
    ("horizon_s", 0, "'horizon_s' must be a number of seconds above 0"),
    ("horizon_s", 60.0, "'horizon_s' must be an integer"),
    ("horizon_s", True, "'horizon_s' must be an integer"),
    ("calibration", {"method": "magic"}, "unknown calibration method"),
    ("calibration", {"method": "platt", "a": "x", "b": 0}, "calibration"),
    ("policy", {"entry": 0.4, "exit": 0.6}, "'policy' must have 0 <= exit <= entry <= 1"),
    ("policy", {"entry": 0.4}, "missing \\['exit'\\]"),
    ("policy", {"entry": None, "exit": 0.1}, "'entry' must be a number"),
    ("row_by_row", 1, "'row_by_row' must be true or false"),
    ("libraries", {"lightgbm": 4}, "'libraries' must hold versions"),
    ("extra", 1, "unknown fields \\['extra'\\]"),
)


@pytest.mark.parametrize(("field", "value", "message"), WRONG)
def test_a_wrong_field_is_refused_and_named(field: str, value: Any, message: str) -> None:
    """Nothing is guessed and nothing is ignored."""
    raw = orjson.loads(manifest().as_json()) | {field: value}

    with pytest.raises(BundleError, match=message) as refused:
        parse_manifest(orjson.dumps(raw))

    assert refused.value.reason is Reason.MANIFEST


@pytest.mark.parametrize("field", sorted(Manifest.__dataclass_fields__))
def test_every_field_is_needed(field: str) -> None:
    """None has a value of its own in the file."""
    raw = orjson.loads(manifest().as_json())
    del raw[field]

    with pytest.raises(BundleError, match=r"missing|format None"):
        parse_manifest(orjson.dumps(raw))


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"null", b"\xff", b'"text"'])
def test_what_is_no_json_object_is_no_manifest(content: bytes) -> None:
    """Whatever else it is."""
    with pytest.raises(BundleError, match="JSON"):
        parse_manifest(content)


def test_golden_rows_read_back_to_the_same_bits() -> None:
    """Floats of every size, the negative zero and the smallest among them."""
    x = np.random.default_rng(1).normal(size=(ROWS, 3)) * 10.0 ** np.arange(-12, ROWS - 12)[:, None]
    x[0] = -0.0, 5e-324, 1.7976931348623157e308
    golden = Golden(FEATURES[:3], x, np.linspace(0, 1, ROWS))

    found = parse_golden(golden.as_json(), FEATURES[:3])

    assert found.x.tobytes() == x.tobytes()
    assert found.prob.tobytes() == golden.prob.tobytes()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": [[1.0]]}, "64 rows of 5 columns"),
        ({"x": [[1.0], [1.0, 2.0]]}, "no numbers of one width"),
        ({"prob": [0.5]}, "64 rows"),
        ({"prob": [None] * ROWS}, "not finite"),
        ({"prob": ["x"] * ROWS}, "no numbers"),
        ({"format": 2}, "format 1"),
        ({"seed": 1}, "unknown fields"),
        ({"features": list(FEATURES[::-1])}, "in another order"),
    ],
)
def test_bad_golden_rows_are_refused(change: dict[str, Any], message: str) -> None:
    """A bundle without golden rows proves nothing."""
    good = Golden(FEATURES, np.zeros((ROWS, len(FEATURES))), np.zeros(ROWS))
    raw = orjson.loads(good.as_json()) | change

    with pytest.raises(BundleError, match=message):
        parse_golden(orjson.dumps(raw), FEATURES)


def test_the_sums_are_those_of_sha256sum() -> None:
    """Sorted by name, without themselves: ``sha256sum --check`` reads them."""
    files = {"b.txt": b"two\n", "a.txt": b"", "SHA256SUMS": b"of old"}

    assert sums_text(files).decode() == (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a.txt\n"
        "27dd8ed44a83ff94d557f9fd0412ed5a8cbca69ea04922d88c01184a07300a5a  b.txt\n"
    )


def test_sums_hold_for_exactly_their_files() -> None:
    """One byte, one file more or less, and they do not."""
    files = {"a": b"1", "b": b"2"}
    sums = {"SHA256SUMS": sums_text(files)}

    check_sums(files | sums)

    for changed, reason in (
        ({**files, "a": b"3"}, Reason.HASH),
        ({"a": b"1"}, Reason.MISSING),
        ({**files, "c": b"3"}, Reason.MISSING),
        ({"a": b"2", "b": b"1"}, Reason.HASH),
    ):
        with pytest.raises(BundleError) as refused:
            check_sums(changed | sums)
        assert refused.value.reason is reason
    with pytest.raises(BundleError, match="no SHA256SUMS"):
        check_sums(files)


LINE = f"{sha256(b'1')}  a\n"


@pytest.mark.parametrize(
    "text",
    ["", LINE[:-1], LINE + LINE, LINE.upper(), LINE + "\n", "x" + LINE, LINE.replace("  a", "  ../a"),
     LINE.replace("  a", " *a"), LINE.replace("  a", "  SHA256SUMS"), LINE.replace("  a", "  b") + LINE,
     LINE.replace("\n", "\r\n"), LINE.replace("  a", "  ä")],
)  # fmt: skip
def test_any_other_form_of_sums_is_refused(text: str) -> None:
    """There is one text for a set of files, so that its digest stands for them."""
    with pytest.raises(BundleError) as refused:
        parse_sums(text.encode())

    assert refused.value.reason is Reason.SUMS
