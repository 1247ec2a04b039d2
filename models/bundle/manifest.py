"""``bundle.json``: what a bundle's model is and what it needs, read strictly."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from models.bundle.calibration import Calibration, calibration_from
from models.bundle.errors import BundleError, Reason
from models.bundle.fields import check_fields, json_object

FORMAT = 1
MANIFEST = "bundle.json"
MODEL_FILES = {"lightgbm": "model.txt", "skops": "model.skops"}
"""The file of the model by the manifest's ``kind``."""
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
RUN_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")


class Policy(NamedTuple):
    """Thresholds of the signal: BUY from ``entry`` on, SELL up to ``exit``."""

    entry: float
    exit: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The identity and the needs of a model; building one checks its values."""

    format: int = FORMAT
    kind: str
    name: str
    run_id: str
    features: tuple[str, ...]  # columns of the feature schema, in the model's order
    dtypes: tuple[str, ...]
    features_version: str
    horizon_s: int
    calibration: Calibration
    policy: Policy
    row_by_row: bool = False  # the library's answer depends on the batch height in the last bits
    libraries: Mapping[str, str]

    def __post_init__(self) -> None:
        for wrong, why in _CHECKS:
            if wrong(self):
                raise BundleError(Reason.MANIFEST, f"{MANIFEST}: {why}")

    @property
    def version(self) -> str:
        """Return the version that stands in every record it scored."""
        return f"{self.name}-{self.run_id}"

    @property
    def model_file(self) -> str:
        """Return the name of the file that holds the model."""
        return MODEL_FILES[self.kind]

    def as_json(self) -> bytes:
        """Return the content of ``bundle.json``."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__} | {
            "calibration": self.calibration.as_dict(),
            "policy": self.policy._asdict(),
            "libraries": dict(sorted(self.libraries.items())),
        }
        return orjson.dumps(plain, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def parse_manifest(content: bytes) -> Manifest:
    """Return what ``bundle.json`` says; raise ``BundleError`` for a missing, wrong or unknown field."""
    raw = json_object(MANIFEST, content)
    if raw.get("format") != FORMAT:
        raise BundleError(
            Reason.MANIFEST,
            f"{MANIFEST}: format {raw.get('format')!r}, this version reads {FORMAT}; train again, or use the "
            "version that made the bundle",
        )
    check_fields(MANIFEST, raw, _KINDS)
    check_fields(f"{MANIFEST}: policy", raw["policy"], {"entry": float, "exit": float})
    for name in ("features", "dtypes"):
        if not all(type(item) is str for item in raw[name]):
            raise BundleError(Reason.MANIFEST, f"{MANIFEST}: '{name}' must be a list of strings")
    return Manifest(
        **raw
        | {
            "features": tuple(raw["features"]),
            "dtypes": tuple(raw["dtypes"]),
            "calibration": _calibration(raw["calibration"]),
            "policy": Policy(float(raw["policy"]["entry"]), float(raw["policy"]["exit"])),
        }
    )


_KINDS: dict[str, type] = {
    "format": int, "kind": str, "name": str, "run_id": str, "features": list, "dtypes": list,
    "features_version": str, "horizon_s": int, "calibration": dict, "policy": dict, "row_by_row": bool,
    "libraries": dict,
}  # fmt: skip

_CHECKS: tuple[tuple[Callable[[Manifest], bool], str], ...] = (
    (lambda m: m.format != FORMAT, f"'format' must be {FORMAT}"),
    (lambda m: m.kind not in MODEL_FILES, f"'kind' must be one of {', '.join(MODEL_FILES)}"),
    (lambda m: not NAME.fullmatch(m.name), "'name' must be 1 to 40 of a-z, 0-9 and -, such as lgbm-btcusdt"),
    (lambda m: not RUN_ID.fullmatch(m.run_id), "'run_id' must look like 20261121T141500Z-0123abcd"),
    (lambda m: not m.features, "'features' must name at least one column"),
    (lambda m: len(set(m.features)) < len(m.features), "'features' names a column twice"),
    (lambda m: len(m.dtypes) != len(m.features), "'dtypes' must have one entry a feature"),
    (lambda m: not m.features_version, "'features_version' is empty"),
    (lambda m: m.horizon_s < 1, "'horizon_s' must be a number of seconds above 0"),
    (lambda m: not _ordered(m.policy), "'policy' must have 0 <= exit <= entry <= 1"),
    (lambda m: not all(type(v) is str for v in m.libraries.values()), "'libraries' must hold versions"),
)


def _ordered(policy: Policy) -> bool:
    return all(math.isfinite(v) for v in policy) and 0.0 <= policy.exit <= policy.entry <= 1.0


def _calibration(raw: dict[str, Any]) -> Calibration:
    try:
        return calibration_from(raw)
    except BundleError:
        raise
    except (ValueError, TypeError, KeyError) as error:
        raise BundleError(Reason.MANIFEST, f"{MANIFEST}: calibration: {error}") from error
