"""Every class of the product that can be asked about rows, found by walking the packages it may be in."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from inspect import getmembers, isclass
from pkgutil import walk_packages
from types import ModuleType

ROOMS = ("models.scoring", "models.online", "models.bundle")
ASKED = ("predict", "predict_one", "step")
"""How a model is asked: for many rows, for one, or for the rows of a block as they closed."""


def answering(*rooms: str) -> set[type]:
    """Return the classes in packages that have one of the methods of a model; interfaces are none."""
    return {cls for room in rooms for module in _modules(room) for cls in _classes(module)}


def _modules(room: str) -> Iterator[ModuleType]:
    package = import_module(room)
    yield package
    for found in walk_packages(package.__path__, f"{room}."):
        yield import_module(found.name)


def _classes(module: ModuleType) -> Iterator[type]:
    for _, cls in getmembers(module, isclass):
        interface = getattr(cls, "_is_protocol", False)
        if cls.__module__ == module.__name__ and not interface and any(hasattr(cls, how) for how in ASKED):
            yield cls


def without_maker(found: set[type], registered: set[type]) -> list[str]:
    """Return, a line each, the classes that nobody registered, and what to do about them."""
    return [
        f"{cls.__module__}.{cls.__qualname__} can be asked about rows, but no test knows how to make one: "
        "add it to FROZEN or WALKED in tests/scoring/makers.py, so that the contract of models is tried on it"
        for cls in sorted(found - registered, key=lambda cls: (cls.__module__, cls.__qualname__))
    ]
