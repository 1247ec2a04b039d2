"""All pure stages of one shard in a row, for tests that feed inputs and look at everything published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from models.desk.desk import Desk
from models.inputs import Input
from models.judge.judge import Judge
from models.judge.records import Emission, Observed, Record, Shard
from models.market.market import Market
from models.monitor.monitor import Monitor
from models.scoring.model import Model
from models.scoring.scorer import Scorer
from models.spec import Spec


class PureStages:
    """Market, Scorer, Judge and Monitor, in the order in which the signals flow wires them."""

    def __init__(self, spec: Spec, shard: Shard, models: Mapping[str, Model]) -> None:
        self._market = Market(spec, Desk(), topic=shard.topic, partition=shard.partition)
        self._scorer = Scorer(spec, models)
        self._judge = Judge(spec, shard, models)
        self._monitor = Monitor(spec, shard, models)

    def step(self, inputs: Iterable[Input]) -> list[Emission | Observed]:
        """Return what inputs release, as one activation."""
        emissions = self._judge.step(self._scorer.step(self._market.step(inputs)))
        observed = self._monitor.step([one for emission in emissions for one in emission.monitor])
        return [*emissions, *observed]

    def records(self, inputs: Iterable[Input]) -> list[Record]:
        """Return the records that inputs release."""
        return [record for emitted in self.step(inputs) for record in emitted.records]
