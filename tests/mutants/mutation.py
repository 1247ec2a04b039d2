"""A mutation: product code with a safeguard taken out, put in place before anything imports it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec
from typing import NamedTuple


class Edit(NamedTuple):
    """One change of a module's source: the only place that reads ``before`` reads ``after``."""

    module: str
    before: str
    after: str


class Witness(NamedTuple):
    """A test that must fail under a mutation, and what it says then (a regular expression)."""

    test: str
    says: str


class Mutation(NamedTuple):
    """A safeguard that is taken out, and who notices."""

    edits: Sequence[Edit]
    witnesses: Sequence[Witness]


class StaleEditError(RuntimeError):
    """The product's source is not what an edit expects; the message says where."""


def put_in_place(edits: Sequence[Edit]) -> None:
    """Load the modules that are edited in their changed form, for everyone who imports them later."""
    for module in dict.fromkeys(edit.module for edit in edits):
        _load(module, [edit for edit in edits if edit.module == module])


def _load(name: str, edits: list[Edit]) -> None:
    if name in sys.modules:
        raise StaleEditError(f"{name} is imported already: its users would keep it as it is")
    spec = find_spec(name)
    assert spec is not None
    source = _source(spec)
    for edit in edits:
        if source.count(edit.before) != 1:
            raise StaleEditError(f"{name} reads {edit.before!r} {source.count(edit.before)} times, not once")
        source = source.replace(edit.before, edit.after)
    module = module_from_spec(spec)
    sys.modules[name] = module
    parent, _, last = name.rpartition(".")
    setattr(sys.modules[parent], last, module)
    exec(compile(source, f"{spec.origin} (mutated)", "exec"), vars(module))


def _source(spec: ModuleSpec) -> str:
    source = spec.loader.get_source(spec.name)  # type: ignore[union-attr]
    assert source is not None
    return source
