"""What a trial comes to: which signals were before the kill, how late the last came, which broke it."""

from __future__ import annotations

import pytest

from flows.kill_trials.outcome import Outcome, Spread, spread
from flows.kill_trials.run import Restart, Run
from flows.kill_trials.words import Shard, Taken, Trial, Word, judged

BUY, HOLD = False, True
#                          BUYs before    the kill is entry 7            the unkill is entry 8
#  ms after the command   -5    3    20 |   21   30   70   |  71  90
WORDS = (
    Word(995, 6, BUY), Word(1_003, 7, BUY), Word(1_020, 7, BUY),
    Word(1_021, 8, HOLD), Word(1_030, 8, HOLD), Word(1_070, 8, HOLD),
    Word(1_071, 9, BUY), Word(1_090, 9, BUY),
)  # fmt: skip
KILL, UNKILL = Taken(1_012, 7, 500), Taken(1_060, 8, 900)


def shard(*words: Word, kill: Taken = KILL) -> Shard:
    """Return a trial as a shard saw it."""
    return Shard(kill, UNKILL, words or WORDS)


def trial(last_order_ms: int = 10, *, broken: int = 0, backlog: int = 1_000) -> Trial:
    """Return a trial in order, but for what is given."""
    return Trial(last_order_ms, 5, 50, broken, backlog)


def outcome(*trials: Trial, after: int = 0, ahead: int = 0) -> Outcome:
    """Return an outcome; ``after``: broken signals after the restart, ``ahead``: in the first trial."""
    return Outcome(Run([trial(700, broken=ahead)], list(trials), Restart(200, after, "flow")), "here")


def test_a_signal_belongs_before_or_behind_the_kill_by_its_cause() -> None:
    """Not by when it came: the BUY of 1,020 was released before the entry of 1,012 was taken in."""
    assert (shard().last_order, shard().held, shard().broken) == (1_020, 3, 0)


def test_a_signal_behind_the_kill_that_is_no_hold_breaks_it() -> None:
    """Each of them; those behind the unkill do not."""
    broken = shard(*WORDS, Word(1_065, 8, BUY), Word(1_066, 8, BUY))
    assert (broken.last_order, broken.held, broken.broken) == (1_020, 5, 2)


def test_a_trial_is_as_late_as_its_latest_shard() -> None:
    """The last BUY of one, the acknowledgement of another, the backlog of the one with least."""
    shards = {0: shard(), 1: shard(Word(1_004, 6, BUY), kill=Taken(1_030, 6, 90))}
    assert judged(1_000, shards, [600, 91]) == Trial(20, 30, 3, 0, 1)


def test_a_last_buy_before_the_command_is_no_delay() -> None:
    """The shard was quicker than the broker's clock counts."""
    assert judged(1_100, {0: shard()}, [600]).last_order_ms == 0
    assert judged(1_000, {0: shard(Word(1_021, 8, HOLD))}, [600]).last_order_ms == 0


def test_percentiles_are_times_that_were_measured() -> None:
    """By nearest rank: of 100, the 99th percentile is the second worst."""
    assert spread(list(range(1, 101))) == Spread(50, 99, 100)
    assert spread([7]) == Spread(7, 7, 7)
    assert spread([30, 10, 20]) == Spread(20, 30, 30)


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (outcome(*[trial(100)] * 100), 0),
        (outcome(*[trial(50)] * 99, trial(500)), 0),
        (outcome(*[trial(50)] * 98, trial(101), trial(101)), 1),
        (outcome(*[trial()] * 99, trial(broken=1)), 1),
        (outcome(trial(), after=1), 1),
        (outcome(trial(), ahead=1), 1),
        (outcome(trial(), trial(backlog=0)), 2),
        (outcome(trial(200), trial(backlog=0)), 1),
    ],
    ids=["in time", "one late in 100", "two late", "broken", "after the restart", "ahead", "idle", "both"],
)
def test_the_exit_code(found: Outcome, code: int) -> None:
    """0 where no signal got through and the 99th percentile is in time, 2 where there was no backlog."""
    assert found.exit_code == found.as_dict()["exit_code"] == code


def test_the_trials_ahead_count_for_the_law_and_not_for_the_time() -> None:
    """While Kafka opens its topics a kill is slow, but holds; the figures tell it apart."""
    told = outcome(trial(40)).as_dict()
    assert told["last_order_ms"] == {"p50": 40, "p99": 40, "worst": 40}
    assert told["ahead_last_order_ms"] == [700]
    assert [len(table.rows) for table in outcome(trial(40)).tables()] == [2, 7]
