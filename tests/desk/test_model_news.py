"""What news of bundles do to the desk: the model changes at the news, never at the command."""

from __future__ import annotations

from typing import Any

import pytest
from control.examples import DIGEST

from models.desk.desk import Desk
from models.desk.news import LOST, READY, REFUSED, News, news_of, take_news

BUNDLE, OTHER = f"lgbm-btcusdt@{DIGEST}", f"lgbm-other@{DIGEST}"
READY_NEWS = News(READY, BUNDLE, {"version": "lgbm-btcusdt-1", "entry": 0.6, "exit": 0.4})


def after(news: News, **before: Any) -> dict[str, Any]:
    """Return what news change of a desk."""
    start = Desk(**before)
    plain, found = start.as_dict(), take_news(start, news).as_dict()
    return {name: value for name, value in found.items() if plain[name] != value}


def test_a_wanted_bundle_becomes_the_model_with_its_own_thresholds() -> None:
    """Model, policy and the list of loaded bundles change in one step."""
    assert after(READY_NEWS, wanted=BUNDLE, refused="before") == {
        "model": BUNDLE, "wanted": "", "bundles": [BUNDLE], "entry": 0.6, "exit": 0.4, "switches": 1,
        "refused": "",
    }  # fmt: skip


def test_a_promotion_ends_the_canary_and_a_selection_does_not() -> None:
    """It takes effect with the model, not before."""
    promoted = after(READY_NEWS, wanted=BUNDLE, promoting=True, canary=True)
    selected = after(READY_NEWS, wanted=BUNDLE, canary=True)

    assert (promoted["canary"], promoted["promoting"]) == (False, False)
    assert "canary" not in selected


@pytest.mark.parametrize("kind", [READY, REFUSED])
def test_news_of_a_bundle_that_is_not_waited_for_change_nothing(kind: str) -> None:
    """Another command came in between."""
    news = News(kind, BUNDLE, READY_NEWS.detail)

    assert after(news, wanted=OTHER) == after(news) == {}


def test_a_refused_bundle_leaves_the_model_and_is_remembered() -> None:
    """The thresholds stay as well."""
    news = News(REFUSED, BUNDLE, {"reason": "hash", "detail": "model.txt is not as its sum says"})

    assert after(news, wanted=BUNDLE, promoting=True, model=OTHER, bundles=(OTHER,)) == {
        "wanted": "", "promoting": False, "refused": f"{BUNDLE}: hash",
    }  # fmt: skip


def test_a_lost_bundle_stays_the_model_without_being_loaded() -> None:
    """So that every row says who should have answered."""
    assert after(News(LOST, BUNDLE, {"reason": "missing"}), model=BUNDLE, bundles=(BUNDLE, OTHER)) == {
        "bundles": [OTHER], "refused": f"{BUNDLE}: missing",
    }  # fmt: skip


def test_only_bundles_in_use_and_the_one_before_stay_loaded() -> None:
    """Active, challenger, members, and the model that a rollback would want."""
    old, rival, member, unused = (f"{name}@{DIGEST}" for name in ("old", "rival", "member", "unused"))
    found = after(
        READY_NEWS, wanted=BUNDLE, model=old, challenger=rival, members={member: 1.0},
        bundles=(member, old, rival, unused),
    )  # fmt: skip

    assert found["bundles"] == sorted([BUNDLE, member, old, rival])


def test_news_come_back_from_the_journal_as_they_were_written() -> None:
    """Kind beside, the rest in the payload."""
    assert news_of(READY, READY_NEWS.as_dict()) == READY_NEWS


def test_the_desk_survives_its_plain_form() -> None:
    """As in a genesis, a snapshot, a view."""
    desk = take_news(Desk(wanted=BUNDLE), READY_NEWS)

    assert Desk.from_dict(desk.as_dict()).as_dict() == desk.as_dict()
    assert Desk.from_dict(desk.as_dict()).bundles == (BUNDLE,)
