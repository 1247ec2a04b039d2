"""One way to say which ticks of the past: the options that commands get from the fields of ``Ticks``."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from typing import Any, get_type_hints

from flows.ticks import Ticks

Command = Callable[..., None]


def asks_for_ticks(command: Command) -> Command:
    """Give a command the options of ``Ticks`` in place of its parameter ``asked``, a ``Ticks`` of them."""
    chosen = {one.name: one for one in _options()}
    own = inspect.signature(command, eval_str=True).parameters.values()

    @wraps(command)
    def asking(**given: Any) -> None:
        asked = Ticks(**{name: given.pop(name) for name in chosen})
        command(asked=asked, **given)

    # an option that must be given stands before those that may be
    needed = [one for one in own if one.default is one.empty and one.name != "asked"]
    others = [one for one in own if one.default is not one.empty]
    parameters = [one.replace(kind=one.KEYWORD_ONLY) for one in (*needed, *chosen.values(), *others)]
    asking.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    asking.__annotations__ = {one.name: one.annotation for one in parameters}
    del asking.__wrapped__
    return asking


def _options() -> list[inspect.Parameter]:
    hints = get_type_hints(Ticks, include_extras=True)
    kind = inspect.Parameter.KEYWORD_ONLY
    return [
        inspect.Parameter(one.name, kind, default=one.default, annotation=hints[one.name])
        for one in fields(Ticks)
    ]
