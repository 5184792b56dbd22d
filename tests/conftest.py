"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def checkout() -> Path:
    """Return the folder that this checkout of Concord stands in."""
    return CHECKOUT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of reference data, or skip where it is not beside the checkout."""
    folder = Path(os.environ.get("CONCORD_SHARED", CHECKOUT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip("reference data is not there: put it in ../shared or set CONCORD_SHARED")
    return folder
