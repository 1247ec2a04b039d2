"""Which models a closed bucket has: those that were asked, however the rows came in."""

from __future__ import annotations

from judge.published import MODELS, Story, after
from oracle.stages import Line

from models.desk.desk import Desk
from models.spec import Spec


def test_a_model_that_is_not_asked_any_more_leaves_with_its_last_outcome() -> None:
    """It was asked until 280 s, so its last outcomes come in the bucket from 100 to 400 s."""
    story = Story().trades([k + 0.5 for k in range(280)])
    story.order("model.select", name="ml-fusion").trades([k + 0.5 for k in range(280, 1_100)])
    whole, each = (
        Line(Spec(models=MODELS), Desk(model="constant-0.9")).run(story.log, cuts)
        for cuts in ((0,), range(len(story.log)))
    )

    assert whole.published() == each.published()
    ends = [after(body["ts"]) for body in whole.on("calibration") if body["reference"] == "constant-0.9"]
    assert ends == [100.0, 400.0]


def test_a_model_is_named_with_its_version_in_each_bucket() -> None:
    """Also where the one before, which has no row of it, closes in the same batch."""
    story = Story().trades([k + 0.5 for k in range(101)])
    story.order("model.select", name="ml-fusion").trades([k + 0.5 for k in range(101, 800)])
    line = Line(Spec(models=MODELS), Desk(model="constant-0.9")).run(story.log, (0,))

    versions = {body["model_version"] for body in line.on("calibration") if body["model"] == "ml-fusion"}
    assert len(versions) == 1
    assert "" not in versions
