"""``best_lgbm`` and ``best_skops``: links to the promoted bundle of each kind, for people and scripts.

Nothing is loaded through them: a reference names its bundle by digest.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from connectors.bundles.errors import PublishError

LINKS = {"lightgbm": "best_lgbm", "skops": "best_skops"}


def move(models_dir: Path, kind: str, run_id: str) -> Path:
    """Point the link of a kind at a run's folder, in one step, and return the link."""
    link = models_dir / LINKS[kind]
    if link.exists() and not link.is_symlink():
        raise PublishError(f"{link} is no link: move it away, the name is taken for the promoted bundle")
    with tempfile.TemporaryDirectory(dir=models_dir, prefix=".new-") as scratch:
        made = Path(scratch) / link.name
        made.symlink_to(Path(run_id))
        made.rename(link)
    return link


def target(models_dir: Path, kind: str) -> str | None:
    """Return the run id that the link of a kind points to, None where there is no link."""
    try:
        return str((models_dir / LINKS[kind]).readlink())
    except OSError:
        return None
