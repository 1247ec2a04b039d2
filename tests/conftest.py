"""What tests of several rooms share: brokers, Redis and recorded captures."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import settings

from connectors.embedded import EmbeddedBroker, EmbeddedError, EmbeddedRedis, RealKafka
from connectors.embedded.kafka_jars import install

ROOT = Path(__file__).parent.parent
JARS_S = 90.0
"""Bound on fetching Kafka's jars, below the time-out of a test; ``.ci/run`` fetches them beforehand."""


settings.register_profile("unhurried", deadline=None)  # a busy machine breaks no law
settings.load_profile("unhurried")

UNTRACED = (
    "tests/docs/test_asyncapi.py",
    "tests/docs/test_generated.py",
    "tests/drift/test_alarm_parts.py",
    "tests/journal/test_crash_model.py",
    "tests/judge/test_ensemble_records.py",
    "tests/judge/test_models_in_buckets.py",
    "tests/judge/test_outcome_counts.py",
    "tests/laws/",
    "tests/leakage/test_lookahead.py",
    "tests/leakage/test_warmup.py",
    "tests/market/test_features.py",
    "tests/monitor/test_closed_buckets.py",
    "tests/monitor/test_monitor_stage.py",
    "tests/rollout/test_rollout_explored.py",
    "tests/rollout/test_rollout_faults.py",
    "tests/simulation/",
    "tests/verifier/test_verifier_against_product.py",
    "tests/verifier/test_verifier_finds.py",
    "tests/verifier/test_verifier_monitors.py",
)
"""They, property tests and recorded captures walk the same lines many times, of which others walk each once:
tracing costs as much again, or twice that."""


TIERS = {
    "kafka": "kafka",
    **{name: f"mark.{name}" for name in ("slow", "crash", "marathon", "bench", "statistics")},
}
"""What the Makefile looks for in a file, by marker."""


@pytest.hookimpl(tryfirst=True)  # ahead of xdist, which reads the groups in its own
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep tests that share something on one worker, so that it is made once: a Kafka, a trained model.

    A test that takes minutes names a group of its own, and has a Kafka of its own in it. Files whose tests
    have most time come first, so that none of them is alone at the end.
    """
    longest: dict[Path, float] = {}
    for item in items:
        longest[item.path] = max(longest.get(item.path, 0.0), _patience(item))
    items.sort(key=lambda item: -longest[item.path])
    for item in items:
        needs = getattr(item, "fixturenames", ())
        if item.nodeid.startswith(UNTRACED) or "real_data" in needs or _is_property(item):
            item.add_marker(pytest.mark.no_cover)
        if "real_kafka" in needs:
            item.add_marker(pytest.mark.kafka)
        _check_found(item)
        if item.get_closest_marker("xdist_group"):
            continue
        if item.get_closest_marker("kafka"):
            item.add_marker(pytest.mark.xdist_group("kafka"))
        elif shared := _shared_in(item):
            item.add_marker(pytest.mark.xdist_group(shared))


def _patience(item: pytest.Item) -> float:
    """Return the seconds that a test may take at most."""
    marker = item.get_closest_marker("timeout")
    return float(marker.args[0]) if marker else 0.0


def _check_found(item: pytest.Item) -> None:
    """Refuse a test of a tier in a file whose text does not name it: the Makefile would pass it over."""
    for tier, word in TIERS.items():
        if item.get_closest_marker(tier) and word not in item.path.read_text(encoding="utf-8"):
            raise pytest.UsageError(
                f"{item.nodeid}: the Makefile finds tests of '{tier}' by '{word}' in their file"
            )


def _shared_in(item: pytest.Item) -> str:
    """Return the file or the room whose tests share a fixture of this one, "" where there is none."""
    found = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
    homes = (each[-1].baseid for each in found.values() if each[-1].scope in ("module", "session"))
    return min((home for home in homes if home.startswith("tests/")), key=len, default="")


def _is_property(item: pytest.Item) -> bool:
    """Return whether a test tries many examples: after the first few they walk the same lines."""
    return getattr(getattr(item, "obj", None), "is_hypothesis_test", False)


@pytest.fixture
def embedded_broker() -> Iterator[Callable[..., EmbeddedBroker]]:
    """``EmbeddedBroker``, but ended with the test: ``broker = embedded_broker({"ticks": 4})``."""
    with ExitStack() as brokers:
        yield lambda topics, run_dir=None: brokers.enter_context(EmbeddedBroker(topics, run_dir))


@pytest.fixture
def embedded_redis() -> Iterator[EmbeddedRedis]:
    """An empty Redis."""
    with EmbeddedRedis() as redis:
        yield redis


@pytest.fixture(scope="session")
def kafka_jars() -> Path:
    """The folder of Kafka's jars; skips where they cannot be had, unless LEVIBOT_REQUIRE_KAFKA=1."""
    try:
        return install(timeout_s=JARS_S)
    except EmbeddedError as error:
        return _missing("LEVIBOT_REQUIRE_KAFKA", f"no real Kafka: {error}")


@pytest.fixture(scope="session")
def real_kafka(kafka_jars: Path) -> Iterator[RealKafka]:
    """One Apache Kafka for the whole run; give your topics names of their own, and leave it running."""
    with RealKafka(jars=kafka_jars) as node:
        yield node


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of recorded captures; skips where it is absent, unless LEVIBOT_REQUIRE_REAL_DATA=1."""
    folder = Path(os.environ.get("LEVIBOT_REAL_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        _missing("LEVIBOT_REQUIRE_REAL_DATA", f"no recorded captures in {folder}: set LEVIBOT_REAL_DATA")
    return folder


def _missing(required: str, why: str) -> Path:
    if os.environ.get(required) == "1":
        pytest.fail(f"{why} ({required}=1)", pytrace=False)
    pytest.skip(why)
