"""The model card of a bundle, read from the files that the registry vouches for."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

Plain = dict[str, Any]


class NoCardError(RuntimeError):
    """There is no card of this model here; the message says why."""


@lru_cache(maxsize=4)
def card_of(models_dir: Path, registry: Path, reference: str) -> Plain:
    """Return the card of ``NAME@SHA256``; raise ``NoCardError``.

    A reference stands for the same bytes for ever, so a card that was read is not read again.
    """
    from connectors.bundles.gates import CARD  # noqa: PLC0415  only where it is asked for
    from connectors.bundles.loading import trusted_files  # noqa: PLC0415
    from models.bundle.errors import BundleError  # noqa: PLC0415

    try:
        files = trusted_files(models_dir, reference, registry)
        card: Plain = orjson.loads(files[CARD])
    except (BundleError, OSError) as error:
        raise NoCardError(str(error)) from error
    except (KeyError, orjson.JSONDecodeError) as error:
        raise NoCardError(f"the bundle {reference} has no readable {CARD}: train again") from error
    return card
