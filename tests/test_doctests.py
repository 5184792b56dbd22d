"""Every module can be imported, offers what it says, and every example in a docstring does what it says."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import analysis

APART = "analysis.worker"  # the start of a process of its own: it keeps packages from being imported
MODULES = sorted(
    each.name
    for each in pkgutil.walk_packages(analysis.__path__, "analysis.")
    if not each.name.endswith("__main__") and each.name != APART
)


@pytest.mark.parametrize("name", MODULES)
def test_module(name):
    module = importlib.import_module(name)

    first = (module.__doc__ or "").strip().split("\n")[0]
    assert first.endswith((".", ":", "?")), "a docstring begins with a sentence"
    absent = [public for public in getattr(module, "__all__", []) if not hasattr(module, public)]
    assert absent == []
    assert doctest.testmod(module).failed == 0


def test_there_are_examples_to_run():
    finder = doctest.DocTestFinder()
    found = [test for name in MODULES for test in finder.find(importlib.import_module(name)) if test.examples]
    assert len(found) > 60
