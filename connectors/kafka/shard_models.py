"""What one shard's desk asks for of bundles, and the news that its journal does not have yet."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future
from typing import Any

from connectors.bundles.background import BackgroundLoader
from models.desk.desk import Desk, take_in
from models.desk.news import News, take_news
from models.inputs import Genesis, Input, ModelNews, Taken
from models.journal.bundles import bundles_named
from models.journal.entry import Entry


class ShardModels:
    """Follows the desk as the shard's inputs change it; ``desk`` is the one of a snapshot, if there is one.

    ``built_in`` are the models that a command may name without a bundle.
    """

    def __init__(self, desk: Desk | None, built_in: tuple[str, ...], loader: BackgroundLoader) -> None:
        self.desk = desk
        self._built_in = built_in
        self._loader = loader
        self._asked: dict[str, Future[News]] = {}
        self._lost: list[News] = []
        self._ask()

    def require(self, pending: Iterable[Entry], genesis: dict[str, Any] | None) -> None:
        """Load every bundle that is called for from here to the end of the entries; note those lost."""
        begins = set(genesis["desk"]["bundles"]) if genesis else set()
        held = self.desk.bundles if self.desk else ()
        self._lost = self._loader.require({*held, *begins, *bundles_named(pending)})

    def passed(self, one: Input) -> None:
        """Follow an input that is emitted."""
        if isinstance(one, Genesis):
            self.desk = one.desk
        elif self.desk is not None and isinstance(one, Taken):
            self.desk, _ = take_in(self.desk, one.command, self._built_in)
        elif self.desk is not None and isinstance(one, ModelNews):
            self.desk = take_news(self.desk, one.news)
        else:
            return
        self._ask()

    def news(self) -> list[News]:
        """Return what the journal is to be told now: each news once."""
        found = [news for news in self._lost if self.desk and news.reference in self.desk.bundles]
        self._lost = []
        done = [reference for reference, asked in self._asked.items() if asked.done()]
        return found + [self._asked.pop(reference).result() for reference in done]

    def _ask(self) -> None:
        """Load what the desk wants, as model or challenger; what it does not want any more is forgotten."""
        wanted = (self.desk.wanted, self.desk.wanted_challenger) if self.desk else ()
        self._asked = {reference: self._loader.ask(reference) for reference in wanted if reference}
