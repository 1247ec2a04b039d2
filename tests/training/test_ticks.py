"""Where the ticks of a run come from: the same ticks give the same rows, by whatever path."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from connectors.embedded import EmbeddedBroker
from connectors.feed.simulate import Simulation, feed_simulation
from connectors.settings import Settings
from flows.ticks import START, Ticks, TicksError
from flows.training.gathering import WARM_UP_S, wanted_rows
from models.simulator import simulate
from models.spec import SECOND, Spec
from models.training.rows import Rows, RowsError
from models.training.snapshot import checksum

HOURS = 0.4
MARKET = Ticks(symbols="2").market()


def rows_of(ticks: Ticks, bootstrap: str = "") -> Rows:
    """Return the rows of ticks, unseen."""
    config = Settings(_env_file=None, kafka_bootstrap=bootstrap or "127.0.0.1:1")
    return wanted_rows(ticks, ticks.histories(config), Spec(), lambda share, note: None)


def of_market(**wanted: object) -> Rows:
    """Return the rows of the simulated market, or of what is wanted of it."""
    return rows_of(Ticks(simulated=True, symbols="2", hours=HOURS, **wanted))  # type: ignore[arg-type]


@pytest.mark.embedded
def test_a_topic_gives_the_rows_of_the_market_that_fed_it(
    embedded_broker: Callable[..., EmbeddedBroker],
) -> None:
    """Through one partition: the same checksum, so the same model."""
    broker = embedded_broker({"ticks": 1})
    feed_simulation(
        Simulation(
            market=MARKET, topic="ticks", bootstrap=broker.bootstrap, speed=math.inf, seconds=HOURS * 3_600,
            start_ts=START,
        ),
        visible=False,
    )  # fmt: skip

    assert checksum(rows_of(Ticks(topic="ticks"), broker.bootstrap)) == checksum(of_market())


def test_a_recorded_file_gives_the_rows_of_the_market_it_holds(tmp_path: Path) -> None:
    """A file has no broker's times, so that a second may close a little later: what both have is equal."""
    path, lines = tmp_path / "ticks.jsonl", []
    for record in simulate(MARKET, 0, START):
        if record.record_ts >= START + HOURS * 3_600 * SECOND:
            break
        lines.append(record.value)
    path.write_bytes(b"\n".join(lines) + b"\n")

    one, other = rows_of(Ticks(ticks=[path])), of_market()

    assert one.symbols == other.symbols and abs(len(one) - len(other)) <= 4
    both = min(len(one), len(other)) - 4
    assert (one.x[:both] == other.x[:both]).all() and (one.second[:both] == other.second[:both]).all()


def test_rows_begin_when_every_feature_is_warm() -> None:
    """The longest window after the first trade of each symbol, which comes within seconds."""
    rows = of_market()

    for code in range(2):
        first = int(rows.second[rows.code == code][0]) - START // SECOND
        assert WARM_UP_S <= first <= WARM_UP_S + 60


def test_one_symbol_can_be_taken_out() -> None:
    """Its rows are those it has among the others."""
    all_rows, one = of_market(), of_market(symbol="ETHUSDT")

    assert one.symbols == ("ETHUSDT",)
    assert (one.x == all_rows.x[all_rows.code == all_rows.symbols.index("ETHUSDT")]).all()


def test_the_last_days_are_counted_back_from_the_newest_row() -> None:
    """Features keep their past from before."""
    all_rows, late = of_market(), of_market(days=300 / 86_400)

    assert np.unique(late.second).tolist() == np.unique(all_rows.second)[-300:].tolist()
    assert (late.x == all_rows.x[-len(late) :]).all()


@pytest.mark.parametrize(
    "both", [{}, {"topic": "ticks", "simulated": True}, {"ticks": [Path("a")], "topic": "b"}]
)
def test_one_origin_has_to_be_named(both: dict[str, object]) -> None:
    """None and two are errors that name the options."""
    with pytest.raises(TicksError, match="one of --ticks FILE, --topic NAME, --simulated"):
        rows_of(Ticks(**both))  # type: ignore[arg-type]


def test_another_symbol_than_there_is_names_those_there_are() -> None:
    """In the order of their names."""
    with pytest.raises(RowsError, match="no ticks of DOGEUSDT; there are BTCUSDT, ETHUSDT"):
        of_market(symbol="DOGEUSDT")
