"""Reports over HTTP: what is listed can be read, and nothing else on the disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from one_shard import at
from running_api import NOW, Api, served

from connectors.embedded import EmbeddedRedis

pytestmark = pytest.mark.embedded

PAGE = "<!doctype html><script>document.title='x'</script><p>a report"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two reports; beside them what is none, and outside of the folder a secret."""
    root = tmp_path_factory.mktemp("disk")
    found = root / "reports"
    (found / "backtests").mkdir(parents=True)
    (root / "secret.json").write_text('{"key": 1}')
    for name, content, second in (
        ("backtests/BTCUSDT_2023-11-14.html", PAGE, 4.4),
        ("replay_20231114.json", '{"ok": true}', 5.4),
        ("notes.txt", "no report", 6.0),
        (".hidden.json", "{}", 6.0),
    ):
        (found / name).write_text(content)
        os.utime(found / name, ns=(at(second), at(second)))
    (found / "link.json").symlink_to(root / "secret.json")
    (found / "linked").symlink_to(root)
    os.mkfifo(found / "pipe.json")
    return found


@pytest.fixture(scope="module")
def reporting(folder: Path) -> Iterator[Api]:
    """An API whose reports are there; its Redis is of no account."""
    with EmbeddedRedis() as redis, served(Api(redis, reports_dir=folder)) as api:
        yield api


def test_index(reporting: Api) -> None:
    """Newest first, with size and age; neither links nor pipes nor hidden files."""
    assert reporting.get("/backtest") == {
        "count": 2,
        "reports": [
            {"name": "replay_20231114.json", "kind": "", "url": "/backtest/replay_20231114.json", "bytes": 12,
             "modified_at": at(5.4), "age_s": 5.0},
            {"name": "backtests/BTCUSDT_2023-11-14.html", "kind": "backtests",
             "url": "/backtest/backtests/BTCUSDT_2023-11-14.html", "bytes": len(PAGE),
             "modified_at": at(4.4), "age_s": 6.0},
        ],
        "ts": NOW,
    }  # fmt: skip
    assert len(reporting.get("/backtest?limit=1")["reports"]) == 1


def test_a_page_may_run_nothing_and_load_nothing(reporting: Api) -> None:
    """It comes as it is on disk, and the browser is told to treat it as a stranger."""
    answer = reporting.client.get("/backtest/backtests/BTCUSDT_2023-11-14.html")
    assert (answer.status_code, answer.text) == (200, PAGE)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none';")
    assert "script-src" not in policy and "allow-scripts" not in policy


def test_a_json_report(reporting: Api) -> None:
    """As JSON."""
    assert reporting.get("/backtest/replay_20231114.json") == {"ok": True}


@pytest.mark.parametrize("name", [
    "../secret.json", "%2e%2e/secret.json", "..%2fsecret.json", "backtests/../../secret.json",
    "linked/secret.json", "link.json", "pipe.json", "notes.txt", ".hidden.json", "backtests", "nothing.json",
    "/etc/passwd", "%2fetc%2fpasswd", "replay_20231114.json%00.html", "backtests//BTCUSDT_2023-11-14.html",
])  # fmt: skip
def test_nothing_else_is_opened(reporting: Api, name: str) -> None:
    """Whatever the name leads to."""
    assert reporting.client.get(f"/backtest/{name}").status_code == 404


def test_running_a_backtest_is_a_command(reporting: Api) -> None:
    """Also where it is asked for by GET."""
    assert reporting.get("/backtest/run", 405)["control"] == "backtest.run"


def test_without_a_folder_there_are_no_reports(tmp_path: Path) -> None:
    """That is no error."""
    with EmbeddedRedis() as redis, served(Api(redis, reports_dir=tmp_path / "none")) as api:
        assert api.get("/backtest")["reports"] == []
        assert api.get("/backtest/replay.json", 404)["error"] == "not_found"
