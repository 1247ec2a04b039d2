"""Loading bundles while the flow runs: in a thread of its own, into the models that the flow scores with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor

import structlog

from connectors.bundles.errors import BundleRefused
from models.bundle.errors import Reason
from models.desk.news import LOST, READY, REFUSED, News
from models.scoring.absent import Absent
from models.scoring.model import Model, Trained

_LOG = structlog.get_logger()


class BackgroundLoader:
    """The bundles of one process, in ``models``; ``load`` returns one by reference or raises.

    All methods are to be called from the flow's own thread. ``pool`` is a thread of its own, but in tests.
    """

    def __init__(
        self,
        models: dict[str, Model],
        load: Callable[[str], Trained],
        pool: Executor | None = None,
    ) -> None:
        self.models = models
        self._load = load
        self._pool = pool or ThreadPoolExecutor(1, thread_name_prefix="models")
        self._asked: dict[str, Future[News]] = {}
        self.refusals: dict[str, int] = {}
        """How many loads were refused, by reason."""

    def ask(self, reference: str) -> Future[News]:
        """Begin to load a bundle; the future has the news, and when it is ready, so is the model.

        One that is loaded or being loaded is not loaded again; one that was refused is looked at anew.
        """
        before = self._asked.get(reference)
        if before is None or (before.done() and before.result().kind != READY):
            self._asked[reference] = self._pool.submit(self._news, reference)
        return self._asked[reference]

    def require(self, references: Iterable[str]) -> list[News]:
        """Load what a shard needs to go on; return the news of those that are lost.

        An absent model holds the place of a lost one, for rows that were published before it was.
        """
        lost = []
        for reference in references:
            news = self.ask(reference).result()
            if news.kind != READY:
                self.models[reference] = Absent(reference)
                lost.append(News(LOST, reference, news.detail))
        return lost

    def close(self) -> None:
        """Begin no more loads."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _news(self, reference: str) -> News:
        try:
            model = self._load(reference)
        except Exception as error:  # whatever a library raises, the model before goes on
            return self._refusal(reference, error)
        self.models[reference] = model
        _LOG.info("bundle ready", reference=reference, version=model.version)
        entry, exit_ = model.policy
        return News(READY, reference, {"version": model.version, "entry": entry, "exit": exit_})

    def _refusal(self, reference: str, error: Exception) -> News:
        reason, detail = str(getattr(error, "reason", Reason.CRASHED)), str(getattr(error, "detail", error))
        self.refusals[reason] = self.refusals.get(reason, 0) + 1
        known = isinstance(error, BundleRefused)
        _LOG.error("bundle refused", reference=reference, reason=reason, detail=detail, exc_info=not known)
        return News(REFUSED, reference, {"reason": reason, "detail": detail})
