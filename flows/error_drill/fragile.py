"""A model that always says BUY, and gives no number where the price lies far below its mean of ten seconds.

It is a LightGBM tree of two leaves, one of which holds NaN: a bundle like any other, that fails on the rows
that a drill makes.
"""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from connectors.bundles.folder import publish
from connectors.bundles.registry import register
from connectors.settings import Settings
from models.bundle.calibration import Identity
from models.bundle.making import make_bundle
from models.bundle.manifest import Manifest, Policy
from models.bundle.opening import library_versions
from models.market.schema import FEATURES_VERSION, NAMES
from models.scoring.model import HORIZON_S

NAME, FEATURE = "drill-fragile", "vwap_dev_10s"
FAILS_BELOW = -0.02
"""Log of the price over its volume-weighted mean of ten seconds: no calm market comes near it."""
_TREE = """\
tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=0
objective=binary sigmoid:1
feature_names={feature}
feature_infos=[-1:1]

Tree=0
num_leaves=2
num_cat=0
split_feature=0
split_gain=1
threshold={limit}
decision_type=2
left_child=-1
right_child=-2
leaf_value=nan 4
leaf_weight=1 1
leaf_count=1 1
internal_value=0
internal_weight=2
internal_count=2
is_linear=0
shrinkage=1


end of trees
"""
"""Beyond the limit no number, else log odds of 4: a probability of 0.98."""


def text() -> str:
    """Return the tree in LightGBM's own text."""
    return _TREE.format(feature=FEATURE, limit=FAILS_BELOW)


def bundle(made: datetime) -> dict[str, bytes]:
    """Return the files of the bundle; its golden rows are of a calm market."""
    manifest = Manifest(
        kind="lightgbm", name=NAME, run_id=f"{made:%Y%m%dT%H%M%SZ}-0000d211", features=(FEATURE,),
        dtypes=("float64",), features_version=FEATURES_VERSION, horizon_s=HORIZON_S, calibration=Identity(),
        policy=Policy(0.55, 0.45), libraries=library_versions("lightgbm"),
    )  # fmt: skip
    calm = np.random.default_rng(1).uniform(0.0, 1.0, (100, len(NAMES)))
    return make_bundle(manifest, text().encode(), calm, {})


def registered(config: Settings) -> str:
    """Publish and register the bundle; return its reference."""
    now = datetime.now(UTC)
    files = bundle(now)
    publish(config.models_dir, files)
    return register(config.registry_file, files, now)
