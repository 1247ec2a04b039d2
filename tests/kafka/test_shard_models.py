"""What a shard asks for of bundles, and what its journal is told: each thing once, and only what matters."""

from __future__ import annotations

from typing import Any

from loaders import DIGEST, Always, loader_of

from connectors.bundles.background import BackgroundLoader
from connectors.kafka.shard_models import ShardModels
from models.control.commands import Command
from models.desk.desk import Desk
from models.desk.news import LOST, READY, REFUSED, News
from models.inputs import Cause, Genesis, ModelNews, Taken
from models.journal.entry import Entry
from models.scoring.absent import Absent
from models.scoring.model import Model

ONE, TWO = f"one@{DIGEST}", f"two@{'cd' * 32}"
BUILT_IN = ("stub-sine", "ml-fusion")
HERE = Cause(5, 3)


def select(name: str, n: int = 1, **more: str) -> Taken:
    """Return a taken command that selects a model."""
    args = {"name": name, **more}
    command = Command(id=f"c{n}", ts=0, actor="ops", n=n, role="admin", cmd="model.select", args=args)
    return Taken(command, 0, HERE)


def told(models: ShardModels) -> list[News]:
    """Return the first news that come; loading takes no time worth mentioning here."""
    while not (found := models.news()):
        pass
    return found


def test_a_selected_bundle_is_loaded_and_told_once_with_its_own_thresholds() -> None:
    """The model is there before the journal hears of it."""
    loaded: dict[str, Model] = {}
    models = ShardModels(Desk(), BUILT_IN, loader_of({ONE: Always("one", 0.7)}, loaded))

    models.passed(select(ONE))
    [news] = told(models)

    assert news == News(READY, ONE, {"version": "one-1", "entry": 0.6, "exit": 0.4})
    assert loaded[ONE].version == "one-1"
    assert models.news() == []


def test_a_challengers_bundle_is_loaded_beside_that_of_the_model() -> None:
    """Each is told once, and whose it is the desk knows."""
    loaded: dict[str, Model] = {}
    loader = loader_of({ONE: Always("one", 0.7), TWO: Always("two", 0.2)}, loaded)
    models = ShardModels(Desk(), BUILT_IN, loader)

    models.passed(select(ONE))
    models.passed(select(TWO, 2, **{"as": "challenger"}))
    found: dict[str, News] = {}
    while len(found) < 2:
        found |= {news.reference: news for news in models.news()}
    for news in found.values():
        models.passed(ModelNews(news, HERE))

    assert {news.kind for news in found.values()} == {READY} and loaded.keys() == found.keys() == {ONE, TWO}
    assert models.news() == []
    assert models.desk is not None
    assert (models.desk.model, models.desk.challenger, models.desk.entry) == (ONE, TWO, 0.6)


def test_a_start_asks_again_for_the_challenger_that_was_wanted() -> None:
    """The desk of the snapshot says so."""
    models = ShardModels(Desk(wanted_challenger=ONE), BUILT_IN, loader_of({ONE: Always("one", 0.7)}))

    assert [(news.kind, news.reference) for news in told(models)] == [(READY, ONE)]


def test_a_bundle_that_cannot_be_had_is_refused_with_its_reason_and_counted() -> None:
    """Asked for again, it is looked at again: somebody may have mended it."""
    kept: dict[str, Any] = {}
    loader = loader_of(kept)
    models = ShardModels(Desk(), BUILT_IN, loader)
    models.passed(select(ONE))
    [refused] = told(models)
    models.passed(ModelNews(refused, HERE))
    kept[ONE] = Always("one", 0.7)
    models.passed(select(ONE, n=2))

    assert refused == News(REFUSED, ONE, {"reason": "missing", "detail": "no folder has this digest"})
    assert [news.kind for news in told(models)] == [READY]
    assert loader.refusals == {"missing": 1}


def test_whatever_a_library_raises_is_a_refusal() -> None:
    """The flow goes on with the model before."""

    def load(reference: str) -> Always:
        raise MemoryError("no room for the trees")

    models = ShardModels(Desk(), BUILT_IN, BackgroundLoader({}, load))
    models.passed(select(ONE))

    assert told(models) == [News(REFUSED, ONE, {"reason": "crashed", "detail": "no room for the trees"})]


def test_what_is_not_wanted_any_more_is_not_told() -> None:
    """Another command came before the first bundle was loaded."""
    models = ShardModels(Desk(), BUILT_IN, loader_of({ONE: Always("one", 0.7), TWO: Always("two", 0.7)}))

    models.passed(select(ONE))
    models.passed(select(TWO, n=2))
    found = told(models)
    models.passed(select("ml-fusion", n=3))

    assert [news.reference for news in found] == [TWO]
    assert models.news() == []


def test_two_shards_that_want_one_bundle_load_it_once() -> None:
    """Both are told."""
    loads: list[str] = []

    class Counting(dict[str, Always]):
        def __getitem__(self, reference: str) -> Always:
            loads.append(reference)
            return super().__getitem__(reference)

    loader = loader_of(Counting({ONE: Always("one", 0.7)}))
    shards = [ShardModels(Desk(), BUILT_IN, loader) for _ in range(2)]
    for shard in shards:
        shard.passed(select(ONE))

    assert [told(shard)[0].kind for shard in shards] == [READY, READY]
    assert loads == [ONE]


def test_a_start_asks_again_for_what_was_wanted_when_the_process_died() -> None:
    """The desk of the snapshot says so."""
    models = ShardModels(Desk(wanted=ONE), BUILT_IN, loader_of({ONE: Always("one", 0.7)}))

    assert [news.kind for news in told(models)] == [READY]


def test_a_start_loads_what_the_snapshot_and_the_entries_behind_it_need() -> None:
    """The desk's bundles, those of a genesis, and those whose news are taken in again."""
    loaded: dict[str, Model] = {}
    third = f"three@{'ef' * 32}"
    kept = {name: Always(name.partition("@")[0], 0.7) for name in (ONE, TWO, third)}
    models = ShardModels(Desk(bundles=(ONE,)), BUILT_IN, loader_of(kept, loaded))

    models.require([Entry(1, 4, 9, READY, {"reference": TWO})], {"desk": Desk(bundles=(third,)).as_dict()})

    assert loaded.keys() == {ONE, TWO, third}
    assert models.news() == []


def test_a_lost_bundle_is_told_and_its_place_is_held() -> None:
    """Once the shard is behind what it had to take in again."""
    loaded: dict[str, Model] = {}
    models = ShardModels(Desk(model=ONE, bundles=(ONE,)), BUILT_IN, loader_of({}, loaded))
    models.require([], None)

    assert isinstance(loaded[ONE], Absent)
    assert [(news.kind, news.reference) for news in models.news()] == [(LOST, ONE)]
    assert models.news() == []


def test_a_bundle_that_was_lost_ready_again_and_is_lost_now_is_told_again() -> None:
    """The news of its first loss, taken in again, say nothing of the present."""
    models = ShardModels(Desk(model=ONE, bundles=(ONE,)), BUILT_IN, loader_of({}))
    lost = News(LOST, ONE, {"reason": "missing", "detail": "no folder has this digest"})
    ready = News(READY, ONE, {"version": "one-1", "entry": 0.6, "exit": 0.4})
    models.require([Entry(1, 5, 9, READY, ready.as_dict())], None)

    for one in (ModelNews(lost, HERE), select(ONE), ModelNews(ready, HERE)):
        models.passed(one)

    assert [news.kind for news in models.news()] == [LOST]


def test_a_genesis_sets_the_desk_anew() -> None:
    """Behind an accepted gap nothing of before counts."""
    models = ShardModels(Desk(wanted=ONE), BUILT_IN, loader_of({ONE: Always("one", 0.7)}))

    models.passed(Genesis(Desk(), HERE))

    assert models.news() == []
    assert models.desk is not None and models.desk.wanted == ""
