"""The gateway's paths are in the API's own documents where it is on."""

from __future__ import annotations

from pathlib import Path

import pytest
from running_gateway import Running, running, settings

from api.gateway.commands import PATHS
from api.gateway.described import SAID
from api.gateway.routes import LOGINS
from api.http.refusals import CONTROL

pytestmark = pytest.mark.embedded


def test_every_path_is_described() -> None:
    """And no other; and each that the API without a gateway names a command for is there."""
    assert SAID.keys() == {*LOGINS, *PATHS}
    assert CONTROL.keys() <= PATHS.keys()


def test_every_path_is_in_the_openapi_document_and_on_the_page(gateway: Running) -> None:
    """With its refusals."""
    caller = gateway.caller()
    paths, page = caller.client.get("/openapi.json").json()["paths"], caller.client.get("/docs").text
    for path in SAID:
        shown = path.replace(":path", "")
        [operation] = paths[shown].values()
        assert {"200", "400", "401", "403", "413", "429"} <= operation["responses"].keys()
        assert shown in page


def test_without_a_gateway_its_paths_say_so(tmp_path: Path) -> None:
    """Logging in is nowhere, and a command is sent by other means."""
    closed = settings("127.0.0.1:1", tmp_path, admin_key=None)
    with running(closed) as api:
        client = api.caller().client
        for path in LOGINS:
            said = client.request("GET" if path == "/auth/me" else "POST", path)
            assert (said.status_code, said.json()["error"]) == (404, "no_gateway")
            assert "ADMIN_KEY" in said.json()["message"]
        assert client.post("/admin/kill").json()["control"] == "kill"
