"""The model card of the active model."""

from __future__ import annotations

from fastapi import APIRouter

from api.context import Ctx
from api.http.answers import Json, refusal
from api.shown.cards import NoCardError, card_of
from api.shown.desks import Agreement
from api.shown.statuses import not_found
from models.desk.references import is_bundle, name_of

router = APIRouter(tags=["models"])


@router.get("/ml/card", responses=not_found("The active model has no card, or it is not known."))
def card(context: Ctx) -> Json:
    """Return the card of the active model as training wrote it: data, metrics, gates, limits of its use.

    404 with a reason for a built-in model, which has none; while shards differ on the model; and where the
    bundle is not among the files of the API, or not as it was published.
    """
    reference = Agreement(context.reader.heads()).desk("model", "model")
    if reference is None:
        return refusal(404, "no_model", "No model is known, or the shards differ on it: see /status.")
    if not is_bundle(reference):
        return refusal(404, "built_in", f"{reference} is built in: it has no card.", model=reference)
    settings = context.settings
    try:
        found = card_of(settings.models_dir, settings.registry_file, reference)
    except NoCardError as error:
        return refusal(404, "no_card", str(error), model=reference)
    return Json({"model": name_of(reference), "reference": reference, "card": found, "ts": context.clock()})
