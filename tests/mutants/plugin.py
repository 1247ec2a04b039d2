"""A pytest plugin: ``pytest -p tests.mutants.plugin --mutant NAME`` tests the product without a safeguard.

Nothing of the product may be imported before: everyone has to find the mutated modules. Property tests try
fewer examples than usual, and do not shrink the one that fails, since nobody is going to read it.
"""

from __future__ import annotations

import pytest

from tests.mutants.mutation import put_in_place
from tests.mutants.mutations import MUTATIONS

PROFILE = "mutants"
"""The value of LEVIBOT_HYPOTHESIS under which property tests are run so."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the name of a mutation; without one, the product is tested as it is."""
    parser.addoption("--mutant", choices=sorted(MUTATIONS))


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """Mutate the product before even a ``conftest.py`` is imported."""
    if any("/laws/" in argument for argument in args):
        _register_profile()
    if name := early_config.known_args_namespace.mutant:
        put_in_place(MUTATIONS[name].edits)


def _register_profile() -> None:
    from hypothesis import Phase, settings  # noqa: PLC0415  half a second, which most do without

    settings.register_profile(
        PROFILE, derandomize=True, database=None, deadline=None, max_examples=8, phases=[Phase.generate],
        report_multiple_bugs=False,
    )  # fmt: skip
