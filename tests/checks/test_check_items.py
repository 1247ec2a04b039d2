"""Each item of a checklist: how it passes, how it fails, and that a person's own are said to be theirs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from check_servers import served_api, third_party

from connectors.bundles.registry_file import Promoted, Registry
from connectors.embedded import EmbeddedRedis
from connectors.profile_file import profile_named, profile_names
from connectors.redis.writer import ViewWriter
from connectors.settings import Settings
from flows.checks.full import LOOKS, asked
from flows.checks.ground import Ground, ground
from flows.checks.items import failing_closed, history
from flows.checks.items.commands_taken import admin_login, kill_test
from flows.checks.items.models_kept import models_trained, registry_complete, rollback_plan
from flows.checks.items.serving import api_health, metrics_arrive, model_answers, public_offline, smoke_test
from flows.checks.items.watching import alerts_loaded, grafana, runbook_in_repository
from flows.checks.looking import tried
from flows.checks.seen import Seen
from models.desk.desk import Desk
from models.profiles.items import ITEMS
from tests.one_shard import OneShard, at, trade

ROOT = Path(__file__).parents[2]
PROFILES = ROOT / "configs" / "profiles"
NOWHERE = "http://127.0.0.1:1"
SECOND = 10**9
SHA = "a" * 64
PATIENT: dict[str, Any] = {"offline_after_s": 600, "stale_after_s": 600}


def on(
    *, prometheus: str = NOWHERE, grafana: str = NOWHERE, api: str = NOWHERE, root: Path = ROOT,
    profile: str = "", **config: Any,
) -> Ground:  # fmt: skip
    """Return the ground of a folder, its servers and its settings."""
    chosen = Settings(_env_file=None, rules_file=ROOT / "configs" / "rules.yml", **config)
    return ground(chosen, api=api, prometheus=prometheus, grafana=grafana, root=root, profile=profile)


def test_every_automatic_item_has_its_look() -> None:
    """And no look is for an item that is a person's, or for none."""
    assert LOOKS.keys() == {name for name, item in ITEMS.items() if item.automatic}


@pytest.mark.parametrize("name", profile_names(PROFILES))
def test_the_checklist_of_a_profile_is_looked_at_in_its_order(name: str) -> None:
    """Each item with its requirement; a person's own is manual, with what it means."""
    profile = profile_named(PROFILES, name)
    found = asked(profile)
    assert [(one.item, one.requirement) for one in found] == list(profile.preflight)
    for one in found:
        if not ITEMS[one.item].automatic:
            assert one.look(on()) == Seen("manual", ITEMS[one.item].meaning)


def test_the_guard_fails_closed() -> None:
    """Null, NaN and both infinities, in a feature and in the price."""
    assert failing_closed.guard_fails_closed(on()).state == "passed"


def test_a_guard_that_lets_a_bad_row_through_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here the rows are sound behind the back of the item, so that nothing guards them."""
    monkeypatch.setattr(failing_closed, "spoilt", lambda field, value: lambda block: block)
    found = failing_closed.guard_fails_closed(on())
    assert found.state == "failed"
    assert found.evidence.startswith("not guarded: feature null, price null, feature NaN")


def test_without_its_model_a_row_is_answered_by_the_fallback(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that is not flagged would fail."""
    assert failing_closed.fallback_without_model(on()).state == "passed"
    monkeypatch.setattr(
        failing_closed, "signals", lambda desk: [{"fallback": False, "advisory": True, "prob": 0.5}]
    )
    assert failing_closed.fallback_without_model(on()).state == "failed"


def test_a_sound_row_is_what_the_model_says() -> None:
    """The item could not tell a guard from a model that is never asked."""
    found = failing_closed.signals(Desk(model=failing_closed.ALWAYS_BUY))
    assert [one["signal"] for one in found] == ["BUY"] * len(found)
    assert len(found) == 3


def registry(folder: Path, **change: Any) -> Ground:
    """Return the ground of a registry whose current model has what is given."""
    current = {
        "name": "lgbm", "run_id": "20261121T000000Z-0123abcd", "sha256": SHA, "reference": f"lgbm@{SHA}",
        "version": "1", "kind": "lightgbm", "promoted_at": "", "note": "", "gates": {},
        "calibration": {"method": "platt", "a": 1.0, "b": 0.0}, "policy": {"entry": 0.55, "exit": 0.45},
    } | change  # fmt: skip
    path = folder / "registry.json"
    path.write_bytes(orjson.dumps({"current": current}))
    assert Registry  # the file has its shape
    assert Promoted(**current)
    return on(registry_file=path)


def test_a_registry_is_complete_with_calibration_and_policy(tmp_path: Path) -> None:
    """Both thresholds; the model card's place for each is the registry's ``current``."""
    found = registry_complete(registry(tmp_path))
    assert found == Seen("passed", "lgbm: calibration platt, entry 0.55, exit 0.45")
    for change in ({"calibration": {}}, {"policy": {"entry": 0.55}}):
        assert registry_complete(registry(tmp_path, **change)).state == "failed"


def test_without_a_promoted_model_there_is_nothing_to_start_with(tmp_path: Path) -> None:
    """But there is always the built-in one to go back to."""
    empty = on(registry_file=tmp_path / "none.json")
    assert registry_complete(empty).state == "failed"
    assert models_trained(empty) == Seen(
        "failed", "no model was trained", "levibot train, then levibot models promote"
    )
    assert (
        rollback_plan(empty).evidence
        == "back to stub-sine, which is always there; docs/operations.md says how"
    )
    assert rollback_plan(on(root=tmp_path)).state == "failed"


@pytest.mark.parametrize("profile", ["", *profile_names(PROFILES)])
def test_every_rule_has_its_page(profile: str) -> None:
    """Of the base rules and of each profile's."""
    assert runbook_in_repository(on(profile=profile)).state == "passed"


def test_a_missing_page_or_heading_is_named(tmp_path: Path) -> None:
    """As in a checkout that is not whole."""
    page = tmp_path / "docs" / "runbook.md"
    page.parent.mkdir()
    page.write_text((ROOT / "docs" / "runbook.md").read_text().replace("### DlqTarget", "### Aim"))
    assert runbook_in_repository(on(root=tmp_path)).evidence == "missing: docs/runbook.md#dlqtarget"


def alerts(*names: str) -> dict[str, Any]:
    """Return what Prometheus answers of its rules."""
    return {"/api/v1/rules": {"data": {"groups": [{"rules": [{"name": name} for name in names]}]}}}


def test_alerts_are_loaded_when_prometheus_has_those_of_the_file(tmp_path: Path) -> None:
    """Each by its name; without Prometheus nothing can be said."""
    file = tmp_path / "deploy" / "prometheus" / "alerts.yml"
    file.parent.mkdir(parents=True)
    file.write_text(
        "groups: [{name: a, rules: [{alert: TicksDrop, expr: x}, {record: y, expr: x}, {alert: Dlq}]}]"
    )
    with third_party(alerts("TicksDrop", "Dlq")) as url:
        assert alerts_loaded(on(prometheus=url, root=tmp_path)).state == "passed"
    with third_party(alerts("TicksDrop")) as url:
        assert alerts_loaded(on(prometheus=url, root=tmp_path)).evidence == "Prometheus has not loaded Dlq"
    assert alerts_loaded(on(root=tmp_path)).state == "unknown"


def test_grafana_answers() -> None:
    """With its database."""
    with third_party({"/api/health": {"database": "ok", "version": "11"}}) as url:
        assert grafana(on(grafana=url)).evidence.startswith("version 11; ")
    with third_party({"/api/health": {"database": "failing"}}) as url:
        assert grafana(on(grafana=url)).state == "failed"
    with third_party({}) as url:
        assert grafana(on(grafana=url)).state == "unknown"
    assert grafana(on()).state == "unknown"


@pytest.fixture(scope="module")
def api() -> Iterator[tuple[str, str]]:
    """An API over a shard that traded just now, and the URL of its Redis."""
    with EmbeddedRedis() as redis:
        shard = OneShard()
        shard.command("model.select", name="ml-fusion")
        shard.feed(*(trade("BTCUSDT", second, 100.0) for second in range(4)))
        shift = time.time_ns() - at(3.5)
        with ViewWriter(redis.url) as writer:
            writer.put("ticks/0000", moved(shard.view.as_dict(), shift))
        with served_api(
            Settings(_env_file=None, redis_url=redis.url, levibot_build_sha="abc1234", **PATIENT)
        ) as url:
            yield url, redis.url


def moved(plain: Any, shift: int) -> Any:
    """Return a view with every time in ns moved."""
    if isinstance(plain, dict):
        return {
            k: v + shift if k in ("ts", "log_ts") and isinstance(v, int) else moved(v, shift)
            for k, v in plain.items()
        }
    return [moved(one, shift) for one in plain] if isinstance(plain, list) else plain


def test_the_api_names_its_build(api: tuple[str, str]) -> None:
    """A build that is not known is not one to go live with."""
    assert api_health(on(api=api[0])).evidence == "OK, executor online, Redis up; X-Build-SHA abc1234"
    with served_api(Settings(_env_file=None, redis_url=api[1], **PATIENT)) as url:
        assert api_health(on(api=url)).evidence.endswith("X-Build-SHA is unknown")
    assert api_health(on()).state == "failed"


def test_a_live_symbol_is_the_smoke_test(api: tuple[str, str]) -> None:
    """Its signal is fresh; without any symbol it fails."""
    assert smoke_test(on(api=api[0])).evidence.startswith("BTCUSDT: ")
    with third_party({"/symbols": {"count": 0, "symbols": []}}) as url:
        assert smoke_test(on(api=url)).state == "failed"
    assert tried(smoke_test, on()).state == "unknown"


def test_metrics_have_to_come_from_every_flow(api: tuple[str, str]) -> None:
    """Each that is silent is named."""
    with third_party({"/metrics": None}) as other:
        port = int(other.rpartition(":")[2])
        found = metrics_arrive(on(api=api[0], flow_port=port, paper_port=port, guard_port=port))
    assert found.evidence == "no metrics of the signals flow, the paper account, the guard"
    port = int(api[0].rpartition(":")[2])  # whoever answers there has metrics of ours
    found = metrics_arrive(on(api=api[0], flow_port=port, paper_port=port, guard_port=port))
    assert found.state == "passed"
    assert found.evidence.startswith("API ")


def test_a_model_answers_or_the_fallback_does(api: tuple[str, str]) -> None:
    """Of the symbol that was asked for, or of the one that traded last."""
    assert model_answers("", on(api=api[0])).evidence.endswith("by ml-fusion, fallback: false")
    assert model_answers("NOSUCH", on(api=api[0])).state == "unknown"
    demo = {"signal": "HOLD", "prob": 0.5, "model": "stub-sine", "fallback": True, "reason": "redis_down"}
    with third_party({"/ai/predict?symbol=BTCUSDT&h=60s": demo}) as url:
        found = model_answers("BTCUSDT", on(api=url))
    assert (found.state, found.evidence) == (
        "failed", "BTCUSDT: HOLD, p 0.500 by stub-sine, fallback: true (redis_down)"
    )  # fmt: skip
    with third_party({"/symbols": {"symbols": []}}) as url:
        assert model_answers("", on(api=url)).state == "unknown"


@pytest.mark.slow
def test_public_paths_answer_without_redis_and_flows() -> None:
    """A process of its own is asked, which reaches nothing."""
    found = public_offline(on())
    assert found.state == "passed", found
    assert found.evidence.endswith("paths answer 200 and flag it")


def test_a_kill_is_tried_only_when_asked_for() -> None:
    """A checklist that is read does not stop trading."""
    found = kill_test(on())
    assert (found.state, found.evidence) == (
        "manual",
        "add --drill: every signal becomes HOLD for about a second",
    )


def test_a_login_cannot_be_tried_where_there_is_none(api: tuple[str, str]) -> None:
    """The read-only API has no commands."""
    assert admin_login(on(api=api[0])).state == "unknown"


def move(event: str, before: str, after: str, second: int, ordinal: int) -> dict[str, Any]:
    """Return what is looked at of a record of a rollout."""
    return {"event": event, "from": before, "to": after, "ts": second * SECOND, "ordinal": ordinal}


@pytest.mark.parametrize(
    ("moves", "lasted"),
    [
        ([], None),
        ([("entered", "", "canary", 0)], None),
        ([("entered", "", "canary", 0), ("entered", "canary", "100 %", 900)], 900),
        ([("entered", "", "canary", 0), ("rolled_back", "canary", "", 300)], None),
        (
            [("entered", "", "canary", 0), ("entered", "canary", "100 %", 900),
             ("entered", "", "canary", 5_000), ("rolled_back", "canary", "", 5_300)], 900,
        ),
    ],
)  # fmt: skip
def test_how_long_a_phase_lasted(moves: list[tuple[str, str, str, int]], lasted: int | None) -> None:
    """The last stay that ended with the next phase, not with a rollback."""
    told = [move(*one, ordinal) for ordinal, one in enumerate(moves)]
    assert history._lasted(told, "canary") == lasted


def test_the_report_of_the_drills_is_looked_for(tmp_path: Path) -> None:
    """By its name in the documents."""
    assert history.chaos_reported(on(root=tmp_path)).state == "failed"
    (tmp_path / "docs").mkdir()
    (tmp_path / history.CHAOS_REPORT).write_text("# Report")
    assert history.chaos_reported(on(root=tmp_path)).state == "passed"
