"""The verifier's own market, run beside the product's: on a sound run it finds nothing to say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from laws.how_many import examples
from laws.strategies import logs, specs
from oracle.log import Event

from models.spec import Spec
from tests.verifier.drawn import simulated, written
from tests.verifier.product import rules_of
from verifier.run import check_shard


@examples()
@given(log=logs(), spec=specs(), batch=st.integers(1, 40))
def test_nothing_is_found_on_a_sound_run(log: list[Event], spec: Spec, batch: int) -> None:
    """Whatever the log and the settings: every record is expected, and found as expected."""
    report = check_shard(written(log).run(spec, batch), rules_of(spec))

    assert report.findings.examples == []
    assert report.unjudged == []
    recomputed = {name: topic for name, topic in report.topics.items() if topic.expected is not None}
    assert sum(topic.expected or 0 for topic in recomputed.values()) > 0
    assert all(topic.equal == topic.expected for topic in recomputed.values())
    others = recomputed.pop(
        "predictions"
    )  # a challenger's and those of an ensemble's members stand there too
    assert others.found >= others.equal
    assert all(topic.found == topic.expected for topic in recomputed.values())


def test_nothing_is_found_on_a_simulated_market_with_all_its_faults() -> None:
    """The books of the recount are those of the last progress, and signals under the kills were seen."""
    history = simulated(4_000).run(Spec())

    report = check_shard(history, rules_of(Spec()))

    assert report.findings.examples == []
    assert report.exit_code == 0
    assert report.killed_signals > 100
    assert min(report.books[word] for word in ("used", "late", "duplicate", "invalid")) > 20
