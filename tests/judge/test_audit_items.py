"""Audit items: one a symbol and five-second window, saying what its signal said."""

from __future__ import annotations

from judge.published import rising_and_falling

from models.desk.desk import Desk
from models.spec import SECOND

DESK = Desk(model="ml-fusion", flags={"audit_ml_bucket": True, "audit_ml_signal_parts": True})


def test_an_item_stands_at_the_end_of_each_five_seconds() -> None:
    """With what the signal of that second said."""
    line = rising_and_falling(62).told(desk=DESK)
    signals = {signal["ts"]: signal for signal in line.on("signals")}

    items = line.on("audit")

    assert [item["ts"] for item in items] == [ts for ts in signals if ts // SECOND % 5 == 0]
    for item in items:
        signal = signals[item["ts"]]
        assert item["action"] == "ml.score"
        assert item["context"] == {
            "confid": signal["confid"],
            "prob": signal["prob"],
            "fallback": signal["fallback"],
            "ml_bucket": signal["ml_bucket"],
            "ml_signal_parts": signal["ml_signal_parts"],
        }
        assert (item["model"], item["model_version"]) == (signal["model"], signal["model_version"])


def test_bucket_and_parts_are_told_only_under_their_flags() -> None:
    """From the next window on."""
    story = rising_and_falling(20)
    story.order("flag.set", key="audit_ml_bucket", value=False)
    story.trades([k + 0.5 for k in range(20, 40)])
    story.order("flag.set", key="audit_ml_signal_parts", value=False)
    story.trades([k + 0.5 for k in range(40, 60)])

    told = [frozenset(item["context"]) for item in story.told(desk=DESK).on("audit")]

    always = frozenset({"confid", "prob", "fallback"})
    assert list(dict.fromkeys(told)) == [
        always | {"ml_bucket", "ml_signal_parts"}, always | {"ml_signal_parts"}, always,
    ]  # fmt: skip
    assert {item["ordinal"] for item in story.told(desk=DESK).on("audit")} == set(range(len(told)))
