"""What became of a bundle that a shard was to load, and what the desk makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from models.desk.challenger import NO_SHARE, NONE
from models.desk.desk import Desk

READY, REFUSED, LOST = "model.ready", "model.refused", "model.lost"
KINDS = (READY, REFUSED, LOST)


@dataclass(frozen=True, slots=True)
class News:
    """``kind`` of news about a bundle.

    ``READY``: it is loaded; ``detail`` has its ``version`` and its policy, ``entry`` and ``exit``.
    ``REFUSED``: it is not as it must be; ``detail`` has ``reason`` and ``detail``.
    ``LOST``: it was in use before this process started, which cannot load it; as ``REFUSED``.
    """

    kind: str
    reference: str
    detail: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the payload of the journal entry."""
        return {"reference": self.reference, **self.detail}


def news_of(kind: str, payload: Mapping[str, Any]) -> News:
    """Return the news in a journal entry."""
    return News(kind, payload["reference"], {k: v for k, v in payload.items() if k != "reference"})


def take_news(desk: Desk, news: News) -> Desk:
    """Return the desk after news; those about a bundle that is not waited for any more change nothing."""
    return _CHANGES[news.kind](desk, news)


def _ready(desk: Desk, news: News) -> Desk:
    """Put the bundle where it is waited for; a challenger changes no thresholds."""
    if desk.wanted == news.reference:
        return _model(desk, news)
    if desk.wanted_challenger != news.reference:
        return desk
    bundles = tuple(sorted({*desk.bundles, news.reference}))
    return replace(desk, challenger=news.reference, wanted_challenger="", refused="", bundles=bundles)


def _model(desk: Desk, news: News) -> Desk:
    """Return the desk on which the bundle is the model; where it was the challenger, there is none."""
    left = NONE if desk.challenger == news.reference else {}
    changed = replace(
        desk,
        model=news.reference,
        switches=desk.switches + (news.reference != desk.model),
        entry=float(news.detail["entry"]),
        exit=float(news.detail["exit"]),
        canary=desk.canary and not desk.promoting,
        wanted="",
        promoting=False,
        refused="",
        **left,
    )
    kept = {changed.challenger, desk.model, news.reference, *changed.members}
    return replace(changed, bundles=tuple(sorted(kept & {*desk.bundles, news.reference})))


def _refused(desk: Desk, news: News) -> Desk:
    why = f"{news.reference}: {news.detail.get('reason')}"
    if desk.wanted == news.reference:
        return replace(desk, wanted="", promoting=False, refused=why)
    if desk.wanted_challenger == news.reference:
        return replace(desk, wanted_challenger="", refused=why, **NO_SHARE)
    return desk


def _lost(desk: Desk, news: News) -> Desk:
    why = f"{news.reference}: {news.detail.get('reason')}"
    left = tuple(reference for reference in desk.bundles if reference != news.reference)
    return replace(desk, bundles=left, refused=why)


_CHANGES = {READY: _ready, REFUSED: _refused, LOST: _lost}
