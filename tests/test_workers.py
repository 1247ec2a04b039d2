"""What the runner of the tests is relied upon for."""

from __future__ import annotations

import pytest


@pytest.mark.xdist_group("together")
def test_tests_that_share_something_stay_on_one_worker(request: pytest.FixtureRequest) -> None:
    """xdist reads the group off the name of a test; else each worker would start a Kafka of its own."""
    if not hasattr(request.config, "workerinput"):
        pytest.skip("all tests run in one process")
    assert request.node.nodeid.endswith("@together")
