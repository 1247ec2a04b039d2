"""Law 2, replay is live: ticks and journal alone give every byte that was published.

The live runs are simulated (``tests/simulation``): the product on twins of broker and clock, in batches of
any size, with commands, beats, stalls, refused commands and restarts, and every fault a feed can have.
"""

from __future__ import annotations

from hypothesis import given
from laws.how_many import examples

from tests.simulation.plan import JOURNAL, Plan
from tests.simulation.process import shards
from tests.simulation.replay import entries, published
from tests.simulation.run import replayed, run
from tests.simulation.strategies import plans


@examples()
@given(plan=plans(crashes=0, whole=True))
def test_the_bare_stages_replay_what_a_run_published(plan: Plan) -> None:
    """All ticks between two entries in batches of other sizes: same keys, bytes and headers, in order."""
    run(plan)


@examples()
@given(plan=plans(crashes=0, whole=True))
def test_the_product_itself_replays_what_a_run_published(plan: Plan) -> None:
    """A process that finds ticks and journal, but neither state nor outputs, publishes the same again."""
    world = run(plan).world

    again = replayed(world)

    for shard in shards(plan):
        assert published(again, shard) == published(world.broker, shard)


@examples()
@given(plan=plans(crashes=3, whole=True))
def test_a_run_that_crashed_is_replayed_by_the_product_too(plan: Plan) -> None:
    """Void entries of dead processes stay void; no entry is added to those that count."""
    world = run(plan).world

    again = replayed(world)

    for shard in shards(plan):
        assert published(again, shard) == published(world.broker, shard)
        assert entries(again, shard) == entries(world.broker, shard)
        assert again.end(JOURNAL, shard.number) == world.broker.end(JOURNAL, shard.number) + 1  # its own open


@examples(3)
@given(plan=plans(crashes=0, whole=False))
def test_every_history_is_replayed_as_it_was(plan: Plan) -> None:
    """As above, where every record tells all that was taken in before it, and in which order."""
    world = run(plan).world

    again = replayed(world)

    for shard in shards(plan):
        assert published(again, shard) == published(world.broker, shard)
