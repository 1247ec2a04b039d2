"""A recovery folder: one process at a time, of one identity, and nothing but a cache."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from recovery.stores import Histories

from connectors.recovery.errors import RecoveryError
from connectors.recovery.folder import locked, opened, reset
from connectors.recovery.manifest import Manifest

MANIFEST = Manifest(
    app="levibot 1",
    cluster="c",
    steps=["signals", "market"],
    topics={"ticks": 4, "signals": 4},
    shards=["ticks/0000=0"],
    instance="0 of 1",
    spec="f" * 64,
)


def test_a_new_folder_is_for_this_user_alone_and_counts_as_unclean(tmp_path: Path) -> None:
    """Nothing is known of the process before, which may still have records under way."""
    with opened(tmp_path / "a" / "b", MANIFEST) as folder:
        assert folder.unclean
        assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
        assert folder.store.is_dir()


def test_only_a_clean_stop_makes_the_next_start_clean(tmp_path: Path) -> None:
    """A process that left without saying so may have been killed."""
    with opened(tmp_path, MANIFEST):
        pass
    with opened(tmp_path, MANIFEST) as folder:
        assert folder.unclean
        folder.clean()
    with opened(tmp_path, MANIFEST) as folder:
        assert not folder.unclean


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"app": "levibot 2"}, "app: it has levibot 1, this start has levibot 2"),
        ({"cluster": "d"}, "cluster: it has c, this start has d"),
        ({"steps": ["signals", "markets"]}, "steps: it has"),
        ({"topics": {"ticks": 6, "signals": 6}}, "topics: it has"),
        ({"shards": ["ticks/0000=0", "ticks/0001=1"]}, "shards: it has"),
        ({"instance": "0 of 2"}, "instance: it has 0 of 1, this start has 0 of 2"),
        ({"spec": "0" * 64}, "spec: it has ffff"),
    ],
)
def test_state_of_something_else_is_refused(tmp_path: Path, changed: dict[str, object], word: str) -> None:
    """The error names what differs and the two ways on."""
    with opened(tmp_path, MANIFEST):
        pass
    with pytest.raises(RecoveryError) as refused, opened(tmp_path, replace(MANIFEST, **changed)):
        pass
    assert word in str(refused.value)
    assert "levibot recover reset" in str(refused.value)


def test_two_processes_cannot_use_one_folder(tmp_path: Path) -> None:
    """The second is told which process has it."""
    holder = (
        "import sys; from pathlib import Path; from connectors.recovery.folder import locked\n"
        "with locked(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", holder, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        with (
            pytest.raises(RecoveryError, match=f"in use by process {process.pid}: stop it first"),
            locked(tmp_path),
        ):
            pass
        process.kill()
    with locked(tmp_path):
        assert (tmp_path / "lock").read_text() == str(os.getpid())


def test_stale_snapshots_are_gone_before_anyone_can_read_them(tmp_path: Path) -> None:
    """Whoever gets the folder gets it purged."""
    with opened(tmp_path, MANIFEST) as folder:
        (folder.store / "part-0.sqlite3").unlink()
        folder.store.rmdir()
        histories = Histories(folder.store)
        histories.started(0, 1)
        histories.snapshot("a", 1)
    with opened(tmp_path, MANIFEST):
        assert histories.rows() == []


def test_a_reset_leaves_nothing_and_a_folder_whose_making_broke_off_is_made_anew(tmp_path: Path) -> None:
    """The manifest is written last and deleted first, so a folder with one is whole."""
    with opened(tmp_path, MANIFEST):
        pass
    assert reset(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["lock"]
    assert not reset(tmp_path)
    assert not reset(tmp_path / "never")
    (tmp_path / "store").mkdir()
    with opened(tmp_path, MANIFEST) as folder:
        assert (folder.store / "part-0.sqlite3").exists()
