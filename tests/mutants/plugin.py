"""A pytest plugin: ``pytest -p tests.mutants.plugin --mutant fence`` tests the product without its fence.

Nothing of the product may be imported before: it has to find the mutated modules. Property tests stop at
the first example that fails, since nobody is going to read it.
"""

from __future__ import annotations

import pytest
from hypothesis import Phase, settings

from tests.mutants.mutation import put_in_place
from tests.mutants.mutations import MUTATIONS

PROFILE = "mutants"
"""The value of LEVIBOT_HYPOTHESIS under which property tests do not shrink what they find."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the name of a mutation; without one, the product is tested as it is."""
    parser.addoption("--mutant", choices=sorted(MUTATIONS))


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Mutate the product before even a ``conftest.py`` is imported."""
    settings.register_profile(
        PROFILE, derandomize=True, database=None, deadline=None, max_examples=8, phases=[Phase.generate],
        report_multiple_bugs=False,
    )  # fmt: skip
    if name := early_config.known_args_namespace.mutant:
        put_in_place(MUTATIONS[name].edits)
