"""The operator's settings as the shards have taken them in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.context import Ctx
from api.http.answers import Json
from api.http.parameters import normal
from api.openapi.schemas import Flags, answers
from api.shown.desks import Agreement

router = APIRouter(prefix="/admin", tags=["status"])


@router.get("/flags", responses=answers(Flags))
def flags(context: Ctx) -> Json:
    """Return the flags, `killed` among them; what shards differ on is null and listed in `partial`."""
    agreed = Agreement(context.reader.heads())
    found = {
        "killed": agreed.desk("killed", "killed"),
        "halted": agreed.desk("halted", "halted"),
        "canary_mode": agreed.desk("canary_mode", "canary"),
        "allow_symbols": agreed.desk("allow_symbols", "canary_symbols"),
        "preview": agreed.desk("preview", "preview"),
        **agreed.flags(),
    }
    return Json({"flags": found, "partial": agreed.partial, "ts": context.clock()})


@router.get("/health")
def canary(context: Ctx, symbol: Annotated[str, Query(max_length=65)] = "") -> Json:
    """Tell whether the canary is on, which symbols it allows, and whether `symbol` is one of them."""
    agreed = Agreement(context.reader.heads())
    mode, allowed = agreed.desk("canary_mode", "canary"), agreed.desk("allow_symbols", "canary_symbols")
    known = mode is not None and allowed is not None
    asked = {"symbol": normal(symbol), "allowed": (not mode or normal(symbol) in allowed) if known else None}
    head = {"canary_mode": mode, "allow_symbols": allowed, "partial": agreed.partial}
    return Json(head | (asked if symbol else {}))
