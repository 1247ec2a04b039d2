"""One gateway for the whole room: everybody who calls has an address of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from running_gateway import Running, Shards, running, settings

from api.gateway.thinning import Thinning
from connectors.embedded import EmbeddedBroker
from connectors.kafka.topics import planned


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The API with its gateway on."""
    folder = tmp_path_factory.mktemp("gateway")
    topics = {plan.name: plan.partitions for plan in planned(settings("-", folder))}
    with EmbeddedBroker(topics) as broker, running(settings(broker.bootstrap, folder)) as found:
        yield found


@pytest.fixture(scope="session")
def shards(gateway: Running) -> Iterator[Shards]:
    """The shards of that gateway's flow, which answer."""
    with closing(Shards(gateway.config)) as found:
        yield found


@pytest.fixture(autouse=True)
def _anew(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """All shards answer, and no minute of refusals goes on from another test or ends within this one."""
    if "shards" in request.fixturenames:
        request.getfixturevalue("shards").silent.clear()
    if "gateway" in request.fixturenames:
        audit = request.getfixturevalue("gateway").app.state.gateway.audit
        monkeypatch.setattr(audit, "_thinning", Thinning(clock=lambda: 0.0))
