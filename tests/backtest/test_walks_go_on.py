"""A walk that is interrupted anywhere goes on to the same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from walks import MODELS, assert_equal, decided, history, market, whole

from connectors.recovery.errors import RecoveryError
from flows.backtest import walking
from flows.backtest.errors import BacktestError
from flows.backtest.job import ShardJob, Walked
from flows.backtest.origins import SimulatedMarket, history_of
from flows.backtest.walking import walk
from flows.backtest.work import Work
from models.backtest.decided import Decided
from models.desk.desk import Desk
from models.spec import Spec

pytestmark = pytest.mark.slow

SECONDS = 400.0
MARKET = market(2, rate=20.0)


class Interrupted(Exception):  # noqa: N818  it stands for a kill
    """The process ended here."""


def job(**changed: Any) -> ShardJob:
    """Return a walk over some minutes of two symbols, in parts of some hundred rows."""
    plain: dict[str, Any] = {
        "shard": "backtest/0000",
        "origin": SimulatedMarket(MARKET, 5, SECONDS),
        "sources": [{"seed": 5}],
        "spec": Spec(),
        "desk": Desk().as_dict(),
        "version": "1",
        "part_rows": 100,
    }
    return ShardJob(**(plain | changed))


def silent(_records: int, _share: float | None) -> None:
    """Hear nothing."""


def content(folder: Path) -> dict[str, bytes]:
    """Return every file of a finished walk."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "lock"}


class Failing(Work):
    """Ends the process at one of the writes of parts, before it or behind it."""

    left = 0
    before = False

    def put(self, number: int, rows: Decided, state: dict[str, Any] | None) -> None:
        """Write a part, or end."""
        type(self).left -= 1
        if self.before and self.left < 0:
            raise Interrupted
        super().put(number, rows, state)
        if self.left < 0:
            raise Interrupted


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Walked, dict[str, bytes]]:
    """What a walk finds and writes that nobody interrupts."""
    folder = tmp_path_factory.mktemp("walk") / "w"
    found = walk(job(), MODELS, folder, silent)
    return found, content(folder)


def test_the_parts_hold_the_rows_of_the_walk(tmp_path: Path) -> None:
    """In order, and as many as the walk says."""
    found = walk(job(), MODELS, tmp_path / "w", silent)
    expected, stages = decided(history_of(job().origin).batches())
    rows = whole(list(Work(tmp_path / "w").parts(found.parts)))
    assert_equal(rows, expected)
    assert found.parts > 3
    assert found.rows == len(expected)
    assert (found.first_second, found.last_second) == (expected.second[0], expected.second[-1])
    assert found.ledger == {"read": stages.ledger.read, **stages.ledger._asdict()}
    assert set(found.symbols) == {("", "BTCUSDT"), ("", "ETHUSDT")}


@pytest.mark.parametrize("before", [False, True])
def test_an_interruption_at_any_part_changes_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    uninterrupted: tuple[Walked, dict[str, bytes]],
    *,
    before: bool,
) -> None:
    """The walk dies at each part once, before it is written or behind it, and is begun again."""
    expected, files = uninterrupted
    monkeypatch.setattr(walking, "Work", Failing)
    monkeypatch.setattr(Failing, "before", before)
    for part in range(expected.parts):
        folder = tmp_path / str(part)
        Failing.left = part
        with pytest.raises(Interrupted):
            walk(job(), MODELS, folder, silent)
        Failing.left = expected.parts
        assert walk(job(), MODELS, folder, silent) == expected
        assert content(folder) == files


def test_a_part_without_its_state_is_written_again(
    tmp_path: Path, uninterrupted: tuple[Walked, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash between the two leaves a part that nothing goes on from."""
    Failing.left, put = 2, Work.put
    monkeypatch.setattr(walking, "Work", Failing)
    with pytest.raises(Interrupted):
        walk(job(), MODELS, tmp_path / "w", silent)
    monkeypatch.setattr(walking, "Work", Work)
    number, _ = Work(tmp_path / "w").state() or (-1, {})
    nothing = Decided(*(np.empty(0) for _ in Decided.__slots__))
    put(Work(tmp_path / "w"), number + 1, nothing, None)
    walk(job(), MODELS, tmp_path / "w", silent)
    assert content(tmp_path / "w") == uninterrupted[1]


def test_a_state_of_another_version_begins_anew(
    tmp_path: Path, uninterrupted: tuple[Walked, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It cannot be read, and what it stood for is cheap to make again."""
    Failing.left = 2
    monkeypatch.setattr(walking, "Work", Failing)
    with pytest.raises(Interrupted):
        walk(job(), MODELS, tmp_path / "w", silent)
    monkeypatch.setattr(walking, "Work", Work)
    [state] = (tmp_path / "w").glob("*.state")
    state.write_bytes(b"of another version")
    walk(job(), MODELS, tmp_path / "w", silent)
    assert content(tmp_path / "w") == uninterrupted[1]


def test_a_finished_walk_is_not_walked_again(tmp_path: Path) -> None:
    """Its ticks are not even read."""
    found = walk(job(), MODELS, tmp_path / "w", silent)
    gone = job(origin=SimulatedMarket(MARKET, 5, 0.001))
    assert walk(gone, MODELS, tmp_path / "w", silent) == found


def test_two_processes_do_not_write_one_walk(tmp_path: Path) -> None:
    """The second is told which one has it."""
    with (
        Work(tmp_path / "w").opened(),
        pytest.raises(RecoveryError, match="in use by process"),
        Work(tmp_path / "w").opened(),
    ):
        pass


def test_a_history_without_a_closed_second_says_so(tmp_path: Path) -> None:
    """There is nothing to test on."""
    with pytest.raises(BacktestError, match="too few usable trades"):
        walk(job(origin=SimulatedMarket(MARKET, 5, 0.5)), MODELS, tmp_path / "w", silent)


@pytest.mark.parametrize(
    "changed",
    [
        {"sources": [{"seed": 6}]},
        {"spec": Spec(grace=2_000_000_000)},
        {"desk": Desk(entry=0.6).as_dict()},
        {"version": "2"},
        {"part_rows": 101},
    ],
)
def test_another_walk_has_another_folder(changed: dict[str, Any]) -> None:
    """Whatever its rows or its files follow from is in its name."""
    assert job(**changed).key != job().key
    assert job().key == job().key


def test_the_share_of_the_ticks_is_told(tmp_path: Path) -> None:
    """It grows, also over what was walked before."""
    heard: list[tuple[int, float | None]] = []
    walk(job(), MODELS, tmp_path / "w", lambda *told: heard.append(told))
    shares = [share for _, share in heard]
    assert shares == sorted(shares)  # type: ignore[type-var]
    assert heard[-1][0] == sum(len(batch) for batch in history(SECONDS, MARKET).batches())
