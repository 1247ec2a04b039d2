"""A breaker's transitions, which name a shard and no symbol, as the read model and the guard take them in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.guard.inputs import Told
from models.guard.measured.breakers import breakers
from models.judge.records import FALLBACK, Emission, Record
from models.rules.evaluate import Sample
from tests.one_shard import START, OneShard, trade


def transition(ordinal: int, state: str, shard: str = "ticks/0000") -> dict[str, object]:
    """Return a record of the topic ``fallback``."""
    body = {"event": "breaker", "state": state, "shard": shard, "before": "", "model": "m", "ts": START}
    return body | {"ordinal": ordinal}


@pytest.mark.parametrize("state", ["open", "half_open", "closed"])
def test_the_view_shows_a_breaker_beside_the_events_of_symbols(state: str) -> None:
    """It is an event like others; nothing of a symbol changes."""
    shard = OneShard()
    last = shard.feed(trade("BTCUSDT", 0.5, 100.0), trade("BTCUSDT", 3.5, 101.0))[0]
    assert isinstance(last, Emission)
    before = shard.view.as_dict()
    shard.view.update(replace(last, records=[Record(FALLBACK, "ticks/0000", transition(0, state))]))
    after = shard.view.as_dict()
    assert after["symbols"] == before["symbols"]
    assert after["events"][-1] == {"topic": FALLBACK, **transition(0, state)}


def test_of_several_transitions_the_last_is_how_a_breaker_stands() -> None:
    """A probe that succeeds opens it by half and closes it at once: the rule must hear that it is closed."""
    bodies = [transition(5, "closed"), transition(4, "half_open"), transition(2, "open", "ticks/0001")]
    told = [Told(FALLBACK, 0, place, START, body) for place, body in enumerate(bodies)]
    assert breakers(told) == [
        Sample("breaker.open", "shard:ticks/0000", 0.0),
        Sample("breaker.open", "shard:ticks/0001", 1.0),
    ]
    assert breakers([]) == []
