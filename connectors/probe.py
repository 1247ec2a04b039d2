"""How the API does: asked from a side thread, so that nobody ever waits for it."""

from __future__ import annotations

import json
import threading
import time
import urllib.parse
import urllib.request
from http.client import HTTPException
from types import TracebackType
from typing import Any, Self

from models.guard.inputs import UNASKED, Answered

EVERY_S = 5.0
TIMEOUT_S = 2.0


class HealthProbe:
    """Asks ``/health`` and for a prediction at an address every ``EVERY_S``."""

    def __init__(self, host: str, port: int, every_s: float = EVERY_S) -> None:
        self._at = f"{host}:{port}"
        self._every_s = every_s
        self._ending = threading.Event()
        self._last = UNASKED
        self._thread = threading.Thread(target=self._run, name="api-probe", daemon=True)

    def answered(self) -> Answered:
        """Return the last answers once, and that nothing was asked since."""
        found, self._last = self._last, UNASKED
        return found

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._thread.join(3 * TIMEOUT_S)

    def _run(self) -> None:
        while not self._ending.is_set():
            self._last = self._asked()
            self._ending.wait(self._every_s)

    def _asked(self) -> Answered:
        healthy = bool((self._get("/health") or {}).get("ok"))
        return Answered(healthy, self._predict_ms() if healthy else None)

    def _predict_ms(self) -> float | None:
        """Return how long a prediction took, None where there is none to be had."""
        symbols = (self._get("/symbols") or {}).get("symbols") or []
        if not symbols:
            return None
        symbol = urllib.parse.quote(str(symbols[0]["symbol"]))
        began = time.perf_counter()
        found = self._get(f"/ai/predict?symbol={symbol}")
        return None if found is None else (time.perf_counter() - began) * 1_000

    def _get(self, path: str) -> dict[str, Any] | None:
        try:
            with urllib.request.urlopen(f"http://{self._at}{path}", timeout=TIMEOUT_S) as answer:
                found: dict[str, Any] = json.load(answer)
        except (OSError, HTTPException, ValueError):
            return None
        return found if isinstance(found, dict) else None
