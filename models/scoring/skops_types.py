"""The types a skops file may be built from: known one by one, with the loader that builds each.

skops trusts whole libraries by default; here nothing is built that is not in this list.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

from models.bundle.errors import BundleError, Reason

MAX_UNPACKED = 256 << 20

_SKLEARN = {
    "pipeline.Pipeline", "preprocessing._label.LabelEncoder", "preprocessing._data.StandardScaler",
    "preprocessing._data.RobustScaler", "preprocessing._data.MinMaxScaler", "impute._base.SimpleImputer",
    "linear_model._logistic.LogisticRegression", "naive_bayes.GaussianNB",
    "ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingClassifier",
    "ensemble._hist_gradient_boosting.binning._BinMapper",
    "ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "_loss.link.Interval", "_loss.link.LogitLink", "_loss.loss.HalfBinomialLoss",
}  # fmt: skip
_PLAIN = {
    ("builtins.dict", "DictNode"), ("builtins.list", "ListNode"), ("builtins.tuple", "TupleNode"),
    ("builtins.str", "JsonNode"), ("builtins.str", "TypeNode"), ("builtins.slice", "SliceNode"),
    ("builtins.int", "TypeNode"), ("numpy.int64", "TypeNode"), ("numpy.float64", "TypeNode"),
    ("numpy.dtype", "DTypeNode"),
    *((f"numpy.{t}", "NdArrayNode") for t in ("ndarray", "float64", "int64", "uint64", "int32", "bool")),
    ("numpy.random._generator.Generator", "RandomGeneratorNode"),
    ("numpy.random.mtrand.RandomState", "RandomStateNode"),
    ("sklearn._loss._loss.CyHalfBinomialLoss", "LossNode"),
}  # fmt: skip
KNOWN = _PLAIN | {(f"sklearn.{name}", "ObjectNode") for name in _SKLEARN}
"""What a file may be built from: the type, and the loader that builds it."""


def known_types(content: bytes, protocol: int) -> set[str]:
    """Return the types that a file names, without building any; raise ``BundleError`` for unknown ones.

    ``protocol`` is that of the skops which will read it: for older ones it has other loaders.
    """
    types = _types(content, protocol)
    unknown = sorted({name for name, loader in types if (name, loader) not in KNOWN})
    if unknown:
        raise BundleError(
            Reason.LIBRARY, f"the file holds types that are not known to be safe: {', '.join(unknown)}"
        )
    return {name for name, _ in types}


def _types(content: bytes, protocol: int) -> set[tuple[str, str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(info.file_size for info in archive.infolist()) > MAX_UNPACKED:
                raise BundleError(Reason.LIBRARY, f"the file unpacks to more than {MAX_UNPACKED >> 20} MiB")
            schema = json.loads(archive.read("schema.json"))
        found = set(_named(schema))
        found_protocol = schema["protocol"]
    except BundleError:
        raise
    except Exception as error:  # whatever a damaged file makes it raise
        raise BundleError(Reason.CRASHED, f"the model is no skops file ({error!r})") from error
    if found_protocol != protocol:
        raise BundleError(
            Reason.LIBRARY,
            f"the file has skops protocol {found_protocol}, here is {protocol}: write it again",
        )
    return found


def _named(node: Any) -> Iterator[tuple[str, str]]:
    if isinstance(node, list):
        for item in node:
            yield from _named(item)
    elif isinstance(node, dict):
        if "__loader__" in node:
            yield f"{node['__module__']}.{node['__class__']}", node["__loader__"]
        for item in node.values():
            yield from _named(item)
