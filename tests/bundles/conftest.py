"""One small model of each kind for all tests of the room."""

from __future__ import annotations

import pytest
from bundles.made import Made, bundle
from bundles.made import made as make


@pytest.fixture(scope="session")
def made() -> Made:
    """The trained models, as bytes."""
    return make()


@pytest.fixture(scope="session")
def whole(made: Made) -> dict[str, bytes]:
    """A good bundle."""
    return bundle(made)
