"""A backup is whole or not there, holds what a restore needs, and is read with care."""

from __future__ import annotations

import io
import os
import shutil
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from backup.backed import MANIFEST, NOW, Installation, tree
from recovery.stores import Histories
from redis import Redis

from connectors.bundles.registry_file import read
from connectors.embedded import EmbeddedRedis
from connectors.recovery.errors import RecoveryError
from connectors.recovery.folder import locked, opened
from flows.backup.archive import manifest_of, verify
from flows.backup.errors import BackupError
from flows.backup.folder import Backup, backups, create, named, prune
from flows.backup.manifest import File, Manifest
from flows.backup.restoring import restore

NOWHERE = "redis://127.0.0.1:1/0"


def quiet(share: float, what: str) -> None:
    """Show no progress."""


@pytest.fixture
def there(tmp_path: Path) -> Installation:
    """An installation whose Redis is down."""
    return Installation(tmp_path / "there", NOWHERE)


@pytest.fixture
def made(there: Installation, tmp_path: Path) -> Backup:
    """A backup of it, with one completed epoch and one that is under way."""
    there.store.started(1, 1)
    there.store.snapshot("ticks/0000", 3, b"three")
    there.store.completed(1, 4)
    there.store.snapshot("ticks/0000", 4, b"four")
    return create(there.settings, tmp_path / "backups", NOW, quiet)


def test_what_is_restored_is_what_was_there(there: Installation, made: Backup, tmp_path: Path) -> None:
    """States row by row, registry, bundles and configuration byte by byte; with the settings to run so."""
    done = restore(made.path, there.settings, quiet, into=(new := tmp_path / "new"))
    for part in ("models", "registry", "configs"):
        assert tree(new / part) == tree(there.root / part)
    state = new / "recovery" / "signals" / "0"
    assert done.recovery == [state]
    with closing(sqlite3.connect(state / "store" / "part-0.sqlite3")) as db:
        rows = db.execute("SELECT snap_epoch, ser_change FROM snaps ORDER BY 1").fetchall()
    assert rows == [(3, b"three"), (4, b"four")]
    assert done.environment["RECOVERY_DIR"] == str(new / "recovery")
    assert done.environment["RULES_FILE"] == str(new / "configs" / "rules.yml")


def test_a_restored_state_is_that_of_a_crash(made: Backup, there: Installation, tmp_path: Path) -> None:
    """It is older than what was published: the start waits for what may be under way, and purges."""
    restore(made.path, there.settings, quiet, into=(new := tmp_path / "new"))
    with opened(new / "recovery" / "signals" / "0", MANIFEST) as folder:
        assert folder.crashed
        with closing(sqlite3.connect(folder.store / "part-0.sqlite3")) as db:
            assert db.execute("SELECT snap_epoch FROM snaps").fetchall() == [(3,)]


def test_a_backup_is_for_its_owner_alone(made: Backup) -> None:
    """The state is trusted like code, and configuration is nobody else's either."""
    assert made.path.name == "levibot_20261121T182000Z.tar.gz"
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert made.path.parent.stat().st_mode & 0o777 == 0o700
    assert {path.name for path in made.path.parent.iterdir()} == {made.path.name, "lock"}


def test_the_manifest_says_what_there_is_and_what_is_not(made: Backup) -> None:
    """Redis is down, so view and desk are missing, and that is said."""
    found = manifest_of(made.path)
    assert found == verify(made.path) == made.manifest
    assert found.parts == {"configs": 7, "models": 6, "recovery": 2, "registry": 2}
    assert set(found.left_out) == {"desk", "view"}
    assert "Redis" in found.left_out["view"]


def test_a_store_that_is_written_meanwhile_is_copied_at_one_moment(
    there: Installation, tmp_path: Path
) -> None:
    """A transaction that is open while the copy is made is in it as a whole or not at all: here, not."""
    with closing(sqlite3.connect(there.state / "store" / "part-0.sqlite3")) as db:
        db.execute("INSERT INTO exs (ex_num, worker_count, resume_epoch) VALUES (1, 1, 1)")
        db.commit()
        db.execute("INSERT INTO exs (ex_num, worker_count, resume_epoch) VALUES (2, 1, 9)")
        with locked(there.state):
            found = create(there.settings, tmp_path / "backups", NOW, quiet)
        db.commit()
    restore(found.path, there.settings, quiet, into=(new := tmp_path / "new"))
    with closing(sqlite3.connect(new / "recovery/signals/0/store/part-0.sqlite3")) as db:
        assert db.execute("SELECT ex_num FROM exs").fetchall() == [(1,)]


def test_a_folder_in_use_is_never_overwritten(there: Installation, made: Backup) -> None:
    """Not with --replace either; and nothing else was touched."""
    before = tree(there.root)
    with locked(there.state), pytest.raises(RecoveryError, match=f"in use by process {os.getpid()}"):
        restore(made.path, there.settings, quiet, replace=True)
    assert tree(there.root) == before


def test_a_state_that_is_there_is_replaced_only_when_asked_for(there: Installation, made: Backup) -> None:
    """The registry likewise; a bundle that is there stays as it is."""
    there.store.snapshot("ticks/0000", 9, b"nine")
    with pytest.raises(BackupError, match="--replace does so, --into DIR leaves it alone"):
        restore(made.path, there.settings, quiet)
    assert ("ticks/0000", 9) in there.store.rows()
    done = restore(made.path, there.settings, quiet, replace=True)
    assert (done.recovery, done.models) == ([there.state], [])
    assert there.store.rows() == [("ticks/0000", 3), ("ticks/0000", 4)]


def test_what_was_lost_comes_back_in_place(there: Installation, made: Backup) -> None:
    """State, bundle and registry, each where the settings say."""
    before = tree(there.settings.models_dir)
    promoted = read(there.settings.registry_file).current
    for lost in ("recovery", "models", "registry"):
        shutil.rmtree(there.root / lost)
    done = restore(made.path, there.settings, quiet)
    assert done.models == [there.run_id]
    assert tree(there.settings.models_dir) == before
    assert read(there.settings.registry_file).current == promoted
    assert there.store.rows() == [("ticks/0000", 3), ("ticks/0000", 4)]


def test_a_bundle_that_is_damaged_is_left_out_and_named(there: Installation, tmp_path: Path) -> None:
    """The rest is kept all the same."""
    card = there.settings.models_dir / there.run_id / "model_card.md"
    card.chmod(0o644)
    card.write_text("# Another card\n")
    found = create(there.settings, tmp_path / "backups", NOW, quiet).manifest
    assert found is not None
    assert "models" not in found.parts
    assert "model_card.md" in found.left_out[f"models/{there.run_id}"]


def test_nothing_to_keep_is_no_backup(there: Installation, tmp_path: Path) -> None:
    """From the wrong folder nothing is made that would look like one."""
    for lost in ("recovery", "models", "registry"):
        shutil.rmtree(there.root / lost)
    with pytest.raises(BackupError, match="there is nothing to back up: no state in"):
        create(there.settings, tmp_path / "backups", NOW, quiet)
    assert backups(tmp_path / "backups") == []


def test_the_view_comes_back_into_a_redis_that_has_none(
    there: Installation, embedded_redis: EmbeddedRedis, tmp_path: Path
) -> None:
    """Hashes, sorted sets and texts with what is left of their time; what is not ours stays out of it."""
    settings = there.settings.model_copy(update={"redis_url": embedded_redis.url})
    with closing(Redis.from_url(embedded_redis.url)) as redis:
        redis.hset("levibot:shard:t/0000", mapping={"head": '{"ü":1}', "symbol:X": "{}"})
        redis.zadd("levibot:shards", {"t/0000": 1763750000000.0})
        redis.set("levibot:smoke", "{}", px=3_600_000)
        redis.set("another", "key")
        made = create(settings, tmp_path / "backups", NOW, quiet)
        with pytest.raises(BackupError, match="has a view already"):
            restore(made.path, settings, quiet, into=tmp_path / "first", view=True)
        redis.flushall()
        done = restore(made.path, settings, quiet, into=tmp_path / "second", view=True)
        assert done.view_keys == 3
        assert redis.hgetall("levibot:shard:t/0000") == {b"head": '{"ü":1}'.encode(), b"symbol:X": b"{}"}
        assert redis.zrange("levibot:shards", 0, -1, withscores=True) == [(b"t/0000", 1763750000000.0)]
        assert 0 < redis.pttl("levibot:smoke") <= 3_600_000
        assert redis.pttl("levibot:shards") == -1
        assert not redis.exists("another")


def member(name: str, kind: bytes = tarfile.REGTYPE, **fields: object) -> tarfile.TarInfo:
    """Return the head of a member that holds one byte."""
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, 1 if kind == tarfile.REGTYPE else 0
    for field, value in fields.items():
        setattr(info, field, value)
    return info


def forged(path: Path, names: tuple[str, ...], *members: tarfile.TarInfo) -> Path:
    """Write an archive whose manifest names files of one byte, holding these members."""
    sha256 = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"  # of "x"
    files = tuple(File(name, 1, sha256) for name in names)
    content = Manifest(made_at="now", app="a", files=files).encoded()
    with tarfile.open(path, "w:gz") as archive:
        head = tarfile.TarInfo("manifest.json")
        head.size = len(content)
        archive.addfile(head, io.BytesIO(content))
        for one in members:
            archive.addfile(one, io.BytesIO(b"x"))
    return path


@pytest.mark.parametrize(
    ("names", "members", "why"),
    [
        (("../evil",), [member("../evil")], "names a file outside of itself"),
        (("/tmp/evil",), [member("/tmp/evil")], "names a file outside of itself"),
        (("a/b",), [member("a/b"), member("../evil")], "its manifest does not know"),
        (("a/b",), [member("a/b", tarfile.SYMTYPE, linkname="/etc/passwd")], "its manifest does not know"),
        (("a/b",), [member("a/b", tarfile.LNKTYPE, linkname="/etc/passwd")], "its manifest does not know"),
        (("a/b",), [member("a/b", tarfile.FIFOTYPE)], "its manifest does not know"),
        (("a/b",), [member("a/b"), member("a/b")], "its manifest does not know"),
        (("a/b", "a/c"), [member("a/b")], "is not whole: a/c is missing"),
    ],
)
def test_an_archive_made_to_harm_is_refused(
    tmp_path: Path, there: Installation, names: tuple[str, ...], members: list[tarfile.TarInfo], why: str
) -> None:
    """Names that lead elsewhere, links, pipes, what the manifest does not say: nothing is put anywhere."""
    path = forged(tmp_path / "forged.tar.gz", names, *members)
    with pytest.raises(BackupError, match=why):
        restore(path, there.settings, quiet, into=tmp_path / "new")
    assert not (tmp_path / "evil").exists()
    assert list((tmp_path / "new").glob("*")) == []


@pytest.mark.parametrize(
    "damage", [lambda raw: raw[: len(raw) // 2], lambda raw: raw[:400] + b"?" + raw[401:]]
)
def test_a_damaged_archive_is_refused(
    made: Backup, there: Installation, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    """Cut short, or with one byte changed; nothing is changed by it."""
    made.path.write_bytes(damage(made.path.read_bytes()))
    before = tree(there.root)
    with pytest.raises(BackupError):
        restore(made.path, there.settings, quiet, replace=True)
    assert tree(there.root) == before


def test_old_backups_go_but_for_the_newest(tmp_path: Path) -> None:
    """By the time in their names; what a crash left goes too, what is not ours stays."""
    out = tmp_path / "backups"
    out.mkdir()
    ages = {days: NOW - timedelta(days=days) for days in (1, 6, 8, 30)}
    paths = {days: out / f"levibot_{made:%Y%m%dT%H%M%SZ}.tar.gz" for days, made in ages.items()}
    for path in [*paths.values(), out / "mine.tar.gz", out / ".new-x.tar.gz"]:
        path.touch()
    (out / ".new-y").mkdir()
    removed = prune(out, timedelta(days=7), NOW)
    assert set(removed) == {paths[8], paths[30], out / ".new-x.tar.gz", out / ".new-y"}
    assert prune(out, timedelta(hours=1), NOW) == [paths[6]]
    assert {path.name for path in out.iterdir()} == {paths[1].name, "mine.tar.gz", "lock"}
    assert named(out, "latest") == paths[1]


def test_only_one_backup_is_made_at_a_time(there: Installation, tmp_path: Path) -> None:
    """Nor is one pruned away that is being made."""
    (out := tmp_path / "backups").mkdir()
    with locked(out):
        with pytest.raises(RecoveryError, match="in use"):
            create(there.settings, out, NOW, quiet)
        with pytest.raises(RecoveryError, match="in use"):
            prune(out, timedelta(days=7), NOW)


def test_a_state_that_is_begun_anew_all_the_time_is_left_out(tmp_path: Path) -> None:
    """A folder without a manifest has no state."""
    Histories(tmp_path / "store")
    from connectors.recovery.copying import copy, folders  # noqa: PLC0415

    assert list(folders(tmp_path)) == []
    with pytest.raises(RecoveryError, match="has no state"):
        copy(tmp_path, tmp_path / "copy")
