"""What a run of chaos says in the end: its figures, and an exit code that cannot be read two ways."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from connectors.failpoints import POINTS
from flows.chaos.outcome import Bytes, Outcome
from flows.chaos.plan import COMMIT, RANDOM
from flows.chaos.run import Chaos, Recovery
from verifier.findings import KINDS, NOT_HELD
from verifier.report import Report, ShardReport, TopicReport

CHAOS = Chaos(
    seed=7,
    killed=Counter({"journal.sent": 2, RANDOM: 1}),
    disturbed=Counter({"broker stalls": 1}),
    impossible={"disk is full": "no right to mount a tmpfs"},
    recoveries=[Recovery(0.5, "open.read"), Recovery(2.25, "redis hangs"), Recovery(1.0, "open.done")],
    commands=40,
    account_kills=1,
)


def outcome(*found: str, unjudged: str = "", other_bytes: int = 0) -> Outcome:
    """Return the outcome of a run on one shard with these findings."""
    shard = ShardReport("ticks/0000", tick_records=50, killed_signals=9)
    shard.topics["signals"] = TopicReport(found=30, expected=30, equal=30)
    for kind in found:
        shard.findings.add(kind, "signals", "an example")
    if unjudged:
        shard.unjudged.append(unjudged)
    return Outcome(CHAOS, Report([shard]), Bytes(30, other_bytes))


def test_where_everything_holds_the_exit_code_is_0() -> None:
    """Every record accounted for, and nothing that could not be looked at."""
    assert outcome().exit_code == 0


@pytest.mark.parametrize("kind", KINDS)
def test_one_finding_of_any_kind_is_exit_code_1(kind: str) -> None:
    """Also where something else could not be judged."""
    assert outcome(kind).exit_code == 1
    assert outcome(kind, unjudged="ticks are gone").exit_code == 1


def test_one_byte_that_a_replay_has_otherwise_is_exit_code_1() -> None:
    """Whatever the verifier says, which looks at fields and not at bytes."""
    assert outcome(other_bytes=1).exit_code == 1
    assert outcome(other_bytes=1, unjudged="ticks are gone").exit_code == 1


def test_what_could_not_be_judged_is_exit_code_2() -> None:
    """It is neither in order nor broken; and so is a run without any shard."""
    assert outcome(unjudged="ticks are gone").exit_code == 2
    assert outcome()._replace(report=Report()).exit_code == 2


def test_the_figures_are_those_of_run_and_verifiers() -> None:
    """In the order in which people look at them."""
    assert outcome(*KINDS, other_bytes=3).figures == {
        "kills": 3,
        "kills of the paper account": 1,
        "commands sent": 40,
        "tick records": 50,
        "records expected": 30,
        "lost": 1,
        "duplicated": 1,
        "different": 2,  # and what nothing causes
        "out of order per symbol": 1,
        "signals under a kill": 9,
        "non-HOLD under kill": 1,
        "broken numbering": 2,  # of records, and of the journal
        "records compared with a replay": 30,
        "other bytes than the replay": 3,
        "caught up after, median s": 1.0,
        "caught up after, worst s": 2.25,
    }


def test_every_finding_shows_in_a_figure() -> None:
    """No exit code 1 with nothing but zeros above it."""
    clean = outcome().figures
    for kind in KINDS:
        changed = [name for name, value in outcome(kind).figures.items() if value != clean[name]]
        assert len(changed) == 1


def test_a_run_in_which_nothing_had_to_recover_has_no_times() -> None:
    """Its figures are zeros, not errors."""
    figures = outcome()._replace(chaos=replace(CHAOS, recoveries=[])).figures
    assert (figures["caught up after, median s"], figures["caught up after, worst s"]) == (0.0, 0.0)


def test_as_data_it_tells_where_every_kill_fell() -> None:
    """With what was not possible here, and the seed that repeats it."""
    told = outcome(NOT_HELD).as_dict()
    assert told["exit_code"] == 1
    assert told["seed"] == 7
    assert told["killed"] == {"journal.sent": 2, RANDOM: 1}
    assert told["disturbed"] == {"broker stalls": 1}
    assert told["not possible here"] == {"disk is full": "no right to mount a tmpfs"}
    assert told["recovery_s"] == [0.5, 2.25, 1.0]
    assert told["slowest recovery after"] == "redis hangs"
    assert told["figures"] == outcome(NOT_HELD).figures
    assert told["verifier"]["findings"][NOT_HELD] == 1


def test_as_tables_it_names_every_place_also_those_where_nobody_died() -> None:
    """So that a place which is never reached is seen."""
    shown = StringIO()
    console = Console(width=200, file=shown)
    for table in outcome().tables():
        console.print(table)
    lines = [line.split() for line in shown.getvalue().splitlines()]
    for place in POINTS:
        assert [place, "2" if place == "journal.sent" else "0"] in lines
    assert [*RANDOM.split(), "1"] in lines
    assert [*COMMIT.split(), "0"] in lines
    assert ["disk", "is", "full", "not", "here:", "no", "right", "to", "mount", "a", "tmpfs"] in lines
