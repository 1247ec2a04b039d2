"""Shards summed up: exit codes, counts, and only the first few examples in words."""

from __future__ import annotations

import orjson
import pytest

from verifier.findings import DIFFERENT, EXAMPLES, LOST
from verifier.report import Report, ShardReport, TopicReport


def shard(*kinds: str, unjudged: str = "") -> ShardReport:
    """Return a shard with findings of these kinds."""
    found = ShardReport("ticks/0000", unjudged=[unjudged] if unjudged else [])
    found.topics["signals"] = TopicReport(found=3, expected=4, equal=2)
    for kind in kinds:
        found.findings.add(kind, "signals", f"it is {kind}")
    return found


@pytest.mark.parametrize(
    ("shards", "code"),
    [
        ([], 2),
        ([shard()], 0),
        ([shard(), shard(unjudged="gone")], 2),
        ([shard(unjudged="gone"), shard(LOST)], 1),
        ([shard(LOST, unjudged="gone")], 1),
    ],
)
def test_the_worst_shard_gives_the_exit_code(shards: list[ShardReport], code: int) -> None:
    """Broken before not checked, not checked before holds; of nothing, nothing can be said."""
    assert Report(shards).exit_code == code


def test_counts_are_sums_over_shards() -> None:
    """Of records and of findings."""
    report = Report([shard(LOST, DIFFERENT), shard(LOST, unjudged="gone")])
    assert (report.total("found"), report.total("expected"), report.total("equal")) == (6, 8, 4)
    assert (report.of(LOST), report.of(DIFFERENT)) == (2, 1)
    assert report.unjudged == ["ticks/0000: gone"]
    plain = orjson.loads(orjson.dumps(report.as_dict()))
    assert plain["findings"]["lost"] == 2
    assert [one["exit_code"] for one in plain["shards"]] == [1, 1]


def test_only_the_first_examples_of_a_kind_are_told() -> None:
    """All are counted."""
    report = Report([shard(*[LOST] * 1_000, DIFFERENT)])
    assert report.of(LOST) == 1_000
    assert [found.kind for found in report.examples] == [*[LOST] * EXAMPLES, DIFFERENT]
